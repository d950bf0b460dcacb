import { activitiesSince, restate } from '../activity/restate.ts';
import type { Activity } from '../activity/activity.ts';
import type { Tx } from '../db/transact.ts';
import { participantsByIds } from '../network/participants.ts';
import type { Programme } from '../network/programmes.ts';
import { followedBy, type Followed } from '../progress/book.ts';
import { segmentsOn } from '../progress/segments.ts';
import { tierOn, tiersOf, type TierChange } from '../progress/tiers.ts';
import type { Facts } from '../rules/evaluation.ts';
import { evaluationsOf } from '../rules/evaluations.ts';
import type { ParticipantId } from '../shared/id.ts';
import { momentAt, wallTime, type Day } from '../shared/time.ts';

/** Of whom something else may be known than before: tiers, and from which day on segments. */
export type Moved = {
  tierChanges: readonly TierChange[];
  segmented: readonly { participant: ParticipantId; from: Day }[];
};

/**
 * New versions of the activities that were judged with another tier or other segments than their day has now, to be
 * judged again; none where no rule asks.
 */
export async function restateForFacts(
  tx: Tx,
  programme: Programme,
  { tierChanges, segmented }: Moved,
  at: Date,
): Promise<Activity[]> {
  const followed = await followedBy(tx, programme.id);
  const asksSegments = followed.segmentsAsked.length > 0;
  const moved = [
    // A segment may ask for the tier.
    ...(followed.rulesAskTier || asksSegments ? tierChanges : []),
    ...(asksSegments ? segmented : []),
  ];
  const since = moved.flatMap(({ participant, from }) =>
    from === null ? [] : [{ participant, since: momentAt(from, '00:00', programme.timeZone) }],
  );
  if (since.length === 0) return [];
  const found = await activitiesSince(tx, programme.id, since);
  const activities = [...new Map(found.map((one) => [one.id, one])).values()];
  if (activities.length === 0) return [];
  const judged = new Map(
    (await evaluationsOf(tx, activities)).map((one) => [one.evaluation.activity, one.facts.participant]),
  );
  const before = activities.map(({ id }) => judged.get(id));
  const known = await knownOn(tx, programme, followed, activities, before);
  const others = activities.filter((_, i) => {
    const tier = before[i]?.tier;
    return followed.rulesAskTier && tier && tier !== known[i]!.tier;
  });
  const elsewhere = activities.filter((_, i) =>
    followed.segmentsAsked.some((code) => {
      const segments = before[i]?.segments;
      return segments && segments.includes(code) !== known[i]!.segments!.includes(code);
    }),
  );
  const restated = await restate(tx, others, 'tier-changed', at);
  const rest = elsewhere.filter((one) => !others.includes(one));
  const all = [...restated, ...(await restate(tx, rest, 'segments-changed', at))];
  // Limits are granted in order of ids, so that a replay can do it again.
  return all.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** The tier and the segments of the day of each activity, as they are known now; who has no computed tier keeps the one before. */
async function knownOn(
  tx: Tx,
  programme: Programme,
  followed: Followed,
  activities: readonly Activity[],
  before: readonly (Facts['participant'] | undefined)[],
): Promise<Pick<Facts['participant'], 'tier' | 'segments'>[]> {
  const ids = [...new Set(activities.map(({ participant }) => participant))];
  const people = new Map((await participantsByIds(tx, ids)).map((person) => [person.id, person]));
  const tiers = await tiersOf(tx, programme.id, ids);
  const asked = activities.map(({ participant, occurredAt }, i) => {
    const person = people.get(participant)!;
    const { day } = wallTime(occurredAt, programme.timeZone);
    return { person, day, tier: tierOn(tiers.get(participant), day, before[i]?.tier ?? person.tier) };
  });
  const segments = await segmentsOn(tx, programme, followed, asked);
  return asked.map(({ tier }, i) => ({ tier, segments: segments[i]! }));
}
