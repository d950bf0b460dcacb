import { existsSync } from 'node:fs';
import path from 'node:path';

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { serveWeb, type WebServer } from '../../src/http/serve.ts';
import { testApp } from '../app.ts';
import { launchBrowser, seriousFindings } from '../browser.ts';

const isBuilt = existsSync(path.resolve(import.meta.dirname, '../../web/dist/admin/index.html'));

let testing: Awaited<ReturnType<typeof testApp>>;
let web: WebServer;
let browser: Browser;

describe.skipIf(!isBuilt)('keys of other systems (skipped until `npm run build`)', () => {
  beforeAll(async () => {
    testing = await testApp();
    web = await serveWeb({ ...testing.app, config: { ...testing.app.config, port: 0 } });
    browser = await launchBrowser();
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await web?.stop();
    await testing?.close();
  });

  test('Rina makes a key for a till, which works until she revokes it', { timeout: 60_000 }, async () => {
    const context = await browser.newContext({ locale: 'en-GB' });
    const page = await context.newPage();
    await page.goto(`${web.url}/admin/`);
    await page.getByRole('button', { name: 'Rina' }).click();
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Rina' }).click();
    await page.getByRole('menuitem', { name: 'Other systems' }).click();
    await page.getByRole('button', { name: 'Make a key' }).click();
    await page.getByLabel('Which system is it for?').fill('Till of Toko Maju');
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Make a key' }).click();
    const secret = (await page.locator('.key-secret').innerText()).trim();
    const asTill = async () => {
      const headers = { authorization: `Bearer ${secret}` };
      return (await fetch(`${web.url}/api/v1/keys/current`, { headers })).status;
    };
    expect(await asTill()).toBe(200);

    await page.getByRole('button', { name: 'I have it' }).click();
    expect(await page.locator('body').innerText()).not.toContain(secret);
    await page.getByRole('button', { name: 'Revoke Till of Toko Maju' }).click();
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Revoke', exact: true }).click();
    await page.getByText('Revoked by Rina').waitFor();
    expect(await asTill()).toBe(401);
  });
});
