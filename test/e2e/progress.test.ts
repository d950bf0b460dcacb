import { existsSync } from 'node:fs';
import path from 'node:path';

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { loadWeeks } from '../../demo/weeks.ts';
import { serveWeb, type WebServer } from '../../src/http/serve.ts';
import { testApp } from '../app.ts';
import { launchBrowser, seriousFindings } from '../browser.ts';
import { people } from '../world.ts';

const root = path.resolve(import.meta.dirname, '../..');
const isBuilt = existsSync(path.join(root, 'web/dist/admin/index.html'));
/** The next Friday, noon in Malaysia: the tills have reported on Monday and Thursday, and no session is over yet. */
const friday = nextFriday();
const inDays = (days: number) => new Date(friday.getTime() + days * 86_400_000);
const dayOf = (date: Date) => date.toISOString().slice(0, 10);

function nextFriday(): Date {
  const day = new Date();
  do day.setUTCDate(day.getUTCDate() + 1);
  while (day.getUTCDay() !== 5);
  day.setUTCHours(4, 0, 0, 0);
  return day;
}

let testing: Awaited<ReturnType<typeof testApp>>;
let web: WebServer;
let browser: Browser;

describe.skipIf(!isBuilt)('progress on the pages (skipped until `npm run build`)', () => {
  beforeAll(async () => {
    testing = await testApp();
    await loadWeeks(testing.app.db, friday);
    const { app } = testing;
    web = await serveWeb({ ...app, now: () => friday, config: { ...app.config, port: 0 } });
    browser = await launchBrowser();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await web?.stop();
    await testing?.close();
  });

  async function open(width: number) {
    const viewport = { width, height: 844 };
    const context = await browser.newContext({ viewport, locale: 'en-GB' });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      const isExpected = /401|403|422|ERR_INTERNET_DISCONNECTED/.test(message.text());
      if (['error', 'warning'].includes(message.type()) && !isExpected) complaints.push(message.text());
    });
    return { page, complaints };
  }

  async function phone() {
    const opened = await open(390);
    await opened.page.goto(web.url);
    await opened.page.getByRole('button', { name: 'Sari' }).click();
    await opened.page.locator('form button[type=submit]').click();
    await opened.page.locator('.snap').first().waitFor();
    return opened;
  }

  async function desk(who: string) {
    const opened = await open(1280);
    await opened.page.goto(`${web.url}/admin/`);
    await opened.page.getByRole('button', { name: who }).click();
    await opened.page.getByRole('button', { name: 'Sign in' }).click();
    await opened.page.getByRole('link', { name: 'Progress' }).waitFor();
    await opened.page.goto(`${web.url}/admin/progress`);
    await opened.page.locator('.goals').waitFor();
    return opened;
  }

  const said = async (page: Page, where: string) =>
    (await page.locator(where).first().innerText()).replaceAll('\u00a0', ' ');

  test('Sari sees in Indonesian what is missing until when and for what, also without a network', async () => {
    const { page, complaints } = await phone();
    await page.locator('a.card').click();
    await page.locator('article.card').first().waitFor();
    const sunday = new Intl.DateTimeFormat('id', { weekday: 'short', day: 'numeric', month: 'long' });
    const until = sunday.format(inDays(2));
    expect(await said(page, '.goal-says')).toBe(`Kurang 2 buah lagi sampai ${until}: 100 poin`);
    expect(await page.locator('.bar').first().getAttribute('aria-valuenow')).toBe('80');
    expect(await said(page, '.streak')).toContain('2 dari 3 minggu berturut-turut, lalu 150 poin');
    expect(await said(page, '[aria-labelledby=tier]')).toContain('Masih kurang untuk Emas: 42 buah.');
    expect(await said(page, 'section[aria-label="Diskon volume"]')).toMatch(/3%.*RM/s);

    await page.locator('.rows .row').first().click();
    await page.locator('.reasons li').first().waitFor();
    expect(await said(page, '.reasons')).toContain('kurang 2 buah untuk target mingguan');

    await page.context().setOffline(true);
    await page.locator('.back').click();
    await page.locator('article.card').first().waitFor();
    expect(await page.locator('article.card').count()).toBe(3);
    expect(complaints).toEqual([]);
  });

  test('Rina sets a target, and every version of it stays', async () => {
    const { page, complaints } = await desk('Rina');
    await page.getByRole('link', { name: 'Your own month' }).click();
    const text = page.getByRole('textbox', { name: 'Set targets' });
    const month = `${dayOf(friday).slice(0, 7)}-01`;
    await text.fill(`code;from;target;why\nivan;${month};500;sold it all`);
    await page.getByRole('button', { name: 'Set 1 target' }).click();
    await page.getByText('1 target is set.').waitFor();
    await expect
      .poll(() => said(page, '.targets tbody tr'))
      .toMatch(/Ivan.*2.*RM 500.00.*sold it all.*rina/s);
    await text.fill(`ivann;${month};500;mistyped`);
    await page.getByRole('button', { name: 'Set 1 target' }).click();
    await page.locator('.set-targets .is-bad').waitFor();
    expect(complaints).toEqual([]);
  });

  test('Rina sees who falls soon, and gives a tier by hand with a reason', async () => {
    const { page, complaints } = await desk('Rina');
    await page.getByRole('link', { name: 'Tiers', exact: true }).click();
    await page.getByText('How tiers are decided').click();
    await page.getByRole('group', { name: 'Tier 2' }).getByLabel('Reached with').fill('20');
    await page.locator('.moves').waitFor();
    expect(await said(page, '.moves')).toMatch(/\d+ p\w+ rises? at once/);

    await page.getByRole('link', { name: 'Zofia' }).click();
    await page.getByText('Give a tier by hand').click();
    await page.getByLabel('Until').fill(dayOf(inDays(30)));
    await page.getByLabel('Reason').fill('opens a second shop');
    await page.getByRole('button', { name: 'Give it' }).click();
    await page.getByText('It is written down with your name.').waitFor();
    await page.getByText('How it came about').click();
    await expect
      .poll(() => said(page, '[aria-labelledby=tier] tbody tr'))
      .toMatch(/Gold.*Given by hand.*opens a second shop \(rina/s);
    expect(complaints).toEqual([]);
  });

  test('another discount than the table’s has a reason and a name, and a reviewer cannot give one', async () => {
    const { page, complaints } = await desk('Rina');
    await page.getByRole('link', { name: 'Discounts', exact: true }).click();
    await page.getByText('Ask for an order').click();
    await page.getByLabel('Outlet').fill('toko-maju');
    await page.getByLabel('Amount of the order').fill('200');
    await page.getByRole('button', { name: 'What does it get?' }).click();
    await page.locator('.quote-said').waitFor();
    expect(await said(page, '.quote-said')).toMatch(/3%.*RM 6.00.*RM 1,250.00 more give 5%/s);
    await page.getByLabel('Another percentage').fill('10');
    await page.getByLabel('Why (everybody').fill('a fire in the warehouse');
    await page.getByRole('button', { name: 'Give it' }).click();
    await expect
      .poll(() => said(page, '[aria-labelledby=audit]'))
      .toMatch(/Toko Maju.*3%.*10%.*a fire in the warehouse.*Rina/s);
    expect(complaints).toEqual([]);

    const dewi = await desk('Dewi');
    await dewi.page.goto(`${web.url}/admin/progress?show=discounts`);
    await dewi.page.getByText('Ask for an order').click();
    await dewi.page.getByText('Only managers can give another percentage.').waitFor();
    await dewi.page.getByText('How it is decided').first().click();
    await dewi.page.getByText('Taken off the order at once.').waitFor();
    expect(await dewi.page.locator('.rule-form').count()).toBe(0);
    await dewi.page.context().close();
  });

  test('Rina writes tiers in a form, which keeps what only the text can say, and reads them in plain words', async () => {
    const { page, complaints } = await desk('Rina');
    await page.getByRole('link', { name: 'Tiers', exact: true }).click();
    await page.getByText('How tiers are decided').click();
    const gold = page.getByRole('group', { name: 'Tier 3' });
    expect(await said(page, '.reading')).toMatch(/Gold from 80 pieces/);
    await gold.getByLabel('Reached with').fill('5');
    await page.locator('.rule-form .is-bad').first().waitFor();
    await gold.getByLabel('Reached with').fill('85.5');
    expect(await said(page, '.reading')).toMatch(/Gold from 85.5 pieces/);

    await page.getByRole('button', { name: 'Text for experts' }).click();
    const text = page.getByRole('textbox', { name: 'The document' });
    const document = await text.inputValue();
    expect(document).toContain('"from": 85500');
    await text.fill(document.replace('85500', '80000').replace(/"noticeDays": \d+/, '"noticeDays": 1'));
    await page.getByRole('button', { name: 'Form', exact: true }).click();
    expect(await gold.getByLabel('Reached with').inputValue()).toBe('80');
    expect(await said(page, '.reading')).toMatch(/1 day before, its owner is told/);
    await page.getByLabel('Language of the texts').selectOption('uk');
    await gold.getByLabel('Name').fill('Золото');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('v2').waitFor();
    expect(complaints).toEqual([]);
  });

  test('Rina begins a discount with a template, and is told at the row what is wrong with it', async () => {
    const { page, complaints } = await desk('Rina');
    await page.getByRole('link', { name: 'Discounts', exact: true }).click();
    await page.getByText('A new discount').click();
    await page.getByLabel('Short code').fill('year-end');
    await page.getByLabel('Name', { exact: true }).fill('At the end of the year');
    await page.getByRole('button', { name: 'Add a row' }).click();
    const row = page.getByRole('group', { name: 'Row 3' });
    await row.getByLabel('Discount').fill('101');
    await row.locator('.is-bad').waitFor();
    await row.getByLabel('Discount').fill('7');
    await row.getByLabel('From a volume of').fill('5000');
    await page.getByLabel('How', { exact: true }).selectOption('Paid later as a bonus');
    const reading = '.document-form .reading';
    expect(await said(page, reading)).toMatch(
      /Each shop: 0% from RM 0.00; .*; 7% from RM 5,000.00\..*Paid later/s,
    );
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('heading', { name: 'At the end of the year' }).waitFor();
    expect(await said(page, '[aria-labelledby=discount-year-end]')).toMatch(/RM 5,000.00\s*7%/);
    expect(complaints).toEqual([]);
  });

  test('a segment is chosen together, told where its expression is wrong, and saved as the next version', async () => {
    const { page, complaints } = await desk('Rina');
    await page.getByRole('link', { name: 'Segments', exact: true }).click();
    await page.getByText('at least 6 times').waitFor();
    await page.getByText('5 members').click();
    await page.getByRole('link', { name: 'Asha' }).waitFor();
    await page.getByText('How it is decided').click();
    const expression = page.getByLabel('As an expression');
    await expression.fill('counted.sale >= 6');
    await page.locator('.field .is-bad').first().waitFor();
    await expression.fill('counted.sales >= 6');
    const first = page.getByRole('group', { name: 'Condition 1' });
    await first.getByLabel('This').fill('8');
    expect(await said(page, '.document-form .reading')).toMatch(/in the last 30 days: at least 8 times/);
    await page.getByRole('button', { name: 'Add a condition' }).click();
    const second = page.getByRole('group', { name: 'Condition 2' });
    await second.getByLabel('What is compared').selectOption('Kind of person');
    expect(await expression.inputValue()).toBe('counted.sales >= 8 && participant.kind == "seller"');
    await page.getByRole('button', { name: 'Take out number 2' }).click();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('v2').waitFor();
    await page.getByText('at least 8 times').first().waitFor();
    expect(complaints).toEqual([]);
  });

  test('nothing on any screen keeps somebody out, light or dark', { timeout: 60_000 }, async () => {
    const found: string[] = [];
    const look = async (page: Page, ready: string) => {
      await page.locator(ready).first().waitFor();
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        found.push(...(await seriousFindings(page)).map((one) => `${page.url()} ${colorScheme} ${one}`));
      }
    };
    const { page, complaints } = await phone();
    await look(page, 'a.card');
    await page.locator('a.card').click();
    await look(page, '.rows .row');
    await page.locator('.rows .row').first().click();
    await look(page, '.reasons li');

    const brand = await desk('Rina');
    await look(brand.page, '.goals');
    for (const view of ['Tiers', 'Segments', 'Discounts']) {
      await brand.page.getByRole('link', { name: view, exact: true }).click();
      await brand.page.locator('details summary').first().click();
      await look(brand.page, 'details[open]');
      // Of tiers there is nothing else to open, so their form is open already.
      if (view !== 'Tiers') await brand.page.locator('.document-editor > summary').last().click();
      await look(brand.page, '.rule-form');
    }
    await brand.page.goto(`${web.url}/admin/participants/${people.sari}`);
    await look(brand.page, '.cell-why a');
    await brand.page.locator('.cell-why a').first().click();
    await look(brand.page, '#why');
    expect(found).toEqual([]);
    expect([...complaints, ...brand.complaints]).toEqual([]);
  });
});
