import type { Tx } from '../db/transact.ts';
import { participantsByIds } from '../network/participants.ts';
import { awardsOf } from '../rules/evaluation.ts';
import type { ParticipantId, ProgrammeId } from '../shared/id.ts';
import type { Followed } from './book.ts';
import type { CounterBook, CounterId } from './counter.ts';
import { addCounts, filledCounters } from './counters.ts';
import { countsBetween, type Count } from './evaluate-counts.ts';
import { settlementsAfter, type GoalId, type Settlement } from './settlement.ts';
import type { Settled } from './settle-goals.ts';

// What goals pay is earned on the last day of their period: so no tier depends on the days on which it counts.

/** Settlements read at a time, so that memory stays flat. */
const pageMax = 2000;

/** A counter of what people earned of an asset. */
export type EarnedCounter = { id: CounterId; asset: string };

/** The counters of a book that add up what was earned. */
export function earnedCounters({ counters }: CounterBook): EarnedCounter[] {
  return [...counters.values()]
    .flat()
    .flatMap(({ id, counted: { measure } }) =>
      measure.of === 'earned' ? [{ id, asset: measure.asset }] : [],
    );
}

/**
 * Counts what goals bring people now in place of what they brought before, in the transaction that settles them; answers
 * what changed.
 */
export async function countEarned(
  tx: Tx,
  programme: ProgrammeId,
  { counters }: Followed,
  settled: readonly Settled[],
): Promise<Count[]> {
  const earned = earnedCounters(counters);
  if (earned.length === 0 || settled.length === 0) return [];
  const filled = await filledCounters(tx, programme);
  const kept = earned.filter(({ id }) => filled.includes(id));
  const ids = [...new Set(settled.map(({ settlement }) => settlement.subject as ParticipantId))];
  const people = new Set<string>((await participantsByIds(tx, ids)).map(({ id }) => id));
  const own = settled.filter(({ settlement }) => people.has(settlement.subject));
  const changed = countsBetween(
    own.flatMap(({ earlier }) => earlier.slice(-1).flatMap((one) => earnedBy(kept, one))),
    own.flatMap(({ settlement }) => earnedBy(kept, settlement)),
  );
  await addCounts(tx, changed);
  return changed;
}

/** What the goals of people have brought them, all of it or that of some people, page by page. */
export async function* earnedHistory(
  tx: Tx,
  programme: ProgrammeId,
  counters: readonly EarnedCounter[],
  participants: readonly ParticipantId[] | null = null,
): AsyncGenerator<Count[]> {
  let after: GoalId | null = null;
  while (counters.length > 0) {
    const page: Settlement[] = await settlementsAfter(tx, programme, participants, after, pageMax);
    yield page.flatMap((one) => earnedBy(counters, one));
    if (page.length < pageMax) return;
    after = page.at(-1)!.goal;
  }
}

function earnedBy(counters: readonly EarnedCounter[], { subject, period, evaluation }: Settlement): Count[] {
  return counters.flatMap(({ id: counter, asset }) =>
    awardsOf(evaluation)
      .filter((award) => award.asset === asset)
      .map(({ units }) => ({ counter, subject, day: period.last, item: '', value: units })),
  );
}
