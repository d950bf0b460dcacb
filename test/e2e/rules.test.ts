import { existsSync } from 'node:fs';
import path from 'node:path';

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { withTenant } from '../../src/db/transact.ts';
import { runAskedReplay } from '../../src/flow/ask-replay.ts';
import { explainActivity } from '../../src/flow/explain-evaluation.ts';
import { draftRules } from '../../src/flow/launch-rules.ts';
import { recordAndPost } from '../../src/flow/record-activities.ts';
import { serveWeb, type WebServer } from '../../src/http/serve.ts';
import { programmeById } from '../../src/network/programmes.ts';
import type { ReplayId } from '../../src/replay/requests.ts';
import { versionsOf } from '../../src/rules/read-rules.ts';
import { nameId, type RuleId } from '../../src/shared/id.ts';
import { testApp } from '../app.ts';
import { launchBrowser, seriousFindings } from '../browser.ts';
import { people } from '../world.ts';

const root = path.resolve(import.meta.dirname, '../..');
const isBuilt = existsSync(path.join(root, 'web/dist/admin/index.html'));

let testing: Awaited<ReturnType<typeof testApp>>;
let web: WebServer;
let browser: Browser;

describe.skipIf(!isBuilt)('rules on the brand page (skipped until `npm run build`)', () => {
  beforeAll(async () => {
    testing = await testApp();
    await sell('in-june', '2018-06-05T04:00:00Z');
    web = await serveWeb({ ...testing.app, config: { ...testing.app.config, port: 0 } });
    browser = await launchBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await web?.stop();
    await testing?.close();
  });

  /** Sari sells ten packs of a drink at Toko Maju; answers what each rule paid her for them. */
  async function sell(externalKey: string, occurredAt: string): Promise<Record<string, number>> {
    return withTenant(testing.app.db, people.tenant, async (tx) => {
      const programme = (await programmeById(tx, people.programme))!;
      const line = { line: 0, text: '', product: testing.world.product('NF-1003') };
      const sale = {
        source: 'till',
        externalKey,
        kind: 'receipt',
        programme: programme.id,
        evidence: null,
        participant: people.sari,
        outlet: people.tokoMaju,
        occurredAt: new Date(occurredAt),
        currency: 'MYR',
        totalMinor: 3000n,
        lines: [{ ...line, quantityMilli: 10_000n, amountMinor: 3000n }],
      };
      const [settled] = await recordAndPost(tx, programme, [sale], new Date());
      if (!settled!.ok) throw new Error(settled!.refused);
      const traces = await explainActivity(tx, settled!.activity, 'en');
      return Object.fromEntries(
        traces.flatMap(({ considered: { code, awards } }) =>
          awards.map(({ units }) => [code, Number(units)]),
        ),
      );
    });
  }

  /** Rina, the manager, at her desk or on her phone; what the console complains of comes with it. */
  async function rina(
    colorScheme: 'light' | 'dark' = 'light',
    width = 1280,
  ): Promise<{ page: Page; complaints: string[] }> {
    const viewport = { width, height: 900 };
    const context = await browser.newContext({ viewport, colorScheme, locale: 'en-GB' });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      // The first questions, asked before anybody is signed in, are answered with 401, and browsers log that.
      const isWorse = ['error', 'warning'].includes(message.type()) && !message.text().includes('401');
      if (isWorse) complaints.push(message.text());
    });
    await page.goto(`${web.url}/admin/rules`);
    await page.getByRole('button', { name: 'Rina' }).click();
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('link', { name: 'New rule' }).waitFor();
    return { page, complaints };
  }

  const ruleId = (code: string) => nameId(people.tenant, 'rule', people.programme, code) as RuleId;
  const reading = (page: Page) => page.locator('.reading-main');
  const state = (page: Page) => page.locator('.detail-title .state');

  test('Rina designs an incentive in the form, sees what it would have cost, launches it, and it pays', async () => {
    const { page, complaints } = await rina();
    await page.getByRole('link', { name: 'New rule' }).click();
    await page.getByRole('link', { name: /^Points per pack/ }).click();
    await page.getByLabel('Silver', { exact: true }).check();
    await page.getByLabel('Gold', { exact: true }).check();
    await page.getByLabel('bakery').uncheck();
    await page.getByLabel('beverages').check();
    await page.getByLabel('How much').fill('3');
    await page.getByLabel('Areas').fill('Selangor');
    await page.getByLabel('Areas').press('Enter');
    await page.getByLabel('First day').fill('2018-06-01');
    await expect
      .poll(() => reading(page).innerText())
      .toBe(
        'All participants of tier Silver or Gold in Selangor get 3 points for every piece of beverages, ' +
          'at most 100 points a day for each person, from 1 Jun 2018 on.',
      );

    await page.getByLabel('Day', { exact: true }).last().fill('2018-06-05');
    await page.getByRole('combobox', { name: 'Participant' }).fill('sar');
    await page.getByRole('option', { name: /^Sari/ }).click();
    await page.getByRole('combobox', { name: 'Outlet' }).fill('maju');
    await page.getByRole('option', { name: /^Toko Maju/ }).waitFor();
    await page.getByRole('combobox', { name: 'Outlet' }).press('Enter');
    expect(await page.getByRole('combobox', { name: 'Outlet' }).inputValue()).toBe('Toko Maju');
    await page.getByRole('button', { name: 'What would it earn?' }).click();
    await page.locator('.try .slip').waitFor();
    expect(await page.locator('.try .slip-line').first().innerText()).toMatch(/Points per pack.*\+30/s);

    await page.getByRole('button', { name: 'Save as a draft' }).click();
    await expect.poll(() => state(page).innerText()).toBe('Draft');
    await page.getByRole('link', { name: 'Replay it first' }).click();
    await page.getByLabel('From').fill('2018-06-01');
    await page.getByLabel('To').fill('2018-06-30');
    await page.getByRole('button', { name: 'Replay' }).click();
    await page.locator('.running').waitFor();
    const run = new URL(page.url()).searchParams.get('run') as ReplayId;
    await runAskedReplay(testing.app, people.tenant, run);
    await page.locator('.chart svg').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    expect(await page.locator('.facts').innerText()).toMatch(/This rule, Points\s+30/);
    expect(await page.locator('.replay').innerText()).toMatch(/Gain most.*Sari/s);

    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByText('Replayed over 1 Jun 2018 to 30 Jun 2018').waitFor();
    await page.getByRole('button', { name: 'Launch' }).click();
    await expect.poll(() => state(page).innerText()).toBe('Live');
    expect(await sell('after-launch', new Date().toISOString())).toMatchObject({ 'per-piece': 30 });

    await page.getByLabel('Why it ends').fill('the drinks are sold out');
    await page.getByRole('button', { name: 'End the rule' }).click();
    await expect.poll(() => state(page).innerText()).toBe('Retired');
    await expect.poll(() => page.locator('.decisions').innerText()).toMatch(/rina ended the rule.*sold out/s);
    expect(await sell('after-the-end', new Date().toISOString())).not.toHaveProperty('per-piece');
    expect(complaints).toEqual([]);
  }, 40_000);

  test('what is typed is kept while one looks elsewhere, told where it is wrong, and the text says the same', async () => {
    const { page, complaints } = await rina();
    await page.goto(`${web.url}/admin/rules/${ruleId('full-basket')}?show=edit`);
    await page.getByLabel('Must be true').fill('eligible.amount >= 4000');
    await page.locator('.field-wrong').first().waitFor();
    expect(await page.locator('.field-wrong pre').innerText()).toMatch(/\^/);
    await page.getByLabel('Must be true').fill('eligible.count >= 2');
    await page.getByText('Nothing is wrong with it.').waitFor();
    await page.getByRole('link', { name: 'Versions' }).click();
    await page.getByRole('link', { name: 'Edit' }).click();
    expect(await page.getByLabel('Must be true').inputValue()).toBe('eligible.count >= 2');

    await page.getByRole('button', { name: 'Text for experts' }).click();
    const text = page.getByRole('textbox', { name: 'The document' });
    const document = JSON.parse(await text.inputValue()) as { condition: string; expires: unknown };
    expect(document).toMatchObject({ condition: 'eligible.count >= 2', expires: { on: '2030-12-31' } });
    await text.fill(
      JSON.stringify({
        ...document,
        effects: [{ kind: 'award', leg: 'points', asset: 'points', per: 'activity', units: 40 }],
      }),
    );
    await page.getByRole('button', { name: 'Form' }).click();
    expect(await page.getByLabel('How much').inputValue()).toBe('40');
    await page.getByRole('button', { name: 'Save as a draft' }).click();
    await page.locator('.difference').waitFor();
    expect(await page.locator('.difference tbody').innerText()).toMatch(/effects\[0\]\.units\s+15\s+40/);
    expect(complaints).toEqual([]);
  });

  test('Rina declares a kind of activity that nobody foresaw, and a rule that pays for what it tells', async () => {
    const { page, complaints } = await rina();
    await page.getByRole('link', { name: 'Kinds of activity' }).click();
    await page.getByLabel('Short code').fill('shelf-photo');
    await page.getByLabel('Name', { exact: true }).fill('Shelf photo');
    await page.getByRole('button', { name: 'Add something that it tells' }).click();
    await page.getByLabel('Name, such as facings').fill('facings');
    await page.getByRole('button', { name: 'Declare' }).click();
    await page.getByText('facings (whole number)').waitFor();

    await page.goto(`${web.url}/admin/rules/new?template=visits`);
    await page.getByLabel('Visit').uncheck();
    await page.getByLabel('Shelf photo').check();
    await page.getByLabel('facings').check();
    await page.getByText('Condition', { exact: true }).click();
    await page.getByLabel('Must be true').fill('activity.attributes.facings >= 4');
    await page.getByText('Nothing is wrong with it.').waitFor();
    await expect
      .poll(() => reading(page).innerText())
      .toBe(
        'All participants get 5 points for every “Shelf photo”, at most 25 points a day for each person.',
      );
    const awards = page.locator('.try .slip-sum');
    for (const [facings, earned] of [
      ['3', 'nothing'],
      ['6', '5 Points'],
    ] as const) {
      await page.getByLabel('facings').last().fill(facings);
      await page.getByRole('button', { name: 'What would it earn?' }).click();
      await expect.poll(() => awards.innerText()).toContain(earned);
    }
    expect(complaints).toEqual([]);
  });

  test('Rina launches a draft: what it changes, and why without a replay', async () => {
    await withTenant(testing.app.db, people.tenant, async (tx) => {
      const [stored] = await versionsOf(tx, ruleId('base'));
      const programme = (await programmeById(tx, people.programme))!;
      const edited = { ...stored!.document, taxClass: 'bonus' };
      await draftRules(tx, programme, [edited], { code: 'rina', role: 'manager' }, new Date());
    });
    const { page, complaints } = await rina();
    await page.getByRole('link', { name: 'Points for sales' }).click();
    await page.locator('.difference').waitFor();
    expect(await page.locator('.difference tbody').innerText()).toMatch(/taxClass\s+–\s+bonus/);
    const launch = page.getByRole('button', { name: 'Launch' });
    expect(await launch.isDisabled()).toBe(true);
    await page.getByLabel('Why it may go live without a replay').fill('for the tax report only');
    await launch.click();
    await launch.waitFor({ state: 'detached' });
    expect(await state(page).innerText()).toBe('Live');
    await expect
      .poll(() => page.locator('.decisions').innerText())
      .toMatch(/rina launched version 3.*tax report/s);
    expect(complaints).toEqual([]);
  });

  for (const [colorScheme, width] of [
    ['light', 1280],
    ['dark', 390],
  ] as const)
    test(`nothing about rules keeps somebody out when it is ${colorScheme} and ${width} wide`, async () => {
      const { page, complaints } = await rina(colorScheme, width);
      const found: Record<string, string[]> = {};
      for (const screen of [
        'rules',
        'rules?show=kinds',
        'rules/new',
        'rules/new',
        'rules/new?template=milestones',
        `rules/${ruleId('base')}`,
      ]) {
        await page.goto(`${web.url}/admin/${screen}`);
        await page.locator('.table:visible, .template, .part, .reading, .ask').first().waitFor();
        found[screen] = await seriousFindings(page);
        const isTooWide = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
        if (isTooWide) found[screen].push('wider than the screen');
      }
      expect(found).toEqual(Object.fromEntries(Object.keys(found).map((screen) => [screen, []])));
      expect(complaints).toEqual([]);
    }, 40_000);
});
