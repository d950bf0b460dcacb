import type { Activity, NewActivity } from '../activity/activity.ts';
import { refuseKind } from '../activity/kinds.ts';
import { recordActivities } from '../activity/record.ts';
import type { Tx } from '../db/transact.ts';
import { lockBook } from '../ledger/chain.ts';
import type { Outlet } from '../network/outlets.ts';
import type { Participant } from '../network/participants.ts';
import type { Programme } from '../network/programmes.ts';
import { followedBy } from '../progress/book.ts';
import { evaluationsOf, keepEvaluations, type KeptEvaluation } from '../rules/evaluations.ts';
import { evaluateUnderLimits } from '../rules/usage.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import { gatherFacts, readNetwork, type Network } from './gather-facts.ts';
import { restateForFacts } from './judge-again.ts';
import { payAwards } from './pay-awards.ts';
import { planGoods } from './plan-goods.ts';
import { reachGoals } from './reach-goals.ts';
import { tellGrants } from './tell-grants.ts';
import { tellLinked } from './tell-linked.ts';

/**
 * What recording an activity brought about; `points` is the change of the participant's points, below zero when taken
 * back.
 */
export type Settled =
  | {
      ok: true;
      outcome: 'first' | 'corrected' | 'replayed';
      activity: Activity;
      points: bigint;
      participant: Participant;
      outlet: Outlet;
    }
  | Refused<'activity-invalid' | 'unknown-kind' | 'unknown-attribute' | 'wrong-attribute'>;

/**
 * Records what happened and lets everything follow from it in the caller's transaction: evaluation under the rules of
 * its date, awards, goods out of stock, counters of limits. A correction or withdrawal posts only the difference to
 * what earlier versions left in the book. Saying the same again changes nothing. Answers in order; what is refused leaves
 * no trace and does not touch the others. However many activities there are, the number of statements is the same.
 */
export async function recordAndPost(
  tx: Tx,
  programme: Programme,
  given: readonly NewActivity[],
  at: Date,
): Promise<Settled[]> {
  const known = await readNetwork(tx, given);
  const { kinds } = programme.settings;
  const unknown = given.map((activity) => refuseUnknown(activity, known) ?? refuseKind(activity, kinds));
  const recorded = await recordActivities(
    tx,
    given.filter((_, i) => unknown[i] === null),
    at,
  );
  const changed = recorded.flatMap((one) => (one.ok && one.outcome !== 'replayed' ? [one.activity] : []));
  // Of several versions in one batch only the newest takes effect: the others were never believed on their own.
  // Limits are granted in order of their ids, so that a replay can do it again.
  const newest = [...new Map(changed.map((activity) => [activity.id, activity])).values()].toSorted((a, b) =>
    a.id < b.id ? -1 : 1,
  );
  const points = await settleActivities(tx, programme, newest, known, at);
  const answers = recorded.map((one): Settled => {
    if (!one.ok) return one;
    const { outcome, activity } = one;
    const participant = known.participants.get(activity.participant)!;
    const outlet = known.outlets.get(activity.outlet)!;
    return { ok: true, outcome, activity, points: points.get(activity) ?? 0n, participant, outlet };
  });
  return unknown.map((refusal) => refusal ?? answers.shift()!);
}

/** Refuses an activity of people or places that are not there. */
export function refuseUnknown(
  { participant, outlet }: NewActivity,
  known: Network,
): Refused<'activity-invalid'> | null {
  if (!known.participants.has(participant)) return refuse('activity-invalid', { field: 'participant' });
  if (!known.outlets.has(outlet)) return refuse('activity-invalid', { field: 'outlet' });
  return null;
}

/**
 * Lets everything follow from activities that were recorded just now; answers the change of their participants' points.
 */
export async function settleActivities(
  tx: Tx,
  programme: Programme,
  activities: readonly Activity[],
  network: Network,
  at: Date,
): Promise<Map<Activity, bigint>> {
  if (activities.length === 0) return new Map();
  const earlier = Map.groupBy(
    await evaluationsOf(tx, activities.flatMap(earlierVersions)),
    ({ evaluation }) => evaluation.activity,
  );
  const followed = await followedBy(tx, programme.id);
  // Tiers and segments that somebody else is changing are read when they have changed.
  if (followed.tiers.length + followed.segments.length > 0) await lockBook(tx);
  const facts = await gatherFacts(tx, programme, activities, network, followed);
  const subjects = activities.map((activity, i) => ({ activity, facts: facts[i]! }));
  const before = activities.map(({ id }) => (earlier.get(id) ?? []).map(({ evaluation }) => evaluation));
  const evaluations = await evaluateUnderLimits(
    tx,
    followed.rules,
    subjects,
    before.flatMap((each) => each.toSorted((a, b) => a.version - b.version).slice(-1)),
  );
  const changes = activities.map((activity, i) => ({
    activity,
    partner: network.outlets.get(activity.outlet)!.partner,
    now: { evaluation: evaluations[i]!, facts: subjects[i]!.facts },
    before: (earlier.get(activity.id) ?? []).toSorted(byVersion).at(-1) ?? null,
  }));
  const goals = await reachGoals(tx, programme, changes, followed, at);
  const judged = activities.map((activity, i) => ({
    activity,
    evaluation: evaluations[i]!,
    earlier: before[i]!,
  }));
  const granted = activities.map((activity, i) => ({
    activity,
    evaluation: evaluations[i]!,
    participant: network.participants.get(activity.participant)!,
  }));
  // Side by side: while the database writes one thing, the next is prepared.
  const pay = async () => {
    const goods = await planGoods(tx, programme, activities);
    return payAwards(tx, programme, [...judged, ...goals.judged], at, goods);
  };
  const [, , plans] = await Promise.all([
    keepEvaluations(tx, goals.kept, at),
    tellGrants(tx, followed.rules, granted, at),
    pay(),
  ]);
  await tellLinked(tx, activities, plans, network, at);
  const points = new Map(activities.map((activity, i) => [activity, plans[i]!.points]));
  // What was judged with another tier or segments than its day has now is judged again. It ends: those of a day depend on
  // days before.
  const again = await restateForFacts(tx, programme, goals.moved, at);
  if (again.length === 0) return points;
  const more = await settleActivities(tx, programme, again, await readNetwork(tx, again), at);
  const changesById = new Map([...more].map(([{ id }, change]) => [id, change]));
  for (const [activity, change] of points)
    points.set(activity, change + (changesById.get(activity.id) ?? 0n));
  return points;
}

function earlierVersions({ id, version }: Activity): { id: Activity['id']; version: number }[] {
  return Array.from({ length: version - 1 }, (_, i) => ({ id, version: i + 1 }));
}

// The version that was evaluated last comes last; not every version is.
function byVersion(a: KeptEvaluation, b: KeptEvaluation): number {
  return a.evaluation.version - b.evaluation.version;
}
