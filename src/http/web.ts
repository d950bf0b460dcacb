import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Handler, MiddlewareHandler } from 'hono';
import { Hono } from 'hono';
import type { Env } from './app.ts';

const built = path.resolve(import.meta.dirname, '../../web/dist');

const mediaTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

/** What a page of ours may do: its own scripts, styles and pictures, and nothing from anywhere else. */
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "font-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'self'",
].join('; ');

/** Headers that every answer carries. */
export const guard: MiddlewareHandler = async (c, next) => {
  await next();
  c.header('x-content-type-options', 'nosniff');
  c.header('referrer-policy', 'same-origin');
  c.header('cross-origin-opener-policy', 'same-origin');
  if (!c.res.headers.has('content-security-policy')) c.header('content-security-policy', pagePolicy);
  if (!c.res.headers.has('cache-control')) c.header('cache-control', 'no-store');
};

/** The built pages: the partner's at `/`, the brand's at `/admin/`. Paths without a file end in the page itself. */
export function pages(): Hono<Env> {
  const router = new Hono<Env>();
  router.get('/admin', (c) => c.redirect('/admin/'));
  router.get('/admin/*', page('admin', '/admin/'));
  router.get('/*', page('partner', '/'));
  return router;
}

function page(name: 'admin' | 'partner', base: string): Handler<Env> {
  return async (c, next) => {
    const asked = decode(c.req.path.slice(base.length));
    if (asked === null) return next();
    const file = path.resolve(built, name, asked === '' ? 'index.html' : asked);
    if (!file.startsWith(path.join(built, name) + path.sep)) return next();
    // Only plain words name a view of the page; anything odd is not there.
    if (!/^[\w./-]*$/.test(asked)) return next();
    const isAsset = path.extname(file) !== '' && !file.endsWith('.html');
    const body =
      (await contentOf(file)) ?? (isAsset ? null : await contentOf(path.join(built, name, 'index.html')));
    if (body === null) return isAsset ? next() : c.text(notBuilt, 503);
    // Names of built assets carry a hash of their content, so they may be kept for ever.
    const kept = asked.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
    const type = isAsset
      ? (mediaTypes[path.extname(file)] ?? 'application/octet-stream')
      : mediaTypes['.html']!;
    return c.body(new Uint8Array(body), 200, { 'content-type': type, 'cache-control': kept });
  };
}

const notBuilt = 'The pages are not built yet. Run: npm run build\n';

function decode(part: string): string | null {
  try {
    const text = decodeURIComponent(part);
    return text.includes('\0') || text.includes('..') ? null : text;
  } catch {
    return null;
  }
}

async function contentOf(file: string): Promise<Buffer | null> {
  try {
    return await readFile(file);
  } catch (error) {
    if (['ENOENT', 'EISDIR', 'ENOTDIR', 'ENAMETOOLONG'].includes((error as NodeJS.ErrnoException).code ?? ''))
      return null;
    throw error;
  }
}
