import type { Tx } from '../db/transact.ts';
import type { Goal } from '../rules/document.ts';
import { latestName, sumName, type SumAsked, type Sums } from './counters.ts';
import type { BestDays } from './evaluate-goal.ts';

/** Periods of a counter in which the sums over a window are asked for; days are included. */
export type RollingAsked = SumAsked & { window: NonNullable<Goal['window']> };

/**
 * What a counter adds up to over a window, for each period that has a day with something in it: the highest sum of its
 * days, and under `latestName` that of the last one; with the day of the highest. `evaluate-sums.ts` says the same without a database.
 */
export async function rollingSums(
  tx: Tx,
  wanted: readonly RollingAsked[],
): Promise<{ sums: Sums; bestDays: BestDays }> {
  const sums = new Map<string, Map<string, bigint>>();
  const bestDays = new Map<string, Map<string, string>>();
  if (wanted.length === 0) return { sums, bestDays };
  const rows = await tx.query<Row>(
    `select a.counter, a.subject, a.per, a."window", p.first, max(w.value) as highest,
       (array_agg(w.value order by e.day desc))[1] as latest,
       (array_agg(e.day order by w.value desc, e.day))[1] as best
     from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::date[], $7::date[])
       as a (counter, subject, per, "window", first, last)
     cross join lateral (
       select distinct d.day from counter_day d
       where d.tenant = $1 and d.counter = a.counter and d.subject = a.subject and d.value <> 0
         and d.day >= coalesce(a.first, '-infinity') and d.day <= coalesce(a.last, 'infinity')
     ) as e
     cross join lateral (
       select coalesce(sum(d.value) filter (where d.item = ''), 0)::bigint
         + count(distinct d.item) filter (where d.item <> '' and d.value > 0) as value
       from counter_day d
       where d.tenant = $1 and d.counter = a.counter and d.subject = a.subject
         and d.day >= (e.day + 1 - a."window"::interval)::date and d.day <= e.day
     ) as w
     cross join lateral (
       select case when a.per = 'campaign' then a.first else date_trunc(a.per, e.day::timestamp)::date end
     ) as p (first)
     group by a.counter, a.subject, a.per, a."window", p.first`,
    [
      tx.tenant,
      wanted.map(({ counter }) => counter),
      wanted.map(({ subject }) => subject),
      wanted.map(({ per }) => per),
      wanted.map(({ window }) => window),
      wanted.map(({ from }) => from),
      wanted.map(({ to }) => to),
    ],
  );
  for (const { first, highest, latest, best, ...asked } of rows) {
    keep(sums, sumName(asked), first, highest);
    keep(sums, latestName(asked), first, latest);
    keep(bestDays, sumName(asked), first, best);
  }
  return { sums, bestDays };
}

type Row = Pick<RollingAsked, 'counter' | 'subject' | 'per' | 'window'> & {
  first: string;
  highest: bigint;
  latest: bigint;
  best: string;
};

// Two who ask for the same may ask for other periods; of one period all get the same.
function keep<T>(all: Map<string, Map<string, T>>, name: string, first: string, value: T): void {
  const known = all.get(name) ?? new Map<string, T>();
  all.set(name, known.set(first, value));
}
