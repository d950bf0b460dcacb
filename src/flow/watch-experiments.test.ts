import { afterAll, beforeAll, expect, test } from 'vitest';

import { testDatabase } from '../../test/database.ts';
import { rule } from '../../test/sales.ts';
import { people, world } from '../../test/world.ts';
import { recordActivities } from '../activity/record.ts';
import { withTenant, type Tx } from '../db/transact.ts';
import { addParticipants, participantIdOf } from '../network/participants.ts';
import { productIdOf } from '../network/products.ts';
import { listDecisions } from '../programme/decisions.ts';
import type { Experiment } from '../rules/document-experiment.ts';
import type { RuleDocument } from '../rules/document.ts';
import { armOf } from '../rules/evaluate-experiment.ts';
import { standingRules } from '../rules/read-rules.ts';
import { ruleIdOf, saveRules } from '../rules/save-rule.ts';
import { addUsage, lockUsage } from '../rules/usage.ts';
import { tellExperiment } from './tell-experiments.ts';
import { watchExperiments } from './watch-experiments.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase();
  await world(database.db);
  await inNusa(sellers);
});
afterAll(() => database.drop());

const inNusa = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => withTenant(database.db, people.tenant, work);
const start = new Date('2018-03-01T00:00:00Z');
const inTwoWeeks = new Date('2018-03-15T12:00:00Z');
const inThreeWeeks = new Date('2018-03-22T12:00:00Z');
const codes = Array.from({ length: 260 }, (_, number) => `promoter-${number}`);
const ids = codes.map((code) => participantIdOf({ tenant: people.tenant }, code));

const experiment = (name: string): Experiment => ({
  name,
  of: 'participant',
  treatmentPercent: 50,
  measure: { of: 'total', currency: 'MYR' },
});
const tried = (name: string, changes: Partial<RuleDocument> = {}) =>
  rule(`rule-${name}`, {
    scope: {
      kinds: ['order'],
      audience: { participantKinds: ['promoter'], areas: ['my-selangor', 'my-kuala-lumpur'] },
    },
    stacking: { group: name, order: 10, mode: 'sum' },
    experiment: experiment(name),
    ...changes,
  });
const isTreated = (id: (typeof ids)[number], name = 'harm') => armOf(experiment(name), id) === 'treatment';
const beforeOf = (number: number) => 5000 + (number % 40) * 100;
const nowOf = (number: number) => beforeOf(number) + (number % 7) * 50 - (isTreated(ids[number]!) ? 1500 : 0);

const order = (number: number, key: string, day: string, totalMinor: number) => ({
  source: 'test',
  externalKey: `${key}-${number}`,
  kind: 'order',
  programme: people.programme,
  evidence: null,
  participant: ids[number]!,
  outlet: people.tokoMaju,
  occurredAt: new Date(`${day}T04:00:00Z`),
  currency: 'MYR',
  totalMinor: BigInt(totalMinor),
  lines: [],
});

// Promoters of one shop: the rule `harm` makes those who get it sell RM 15 less. Every tenth sells nothing.
async function sellers(tx: Tx): Promise<void> {
  await addParticipants(
    tx,
    codes.map((code) => ({
      code,
      kind: 'promoter' as const,
      name: code,
      phone: null,
      language: 'en',
      partner: 'toko-maju',
      tier: 'bronze',
      outlets: ['toko-maju'],
    })),
  );
  const given = codes.flatMap((_, number) =>
    number % 10 === 0
      ? []
      : [
          order(number, 'before', '2018-02-20', beforeOf(number)),
          order(number, 'now', '2018-03-05', nowOf(number)),
          order(number, 'long-ago', '2017-06-01', 99_999),
        ],
  );
  const recorded = await recordActivities(tx, given, inTwoWeeks);
  expect(recorded.filter(({ ok }) => !ok)).toEqual([]);
}

const launch = (document: RuleDocument, at = start) =>
  inNusa(async (tx) => {
    const [saved] = await saveRules(tx, people.programme, [document], 'rina', at, { effectiveFrom: at });
    if (!saved!.ok) throw new Error(JSON.stringify(saved));
  });
const told = (name: string, now: Date) => inNusa((tx) => tellExperiment(tx, name, now));
const live = () => inNusa(async (tx) => (await standingRules(tx, people.programme)).map(({ code }) => code));

