import type { Activity } from '../activity/activity.ts';
import { unmet } from '../rules/evaluate-effects.ts';
import {
  amountOf,
  basketOf,
  eligibleLines,
  outOfScope,
  quantityOf,
  viewOf,
  type View,
  type ViewLine,
} from '../rules/evaluate-scope.ts';
import type { Award, Facts } from '../rules/evaluation.ts';
import { candidatesOf } from '../rules/select.ts';
import type { PartnerId } from '../shared/id.ts';
import type { Counted, CounterBook, CounterId, SubjectId } from './counter.ts';

/** What one activity adds to a counter on its day. */
export type Count = { counter: CounterId; subject: SubjectId; day: string; item: string; value: bigint };

/** An activity with the facts it was judged by, the owner of its outlet, and what it earned. */
export type Counting = {
  activity: Activity;
  facts: Facts;
  partner: PartnerId | null;
  awards: readonly Award[];
};

/**
 * What an activity adds to each counter; a withdrawn one adds nothing. Pure: the same activity and facts add the same for
 * ever, so counters can be computed again at any time, in any order. `known`: the activity's view, where it was made before.
 */
export function countsOf(
  { book, counters }: CounterBook,
  counting: Counting,
  known: View | null = null,
): Count[] {
  const { activity } = counting;
  if (activity.withdrawn || book.rules.length === 0) return [];
  const view = known ?? viewOf(counting);
  return candidatesOf(book, view).flatMap((rule) => {
    const lines = eligibleLines(rule, view.lines);
    if (!rule.scopeSets.kinds!.set.has(activity.kind) || outOfScope(rule, view, lines) !== null) return [];
    if (unmet(rule.condition, basketOf(rule, lines, view).values, false) !== null) return [];
    return counters.get(rule)!.flatMap(({ id, counted }) => {
      const subject = subjectOf(counted, counting);
      if (subject === null) return [];
      return valuesOf(counted, counting, lines, view)
        .filter(({ value }) => value !== 0n)
        .map((value) => ({ counter: id, subject, day: view.wall.day, ...value }));
    });
  });
}

/** What to add to counters so that they count `after` in place of `before`; nothing where both say the same. */
export function countsBetween(before: readonly Count[], after: readonly Count[]): Count[] {
  const sums = tally(tally(new Map(), before, -1n), after);
  return [...sums.values()].filter(({ value }) => value !== 0n);
}

/** Counts added up: one for each counter, subject, day and item. */
export type Tally = Map<string, Count>;

/** Adds counts to a tally, or takes them away with the sign -1; answers the same tally. */
export function tally(sums: Tally, counts: readonly Count[], sign: 1n | -1n = 1n): Tally {
  for (const count of counts) {
    const name = `${count.counter} ${count.subject} ${count.day} ${count.item}`;
    sums.set(name, { ...count, value: (sums.get(name)?.value ?? 0n) + sign * count.value });
  }
  return sums;
}

function subjectOf(counted: Counted, { activity, partner }: Counting): SubjectId | null {
  return { participant: activity.participant, outlet: activity.outlet, partner }[counted.for];
}

function valuesOf(
  { measure }: Counted,
  { activity, awards }: Counting,
  lines: readonly ViewLine[],
  { facts }: View,
): { item: string; value: bigint }[] {
  if (measure.of === 'earned') {
    const earned = awards.reduce(
      // What is paid to somebody else for it is not what the participant earned.
      (sum, { asset, units, to }) => (asset === measure.asset && !to ? sum + units : sum),
      0n,
    );
    return [{ item: '', value: earned }];
  }
  if (measure.kinds && !measure.kinds.includes(activity.kind)) return [];
  switch (measure.of) {
    case 'quantity':
      return [{ item: '', value: quantityOf(lines) }];
    case 'amount':
      return activity.currency === measure.currency ? [{ item: '', value: amountOf(lines) }] : [];
    case 'total':
      return activity.currency === measure.currency ? [{ item: '', value: activity.totalMinor }] : [];
    case 'activities':
      return [{ item: '', value: 1n }];
    case 'outlets':
      return facts.outlet ? [{ item: facts.outlet.code, value: 1n }] : [];
    case 'skus':
      return [
        ...new Set(lines.filter(({ line }) => line.quantityMilli > 0n).map(({ line }) => line.sku!)),
      ].map((sku) => ({ item: sku, value: 1n }));
  }
}
