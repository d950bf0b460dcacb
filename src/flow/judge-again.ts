import { activitiesSince, restate } from '../activity/restate.ts';
import type { Activity } from '../activity/activity.ts';
import type { Tx } from '../db/transact.ts';
import type { Programme } from '../network/programmes.ts';
import { followedBy } from '../progress/book.ts';
import { tierOn, tiersOf, type TierChange } from '../progress/tiers.ts';
import { evaluationsOf } from '../rules/evaluations.ts';
import { momentAt, wallTime } from '../shared/time.ts';

/**
 * New versions of the activities that were judged with another tier than their day has now, to be judged again; none
 * where no rule asks for a tier.
 */
export async function restateForTiers(
  tx: Tx,
  programme: Programme,
  changes: readonly TierChange[],
  at: Date,
): Promise<Activity[]> {
  const since = changes.flatMap(({ participant, from }) =>
    from === null ? [] : [{ participant, since: momentAt(from, '00:00', programme.timeZone) }],
  );
  if (since.length === 0 || !(await followedBy(tx, programme.id)).rulesAskTier) return [];
  const activities = await activitiesSince(tx, programme.id, since);
  const judged = new Map(
    (await evaluationsOf(tx, activities)).map((one) => [one.evaluation.activity, one.facts]),
  );
  const tiers = await tiersOf(
    tx,
    programme.id,
    since.map(({ participant }) => participant),
  );
  const others = activities.filter(({ id, participant, occurredAt }) => {
    const before = judged.get(id)?.participant.tier;
    const { day } = wallTime(occurredAt, programme.timeZone);
    return before && tierOn(tiers.get(participant), day, before) !== before;
  });
  return restate(tx, others, 'tier-changed', at);
}
