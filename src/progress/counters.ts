import type { Tx } from '../db/transact.ts';
import type { Goal } from '../rules/document.ts';
import type { ProgrammeId } from '../shared/id.ts';
import type { CounterId, SubjectId } from './counter.ts';
import type { Count } from './evaluate-counts.ts';

/** Which periods of a counter to add up. Days are included; a campaign is one period that begins on `from`. */
export type SumAsked = {
  counter: CounterId;
  subject: SubjectId;
  per: Goal['per'];
  /** Null: from the beginning. */
  from: string | null;
  /** Null: to the end. */
  to: string | null;
};

/** What a counter adds up to, by `sumName` and the first day of each period that has anything in it. */
export type Sums = ReadonlyMap<string, ReadonlyMap<string, bigint>>;

/** The name of a counter of somebody that was added up by such periods; of a window it is the highest sum of each. */
export function sumName({
  counter,
  subject,
  per,
  window,
}: Pick<SumAsked, 'counter' | 'subject' | 'per'> & Pick<Goal, 'window'>): string {
  return window === undefined ? `${counter} ${subject} ${per}` : `${counter} ${subject} ${per} ${window}`;
}

/** The name of what the last day of each period stands at, over a window. */
export function latestName(asked: Parameters<typeof sumName>[0]): string {
  return `${sumName(asked)} latest`;
}

/** Adds to counters; amounts may be below zero. Rows are locked in one order for everybody. */
export async function addCounts(tx: Tx, counts: readonly Count[]): Promise<void> {
  if (counts.length === 0) return;
  await tx.query(
    `insert into counter_day (tenant, counter, subject, day, item, value)
     select $1, c.counter, c.subject, c.day, c.item, sum(c.value)
     from unnest($2::uuid[], $3::uuid[], $4::date[], $5::text[], $6::bigint[]) as c (counter, subject, day, item, value)
     group by c.counter, c.subject, c.day, c.item
     order by c.counter, c.subject, c.day, c.item collate "C"
     on conflict (tenant, counter, subject, day, item) do update set value = counter_day.value + excluded.value`,
    [
      tx.tenant,
      counts.map(({ counter }) => counter),
      counts.map(({ subject }) => subject),
      counts.map(({ day }) => day),
      counts.map(({ item }) => item),
      counts.map(({ value }) => value),
    ],
  );
}

/** Adds up each counter that is asked for by periods. What is counted once counts once in each period. */
export async function sumsOf(tx: Tx, wanted: readonly SumAsked[]): Promise<Sums> {
  if (wanted.length === 0) return new Map();
  const asked = onceEach(wanted);
  // Rows of one counter and subject lie together in the primary key, in order of day.
  const rows = await tx.query<SumRow>(
    `select a.counter, a.subject, a.per, p.first,
       coalesce(sum(d.value) filter (where d.item = ''), 0)::bigint
         + count(distinct d.item) filter (where d.item <> '' and d.value > 0) as value
     from unnest($2::uuid[], $3::uuid[], $4::text[], $5::date[], $6::date[]) as a (counter, subject, per, first, last)
     join counter_day d on d.tenant = $1 and d.counter = a.counter and d.subject = a.subject
       and d.day >= coalesce(a.first, '-infinity') and d.day <= coalesce(a.last, 'infinity')
     cross join lateral (
       select case when a.per = 'campaign' then a.first else date_trunc(a.per, d.day::timestamp)::date end
     ) as p (first)
     group by a.counter, a.subject, a.per, p.first`,
    [
      tx.tenant,
      asked.map(({ counter }) => counter),
      asked.map(({ subject }) => subject),
      asked.map(({ per }) => per),
      asked.map(({ from }) => from),
      asked.map(({ to }) => to),
    ],
  );
  return sumsBy(rows);
}

/** What is asked of a counter: how much it counted for somebody from one day through another. */
type VolumeAsked = { counter: CounterId; subject: SubjectId; first: string; last: string };

/**
 * How much each of these counters counted, in order: sums, and of what is counted once how many there were. Null where the
 * counter is not filled yet. One statement that reads a range of the primary key for each.
 */
