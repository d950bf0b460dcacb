import { describe, expect, test } from 'vitest';

import { book, judge, line, multiplier, paid, rule, sale } from '../../test/sales.ts';
import type { RuleDocument } from './document.ts';

const tenPacks = sale([line('PLAIN')]);

describe('multipliers', () => {
  const base = rule('base');
  test('double points in the launch month and a tier bonus add up on the base', () => {
    const rules = book(
      base,
      multiplier('launch', 200),
      multiplier('tier', 'participant.tier == "silver" ? 150 : 100'),
    );
    const evaluation = judge(rules, tenPacks);
    expect(paid(evaluation)).toEqual({ base: 10, launch: 10, tier: 5 });
    expect(evaluation.considered.find(({ code }) => code === 'launch')!.steps).toEqual([
      {
        code: 'multiply',
        facts: {
          base: { units: 10, asset: 'points' },
          times: 2,
          total: { units: 20, asset: 'points' },
          result: { units: 10, asset: 'points' },
        },
      },
    ]);
  });

  test('limited to some goods, it multiplies what these goods earned', () => {
    const scope = { kinds: ['receipt'], products: { focus: true } };
    const basket = sale([line('FOCUS', { quantityMilli: 3000n }), line('PLAIN')]);
    expect(paid(judge(book(base, multiplier('launch', 200, { scope })), basket))).toEqual({
      base: 13,
      launch: 3,
    });
  });

  test('never multiplies more than the limit of its base left', () => {
    const limits: RuleDocument['limits'] = [
      { of: 'participant', per: 'activity', asset: 'points', units: 2, over: 'partial' },
    ];
    const scope = { kinds: ['receipt'], products: { focus: true } };
    const basket = sale([line('FOCUS', { quantityMilli: 3000n }), line('PLAIN')]);
    const rules = book(rule('base', { limits }), multiplier('launch', 200, { scope }));
    expect(paid(judge(rules, basket))).toEqual({ base: 2, launch: 2 });
  });

  test('has nothing to multiply when the base did not pay', () => {
    const none = rule('base', { condition: 'false' });
    const considered = judge(book(none, multiplier('launch', 200)), tenPacks).considered;
    expect(considered.find(({ code }) => code === 'launch')!.reason).toEqual({
      code: 'nothing-to-multiply',
      facts: { groups: 'base' },
    });
  });

  test('rounds as its rule says', () => {
    const three = sale([line('PLAIN', { quantityMilli: 3000n })]);
    const rounded = (mode: 'down' | 'half-up' | 'up', percent: number) =>
      paid(judge(book(base, multiplier('m', percent, { rounding: { mode, at: 'activity' } })), three))['m'];
    expect([rounded('down', 150), rounded('half-up', 150), rounded('up', 110)]).toEqual([1, 2, 1]);
  });
});

describe('stacking', () => {
  const of = (code: string, mode: 'sum' | 'best' | 'first', order: number, units: number) =>
    rule(code, {
      effects: [{ kind: 'award', leg: 'a', asset: 'points', per: 'activity', units }],
      stacking: { group: 'bonus', order, mode },
    });
  test.each(['sum', 'best', 'first'] as const)('%s', (mode) => {
    const evaluation = judge(
      book(of('late', mode, 30, 9), of('early', mode, 10, 4), of('middle', mode, 20, 9)),
      tenPacks,
    );
    expect(paid(evaluation)).toEqual(
      { sum: { early: 4, middle: 9, late: 9 }, best: { middle: 9 }, first: { early: 4 } }[mode],
    );
    if (mode === 'sum') return;
    const winner = mode === 'best' ? 'middle' : 'early';
    expect(evaluation.considered.find(({ code }) => code === 'late')!.reason).toEqual({
      code: 'lower-in-stacking',
      facts: { winner, group: 'bonus', mode },
    });
  });

  test('a rule that cannot pay does not stand in the way', () => {
    const spent = { ...of('early', 'first', 10, 4), condition: 'false' };
    expect(paid(judge(book(spent, of('late', 'first', 30, 9)), tenPacks))).toEqual({ late: 9 });
  });

  test('the best of each asset pays', () => {
    const two = rule('two', {
      effects: [
        { kind: 'award', leg: 'a', asset: 'points', per: 'activity', units: 1 },
        { kind: 'award', leg: 'a', asset: 'status', per: 'activity', units: 5 },
      ],
      stacking: { group: 'bonus', order: 1, mode: 'best' },
    });
    const { considered } = judge(book(two, of('more', 'best', 30, 9)), tenPacks);
    expect(considered.flatMap(({ code, awards }) => awards.map(({ asset }) => [code, asset]))).toEqual([
      ['two', 'status'],
      ['more', 'points'],
    ]);
  });
});
