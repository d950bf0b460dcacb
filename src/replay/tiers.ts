import type { Tx } from '../db/transact.ts';
import { participantsByIds } from '../network/participants.ts';
import type { Programme } from '../network/programmes.ts';
import type { ParticipantId } from '../shared/id.ts';
import { addDays, momentAt, wallTime, type Day } from '../shared/time.ts';
import { tierSpans } from '../progress/evaluate-tier.ts';
import { historiesOf } from '../progress/tiers.ts';
import { tierCounterOf, type Books } from './books.ts';
import type { GoalAward, GoalFrame } from './goals.ts';
import { dailyOf, type Holdings } from './sums.ts';

/** Somebody who would have another tier. */
export type TierMove = {
  participant: ParticipantId;
  code: string;
  personName: string;
  partnerName: string;
  live: string;
  proposed: string;
};

/** Who would have another tier on a day; `moves` counts people by both tiers, and some of them are named. */
export type TierResult = {
  day: Day;
  moves: { live: string; proposed: string; participants: number }[];
  named: TierMove[];
};

/** People whose tiers are computed at a time, and how many are named. */
const pageMax = 500;
const namedMax = 20;

type Moved = { participant: ParticipantId; live: string; proposed: string };

/**
 * Whose tier would be another one on the day after the replayed ones, or tomorrow where that is sooner: what counts for it
 * stands as it is in the book, but on the replayed days, where what the proposed rules award more or less is added. Null
 * where no tier is reached by what rules award: then no rule moves anybody.
 */
export async function compareTiers(
  tx: Tx,
  programme: Programme,
  { tiers }: Books,
  earned: { holdings: Holdings; awards: readonly GoalAward[] },
  { lastDay, now }: Pick<GoalFrame, 'lastDay' | 'now'>,
): Promise<TierResult | null> {
  if (tiers.length === 0) return null;
  const more = new Map(
    tiers.map((version) => [version.version, moreEarned(programme.id, version, earned)] as const),
  );
  const people = [...new Set([...more.values()].flatMap((each) => [...each.keys()]))] as ParticipantId[];
  const end = momentAt(lastDay, '23:59', programme.timeZone);
  const at = end < now ? end : now;
  const moved: Moved[] = [];
  for (let next = 0; next < people.length; next += pageMax) {
    const page = people.slice(next, next + pageMax);
    for (const [participant, { history }] of await historiesOf(tx, programme, tiers, page, at)) {
      const days = (version: number) =>
        addUp(history.days(version), more.get(version)!.get(participant) ?? []);
      const [live, proposed] = [history, { ...history, days }].map(
        (each) => tierSpans(tiers, each).at(-1)!.tier,
      ) as [string, string];
      if (live !== proposed) moved.push({ participant, live, proposed });
    }
  }
  const day = addDays(wallTime(at, programme.timeZone).day, 1);
  return { day, moves: countMoves(moved), named: await nameSome(tx, moved) };
}

type Daily = readonly { day: Day; value: bigint }[];

// By how much more the proposed rules award of what a version of the tiers counts, for activities and for goals.
function moreEarned(
  programme: Programme['id'],
  version: Books['tiers'][number],
  { holdings, awards }: { holdings: Holdings; awards: readonly GoalAward[] },
): Map<string, Daily> {
  const more = new Map<string, Daily>(dailyOf(holdings, tierCounterOf(programme, version)));
  const { counts } = version.document;
  if (counts.of !== 'earned') return more;
  for (const { world, asset, units, owner, earnedOn: day } of awards) {
    if (asset !== counts.asset) continue;
    const value = world === 'live' ? -units : units;
    more.set(owner, addUp(more.get(owner) ?? [], [{ day, value }]));
  }
  return new Map([...more].filter(([, days]) => days.some(({ value }) => value !== 0n)));
}

function addUp(before: Daily, more: Daily): Daily {
  const days = new Map(before.map(({ day, value }) => [day, value]));
  for (const { day, value } of more) days.set(day, (days.get(day) ?? 0n) + value);
  return [...days].map(([day, value]) => ({ day, value })).toSorted((a, b) => (a.day < b.day ? -1 : 1));
}

function countMoves(moved: readonly Moved[]): TierResult['moves'] {
  const counts = Map.groupBy(moved, ({ live, proposed }) => `${live} ${proposed}`);
  return [...counts.values()]
    .map((people) => ({
      live: people[0]!.live,
      proposed: people[0]!.proposed,
      participants: people.length,
    }))
    .toSorted((a, b) => b.participants - a.participants);
}

async function nameSome(tx: Tx, moved: readonly Moved[]): Promise<TierMove[]> {
  const some = moved.toSorted((a, b) => (a.participant < b.participant ? -1 : 1)).slice(0, namedMax);
  const people = await participantsByIds(
    tx,
    some.map(({ participant }) => participant),
  );
  const known = new Map(people.map((one) => [one.id, one]));
  return some.map((one) => {
    const { code = '', name: personName = '', partnerName = '' } = known.get(one.participant) ?? {};
    return { ...one, code, personName, partnerName };
  });
}
