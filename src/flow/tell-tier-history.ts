import type { Language } from '../../web/texts/say.ts';
import type { Tx } from '../db/transact.ts';
import type { Participant } from '../network/participants.ts';
import type { Programme } from '../network/programmes.ts';
import { text } from '../notify/texts.ts';
import { followedBy } from '../progress/book.ts';
import {
  fallsTo,
  missingToKeep,
  spanOn,
  towardsNext,
  versionOn,
  type TierHistory,
  type TierSpan,
} from '../progress/evaluate-tier.ts';
import { givenTiers, historiesOf, tiersOf, type TierVersions } from '../progress/tiers.ts';
import { addDays, wallTime, type Day } from '../shared/time.ts';
import { sayCounted } from './say-progress.ts';
import { tierTitle } from './tell-tiers.ts';

/** The tiers that somebody had and has, the tier of a day, what keeps today's, and what the next one takes. */
export type TierProgress = {
  asOf: { day: Day; tier: string };
  history: TierSpan[];
  keep: { safeUntil: Day; missing: bigint } | null;
  /** From the lowest on; amounts as in the document. Empty where the programme has no tiers. */
  ladder: { tier: string; from: number }[];
  /** What is counted up to today. */
  value: bigint | null;
  next: { tier: string; missing: bigint } | null;
  /** True within the days of notice before the tier ends, while something is missing. */
  isEnding: boolean;
  /** How it stands, in whole sentences: what the next tier takes, until when this one is safe. */
  says: string[];
  given: Awaited<ReturnType<typeof givenTiers>>;
  titles: Record<string, string>;
};

/** Tells somebody's tiers as they are known now. */
export async function tellTierHistory(
  tx: Tx,
  programme: Programme,
  person: Participant,
  day: Day,
  language: Language,
  at: Date,
): Promise<TierProgress> {
  const { tiers } = await followedBy(tx, programme.id);
  const history = (await tiersOf(tx, programme.id, [person.id])).get(person.id) ?? [];
  const version = versionOn(tiers, wallTime(at, programme.timeZone).day);
  const known = version && (await historiesOf(tx, programme, tiers, [person.id], at)).get(person.id);
  const ladder = version ? version.document.tiers.map(({ code, from }) => ({ tier: code, from })) : [];
  const codes = new Set([person.tier, ...[...history, ...ladder].map(({ tier }) => tier)]);
  const titles = [...codes].map((code) => [
    code,
    version ? tierTitle(version.document, code, language) : code,
  ]);
  const tier = (spanOn(history, day) ?? history[0])?.tier ?? person.tier;
  const stands =
    version && known && history.length > 0
      ? howItStands(version, history, known.history, language)
      : { keep: null, value: null, next: null, isEnding: false, says: [] };
  const given = await givenTiers(tx, programme.id, person.id);
  return { asOf: { day, tier }, history, ladder, ...stands, given, titles: Object.fromEntries(titles) };
}

function howItStands(
  version: TierVersions[number],
  spans: TierSpan[],
  history: TierHistory,
  language: Language,
): Pick<TierProgress, 'keep' | 'value' | 'next' | 'isEnding' | 'says'> {
  const { document } = version;
  const last = spans.at(-1)!;
  const { value, next } = towardsNext(version, spans, history);
  const missing = missingToKeep(version, spans, history);
  const keep = last.safeUntil === null ? null : { safeUntil: last.safeUntil, missing };
  const title = (code: string) => tierTitle(document, code, language);
  const amount = (of: bigint) => [sayCounted(document.counts, of)];
  const says: string[] = [];
  if (last.from > history.today && last.reason === 'reached')
    says.push(text(language, 'tier.reached', { tier: title(last.tier), date: last.from }));
  if (next) says.push(text(language, 'tier.next', { tier: title(next.code), missing: amount(next.missing) }));
  else says.push(text(language, 'tier.top'));
  const falls = fallsTo(version, last, missing);
  if (keep && falls === null)
    says.push(text(language, missing > 0n ? 'tier.safe' : 'tier.kept', { date: keep.safeUntil }));
  if (keep && falls !== null) {
    const facts = { tier: title(last.tier), date: keep.safeUntil, missing: amount(missing) };
    const then = { tier: title(falls), date: addDays(keep.safeUntil, 1) };
    says.push(`${text(language, 'tier.keep', facts)} ${text(language, 'tier.falls', then)}`);
  }
  const isEnding =
    keep !== null && falls !== null && keep.safeUntil <= addDays(history.today, document.noticeDays);
  return { keep, value, next: next && { tier: next.code, missing: next.missing }, isEnding, says };
}
