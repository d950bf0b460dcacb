import type { Goal, RuleDocument } from '../rules/document.ts';
import type { Count } from './evaluate-counts.ts';
import { dayAfterBack } from './evaluate-tier.ts';
import { periodOf } from './period.ts';

type DayCount = Pick<Count, 'day' | 'item' | 'value'>;

/** What counts add up to, by the first day of each period: what decides, and where the newest day stands. */
export type PeriodSums = { sums: Map<string, bigint>; latest: Map<string, bigint> };

/**
 * Adds up what a counter holds of somebody by the periods of a goal, as the database does (`counters.ts`,
 * `rolling-sums.ts`). Over a window the highest sum of a period counts, of the days on which something was counted. Pure.
 */
export function sumsByPeriod(
  counts: readonly DayCount[],
  { per, window }: Pick<Goal, 'per' | 'window'>,
  scope: RuleDocument['scope'],
): PeriodSums {
  const firstOf = (day: string) => periodOf(per, day, scope).first;
  if (window === undefined) {
    const periods = Map.groupBy(counts, ({ day }) => firstOf(day));
    const sums = new Map([...periods].map(([first, own]) => [first, sumOf(own)]));
    return { sums, latest: sums };
  }
  const [sums, latest] = [new Map<string, bigint>(), new Map<string, bigint>()];
  for (const day of daysThatCount(counts)) {
    const first = firstOf(day);
    const from = dayAfterBack(day, window);
    const sum = sumOf(counts.filter((count) => count.day >= from && count.day <= day));
    const highest = sums.get(first);
    if (highest === undefined || sum > highest) sums.set(first, sum);
    latest.set(first, sum);
  }
  return { sums, latest };
}

function sumOf(counts: readonly DayCount[]): bigint {
  let sum = 0n;
  const items = new Map<string, bigint>();
  for (const { item, value } of counts)
    if (item === '') sum += value;
    else items.set(item, (items.get(item) ?? 0n) + value);
  return sum + BigInt([...items.values()].filter((value) => value > 0n).length);
}

// A day whose counts were all taken back does not count.
function daysThatCount(counts: readonly DayCount[]): string[] {
  const sums = new Map<string, { day: string; value: bigint }>();
  for (const { day, item, value } of counts) {
    const name = `${day} ${item}`;
    sums.set(name, { day, value: (sums.get(name)?.value ?? 0n) + value });
  }
  const days = [...sums.values()].filter(({ value }) => value !== 0n).map(({ day }) => day);
  return [...new Set(days)].toSorted();
}
