import { existsSync } from 'node:fs';
import path from 'node:path';

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { outlets } from '../../demo/world.ts';
import { withTenant } from '../../src/db/transact.ts';
import { addOutlets } from '../../src/network/outlets.ts';
import { serveWeb, type WebServer } from '../../src/http/serve.ts';
import type { EvidenceStory } from '../../src/flow/tell-evidence.ts';
import { deliverWaitingMessages } from '../../src/flow/deliver-messages.ts';
import { text } from '../../src/notify/texts.ts';
import { demoReceipt, snapAndRead, testApp } from '../app.ts';
import { launchBrowser, seriousFindings } from '../browser.ts';
import { people } from '../world.ts';

const root = path.resolve(import.meta.dirname, '../..');
const isBuilt = existsSync(path.join(root, 'web/dist/admin/index.html'));

let testing: Awaited<ReturnType<typeof testApp>>;
let web: WebServer;
let browser: Browser;
/** Zofia's batteries, accepted; and her receipt from a shop where she does not work, which waits for a person. */
let accepted: EvidenceStory;
let waiting: EvidenceStory;

describe.skipIf(!isBuilt)('the brand page (skipped until `npm run build`)', () => {
  beforeAll(async () => {
    testing = await testApp();
    accepted = await snapAndRead(testing.app, people.zofia, demoReceipt('fy-eagle.jpg'));
    waiting = await snapAndRead(testing.app, people.zofia, demoReceipt('guardian-rawang.jpg'));
    web = await serveWeb({ ...testing.app, config: { ...testing.app.config, port: 0 } });
    browser = await launchBrowser();
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await web?.stop();
    await testing?.close();
  });

  /** Dewi, who reviews, or somebody else at their desk; what the console complains of comes with it. */
  async function signedIn(
    colorScheme: 'light' | 'dark' = 'light',
    who = 'Dewi',
  ): Promise<{ page: Page; complaints: string[] }> {
    const viewport = { width: 1440, height: 900 };
    const context = await browser.newContext({ viewport, colorScheme, locale: 'en-GB' });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      // The first questions, asked before anybody is signed in, are answered with 401, and browsers log that.
      const isWorse = ['error', 'warning'].includes(message.type()) && !message.text().includes('401');
      if (isWorse) complaints.push(message.text());
    });
    await page.goto(`${web.url}/admin/`);
    await page.getByRole('button', { name: who }).click();
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.locator('.row').first().waitFor();
    return { page, complaints };
  }

  const focused = (page: Page) => page.locator(':focus').getAttribute('id');

  test('Dewi goes through the list with the keyboard and comes back to where she was', async () => {
    const { page, complaints } = await signedIn();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    expect(await focused(page)).toBe(`row-${accepted.evidence.id}`);

    await page.keyboard.press('Enter');
    await page.locator('#award').waitFor();
    expect(new URL(page.url()).searchParams.get('open')).toBe(accepted.evidence.id);
    await page.keyboard.press('k');
    await page.locator('.decision').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.drawer').waitFor({ state: 'detached' });
    await expect.poll(() => focused(page)).toBe(`row-${waiting.evidence.id}`);
    expect(complaints).toEqual([]);
  });

  test('pointing at a value lights the place where it was read, and every award opens its explanation', async () => {
    const { page, complaints } = await signedIn();
    await page.goto(`${web.url}/admin/evidence/${accepted.evidence.id}`);
    await page.locator('#mark-totalMinor').hover();
    expect(await page.locator('polygon[data-lit]').count()).toBe(1);
    expect(await page.locator('.slip-sum').innerText()).toContain(String(accepted.points));

    await page.locator('.slip a').first().click();
    await page.locator('.movement').waitFor();
    expect(await page.locator('.steps li').count()).toBeGreaterThan(1);
    await page.locator('.evidence-card').click();
    await page.waitForURL(`**/evidence/${accepted.evidence.id}`);
    expect(complaints).toEqual([]);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    test(
      `nothing on any screen keeps somebody out when it is ${colorScheme}`,
      { timeout: 90_000 },
      async () => {
        const { page, complaints } = await signedIn(colorScheme);
        const found: Record<string, string[]> = {};
        const transfer = accepted.transfers[0]!.id;
        for (const screen of [
          'evidence',
          `evidence?open=${accepted.evidence.id}`,
          `evidence/${accepted.evidence.id}`,
          `evidence/${waiting.evidence.id}`,
          `transfers/${transfer}`,
          `participants/${people.zofia}`,
          'partners',
          'partners?show=people',
        ]) {
          await page.goto(`${web.url}/admin/${screen}`);
          await page.locator('h1').first().waitFor();
          await page.locator('table, .movement').first().waitFor();
          found[screen] = await seriousFindings(page);
        }
        expect(Object.values(found).flat()).toEqual([]);
        expect(complaints).toEqual([]);
      },
    );
  }

  test('Dewi goes through thousands of outlets page by page, and finds one by a part of its name', async () => {
    const many = Array.from({ length: 2000 }, (_, index) => ({
      ...outlets[0]!,
      code: `kedai-${index}`,
      name: `Kedai Runcit Nombor ${index}`,
    }));
    await withTenant(testing.app.db, people.tenant, (tx) => addOutlets(tx, many));
    const { page, complaints } = await signedIn();
    await page.goto(`${web.url}/admin/partners`);
    const names = () => page.locator('tbody th').allInnerTexts();
    await expect.poll(async () => (await names()).length).toBe(50);
    const first = await names();
    await page.getByRole('link', { name: 'Next page' }).click();
    await expect.poll(async () => new Set([...first, ...(await names())]).size).toBe(100);
    const second = await names();
    await page.reload();
    await expect.poll(names).toEqual(second);

    await page.getByRole('searchbox', { name: 'Outlets by name or code' }).fill('runcit nombor 1777');
    await expect.poll(names).toEqual(['Kedai Runcit Nombor 1777 kedai-1777']);
    expect(new URL(page.url()).searchParams.get('search')).toBe('runcit nombor 1777');
    await page.getByRole('searchbox').fill('no such shop');
    await page.getByText('Nothing begins like this.').waitFor();
    await page.getByRole('link', { name: 'Participants', exact: true }).click();
    await page.getByRole('searchbox').fill('+60 11-0000 0001');
    await expect.poll(names).toEqual(['Sari sari']);

    await page.goto(`${web.url}/admin/evidence/${waiting.evidence.id}`);
    await page.getByRole('combobox', { name: 'Outlet' }).fill('nombor 1777');
    await page.getByRole('option', { name: /^Kedai Runcit Nombor 1777/ }).click();
    expect(await page.getByRole('combobox', { name: 'Outlet' }).inputValue()).toMatch(/^Kedai.* 1777, /);
    expect(complaints).toEqual([]);
  });

  test('Dewi refuses with two keys, and Zofia is told the reason in Polish', async () => {
    const { page, complaints } = await signedIn();
    await page.goto(`${web.url}/admin/evidence/${waiting.evidence.id}`);
    await page.locator('.decision').waitFor();
    await page.keyboard.press('r');
    await page.getByRole('menuitem').first().waitFor();
    await page.keyboard.press('1');
    await page.locator('.decision').waitFor({ state: 'detached' });
    expect(await page.locator('.detail-title .state').innerText()).toBe('Rejected');
    expect(await page.locator('.decided').innerText()).toContain('Dewi');
    await deliverWaitingMessages(testing.app, people.tenant);
    const told = page.locator('.messages p[lang=pl]').last();
    await expect
      .poll(() => told.innerText(), { timeout: 10_000 })
      .toContain(text('pl', 'review.reason.unreadable'));
    expect(complaints).toEqual([]);
  });
});
