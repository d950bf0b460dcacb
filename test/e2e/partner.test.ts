import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { serveWeb, type WebServer } from '../../src/http/serve.ts';
import { runJobs, type Jobs } from '../../src/jobs/run.ts';
import { tasksOf } from '../../src/jobs/tasks.ts';
import { demoReceipt, testApp } from '../app.ts';
import { launchBrowser, seriousFindings } from '../browser.ts';

const root = path.resolve(import.meta.dirname, '../..');
const isBuilt = existsSync(path.join(root, 'web/dist/partner/index.html'));
const shown = JSON.parse(readFileSync(path.join(root, 'demo/receipts.json'), 'utf8')) as {
  file: string;
  expected: { points: number };
}[];
const chosen = shown.find(({ file }) => file === 'fy-eagle.jpg')!;
const photo = { name: chosen.file, mimeType: 'image/jpeg', buffer: demoReceipt(chosen.file) };

let testing: Awaited<ReturnType<typeof testApp>>;
let jobs: Jobs;
let web: WebServer;
let browser: Browser;

describe.skipIf(!isBuilt)('the partner page (skipped until `npm run build`)', () => {
  beforeAll(async () => {
    testing = await testApp();
    const app = { ...testing.app, config: { ...testing.app.config, port: 0 } };
    jobs = runJobs(app.db, tasksOf(app));
    web = await serveWeb(app);
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await web?.stop();
    await jobs?.stop();
    await testing?.close();
  });

  /** A phone on which nobody is signed in; what its console complains of comes with it. */
  async function openPhone(
    colorScheme: 'light' | 'dark' = 'light',
  ): Promise<{ page: Page; complaints: string[] }> {
    const context = await browser.newContext({
      viewport: { width: 390, height: 844 },
      colorScheme,
      locale: 'en-GB',
    });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      // The first question of a phone that nobody is signed in on is answered with 401, and browsers log that.
      const isExpected = message.text().includes('401') || message.text().includes('ERR_FAILED');
      if (message.type() === 'error' && !isExpected) complaints.push(message.text());
    });
    await page.goto(web.url);
    return { page, complaints };
  }

  async function signIn(page: Page, name: string): Promise<void> {
    await page.getByRole('button', { name }).click();
    await page.locator('form button[type=submit]').click();
    await page.locator('.snap').first().waitFor();
  }

  test('the first load takes at most 60 kB over the wire', async () => {
    const page = await browser.newPage();
    const sizes: Promise<number>[] = [];
    page.on('requestfinished', (request) => {
      const isPage = !new URL(request.url()).pathname.startsWith('/api/');
      if (isPage) sizes.push(request.sizes().then(({ responseBodySize }) => responseBodySize));
    });
    await page.goto(web.url, { waitUntil: 'networkidle' });
    const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    expect(sizes.length).toBeGreaterThanOrEqual(4);
    expect(bytes).toBeLessThan(60_000);
    await page.close();
  });

  test(
    'Zofia taps her name, snaps a receipt, and sees her points and why, in Polish',
    { timeout: 180_000 },
    async () => {
      const { page, complaints } = await openPhone();
      await signIn(page, 'Zofia');
      expect(await page.locator('html').getAttribute('lang')).toBe('pl');

      await page.locator('.snap input').first().setInputFiles(photo);
      await page.locator('.earned').waitFor({ timeout: 120_000 });
      const points = `+${chosen.expected.points}`;
      expect(await page.locator('.earned .hero').textContent()).toContain(points);
      expect(await page.locator('.slip .sum').last().textContent()).toContain(points);

      await page.locator('.tab').nth(1).click();
      await page.locator('.rows .row').first().click();
      await page.locator('.crops image').first().waitFor();
      expect(complaints).toEqual([]);
    },
  );

  test('a photo that does not get through is kept and sent again under the same key', async () => {
    const { page } = await openPhone();
    await signIn(page, 'Grace');
    const keys: (string | undefined)[] = [];
    await page.route('**/api/v1/evidence', (route) => {
      if (route.request().method() !== 'POST') return route.continue();
      keys.push(route.request().headers()['idempotency-key']);
      return keys.length === 1 ? route.abort() : route.continue();
    });

    await page.locator('.snap input').first().setInputFiles(photo);
    await page.getByRole('alert').waitFor();
    await page.locator('.tab').first().click();
    await page.locator('.outgoing').click();
    await page.locator('.notice .button').first().click();
    await page.waitForURL('**/receipts/*');
    expect(keys).toHaveLength(2);
    expect(keys[0]).toBe(keys[1]);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    test(
      `nothing on any screen keeps somebody out when it is ${colorScheme}`,
      { timeout: 90_000 },
      async () => {
        const { page, complaints } = await openPhone(colorScheme);
        await page.locator('.rows .row').first().waitFor();
        const found: Record<string, string[]> = { signIn: await seriousFindings(page) };
        await signIn(page, 'Zofia');
        for (const screen of ['/', '/statement', '/messages', '/you']) {
          await page.goto(web.url + screen, { waitUntil: 'networkidle' });
          found[screen] = await seriousFindings(page);
        }
        for (const list of ['/', '/statement']) {
          await page.goto(web.url + list, { waitUntil: 'networkidle' });
          await page.locator('.rows .row').first().click();
          await page.locator('.slip').waitFor();
          found[`${list} opened`] = await seriousFindings(page);
        }
        expect(Object.values(found).flat()).toEqual([]);
        expect(complaints).toEqual([]);
      },
    );
  }
});
