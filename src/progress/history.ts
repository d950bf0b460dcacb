import { activitiesByVersion } from '../activity/read.ts';
import type { Activity } from '../activity/activity.ts';
import type { Tx } from '../db/transact.ts';
import { outletsByIds } from '../network/outlets.ts';
import { awardsOf } from '../rules/evaluation.ts';
import { evaluationsOf } from '../rules/evaluations.ts';
import type { ActivityId, ParticipantId, ProgrammeId } from '../shared/id.ts';
import type { CounterBook, CounterId } from './counter.ts';
import { addCounts, countsKept, filledCounters } from './counters.ts';
import { earnedCounters, earnedHistory } from './earned.ts';
import { countsOf, tally, type Count, type Counting, type Tally } from './evaluate-counts.ts';

/** Activities read at a time, so that memory stays flat however long the history is. */
const pageMax = 2000;

/** Fills counters from everything that was ever recorded. Call it under the lock of the book. */
export async function fillCounters(
  tx: Tx,
  programme: ProgrammeId,
  book: CounterBook,
  counters: readonly CounterId[],
): Promise<void> {
  if (counters.length === 0) return;
  const wanted = new Set(counters);
  for await (const page of countedHistory(tx, programme))
    await addCounts(
      tx,
      page.flatMap((counting) => countsOf(book, counting)).filter(({ counter }) => wanted.has(counter)),
    );
  const earned = earnedCounters(book).filter(({ id }) => wanted.has(id));
  for await (const page of earnedHistory(tx, programme, earned)) await addCounts(tx, page);
}

/** A counter that does not hold what activities add up to: `kept` is its row, `counted` what it should be. */
export type CounterProblem = Omit<Count, 'value'> & { kept: bigint; counted: bigint };

/**
 * Counts everything again from activities and compares; answers what differs. With `participants` only their activities,
 * and what is counted for each participant. Counters that are not filled yet are left out.
 */
export async function verifyCounters(
  tx: Tx,
  programme: ProgrammeId,
  book: CounterBook,
  participants: readonly ParticipantId[] | null = null,
): Promise<{ rows: number; problems: CounterProblem[] }> {
  const filled = new Set(await filledCounters(tx, programme));
  const looked = [...book.counters.values()]
    .flat()
    .filter(({ id, counted: of }) => filled.has(id) && (!participants || of.for === 'participant'))
    .map(({ id }) => id);
  const isLooked = new Set(looked);
  // A correction may have given an activity of theirs to somebody else.
  const people = participants && new Set<string>(participants);
  const counted: Tally = new Map();
  for await (const page of countedHistory(tx, programme, participants))
    tally(
      counted,
      page
        .flatMap((counting) => countsOf(book, counting))
        .filter(({ counter, subject }) => isLooked.has(counter) && (!people || people.has(subject))),
    );
  const earned = earnedCounters(book).filter(({ id }) => isLooked.has(id));
  for await (const page of earnedHistory(tx, programme, earned, participants)) tally(counted, page);
  const kept = tally(new Map(), await countsKept(tx, looked, participants));
  const names = new Set([...counted.keys(), ...kept.keys()]);
  const problems = [...names].flatMap((name) => {
    const values = { kept: kept.get(name)?.value ?? 0n, counted: counted.get(name)?.value ?? 0n };
    if (values.kept === values.counted) return [];
    const { value: _value, ...place } = (kept.get(name) ?? counted.get(name))!;
    return [{ ...place, ...values }];
  });
  return { rows: counted.size, problems };
}

// Every activity in its newest version with the facts it was judged by. What was never judged has had no effect.
async function* countedHistory(
  tx: Tx,
  programme: ProgrammeId,
  participants: readonly ParticipantId[] | null = null,
): AsyncGenerator<Counting[]> {
  let after: ActivityId | null = null;
  for (;;) {
    const versions: { id: ActivityId; version: number }[] = await tx.query(
      `select a.id, max(a.version) as version from activity a
       where a.tenant = $1 and a.programme = $2 and ($3::uuid is null or a.id > $3)
         and ($5::uuid[] is null or a.id in (
           select o.id from activity o where o.tenant = $1 and o.participant = any($5)))
       group by a.id order by a.id limit $4`,
      [tx.tenant, programme, after, pageMax, participants],
    );
    if (versions.length === 0) return;
    yield countingOf(tx, await activitiesByVersion(tx, versions));
    after = versions.at(-1)!.id;
  }
}

async function countingOf(tx: Tx, activities: readonly Activity[]): Promise<Counting[]> {
  const kept = new Map(
    (await evaluationsOf(tx, activities)).map((one) => [one.evaluation.activity, one] as const),
  );
  const outlets = await outletsByIds(tx, [...new Set(activities.map(({ outlet }) => outlet))]);
  const partners = new Map(outlets.map(({ id, partner }) => [id, partner]));
  return activities.flatMap((activity) => {
    const one = kept.get(activity.id);
    if (!one) return [];
    const partner = partners.get(activity.outlet) ?? null;
    return [{ activity, facts: one.facts, partner, awards: awardsOf(one.evaluation) }];
  });
}