export async function volumesOf(tx: Tx, asked: readonly VolumeAsked[]): Promise<(bigint | null)[]> {
  const rows = await tx.query<{ volume: bigint | null }>(
    `select case when c.id is null then null else v.volume end as volume
     from unnest($2::uuid[], $3::uuid[], $4::date[], $5::date[]) with ordinality
       as a (counter, subject, first, last, place)
     left join counter c on c.tenant = $1 and c.id = a.counter
     cross join lateral (
       select coalesce(sum(d.value) filter (where d.item = ''), 0)::bigint
         + count(distinct d.item) filter (where d.item <> '' and d.value > 0) as volume
       from counter_day d
       where d.tenant = $1 and d.counter = a.counter and d.subject = a.subject and d.day between a.first and a.last
     ) v order by a.place`,
    [
      tx.tenant,
      asked.map(({ counter }) => counter),
      asked.map(({ subject }) => subject),
      asked.map(({ first }) => first),
      asked.map(({ last }) => last),
    ],
    { name: 'counter-volumes' },
  );
  return rows.map(({ volume }) => volume);
}

/** The same, and 0 for what no counter is filled for yet. */
export async function windowSums(tx: Tx, asked: readonly VolumeAsked[]): Promise<bigint[]> {
  return asked.length === 0 ? [] : (await volumesOf(tx, asked)).map((volume) => volume ?? 0n);
}

/**
 * Keeps exactly the wanted counters of a programme in place of the known ones: those that nobody asks for any more go, and those that are new are
 * answered, to be filled from history. Call it under the lock of the book, or what is recorded meanwhile is missed.
 */
export async function keepCounters(
  tx: Tx,
  programme: ProgrammeId,
  known: readonly CounterId[],
  wanted: readonly CounterId[],
  at: Date,
): Promise<CounterId[]> {
  const gone = known.filter((id) => !wanted.includes(id));
  const missing = wanted.filter((id) => !known.includes(id));
  if (gone.length > 0) {
    await tx.query('delete from counter_day where tenant = $1 and counter = any($2::uuid[])', [
      tx.tenant,
      gone,
    ]);
    await tx.query('delete from counter where tenant = $1 and id = any($2::uuid[])', [tx.tenant, gone]);
  }
  if (missing.length > 0)
    await tx.query(
      `insert into counter (tenant, id, programme, filled_at)
       select $1, w.id, $2, $3 from unnest($4::uuid[]) as w (id)`,
      [tx.tenant, programme, at, missing],
    );
  return missing;
}

/** What these counters hold, for everybody or for some, in no promised order. */
export async function countsKept(
  tx: Tx,
  counters: readonly CounterId[],
  subjects: readonly SubjectId[] | null,
): Promise<Count[]> {
  return tx.query<Count>(
    `select d.counter, d.subject, d.day, d.item, d.value from counter_day d
     where d.tenant = $1 and d.counter = any($2::uuid[]) and ($3::uuid[] is null or d.subject = any($3))
       and d.value <> 0`,
    [tx.tenant, counters, subjects],
  );
}

/** The days from a day on, in order, on which any of these counters holds something of somebody. */
export async function daysSince(
  tx: Tx,
  counters: readonly CounterId[],
  subject: SubjectId,
  since: string,
): Promise<string[]> {
  const rows = await tx.query<{ day: string }>(
    `select distinct d.day from counter_day d
     where d.tenant = $1 and d.counter = any($2::uuid[]) and d.subject = $3 and d.day >= $4 order by d.day`,
    [tx.tenant, counters, subject, since],
  );
  return rows.map(({ day }) => day);
}

/** The counters of a programme that are kept. */
export async function filledCounters(tx: Tx, programme: ProgrammeId): Promise<CounterId[]> {
  const rows = await tx.query<{ id: CounterId }>(
    'select c.id from counter c where c.tenant = $1 and c.programme = $2',
    [tx.tenant, programme],
    { name: 'counters-filled' },
  );
  return rows.map(({ id }) => id);
}

// Several goals ask for the same; a row that two asked for would be added up twice. Who asks for all gets each part.
function onceEach(wanted: readonly SumAsked[]): SumAsked[] {
  const whole = new Set(wanted.filter(({ from }) => from === null).map(sumName));
  const once = wanted.map((one) => {
    const name = sumName(one);
    const { from, to } = whole.has(name) ? { from: null, to: null } : one;
    return [`${name} ${from}`, { ...one, from, to }] as const;
  });
  return [...new Map(once).values()];
}

type SumRow = Pick<SumAsked, 'counter' | 'subject' | 'per'> & { first: string; value: bigint };

function sumsBy(rows: readonly SumRow[]): Sums {
  const sums = new Map<string, Map<string, bigint>>();
  for (const row of rows) {
    const name = sumName(row);
    if (!sums.has(name)) sums.set(name, new Map());
    sums.get(name)!.set(row.first, row.value);
  }
  return sums;
}
