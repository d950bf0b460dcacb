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
import type { ParticipantId } from '../shared/id.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import { gatherFacts, readNetwork, type Network } from './gather-facts.ts';
import { restateForFacts, type Moved } from './judge-again.ts';
import { pay, payAwards, planPayment } from './pay-awards.ts';
import { planGoods } from './plan-goods.ts';
import { reachGoals } from './reach-goals.ts';
import { tellGrants } from './tell-grants.ts';
import { tellLinked } from './tell-linked.ts';

/**
 * What recording an activity brought about; `points` is what the activity itself changed of the participant's points, below
 * zero when taken back. `pointsInAll` has besides what followed from it: goals, bonuses, and what was judged again with
 * another tier. Where several activities of one person are recorded together, that stands with the last of them.
 */
export type Settled =
  | {
      ok: true;
      outcome: 'first' | 'corrected' | 'replayed';
      activity: Activity;
      points: bigint;
      pointsInAll: bigint;
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
  // Limits are granted in order of their ids, which is the order in which they came, so that a replay can do it again.
  const newest = [...new Map(changed.map((activity) => [activity.id, activity])).values()].toSorted((a, b) =>
    a.id < b.id ? -1 : 1,
  );
  const { points, followed } = await settleActivities(tx, programme, newest, known, at);
  const lastOf = new Map(changed.map((activity) => [activity.participant, activity]));
  const answers = recorded.map((one): Settled => {
    if (!one.ok) return one;
    const { outcome, activity } = one;
    const participant = known.participants.get(activity.participant)!;
    const outlet = known.outlets.get(activity.outlet)!;
    const own = points.get(activity) ?? 0n;
    const isLast = lastOf.get(activity.participant) === activity;
    const pointsInAll = own + (isLast ? (followed.get(activity.participant) ?? 0n) : 0n);
    return { ok: true, outcome, activity, points: own, pointsInAll, participant, outlet };
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

/** What activities changed of their participants' points, and what followed from them changed besides. */
type PointsChanged = { points: Map<Activity, bigint>; followed: Map<ParticipantId, bigint> };

/** Lets everything follow from activities that were recorded just now. */
export async function settleActivities(
  tx: Tx,
  programme: Programme,
  activities: readonly Activity[],
  network: Network,
  at: Date,
): Promise<PointsChanged> {
  if (activities.length === 0) return { points: new Map(), followed: new Map() };
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
  const plan = async () => {
    const judged = activities.map((activity, i) => ({
      activity,
      evaluation: evaluations[i]!,
      earlier: before[i]!,
    }));
    return planPayment(tx, programme, judged, at, await planGoods(tx, programme, activities));
  };
  // What corrects nothing asks nothing of the book: it is worked out before the book is locked.
  const early = earlier.size === 0 ? await plan() : null;
  const goals = await reachGoals(tx, programme, changes, followed, at);
  const granted = activities.map((activity, i) => ({
    activity,
    evaluation: evaluations[i]!,
    participant: network.participants.get(activity.participant)!,
  }));
  const payAll = async () => {
    const payment = early ?? (await plan());
    await pay(tx, payment, at);
    return [...payment.plans, ...(await payAwards(tx, programme, goals.judged, at))];
  };
  // Side by side: while the database writes one thing, the next is prepared. A posting may be undone to its savepoint, and
  // with it what was sent after that: so nothing goes along but this one statement, which is sent before.
  const [plans] = await Promise.all([payAll(), keepEvaluations(tx, goals.kept, at)]);
  await tellGrants(tx, followed.rules, granted, at);
  await tellLinked(tx, activities, plans, network, at);
  const points = new Map(activities.map((activity, i) => [activity, plans[i]!.points]));
  const others = goals.judged.map(
    ({ activity }, i) => [activity, plans[activities.length + i]!.points] as const,
  );
  return judgeAgain(tx, programme, { points, followed: sumByParticipant(others) }, goals.moved, at);
}

/**
 * What was judged with another tier or segments than its day has now is judged again. It ends: those of a day depend on days
 * before. Adds to what was changed so far.
 */
async function judgeAgain(
  tx: Tx,
  programme: Programme,
  { points, followed }: PointsChanged,
  moved: Moved,
  at: Date,
): Promise<PointsChanged> {
  const again = await restateForFacts(tx, programme, moved, at);
  if (again.length === 0) return { points, followed };
  const more = await settleActivities(tx, programme, again, await readNetwork(tx, again), at);
  const byId = new Map([...points.keys()].map((activity) => [activity.id, activity]));
  const others: [Activity, bigint][] = [];
  for (const [activity, change] of more.points) {
    const own = byId.get(activity.id);
    if (own) points.set(own, points.get(own)! + change);
    else others.push([activity, change]);
  }
  return { points, followed: sumByParticipant(others, more.followed, followed) };
}

function sumByParticipant(
  changes: readonly (readonly [Pick<Activity, 'participant'>, bigint])[],
  ...before: PointsChanged['followed'][]
): PointsChanged['followed'] {
  const sums = new Map<ParticipantId, bigint>();
  const all = [
    ...changes.map(([{ participant }, change]) => [participant, change] as const),
    ...before.flatMap((each) => [...each]),
  ];
  for (const [who, change] of all) sums.set(who, (sums.get(who) ?? 0n) + change);
  return sums;
}

function earlierVersions({ id, version }: Activity): { id: Activity['id']; version: number }[] {
  return Array.from({ length: version - 1 }, (_, i) => ({ id, version: i + 1 }));
}

// The version that was evaluated last comes last; not every version is.
function byVersion(a: KeptEvaluation, b: KeptEvaluation): number {
  return a.evaluation.version - b.evaluation.version;
}
