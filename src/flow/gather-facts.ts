import type { Activity, NewActivity } from '../activity/activity.ts';
import type { Tx } from '../db/transact.ts';
import { areaPaths } from '../network/areas.ts';
import { whoIsLinked, type LinkAsked } from '../network/links.ts';
import { outletsByIds, type Outlet } from '../network/outlets.ts';
import { participantsByIds, type Participant } from '../network/participants.ts';
import type { Programme } from '../network/programmes.ts';
import type { Followed } from '../progress/book.ts';
import { segmentsOn } from '../progress/segments.ts';
import type { TierSpan } from '../progress/evaluate-tier.ts';
import { tierOn, tiersOf } from '../progress/tiers.ts';
import { payeeName, type Payee } from '../rules/document-payee.ts';
import type { Facts } from '../rules/evaluation.ts';
import { wallTime } from '../shared/time.ts';

/** The people and places that activities name. */
export type Network = {
  participants: ReadonlyMap<Participant['id'], Participant>;
  outlets: ReadonlyMap<Outlet['id'], Outlet>;
  areaPaths: ReadonlyMap<Outlet['area'], string[]>;
};

export async function readNetwork(
  tx: Tx,
  given: readonly Pick<NewActivity, 'participant' | 'outlet'>[],
): Promise<Network> {
  const [participants, outlets] = await Promise.all([
    participantsByIds(tx, [...new Set(given.map((each) => each.participant))]),
    outletsByIds(tx, [...new Set(given.map((each) => each.outlet))]),
  ]);
  return {
    participants: new Map(participants.map((each) => [each.id, each])),
    outlets: new Map(outlets.map((each) => [each.id, each])),
    areaPaths: await areaPaths(tx, [...new Set(outlets.map((outlet) => outlet.area))]),
  };
}

/** What is known about each activity, as it was when the event happened: in order. */
export async function gatherFacts(
  tx: Tx,
  programme: Programme,
  activities: readonly Activity[],
  { participants, outlets, areaPaths }: Network,
  followed: Followed,
): Promise<Facts[]> {
  const tiers =
    followed.tiers.length > 0
      ? await tiersOf(tx, programme.id, [...participants.keys()])
      : new Map<Participant['id'], TierSpan[]>();
  const asked = activities.map(({ participant, occurredAt }) => {
    const person = participants.get(participant)!;
    const { day } = wallTime(occurredAt, programme.timeZone);
    return { person, day, tier: tierOn(tiers.get(participant), day, person.tier) };
  });
  const segments = followed.segments.length > 0 ? await segmentsOn(tx, programme, followed, asked) : null;
  const links = await gatherLinks(
    tx,
    followed.rules.payees,
    activities.map((activity, i) => ({ activity, day: asked[i]!.day })),
    outlets,
  );
  return activities.map((activity, i) => {
    const { person, tier } = asked[i]!;
    const { code, channel, area, areaCode } = outlets.get(activity.outlet)!;
    return {
      timeZone: programme.timeZone,
      participant: { kind: person.kind, tier, ...(segments && { segments: segments[i]! }) },
      outlet: { code, channel, areas: areaPaths.get(area) ?? [areaCode] },
      ...(links && { links: links[i]! }),
    };
  });
}

/** Who was linked on the days of these activities, for each of the payees that rules name; null where none does. */
async function gatherLinks(
  tx: Tx,
  payees: readonly Payee[],
  of: readonly { activity: Activity; day: string }[],
  outlets: Network['outlets'],
): Promise<NonNullable<Facts['links']>[] | null> {
  if (payees.length === 0) return null;
  const asked = of.flatMap(({ activity: { participant, outlet }, day }) => {
    const subjects = { participant, outlet, partner: outlets.get(outlet)!.partner };
    return payees.map(({ link, of = 'participant', level = 1 }): LinkAsked => ({
      link,
      subject: subjects[of],
      level,
      day,
    }));
  });
  const found = await whoIsLinked(tx, asked);
  return of.map((_, i) =>
    Object.fromEntries(payees.map((payee, p) => [payeeName(payee), found[i * payees.length + p]!])),
  );
}