test('the groups are those that the rules go by, with everybody in them', async () => {
  await launch(tried('harm'));
  const { groups, uplift, verdict, look } = (await told('harm', inTwoWeeks))!;
  const treated = ids.flatMap((id, number) => (isTreated(id) ? [number % 10 === 0 ? 0 : nowOf(number)] : []));
  const mean = treated.reduce((sum, value) => sum + value, 0) / treated.length;
  expect(groups.treated!.count).toBe(treated.length);
  expect(groups.heldOut!.count).toBe(ids.length - treated.length);
  expect(groups.treated!.mean).toBeCloseTo(mean, 6);
  const spread = treated.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (treated.length - 1);
  expect(groups.treated!.variance).toBeCloseTo(spread, 2);
  // Nine of ten sell, and each of them RM 15 less.
  expect(uplift!.interval[0]).toBeLessThan(-1350);
  expect(uplift!.interval[1]).toBeGreaterThan(-1350);
  expect(uplift!.varianceLeft).toBeLessThan(0.1);
  expect({ verdict, look }).toEqual({ verdict: 'worse', look: 2 });
});

test('a rule that harms is stopped by itself, once, with the reason among the decisions', async () => {
  expect(
    await inNusa((tx) => tx.query('select 1 from experiment_look where tenant = $1', [tx.tenant])),
  ).toEqual([]);
  expect(await watchExperiments(database.db, people.tenant, inTwoWeeks)).toEqual([
    { experiment: 'harm', because: 'harm' },
  ]);
  expect(await live()).not.toContain('rule-harm');
  const [stopped] = await inNusa((tx) => listDecisions(tx, { limit: 1 }));
  expect(stopped).toMatchObject({
    by: 'mitra',
    what: 'stopped',
    experiment: 'harm',
    version: 2,
    facts: { because: 'harm', look: 2 },
  });
  expect(await watchExperiments(database.db, people.tenant, inThreeWeeks)).toEqual([]);
  const { running, looks } = (await told('harm', inThreeWeeks))!;
  expect(running.until).toEqual(inTwoWeeks);
  expect(looks).toMatchObject([{ look: 2, verdict: 'worse' }]);
});

test('a rule that does nothing goes on; looked at in the same week again, nothing is kept', async () => {
  await launch(tried('nothing'));
  for (const at of [inTwoWeeks, inTwoWeeks, inThreeWeeks])
    expect(await watchExperiments(database.db, people.tenant, at)).toEqual([]);
  expect(await live()).toContain('rule-nothing');
  expect((await told('nothing', inThreeWeeks))!.looks.map(({ look }) => look)).toEqual([2, 3]);
});

test('a rule whose budget is used up is stopped', async () => {
  const budget = { of: 'rule', per: 'programme', asset: 'points', units: 100, over: 'partial' } as const;
  await launch(tried('budget', { limits: [budget] }));
  expect(await watchExperiments(database.db, people.tenant, inTwoWeeks)).toEqual([]);
  await inNusa(async (tx) => {
    const id = ruleIdOf(tx, people.programme, 'rule-budget');
    const all = { rule: id, subject: id, asset: 'points', period: 'programme', units: 100n };
    await lockUsage(tx, [all]);
    await addUsage(tx, [all]);
  });
  expect(await watchExperiments(database.db, people.tenant, inTwoWeeks)).toEqual([
    { experiment: 'budget', because: 'budget' },
  ]);
  expect(await live()).not.toContain('rule-budget');
});

test('goods are measured by the lines of the principal’s products', async () => {
  await launch(
    tried('goods', {
      experiment: { ...experiment('goods'), measure: { of: 'amount', currency: 'MYR', kinds: ['receipt'] } },
    }),
  );
  const { groups } = (await told('goods', inThreeWeeks))!;
  expect([groups.treated!.mean, groups.heldOut!.mean]).toEqual([0, 0]);
  const line = { line: 0, text: 'MILO', quantityMilli: 1000n, amountMinor: 1365n };
  const lines = [
    { ...line, product: productIdOf({ tenant: people.tenant }, 'NF-1003') },
    { ...line, line: 1, product: null },
  ];
  const receipt = { ...order(1, 'goods', '2018-03-06', 2730), kind: 'receipt', lines };
  expect(await inNusa((tx) => recordActivities(tx, [receipt], inTwoWeeks))).toMatchObject([{ ok: true }]);
  const sold = async () => {
    const { treated, heldOut } = (await told('goods', inThreeWeeks))!.groups;
    const group = isTreated(ids[1]!, 'goods') ? treated! : heldOut!;
    return Math.round(group.mean * group.count);
  };
  expect(await sold()).toBe(1365);
  // Corrected, it counts as it was corrected; withdrawn, it does not count.
  const corrected = { ...receipt, lines: [{ ...lines[0]!, amountMinor: 1000n }] };
  await inNusa((tx) => recordActivities(tx, [corrected], inTwoWeeks));
  expect(await sold()).toBe(1000);
  await inNusa((tx) => recordActivities(tx, [{ ...corrected, withdrawn: true }], inTwoWeeks));
  expect(await sold()).toBe(0);
});

test('too few people: nothing is said', async () => {
  await launch(tried('few', { scope: { kinds: ['order'], audience: { participantKinds: ['seller'] } } }));
  expect((await told('few', inThreeWeeks))!.verdict).toBe('too-small');
});
