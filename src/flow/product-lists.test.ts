import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { testApp } from '../../test/app.ts';
import { httpClient, type Client } from '../../test/http.ts';
import { rule } from '../../test/sales.ts';
import { readProgramme, writeProgramme } from '../cli/programme-folder.ts';
import { parseProgramme } from '../programme/document.ts';
import { runExamples } from '../programme/run-examples.ts';
import type { RuleDocument } from '../rules/document.ts';

let client: Client;
let close: () => Promise<void>;
let keys = 0;
beforeAll(async () => {
  const started = await testApp();
  ({ close } = started);
  client = httpClient(started.app);
  await client.signIn('rina', 'dewi');
});
afterAll(() => close());

async function ask(as: string, method: string, route: string, body?: unknown) {
  const answer = await client.ask(route, { as, method, ...(body === undefined ? {} : { body }) });
  return { status: answer.status, body: (await answer.json()) as Record<string, any> };
}
async function launch(document: RuleDocument): Promise<void> {
  const { rule: id, version } = (await ask('rina', 'POST', 'rules', { document })).body;
  const options = { version, waiver: 'a test', from: '2018-01-01T00:00:00+08:00' };
  expect((await ask('rina', 'POST', `rules/${id}/launch`, options)).body).toMatchObject({ state: 'live' });
}
const list = (...skus: string[]) => ({
  format: 1,
  kind: 'list',
  code: 'must-sell',
  title: { en: 'Must sell' },
  skus,
});
const save = (document: unknown, options = {}) =>
  ask('rina', 'POST', 'programme/progress', { document, ...options });

/** One piece of each of these, sold by Budi. */
const sale = (day: string, skus: string[], changes = {}) => ({
  source: 'erp',
  externalKey: `sale-${(keys += 1)}`,
  kind: 'sale',
  participant: 'budi',
  outlet: 'toko-maju',
  occurredAt: `${day}T12:00:00+08:00`,
  totalMinor: 100 * skus.length,
  lines: skus.map((sku) => ({ sku, quantityMilli: 1000, amountMinor: 100 })),
  ...changes,
});
const points = async (activity: unknown) =>
  (await ask('rina', 'POST', 'activities', activity)).body['points'];

const mustSell = rule('must-sell', { scope: { kinds: ['sale'], products: { lists: ['must-sell'] } } });

test('a rule names a list of the programme, which must be there', async () => {
  const validation = async () =>
    (await ask('dewi', 'POST', 'rules/validation', { document: mustSell })).body['problems'];
  expect(await validation()).toMatchObject([{ code: 'unknown-name', at: 'scope.products.lists' }]);
  expect(await save(list('NF-1003', 'NF-1004'))).toMatchObject({ status: 200, body: { version: 1 } });
  expect(await validation()).toEqual([]);
  expect((await ask('dewi', 'GET', 'programme/names')).body['lists']).toEqual([
    { code: 'must-sell', name: 'Must sell' },
  ]);
});

test('an event is judged by what the list held on its day, whenever it arrives or is corrected', async () => {
  await launch(mustSell);
  const early = sale('2018-06-10', ['NF-1003', 'NF-1005']);
  expect(await points(early)).toBe(1);
  expect(await save(list('NF-1005'), { effectiveFrom: '2018-06-15' })).toMatchObject({
    body: { version: 2 },
  });
  expect(await points(sale('2018-06-14', ['NF-1003', 'NF-1005', 'NF-1004']))).toBe(2);
  expect(await points(sale('2018-06-15', ['NF-1003', 'NF-1005', 'NF-1004']))).toBe(1);
  const lines = [{ sku: 'NF-1003', quantityMilli: 5000, amountMinor: 100 }];
  expect(await points({ ...early, lines })).toBe(4);
  const moved = { ...early, lines, occurredAt: '2018-06-16T12:00:00+08:00' };
  expect(await points(moved)).toBe(-5);
  expect(await save(list('NF-1005'), { state: 'retired', effectiveFrom: '2018-06-20' })).toMatchObject({
    body: { version: 3 },
  });
  expect(await points(sale('2018-06-19', ['NF-1005']))).toBe(1);
  expect(await points(sale('2018-06-20', ['NF-1005']))).toBe(0);
});

test('a goal counts what is on the list: all of it sold in the month', async () => {
  await save({ ...list('NF-1003', 'NF-1004'), code: 'range' });
  await launch(
    rule('range', {
      scope: { kinds: ['sale'], products: { lists: ['range'] } },
      effects: [{ kind: 'award', leg: 'all', asset: 'points', per: 'goal', units: 50 }],
      goal: { for: 'participant', per: 'month', counts: { of: 'skus' }, target: 2 },
    }),
  );
  const balance = async () => {
    await client.signIn('budi');
    const { balances } = (await ask('budi', 'GET', 'wallet')).body;
    return balances[0].available as number;
  };
  const before = await balance();
  await points(sale('2018-08-01', ['NF-1003', 'NF-1005']));
  expect((await balance()) - before).toBe(0);
  await points(sale('2018-08-02', ['NF-1004']));
  expect((await balance()) - before).toBe(50);
});

test('lists are among the programme’s documents, in a folder as in the database', async () => {
  const { body: documents } = await ask('rina', 'GET', 'programme/documents');
  expect(documents['others']).toContainEqual({ ...list('NF-1003', 'NF-1004'), code: 'range' });
  const rules = documents['rules'].filter(({ code }: RuleDocument) => code !== 'must-sell');
  const parsed = parseProgramme({ programme: documents['programme'], rules, others: documents['others'] });
  expect(parsed).toMatchObject({ ok: true });
  if (!parsed.ok) return;
  const folder = mkdtempSync(path.join(tmpdir(), 'mitra-lists-'));
  writeProgramme(folder, parsed.documents);
  expect(JSON.parse(readFileSync(path.join(folder, 'lists/range.json'), 'utf8'))).toMatchObject({
    kind: 'list',
  });
  expect(readProgramme(folder)).toEqual(parsed);
  rmSync(folder, { recursive: true });
  const wanted = {
    ...documents,
    rules,
    others: [{ ...list('NF-1003', 'NF-1005'), code: 'range' }],
  };
  expect((await ask('dewi', 'POST', 'programme/plan', wanted)).body['others']).toMatchObject([
    { code: 'list/range', change: 'changed', fields: [{ at: 'skus' }] },
  ]);
  const lost = parseProgramme({ programme: documents['programme'], rules: [mustSell], others: [] });
  expect(lost).toMatchObject({ ok: false, problems: [{ at: 'scope.products.lists' }] });
});

test('examples of a programme know its lists', async () => {
  const { body: documents } = await ask('rina', 'GET', 'programme/documents');
  const parsed = parseProgramme({
    programme: documents['programme'],
    rules: [mustSell],
    others: [list('NF-1003')],
  });
  if (!parsed.ok) throw new Error('the documents are in order');
  const line = (sku: string) => ({ sku, quantityMilli: 1000, amountMinor: 100 });
  const [result] = runExamples(parsed.documents, [
    {
      name: 'one of two is on the list',
      activity: { kind: 'sale', at: '2018-06-10T12:00:00+08:00', lines: [line('NF-1003'), line('NF-1004')] },
      expect: { awards: [{ rule: 'must-sell', asset: 'points', units: 1 }] },
    },
  ]);
  expect(result!.differences).toEqual([]);
});
