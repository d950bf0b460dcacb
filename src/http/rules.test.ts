import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { testApp } from '../../test/app.ts';
import { httpClient, type Client } from '../../test/http.ts';
import { withTenant } from '../db/transact.ts';
import type { App } from '../flow/app.ts';

let app: App;
let client: Client;
let world: Awaited<ReturnType<typeof testApp>>['world'];
let close: () => Promise<void>;

beforeAll(async () => {
  ({ app, world, close } = await testApp());
  client = httpClient(app);
  await client.signIn('sari', 'dewi', 'rina');
});
afterAll(() => close());

const tenRinggit = {
  kind: 'receipt',
  participant: 'sari',
  outlet: 'toko-maju',
  totalMinor: 1000,
  lines: [{ sku: 'NF-1004', quantityMilli: 1000, amountMinor: 1000 }],
};
type Trace = {
  rule: { code: string };
  fired: boolean;
  reason: { code: string; text: string };
  steps: string[];
};
type Tried = { occurredAt: string; awards: { rule: string; asset: string; units: number }[]; rules: Trace[] };

async function imagine(changes: object, where = 'rules/evaluate'): Promise<Tried> {
  const answer = await client.ask(where, { as: 'dewi', method: 'POST', body: { ...tenRinggit, ...changes } });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Tried;
}

test('tells what a sale would earn and why or why not by every rule, and keeps nothing of it', async () => {
  const count = () =>
    withTenant(app.db, world.tenant, (tx) =>
      tx.query(
        `select (select count(*) from activity where tenant = $1), (select count(*) from evaluation where tenant = $1),
           (select count(*) from transfer where tenant = $1), (select count(*) from rule_usage where tenant = $1)`,
        [tx.tenant],
      ),
    );
  const before = await count();
  const told = await imagine({ today: '2018-06-20T04:00:00Z' });
  expect(told.occurredAt).toBe('2018-06-20T04:00:00.000Z');
  expect(told.awards).toContainEqual(expect.objectContaining({ asset: 'points', units: 10 }));
  expect(told.rules.length).toBeGreaterThan(3);
  for (const { reason } of told.rules) expect(reason.text).toMatch(/\S/);
  expect(told.rules.some(({ fired }) => !fired)).toBe(true);
  expect(await count()).toEqual(before);
});

test('as if today were another day: rules of that day, in the reader’s language', async () => {
  const reasons = async (today: string, language: string) => {
    const { rules } = await imagine({ today }, `rules/evaluate?lang=${language}`);
    return new Map(rules.map(({ rule, reason }) => [rule.code, reason]));
  };
  const may = await reasons('2017-05-20T04:00:00Z', 'en');
  const june = await reasons('2018-06-20T04:00:00Z', 'pl');
  const over = [...june].filter(([, { code }]) => code === 'after-period').map(([code]) => code);
  expect(over.length).toBeGreaterThan(0);
  for (const code of over) {
    expect(may.get(code)!.code).not.toBe('after-period');
    expect(june.get(code)!.text).toMatch(/^Sprzedaż z .* była po zakończeniu reguły/);
  }
});

test('a draft is tried as if it were live, in the place of the rule with its code', async () => {
  const file = path.resolve(import.meta.dirname, '../../demo/programme/rules/base.json');
  const base = JSON.parse(readFileSync(file, 'utf8')) as { effects: object[] };
  const twice = { ...base, effects: base.effects.map((effect) => ({ ...effect, units: 2 })) };
  const today = '2018-06-20T04:00:00Z';
  const told = await imagine({ today, rules: [twice] });
  expect(told.awards).toContainEqual(expect.objectContaining({ rule: 'base', units: 20 }));
  expect(told.rules.filter(({ rule }) => rule.code === 'base')).toHaveLength(1);
  const wrong = { ...tenRinggit, today, rules: [{ ...base, condition: 'eligible.amount > 1' }] };
  const refused = await client.ask('rules/evaluate', { as: 'dewi', method: 'POST', body: wrong });
  expect(await refused.json()).toMatchObject({ code: 'rule-invalid' });
});

test('whoever writes a rule is told what it can speak of, by name', async () => {
  const answer = await client.ask('programme/names', { as: 'dewi' });
  const names = (await answer.json()) as Record<string, { code: string }[] | string[]>;
  expect(names.areas).toContainEqual({ code: 'my-johor', name: 'Johor', parent: 'my' });
  expect(names.channels).toContain('minimarket');
  expect(names.kinds).toContainEqual({ code: 'receipt', name: null, attributes: {} });
  expect(names.groups).toContainEqual({
    code: 'base',
    mode: 'sum',
    multiplies: false,
    titles: ['Points for sales'],
  });
  expect(names.assets).toContainEqual({ code: 'points', kind: 'points', scale: 0 });
});

test('an activity says to its participant, in their language, why or why not by every rule', async () => {
  const sold = { ...tenRinggit, source: 'till', externalKey: '1', occurredAt: '2018-06-20T04:00:00Z' };
  const recorded = await client.ask('activities', { as: 'rina', method: 'POST', body: sold });
  const { activity } = (await recorded.json()) as { activity: string };
  const answer = await client.ask(`activities/${activity}/explanation?lang=id`, { as: 'sari' });
  expect(answer.status).toBe(200);
  const told = (await answer.json()) as { version: number; rules: Trace[] };
  const imagined = await imagine({ today: sold.occurredAt });
  expect(told.version).toBe(1);
  expect(told.rules.map(({ rule }) => rule.code)).toEqual(imagined.rules.map(({ rule }) => rule.code));
  expect(told.rules.find(({ rule }) => rule.code === 'launch-month')).toMatchObject({
    fired: false,
    reason: { code: 'after-period', text: expect.stringMatching(/^Penjualan .* terjadi setelah aturan/) },
  });
});

test.each([
  ['somebody unknown', { participant: 'nobody' }, 'activity-invalid', { field: 'participant' }],
  ['an unknown shop', { outlet: 'nowhere' }, 'activity-invalid', { field: 'outlet' }],
  [
    'goods that are not in the catalogue',
    { lines: [{ sku: 'NO-SUCH', quantityMilli: 1, amountMinor: 1 }] },
    'activity-invalid',
    { field: 'lines[0].product' },
  ],
  [
    'a day after the one that is imagined',
    { today: '2018-06-20T04:00:00Z', occurredAt: '2018-07-20T04:00:00Z' },
    'activity-invalid',
    { field: 'occurredAt' },
  ],
  ['an unknown programme', { programme: 'none' }, 'bad-request', { field: 'programme', problem: 'unknown' }],
])('refuses %s', async (_name, changes, code, facts) => {
  const answer = await client.ask('rules/evaluate', {
    as: 'dewi',
    method: 'POST',
    body: { ...tenRinggit, ...changes },
  });
  expect(answer.status).toBe(422);
  expect(await answer.json()).toMatchObject({ code, facts });
});

test('for participants the place does not exist', async () => {
  const answer = await client.ask('rules/evaluate', { as: 'sari', method: 'POST', body: tenRinggit });
  expect(answer.status).toBe(404);
});
