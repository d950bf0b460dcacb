import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { testDatabase } from '../../test/database.ts';
import { book, factsOf, line, paid, rule, ruleId, sale } from '../../test/sales.ts';
import { world, type World } from '../../test/world.ts';
import type { Activity } from '../activity/activity.ts';
import { recordActivities } from '../activity/record.ts';
import { withTenant, type Tx } from '../db/transact.ts';
import { nameId, type ActivityId } from '../shared/id.ts';
import type { RuleDocument } from './document.ts';
import { evaluationOf, evaluationsOf, keepEvaluations } from './evaluations.ts';
import { evaluate } from './evaluate.ts';
import { awardsOf, type Evaluation } from './evaluation.ts';
import { ruleIdOf } from './save-rule.ts';
import { evaluateUnderLimits, lockUsage } from './usage.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
let people: World;
let codes = 0;
let code = '';
beforeAll(async () => {
  database = await testDatabase();
  people = await world(database.db);
});
afterAll(() => database.drop());
// Each test counts for a rule of its own.
beforeEach(() => {
  code = `r-${(codes += 1)}`;
});

const inNusa = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => withTenant(database.db, people.tenant, work);
const limit = (units: number, changes: object = {}): RuleDocument =>
  rule(code, {
    effects: [{ kind: 'award', leg: 'a', asset: 'points', per: 'activity', units: 1 }],
    limits: [{ of: 'rule', per: 'programme', asset: 'points', units, over: 'partial', ...changes }],
  });
const packs = (count: number) => sale([line('PLAIN', { quantityMilli: BigInt(count) * 1000n })]);
const settle = (rules: ReturnType<typeof book>, activity: Activity, previous: Evaluation[] = []) =>
  inNusa(
    async (tx) => (await evaluateUnderLimits(tx, rules, [{ activity, facts: factsOf() }], previous))[0]!,
  );
const points = (evaluation: Evaluation) => paid(evaluation)[code] ?? 0;
const usedBy = async (evaluation: Evaluation) =>
  [...(await inNusa((tx) => lockUsage(tx, evaluation.uses))).values()].map(Number);

test('of 100 at once against a budget for 10, exactly 10 are paid', async () => {
  const rules = book(limit(10));
  const evaluations = await Promise.all(Array.from({ length: 100 }, () => settle(rules, packs(1))));
  expect(evaluations.filter((evaluation) => points(evaluation) === 1)).toHaveLength(10);
  const reached = evaluations.filter(({ considered }) => considered[0]!.reason.code === 'limit-reached');
  expect(reached).toHaveLength(90);
});

test('of 100 at once against a budget of money for 10, exactly 10 are paid', async () => {
  const one = {
    ...limit(1),
    values: { points: { units: 1, minor: 30, currency: 'MYR' } },
    limits: [
      {
        of: 'rule' as const,
        per: 'month' as const,
        value: { minor: 329, currency: 'MYR' },
        over: 'partial' as const,
      },
    ],
  };
  const rules = book(one);
  const evaluations = await Promise.all(Array.from({ length: 100 }, () => settle(rules, packs(1))));
  const paying = evaluations.filter((evaluation) => points(evaluation) === 1);
  expect(paying).toHaveLength(10);
  expect(await usedBy(paying[0]!)).toEqual([300]);
});

test('what a transaction that fails has used is not used', async () => {
  const rules = book(limit(1));
  const failing = inNusa(async (tx) => {
    const [evaluation] = await evaluateUnderLimits(tx, rules, [{ activity: packs(1), facts: factsOf() }]);
    expect(points(evaluation!)).toBe(1);
    throw new Error('not posted');
  });
  await expect(failing).rejects.toThrow('not posted');
  expect(points(await settle(rules, packs(1)))).toBe(1);
});

