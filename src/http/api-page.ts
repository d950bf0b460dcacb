import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Hono } from 'hono';
import { refusalCodes } from '../shared/refusal.ts';
import type { Env } from './app.ts';
import { texts } from '../notify/texts.ts';
import { statusOf } from './problem.ts';

const bundle = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const files: Record<string, string> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
};

// The bundle writes style attributes and draws its icons from data URLs; it loads nothing from elsewhere.
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'";

/** The API's page at `/docs`, served from the installed package, and the list of problems at `/docs/problems`. */
export function apiPage(): Hono<Env> {
  const router = new Hono<Env>();
  router.get('/docs', (c) => c.html(page, 200, { 'content-security-policy': policy }));
  router.get('/docs/start.js', (c) =>
    c.body(start, 200, { 'content-type': 'text/javascript; charset=utf-8' }),
  );
  router.get('/docs/problems', (c) =>
    c.html(problemsPage(c.get('language')), 200, { 'content-security-policy': policy }),
  );
  router.get('/docs/:file', async (c, next) => {
    const type = files[c.req.param('file')];
    if (!type) return next();
    return c.body(new Uint8Array(await readFile(path.join(bundle, c.req.param('file')))), 200, {
      'content-type': type,
    });
  });
  return router;
}

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Mitra API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
<div id="api"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</html>
`;

const start = `SwaggerUIBundle({ url: '/api/v1/openapi.json', dom_id: '#api', deepLinking: true });
`;

const problemsStyle = `
:root { color-scheme: light dark; font: 14px/20px system-ui, sans-serif; }
body { max-width: 60rem; margin: 24px auto; padding: 0 24px; }
h1 { font-size: 18px; line-height: 28px; font-weight: 500; }
table { border-collapse: collapse; width: 100%; }
th { text-align: start; font-size: 12px; font-weight: 500; }
th, td { padding: 8px 12px 8px 0; border-bottom: 1px solid color-mix(in oklch, currentcolor 15%, transparent); }
td:nth-child(2) { font-variant-numeric: tabular-nums; }
tr:target { background: color-mix(in oklch, currentcolor 8%, transparent); }
`;

function problemsPage(language: Env['Variables']['language']): string {
  const rows = refusalCodes.map((code) => {
    const sentence = texts[language][`refusal.${code}`] ?? '';
    return `<tr id="${code}"><td><code>${code}</code></td><td>${statusOf[code]}</td><td>${sentence}</td></tr>`;
  });
  return `<!doctype html>
<html lang="${language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Mitra API: problems</title>
<link rel="icon" href="data:,">
<style>${problemsStyle}</style>
<h1>Problems</h1>
<table><tr><th>code</th><th>status</th><th>meaning</th></tr>
${rows.join('\n')}
</table>
</html>
`;
}
