import type { Activity } from '../activity/activity.ts';
import { activitiesByVersion } from '../activity/read.ts';
import type { Tx } from '../db/transact.ts';
import { outletsByIds } from '../network/outlets.ts';
import type { Programme } from '../network/programmes.ts';
import { awardsOf, type Reason } from '../rules/evaluation.ts';
import type { KeptEvaluation } from '../rules/evaluations.ts';
import type { ActivityId, OutletId, ParticipantId, PartnerId, RuleId } from '../shared/id.ts';
import { addDays, type Day } from '../shared/time.ts';
import { followedBy, type Followed } from './book.ts';
import type { CounterId } from './counter.ts';
import { addCounts, filledCounters, keepCounters } from './counters.ts';
import { countEarned } from './earned.ts';
import { countsBetween, countsOf, type Count, type Counting } from './evaluate-counts.ts';
import { reasonOf } from './evaluate-goal.ts';
import { fillCounters } from './history.ts';
import { periodOf } from './period.ts';
import { judgeGoals, settleGoals, type Judged, type Settled, type Touched } from './settle-goals.ts';
import { settleBonuses, type SettledBonus } from './settle-bonuses.ts';
import { computeTiers, type TierChange } from './tiers.ts';

/** An activity in its newest version as it was judged just now, and as an earlier version was judged last. */
export type Change = {
  activity: Activity;
  /** Whose outlet it was at. */
  partner: PartnerId | null;
  now: KeptEvaluation;
  before: KeptEvaluation | null;
};

/** What followed from activities: goals that bring something else than before, and how the goals stand. */
export type Progress = {
  settled: Settled[];
  bonuses: SettledBonus[];
  tierChanges: TierChange[];
  /** Whose segments may be others now, and from which day on. */
  segmented: { participant: ParticipantId; from: Day }[];
  /** What an activity did for a goal; undefined where it did not count. */
  reasonOf(activity: ActivityId, rule: RuleId): Reason | undefined;
};

/**
 * Counts what changed and settles the goals that depend on it, in the transaction that posts and under the lock of the
 * book: so nothing is counted twice or missed, and the last activity that a goal needs finds all the others. A new counter
 * is filled from history first.
 */
export async function followProgress(
  tx: Tx,
  programme: Programme,
  changes: readonly Change[],
  given: Followed,
  at: Date,
): Promise<Progress> {
  const kept = await filledCounters(tx, programme.id);
  // Somebody has followed something else since what is followed was read: read again, under the lock.
  const isSame =
    kept.length === given.counters.ids.length && kept.every((id) => given.counters.ids.includes(id));
  const followed = isSame ? given : await followedBy(tx, programme.id);
  const { counters } = followed;
  const fresh = new Set(isSame ? [] : await keepCounters(tx, programme.id, kept, counters.ids, at));
  if (counters.ids.length === 0)
    return { settled: [], bonuses: [], tierChanges: [], segmented: [], reasonOf: () => undefined };
  // What is recorded just now has no evaluation yet, so history leaves it out.
  await fillCounters(tx, programme.id, counters, [...fresh]);
  const countings = await countingsOf(tx, changes);
  const after = countings.map(({ now }) => countsOf(counters, now));
  const before = countings.map((one) => (one.before ? countsOf(counters, one.before) : []));
  const gone = before.flat().filter(({ counter }) => !fresh.has(counter));
  const changed = countsBetween(gone, after.flat());
  await addCounts(tx, changed);

  const touched = touchedBy(
    followed,
    changes,
    after.map((each, i) => [...before[i]!, ...each]),
  );
  const judged = await judgeGoals(tx, programme, touched, at);
  const settled = await settleGoals(tx, judged, at);
  const earned = await countEarned(tx, programme.id, followed, settled);
  const byGoal = Map.groupBy(judged, ({ goal, subject }) => `${goal.rule} ${subject}`);
  const reasons = new Map(
    changes.map(
      ({ activity }, i) => [activity.id, reasonsFor(followed, after[i]!, byGoal, settled)] as const,
    ),
  );
  return {
    settled,
    bonuses: await settleBonuses(
      tx,
      programme,
      followed,
      countings.map(({ now }) => now),
      changed,
      at,
    ),
    tierChanges: await computeTiers(
      tx,
      programme,
      followed.tiers,
      owners([...changed, ...earned], followed.tierCounters),
      at,
    ),
    segmented: segmentedBy(changed, followed.segmentCounters),
    reasonOf: (activity, rule) => reasons.get(activity)?.get(rule),
  };
}

