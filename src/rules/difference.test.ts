import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { RuleId } from '../shared/id.ts';
import { differenceOf, type Difference } from './difference.ts';
import type { Award } from './evaluation.ts';

function award(code: string, units: bigint, changes: Partial<Award> = {}): Award {
  return {
    rule: code as RuleId,
    code,
    version: 1,
    leg: 'a',
    asset: 'points',
    units,
    ...changes,
  };
}
const short = (differences: Difference[]) => differences.map(({ kind, code, units }) => [kind, code, units]);

describe('what a correction posts', () => {
  test('nothing when nothing changed, also under a newer version of the rule', () => {
    expect(differenceOf([award('r', 5n)], [award('r', 5n, { version: 2 })])).toEqual([]);
  });
  test('only the difference, rule by rule', () => {
    const before = [award('base', 10n), award('gone', 4n)];
    const after = [award('base', 7n), award('new', 3n)];
    expect(short(differenceOf(before, after))).toEqual([
      ['take-back', 'base', 3n],
      ['take-back', 'gone', 4n],
      ['award', 'new', 3n],
    ]);
  });
  test('legs and assets apart', () => {
    const before = [award('r', 5n), award('r', 5n, { leg: 'b' }), award('r', 5n, { asset: 'status' })];
    const after = [award('r', 5n), award('r', 6n, { leg: 'b' })];
    expect(short(differenceOf(before, after))).toEqual([
      ['take-back', 'r', 5n],
      ['award', 'r', 1n],
    ]);
  });
  test('units of another last day go back and come anew', () => {
    const before = [award('r', 5n, { expiresOn: '2019-03-31' })];
    const after = [award('r', 8n, { expiresOn: '2019-04-30' })];
    expect(differenceOf(before, after)).toMatchObject([
      { kind: 'take-back', units: 5n, expiresOn: '2019-03-31' },
      { kind: 'award', units: 8n, expiresOn: '2019-04-30' },
    ]);
  });
});

const someAwards = fc
  .uniqueArray(
    fc.record({
      code: fc.constantFrom('a', 'b', 'c'),
      leg: fc.constantFrom('x', 'y'),
      asset: fc.constantFrom('points', 'status'),
      units: fc.bigInt({ min: 1n, max: 10n ** 15n }),
      expiresOn: fc.constantFrom('2019-03-31', '2019-04-30'),
    }),
    { selector: ({ code, leg, asset }) => `${code} ${leg} ${asset}` },
  )
  .map((list) => list.map(({ code, units, ...rest }) => award(code, units, rest)));
const nameOf = ({ rule, leg, asset, expiresOn }: Award | Difference) =>
  `${rule} ${leg} ${asset} ${expiresOn}`;

function applied(posted: Map<string, bigint>, differences: Difference[]): Map<string, bigint> {
  const sums = new Map(posted);
  for (const one of differences) {
    const change = one.kind === 'award' ? one.units : -one.units;
    sums.set(nameOf(one), (sums.get(nameOf(one)) ?? 0n) + change);
  }
  return new Map([...sums].filter(([, units]) => units !== 0n).toSorted());
}
const sumsOf = (awards: readonly Award[]) =>
  new Map(awards.map((one) => [nameOf(one), one.units] as const).toSorted());

test('after any corrections the book says what the last version earned; there and back is nothing', () => {
  fc.assert(
    fc.property(someAwards, someAwards, someAwards, (first, second, third) => {
      let book = sumsOf(first);
      for (const [before, after] of [
        [first, second],
        [second, third],
        [third, first],
      ] as const) {
        book = applied(book, differenceOf(before, after));
        expect(book).toEqual(sumsOf(after));
        for (const units of book.values()) expect(units > 0n).toBe(true);
      }
      expect(book).toEqual(sumsOf(first));
    }),
  );
});

test('the order of awards does not matter', () => {
  fc.assert(
    fc.property(someAwards, someAwards, (before, after) => {
      expect(differenceOf(before.toReversed(), after.toReversed())).toEqual(differenceOf(before, after));
    }),
  );
});