test('a correction gives back what the earlier version used, there and back again', async () => {
  const perDay: RuleDocument['limits'] = [
    { of: 'participant', per: 'day', asset: 'points', units: 15, over: 'partial' },
  ];
  const rules = book(rule(code, { limits: perDay }));
  const first = await settle(rules, packs(10));
  expect([points(first), await usedBy(first)]).toEqual([10, [10]]);
  const more = await settle(rules, { ...packs(99), version: 2 }, [first]);
  expect([points(more), await usedBy(more)]).toEqual([15, [15]]);
  const back = await settle(rules, { ...packs(10), version: 3 }, [more]);
  expect([points(back), await usedBy(first)]).toEqual([10, [10]]);
  const nothing = await settle(rules, { ...packs(10), version: 4, withdrawn: true }, [back]);
  expect([points(nothing), nothing.uses, await usedBy(first)]).toEqual([0, [], [0]]);
});

test('moved to another day, the limit of the old day is free again', async () => {
  const rules = book(limit(10, { of: 'participant', per: 'day' }));
  const first = await settle(rules, packs(1));
  const occurredAt = new Date('2018-03-22T04:00:00Z');
  const moved = await settle(rules, { ...packs(1), version: 2, occurredAt }, [first]);
  expect(moved.uses[0]!.period).toBe('day 2018-03-22');
  expect([await usedBy(first), await usedBy(moved)]).toEqual([[0], [1]]);
});

test('batches that meet in other orders do not block each other', async () => {
  const rules = book(limit(1000, { of: 'participant', per: 'day' }));
  const days = Array.from(
    { length: 28 },
    (_, day) => `2018-02-${String(day + 1).padStart(2, '0')}T04:00:00Z`,
  );
  const subjects = days.map((day) => ({
    activity: { ...packs(1), id: nameId<ActivityId>(day), occurredAt: new Date(day) },
    facts: factsOf(),
  }));
  await Promise.all(
    [subjects, subjects.toReversed(), subjects].map((batch) =>
      inNusa((tx) => evaluateUnderLimits(tx, rules, batch)),
    ),
  );
  const [one] = evaluate(rules, [subjects[0]!]);
  expect(await usedBy(one!)).toEqual([3]);
});

test('evaluations are kept with their facts, and read as they were', async () => {
  const rules = book(
    rule(code, { limits: limit(7).limits, expires: { after: 'P12M' }, taxClass: 'purchase' }),
  );
  const [recorded] = await inNusa((tx) =>
    recordActivities(
      tx,
      [
        {
          source: 'test',
          externalKey: code,
          kind: 'receipt',
          programme: people.programme,
          evidence: null,
          participant: people.sari,
          outlet: people.tokoMaju,
          occurredAt: new Date('2018-03-21T04:00:00Z'),
          currency: 'MYR',
          totalMinor: 1000n,
          lines: [
            { line: 0, text: 'x', product: people.product('NF-1001'), quantityMilli: 9000n, amountMinor: 1n },
          ],
        },
      ],
      new Date('2018-03-21T05:00:00Z'),
    ),
  );
  if (!recorded!.ok) throw new Error(recorded!.refused);
  const { activity } = recorded!;
  const [evaluation] = evaluate(rules, [{ activity, facts: factsOf() }]);
  expect(awardsOf(evaluation!)).toMatchObject([{ rule: ruleId(code), units: 7n, expiresOn: '2019-03-21' }]);
  // As of a rule that was saved: its id follows from the programme and its code.
  const saved = await inNusa(async (tx) => ruleIdOf(tx, people.programme, code));
  const withId = <T>(one: T) => ({ ...one, rule: saved });
  const considered = evaluation!.considered.map((one) => withId({ ...one, awards: one.awards.map(withId) }));
  const asSaved = { ...evaluation!, considered };
  await inNusa((tx) => keepEvaluations(tx, [{ evaluation: asSaved, facts: factsOf() }], new Date()));
  expect(await inNusa((tx) => evaluationsOf(tx, [activity]))).toMatchObject([
    { evaluation: asSaved, facts: factsOf() },
  ]);
  expect(await inNusa((tx) => evaluationOf(tx, { ...activity, version: 2 }))).toBeNull();
  const kept = await inNusa((tx) => evaluationsOf(tx, [activity]));
  expect(evaluate(rules, [{ activity, facts: kept[0]!.facts }])).toEqual([evaluation]);
});