function owners(changed: readonly Count[], counters: ReadonlySet<CounterId>): ParticipantId[] {
  const found = changed.flatMap(({ counter, subject }) => (counters.has(counter) ? [subject] : []));
  return [...new Set(found)] as ParticipantId[];
}

// A day's segments follow from the days before it.
function segmentedBy(changed: readonly Count[], counters: ReadonlySet<CounterId>): Progress['segmented'] {
  const days = new Map<ParticipantId, Day>();
  for (const { counter, subject, day } of changed) {
    if (!counters.has(counter)) continue;
    const participant = subject as ParticipantId;
    const known = days.get(participant);
    if (known === undefined || day < known) days.set(participant, day);
  }
  return [...days].map(([participant, day]) => ({ participant, from: addDays(day, 1) }));
}

/** Begins to follow what was saved just now: counters that are new are filled from history. Under the lock of the book. */
export async function beginFollowing(tx: Tx, programme: Programme, at: Date): Promise<void> {
  const { counters } = await followedBy(tx, programme.id);
  const kept = await filledCounters(tx, programme.id);
  await fillCounters(
    tx,
    programme.id,
    counters,
    await keepCounters(tx, programme.id, kept, counters.ids, at),
  );
}

async function countingsOf(
  tx: Tx,
  changes: readonly Change[],
): Promise<{ now: Counting; before: Counting | null }[]> {
  const wanted = changes.flatMap(({ before }) =>
    before ? [{ id: before.evaluation.activity, version: before.evaluation.version }] : [],
  );
  const earlier = new Map((await activitiesByVersion(tx, wanted)).map((one) => [one.id, one]));
  const partners = await partnersAt(
    tx,
    [...earlier.values()].map(({ outlet }) => outlet),
  );
  const countingOf = (
    activity: Activity,
    partner: PartnerId | null,
    { facts, evaluation }: KeptEvaluation,
  ): Counting => ({ activity, facts, partner, awards: awardsOf(evaluation) });
  return changes.map(({ activity, partner, now, before }) => {
    const past = before && earlier.get(activity.id)!;
    return {
      now: countingOf(activity, partner, now),
      before: past && countingOf(past, partners.get(past.outlet) ?? null, before),
    };
  });
}

async function partnersAt(tx: Tx, outlets: readonly OutletId[]): Promise<Map<OutletId, PartnerId | null>> {
  if (outlets.length === 0) return new Map();
  const found = await outletsByIds(tx, [...new Set(outlets)]);
  return new Map(found.map(({ id, partner }) => [id, partner]));
}

function touchedBy(
  { goalsByCounter }: Followed,
  changes: readonly Change[],
  counts: readonly (readonly Count[])[],
): Touched[] {
  const touched = new Map<string, Touched & { days: Set<string> }>();
  for (const [i, { activity }] of changes.entries())
    for (const { counter, subject, day } of counts[i]!)
      for (const goal of goalsByCounter.get(counter) ?? []) {
        const name = `${goal.rule} ${subject}`;
        const one = touched.get(name) ?? { goal, subject, days: new Set(), occurredAt: activity.occurredAt };
        one.days.add(day);
        if (one.occurredAt < activity.occurredAt) one.occurredAt = activity.occurredAt;
        touched.set(name, one);
      }
  return [...touched.values()];
}

function reasonsFor(
  { goalsByCounter }: Followed,
  counts: readonly Count[],
  judged: ReadonlyMap<string, readonly Judged[]>,
  settled: readonly Settled[],
): Map<RuleId, Reason> {
  const reasons = new Map<RuleId, Reason>();
  // What is settled just now says more: that a limit was reached.
  const said = new Map(
    settled.map(({ judged: { id }, settlement }) => [id, settlement.evaluation.considered[0]?.reason]),
  );
  for (const { counter, subject, day } of counts)
    for (const { rule } of goalsByCounter.get(counter) ?? []) {
      const one = judged.get(`${rule} ${subject}`)?.find((each) => judges(each, day));
      if (one) reasons.set(rule, said.get(one.id) ?? reasonOf(one.standing!));
    }
  return reasons;
}

// Versions of a rule may have periods of different length: the one that judges the period counts.
function judges({ standing, period }: Judged, day: string): boolean {
  if (standing === null) return false;
  const { goal, scope } = standing.rule.document;
  return periodOf(goal.per, day, scope).name === period.name;
}
