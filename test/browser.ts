import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import axe from 'axe-core';
import { chromium, type Browser, type Page } from 'playwright-core';

const run = promisify(execFile);
const packageFolder = path.resolve(import.meta.dirname, '../node_modules/@sparticuz/chromium');
const systemBrowsers = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A program and what its environment must say on top of ours. */
type FoundBrowser = { executablePath: string; env: Record<string, string> };

/**
 * Starts a headless browser: the one that `CHROME_PATH` names, a Chromium or Chrome of this system, else the one inside
 * the npm package `@sparticuz/chromium`. Nothing needs to be installed by hand, and nothing is downloaded.
 */
export async function launchBrowser(): Promise<Browser> {
  const { executablePath, env } = await findBrowser();
  return chromium.launch({ executablePath, args, env: { ...process.env, ...env } as Record<string, string> });
}

/** The first browser that answers. */
async function findBrowser(): Promise<FoundBrowser> {
  const named = process.env.CHROME_PATH;
  if (named) return { executablePath: named, env: {} };
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  const candidates = systemBrowsers.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  candidates.push('/Applications/Google Chrome.app/Contents/MacOS/Google Chrome');
  for (const executablePath of candidates) {
    if (existsSync(executablePath) && (await starts(executablePath, {}))) return { executablePath, env: {} };
  }
  return bundledBrowser();
}

/**
 * The browser out of the npm package, unpacked once per user and version. Where the system lacks NSS or fonts, the ones
 * that come with the package stand in; without any font a page cannot be drawn.
 */
async function bundledBrowser(): Promise<FoundBrowser> {
  const folder = await unpack();
  const executablePath = path.join(folder, 'chromium');
  const env = { FONTCONFIG_FILE: path.join(folder, 'fonts.conf') };
  if (await starts(executablePath, env)) return { executablePath, env };
  const libraries = [path.join(folder, 'al2023', 'lib'), process.env.LD_LIBRARY_PATH];
  const withLibraries = { ...env, LD_LIBRARY_PATH: libraries.filter(Boolean).join(path.delimiter) };
  if (await starts(executablePath, withLibraries)) return { executablePath, env: withLibraries };
  throw new Error(`No browser starts here, not even ${executablePath}. Name one in CHROME_PATH.`);
}

async function unpack(): Promise<string> {
  const { version } = JSON.parse(await readFile(path.join(packageFolder, 'package.json'), 'utf8'));
  const folder = path.join(tmpdir(), `mitra-browser-${version}-${userInfo().uid}`);
  if (existsSync(folder)) return folder;

  const { inflate } = await import('@sparticuz/chromium');
  const fresh = await mkdtemp(`${folder}-`);
  const { TMPDIR } = process.env;
  // The package unpacks into whatever is the folder for temporary files at the moment of the call. Unpacking beside and
  // renaming keeps a second run that starts now from seeing half a browser.
  process.env.TMPDIR = fresh;
  const unpacking = ['chromium.br', 'fonts.tar.br', 'swiftshader.tar.br', 'al2023.tar.br'].map((file) =>
    inflate(path.join(packageFolder, 'bin', file)),
  );
  if (TMPDIR === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = TMPDIR;
  await Promise.all(unpacking);
  await writeFile(path.join(fresh, 'fonts.conf'), fontsOf(folder));
  await chmod(path.join(fresh, 'chromium'), 0o755);
  // Somebody else may have been quicker; theirs is as good.
  await rename(fresh, folder).catch(() => rm(fresh, { recursive: true, force: true }));
  return folder;
}

/** The package's own configuration names folders of the place it was made for, so ours says where the fonts are here. */
const fontsOf = (folder: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>/usr/local/share/fonts</dir>
  <dir>${path.join(folder, 'fonts')}</dir>
  <cachedir>${path.join(folder, 'fonts-cache')}</cachedir>
</fontconfig>
`;

async function starts(executablePath: string, env: Record<string, string>): Promise<boolean> {
  try {
    await run(executablePath, ['--version', '--no-sandbox'], {
      env: { ...process.env, ...env },
      timeout: 30_000,
    });
    return true;
  } catch {
    return false;
  }
}

/** What axe finds serious or critical on the page as it stands, one line each. */
export async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}
