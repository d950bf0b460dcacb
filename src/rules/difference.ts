import type { Award } from './evaluation.ts';

/** What to post so that the book says the same as the newer awards: more of an award, or some of it taken back. */
export type Difference = Omit<Award, 'units'> & { kind: 'award' | 'take-back'; units: bigint };

/**
 * What is to be posted after a correction, given what an earlier version earned and what the newer one earns. Awards are
 * compared by rule, leg and asset, and by what each unit carries (its last day and its tax class): where that changes,
 * the old units go back and new ones come. An award that is gone is taken back under the version of the rule that gave it.
 * Pure; the answer is sorted, so the order of the awards does not matter, and there and back again adds up to nothing.
 */
export function differenceOf(before: readonly Award[], after: readonly Award[]): Difference[] {
  const changes = new Map<string, { change: bigint; last: Award }>();
  const add = (award: Award, by: bigint) => {
    const key = JSON.stringify([award.rule, award.leg, award.asset, award.expiresOn, award.taxClass]);
    changes.set(key, { change: (changes.get(key)?.change ?? 0n) + by, last: award });
  };
  for (const award of before) add(award, -award.units);
  for (const award of after) add(award, award.units);
  const sorted = [...changes].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return sorted.flatMap(([, { change, last }]): Difference[] => {
    if (change === 0n) return [];
    return [
      change > 0n
        ? { ...last, kind: 'award', units: change }
        : { ...last, kind: 'take-back', units: -change },
    ];
  });
}
