import type { Language } from '../../web/texts/say.ts';
import type { Tx } from '../db/transact.ts';
import { participantsByIds, tierSizes, type Participant } from '../network/participants.ts';
import type { Programme } from '../network/programmes.ts';
import { text } from '../notify/texts.ts';
import { followedBy } from '../progress/book.ts';
import { versionOn } from '../progress/evaluate-tier.ts';
import { endingSoon, tiersEnding } from '../progress/tiers.ts';
import { wallTime, type Day } from '../shared/time.ts';
import { sayCounted } from './say-progress.ts';
import { tierTitle } from './tell-tiers.ts';

/** How many have each tier, and whose tier ends soon with what is missing to keep it. */
export type TierSizes = {
  /** Null: the programme has no tiers. */
  document: { code: string; version: number; noticeDays: number } | null;
  tiers: { tier: string; title: string; from: number; members: number }[];
  ending: {
    participant: Pick<Participant, 'id' | 'code' | 'name'>;
    tier: string;
    title: string;
    safeUntil: Day;
    says: string;
  }[];
};

/** So many of those whose tier ends soon are looked at, those who are first. */
const endingMax = 500;

/** Tells the tiers of a programme as they are today. */
export async function tellTierSizes(
  tx: Tx,
  programme: Programme,
  language: Language,
  at: Date,
): Promise<TierSizes> {
  const { tiers } = await followedBy(tx, programme.id);
  const version = versionOn(tiers, wallTime(at, programme.timeZone).day);
  if (!version) return { document: null, tiers: [], ending: [] };
  const { document } = version;
  const sizes = await tierSizes(tx);
  const soon = await endingSoon(tx, programme, tiers, at, endingMax);
  const ending = await tiersEnding(tx, programme, tiers, soon, at);
  const people = await participantsByIds(
    tx,
    ending.map(({ participant }) => participant),
  );
  const told = ending.map(({ participant, tier, safeUntil, missing }) => {
    const { id, code, name } = people.find((person) => person.id === participant)!;
    const title = tierTitle(document, tier, language);
    const facts = { tier: title, date: safeUntil, missing: [sayCounted(document.counts, missing)] };
    return {
      participant: { id, code, name },
      tier,
      title,
      safeUntil,
      says: text(language, 'tier.keep', facts),
    };
  });
  return {
    document: { code: document.code, version: version.version, noticeDays: document.noticeDays },
    tiers: document.tiers.map(({ code, from }) => ({
      tier: code,
      title: tierTitle(document, code, language),
      from,
      members: sizes.get(code) ?? 0,
    })),
    ending: told.toSorted((a, b) => (a.safeUntil < b.safeUntil ? -1 : 1)),
  };
}
