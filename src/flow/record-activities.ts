import assert from 'node:assert/strict';
import type { Activity, NewActivity } from '../activity/activity.ts';
import { recordActivities } from '../activity/record.ts';
import type { Tx } from '../db/transact.ts';
import { post } from '../ledger/post.ts';
import { planRepayments } from '../ledger/reverse.ts';
import type { NewTransfer } from '../ledger/transfer.ts';
import { areaPaths } from '../network/areas.ts';
import { outletsByIds } from '../network/outlets.ts';
import { participantsByIds } from '../network/participants.ts';
import type { Programme } from '../network/programmes.ts';
import type { Facts } from '../rules/evaluation.ts';
import { evaluationsOf, keepEvaluations, type KeptEvaluation } from '../rules/evaluations.ts';
import { liveRules } from '../rules/read-rules.ts';
import { evaluateUnderLimits } from '../rules/usage.ts';
import { planAwards } from './plan-awards.ts';
import { planGoods } from './plan-goods.ts';

/** What recording an activity brought about; `points` is the change of the participant's points, below zero when taken back. */
export type Settled = { activity: Activity; points: bigint };

/**
 * Records what happened and lets everything follow from it in the caller's transaction: evaluation under the rules of
 * its date, awards, goods out of stock, counters of limits. A correction or withdrawal posts only the difference to
 * what earlier versions left in the book. Saying the same again changes nothing. Answers in order.
 */
export async function recordAndPost(
  tx: Tx,
  programme: Programme,
  given: readonly NewActivity[],
  at: Date,
): Promise<Settled[]> {
  const recorded = await recordActivities(tx, given, at);
  const settled: Settled[] = [];
  const changed: Activity[] = [];
  for (const one of recorded) {
    assert(
      one.ok,
      `what was judged can be recorded: ${one.ok ? '' : one.refused} ${one.ok ? '' : JSON.stringify(one.facts)}`,
    );
    if (one.outcome !== 'replayed') changed.push(one.activity);
  }
  // Of several versions in one batch only the newest takes effect: the others were never believed on their own.
  const newest = [...new Map(changed.map((activity) => [activity.id, activity])).values()];
  const points = await settle(tx, programme, newest, at);
  for (const one of recorded)
    if (one.ok) settled.push({ activity: one.activity, points: points.get(one.activity) ?? 0n });
  return settled;
}

async function settle(
  tx: Tx,
  programme: Programme,
  activities: readonly Activity[],
  at: Date,
): Promise<Map<Activity, bigint>> {
  if (activities.length === 0) return new Map();
  const earlier = await evaluationsOf(tx, activities.flatMap(earlierVersions));
  const facts = await factsOf(tx, programme, activities);
  const subjects = activities.map((activity) => ({ activity, facts: facts.get(activity)! }));
  const previous = activities.flatMap((activity) => latestOf(activity, earlier));
  const evaluations = await evaluateUnderLimits(
    tx,
    await liveRules(tx, programme.id),
    subjects,
    previous.map(({ evaluation }) => evaluation),
  );
  await keepEvaluations(
    tx,
    evaluations.map((evaluation, i) => ({ evaluation, facts: subjects[i]!.facts })),
    at,
  );
  const changes = new Map<Activity, bigint>();
  const transfers: NewTransfer[] = [];
  for (const [i, activity] of activities.entries()) {
    const before = earlier
      .map(({ evaluation }) => evaluation)
      .filter((each) => each.activity === activity.id);
    const awards = await planAwards(tx, programme, activity, before, evaluations[i]!);
    const goods = await planGoods(tx, programme, activity);
    changes.set(activity, awards.points);
    transfers.push(...awards.transfers, ...goods);
  }
  const repayments = await planRepayments(
    tx,
    transfers.filter((transfer) => transfer.kind === 'award'),
  );
  // Everything was planned under the lock of the book, so a refusal is a bug and undoes the transaction.
  const posted = await post(tx, [...transfers, ...repayments], at);
  for (const answer of posted) assert(answer.ok, `what was planned can be posted: ${JSON.stringify(answer)}`);
  return changes;
}

function earlierVersions({ id, version }: Activity): { id: Activity['id']; version: number }[] {
  return Array.from({ length: version - 1 }, (_, i) => ({ id, version: i + 1 }));
}

// The version that was evaluated last; not every version is.
function latestOf({ id }: Activity, earlier: readonly KeptEvaluation[]): KeptEvaluation[] {
  const own = earlier.filter(({ evaluation }) => evaluation.activity === id);
  return own.toSorted((a, b) => b.evaluation.version - a.evaluation.version).slice(0, 1);
}

async function factsOf(
  tx: Tx,
  programme: Programme,
  activities: readonly Activity[],
): Promise<Map<Activity, Facts>> {
  const participants = await participantsByIds(tx, [...new Set(activities.map((each) => each.participant))]);
  const outlets = await outletsByIds(tx, [...new Set(activities.map((each) => each.outlet))]);
  const paths = await areaPaths(
    tx,
    outlets.map((outlet) => outlet.area),
  );
  return new Map(
    activities.map((activity) => {
      const participant = participants.find((each) => each.id === activity.participant);
      const outlet = outlets.find((each) => each.id === activity.outlet);
      return [
        activity,
        {
          timeZone: programme.timeZone,
          participant: { kind: participant?.kind ?? null, tier: participant?.tier ?? null },
          outlet: outlet
            ? {
                code: outlet.code,
                channel: outlet.channel,
                areas: paths.get(outlet.area) ?? [outlet.areaCode],
              }
            : null,
        },
      ];
    }),
  );
}
