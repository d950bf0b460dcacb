import type { Tx } from '../db/transact.ts';
import { participantsFrom } from '../network/participants.ts';
import type { Programme } from '../network/programmes.ts';
import { followedBy } from '../progress/book.ts';
import { counterIdOf } from '../progress/counter.ts';
import { filledCounters } from '../progress/counters.ts';
import type { TiersDocument } from '../progress/document.ts';
import { tierSpans, towardsNext, type TierHistory, type TierSpan } from '../progress/evaluate-tier.ts';
import { countedByTiers, historiesOf, type TierVersions } from '../progress/tiers.ts';
import { wallTime, type Day } from '../shared/time.ts';

/** What other tiers would do if they counted from today on. */
export type TiersPreview = {
  /** So many people were looked at; false where there are more. */
  people: number;
  isWhole: boolean;
  /** Who has a higher tier at once. */
  rise: number;
  /** Who has less than their tier asks for, and keeps it only until it ends; and the same by the tiers of today. */
  short: number;
  shortToday: number;
};

const peopleMax = 2000;
const beforeAll = '00000000-0000-0000-0000-000000000000';

/**
 * Says whom other tiers would move, before they are saved; nothing is written. Null where they count what nothing has
 * counted yet: then it is known only once they are saved.
 */
export async function previewTiers(
  tx: Tx,
  programme: Programme,
  document: TiersDocument,
  at: Date,
): Promise<TiersPreview | null> {
  const counted = counterIdOf(programme.id, countedByTiers(document));
  if (!(await filledCounters(tx, programme.id)).includes(counted)) return null;
  const { tiers } = await followedBy(tx, programme.id);
  const proposed = withNext(tiers, document, wallTime(at, programme.timeZone).day);
  const ids = await participantsFrom(tx, beforeAll, peopleMax + 1);
  const looked = ids.slice(0, peopleMax);
  const histories = await historiesOf(tx, programme, proposed, looked, at);
  const preview = {
    people: looked.length,
    isWhole: ids.length <= peopleMax,
    rise: 0,
    short: 0,
    shortToday: 0,
  };
  for (const { history, tier } of histories.values()) {
    const after = tierSpans(proposed, history);
    if (rankIn(document, after.at(-1)!.tier) > rankIn(document, tier)) preview.rise += 1;
    if (isShort(proposed, after, history)) preview.short += 1;
    if (tiers.length > 0 && isShort(tiers, tierSpans(tiers, history), history)) preview.shortToday += 1;
  }
  return preview;
}

/** Whether less is counted now than the tier asks for; a tier given by hand asks for nothing. */
function isShort(versions: TierVersions, spans: readonly TierSpan[], history: TierHistory): boolean {
  const newest = versions.at(-1)!;
  const { tier, reason } = spans.at(-1)!;
  const step = newest.document.tiers[rankIn(newest.document, tier)];
  if (!step || reason === 'override') return false;
  return towardsNext(newest, spans, history).value < BigInt(step.keep ?? step.from);
}

/** The versions as they would be with one more from a day on. */
function withNext(tiers: TierVersions, document: TiersDocument, today: Day): TierVersions {
  const newest = tiers.at(-1);
  const next = {
    version: (newest?.version ?? 0) + 1,
    state: 'live' as const,
    document,
    from: newest ? today : null,
    until: null,
  };
  const before = tiers.filter(({ from }) => (from ?? '') < today);
  return [...before.map((one) => ({ ...one, until: one.until ?? today })), next];
}

function rankIn({ tiers }: TiersDocument, code: string): number {
  return tiers.findIndex((tier) => tier.code === code);
}
