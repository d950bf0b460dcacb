import type { Language } from '../../web/texts/say.ts';
import type { Tx } from '../db/transact.ts';
import { outletsOfParticipant } from '../network/outlets.ts';
import type { Participant } from '../network/participants.ts';
import type { Programme } from '../network/programmes.ts';
import { documentsFollowed, ofKind } from '../progress/book.ts';
import { discountOn, quotesFor, type Quoted } from '../progress/discount.ts';
import type { DiscountDocument } from '../progress/document.ts';
import { wallTime } from '../shared/time.ts';
import { ownersOf, sayQuote } from './tell-progress.ts';

/** Which discount an order of today would get, and what the next step of the table takes. */
export type DiscountProgress = Pick<Quoted, 'percent' | 'volume' | 'window' | 'next'> & {
  code: string;
  title: string;
  mode: DiscountDocument['mode']['kind'];
  for: DiscountDocument['for'];
  /** Whose it is, by name. */
  owner: string;
  currency: string | null;
  table: DiscountDocument['table'];
  /** The volume that reached this step, and what is missing to the next one, in words. */
  why: string;
};

/** Today's discounts of a participant, their outlets and their partners; those without any volume counted yet are left out. */
export async function discountsOfToday(
  tx: Tx,
  programme: Programme,
  person: Participant,
  language: Language,
  at: Date,
): Promise<DiscountProgress[]> {
  const discounts = ofKind(await documentsFollowed(tx, programme.id), 'discount');
  const today = wallTime(at, programme.timeZone).day;
  const codes = [...new Set(discounts.map(({ document: { code } }) => code))];
  const documents = codes.flatMap((code) => discountOn(discounts, code, today)?.document ?? []);
  if (documents.length === 0) return [];
  const outlets = await outletsOfParticipant(tx, person.id);
  const told: DiscountProgress[] = [];
  for (const document of documents)
    for (const owner of ownersOf(document.for, person, outlets)) {
      const [quoted] = await quotesFor(tx, programme, [{ document, subject: owner.id, day: today }]);
      if (!quoted || (quoted.volume === 0n && document.for !== 'participant')) continue;
      const { code, title, mode, counts, table } = document;
      const currency = 'currency' in counts ? counts.currency : null;
      const { percent, volume, window, next } = quoted;
      told.push({
        code,
        title: title[language] ?? title['en']!,
        mode: mode.kind,
        for: document.for,
        owner: owner.name,
        currency,
        table,
        percent,
        volume,
        window,
        next,
        why: sayQuote({ tablePercent: percent, volume, window, next, currency, of: counts.of }, language),
      });
    }
  return told;
}
