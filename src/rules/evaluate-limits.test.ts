import { describe, expect, test } from 'vitest';

import { book, factsOf, judge, line, paid, rule, ruleId, sale } from '../../test/sales.ts';
import { evaluate, usageWanted } from './evaluate.ts';
import { usageName } from './evaluation.ts';

const tenPacks = sale([line('PLAIN')]);
const byAmount = {
  effects: [
    {
      kind: 'award' as const,
      leg: 'a',
      asset: 'points',
      per: 'amount' as const,
      stepMinor: 100,
      currency: 'MYR',
      units: 1,
    },
  ],
};

describe('limits', () => {
  const limited = (units: number, over: 'partial' | 'nothing' = 'partial', more: object = {}) =>
    rule('r', { limits: [{ of: 'participant', per: 'day', asset: 'points', units, over, ...more }] });
  const key = (rules: ReturnType<typeof book>) =>
    usageWanted(rules, [{ activity: tenPacks, facts: factsOf() }])[0]!;

  test('pays what is left of the day, and says so', () => {
    const rules = book(limited(15));
    const evaluation = judge(rules, tenPacks, factsOf(), new Map([[usageName(key(rules)), 8n]]));
    expect(paid(evaluation)).toEqual({ r: 7 });
    expect(evaluation.considered[0]!.steps.at(-1)).toEqual({
      code: 'limit',
      facts: {
        before: { units: 10, asset: 'points' },
        result: { units: 7, asset: 'points' },
        limit: { units: 15, asset: 'points' },
        used: { units: 8, asset: 'points' },
        of: 'participant',
        per: 'day',
      },
    });
    expect(evaluation.uses).toEqual([{ ...key(rules), units: 7n }]);
  });

  test('pays nothing when that is what the limit says, or when all is used', () => {
    const nothing = book(limited(15, 'nothing'));
    const used = (units: bigint) => new Map([[usageName(key(nothing)), units]]);
    expect(judge(nothing, tenPacks, factsOf(), used(8n)).considered[0]!.reason.code).toBe('limit-reached');
    expect(judge(nothing, tenPacks, factsOf(), used(5n)).considered[0]!.reason.code).toBe('fired');
    expect(judge(book(limited(15)), tenPacks, factsOf(), used(15n)).considered[0]!.reason).toEqual({
      code: 'limit-reached',
      facts: {
        limit: { units: 15, asset: 'points' },
        used: { units: 15, asset: 'points' },
        of: 'participant',
        per: 'day',
      },
    });
  });

  test('counts on within one batch, day by day of the programme', () => {
    const rules = book(limited(15));
    const at = (time: string) => ({
      activity: { ...tenPacks, occurredAt: new Date(time) },
      facts: factsOf(),
    });
    const batch = [at('2018-03-21T04:00:00Z'), at('2018-03-21T15:59:00Z'), at('2018-03-21T16:01:00Z')];
    expect(evaluate(rules, batch).map(paid)).toEqual([{ r: 10 }, { r: 5 }, { r: 10 }]);
  });

  test.each([
    ['day', 'day 2018-03-21'],
    ['week', 'week 2018-03-19'],
    ['month', 'month 2018-03'],
    ['programme', 'programme'],
  ])('a limit per %s counts in its own period', (per, period) => {
    expect(key(book(limited(15, 'partial', { per }))).period).toBe(period);
  });

  test('a limit counts for each person, for each outlet, or for everybody together', () => {
    const subjectOf = (of: string) => key(book(limited(15, 'partial', { of }))).subject;
    expect(subjectOf('participant')).toBe(tenPacks.participant);
    expect(subjectOf('outlet')).toBe(tenPacks.outlet);
    expect(subjectOf('rule')).toBe(ruleId('r'));
  });

  test('the narrowest of several limits counts, and legs are cut in their order', () => {
    const document = rule('r', {
      effects: [
        { kind: 'award', leg: 'one', asset: 'points', per: 'activity', units: 4 },
        { kind: 'award', leg: 'two', asset: 'points', per: 'activity', units: 4 },
        { kind: 'award', leg: 'one', asset: 'status', per: 'activity', units: 100 },
      ],
      limits: [
        { of: 'participant', per: 'activity', asset: 'points', units: 6, over: 'partial' },
        { of: 'participant', per: 'month', asset: 'points', units: 5, over: 'partial' },
      ],
    });
    const { considered, uses } = judge(book(document), tenPacks);
    expect(considered[0]!.awards.map(({ leg, asset, units }) => [leg, asset, units])).toEqual([
      ['one', 'points', 4n],
      ['two', 'points', 1n],
      ['one', 'status', 100n],
    ]);
    expect(uses.map(({ period, units }) => [period, units])).toEqual([['month 2018-03', 5n]]);
  });

  test('a rule that loses in its group uses nothing of its limit', () => {
    const best = { stacking: { group: 'bonus', order: 10, mode: 'best' as const } };
    const rules = book({ ...limited(15), ...best }, rule('more', { ...byAmount, ...best }));
    expect(judge(rules, tenPacks)).toMatchObject({ uses: [] });
  });
});
