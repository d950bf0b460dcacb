import type { Tx } from '../db/transact.ts';
import { lockBook } from '../ledger/chain.ts';
import { outletsByIds, outletIdOf } from '../network/outlets.ts';
import { participantIdOf, participantsByIds } from '../network/participants.ts';
import { partnerById, partnerIdOf } from '../network/partners.ts';
import type { Programme } from '../network/programmes.ts';
import { documentsFollowed, ofKind } from '../progress/book.ts';
import type { SubjectId } from '../progress/counter.ts';
import { recordOverride } from '../progress/discount-overrides.ts';
import { discountOn, quoteFor, type Quoted } from '../progress/discount.ts';
import type { DiscountDocument } from '../progress/document.ts';
import { beginFollowing } from '../progress/follow.ts';
import type { StaffId } from '../shared/id.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import { wallTime } from '../shared/time.ts';

/** What somebody asks about an order: whose it is, by code, and how much it is about. */
export type QuoteAsked = {
  /** Absent: the programme's only discount. */
  discount?: string | undefined;
  participant?: string | undefined;
  outlet?: string | undefined;
  partner?: string | undefined;
  amountMinor: bigint;
  /** Absent: today. */
  day?: string | undefined;
  /** Another percentage than the table's, and why. */
  override?: { percent: number; reason: string } | undefined;
};

/** What is given, by which step of the table, and what is missing to the next one. */
export type Quote = Quoted & {
  discount: string;
  mode: DiscountDocument['mode']['kind'];
  tablePercent: number;
  /** Given at once. */
  discountMinor: bigint;
  /** Given later instead. */
  bonus: { asset: string; units: bigint } | null;
  isOverridden: boolean;
  /** In which the volume is counted; null where it is no money. */
  currency: string | null;
};

/**
 * Says which discount an order gets, from the volume of the days before it. Only a manager may give another one than the
 * table's; who did so and why is written down in the same transaction. `manager`: who asks, if that is a manager.
 */
export async function quoteDiscount(
  tx: Tx,
  programme: Programme,
  asked: QuoteAsked,
  manager: StaffId | null,
  at: Date,
): Promise<({ ok: true } & Quote) | Refused<'not-found' | 'not-allowed'>> {
  const day = asked.day ?? wallTime(at, programme.timeZone).day;
  const discounts = ofKind(await documentsFollowed(tx, programme.id), 'discount');
  const codes = [...new Set(discounts.map(({ document: { code } }) => code))];
  const code = asked.discount ?? (codes.length === 1 ? codes[0]! : '');
  const document = discountOn(discounts, code, day)?.document;
  const subject = document && (await subjectOf(tx, document, asked));
  if (!document || !subject) return refuse('not-found');
  if (asked.override && manager === null) return refuse('not-allowed');
  const quoted = await countedQuote(tx, programme, document, subject, day, at);
  const percent = asked.override?.percent ?? quoted.percent;
  if (asked.override && manager !== null)
    await recordOverride(tx, programme.id, {
      discount: code,
      subject,
      day,
      percent,
      tablePercent: quoted.percent,
      amountMinor: asked.amountMinor,
      reason: asked.override.reason,
      staff: manager,
      at,
    });
  const { mode } = document;
  const worth = asked.amountMinor > 0n ? (asked.amountMinor * BigInt(percent)) / 100n : 0n;
  return {
    ok: true,
    ...quoted,
    discount: code,
    mode: mode.kind,
    percent,
    tablePercent: quoted.percent,
    discountMinor: mode.kind === 'discount' ? worth : 0n,
    bonus: mode.kind === 'bonus' ? { asset: mode.asset, units: worth / BigInt(mode.unitMinor) } : null,
    isOverridden: asked.override !== undefined,
    currency: 'currency' in document.counts ? document.counts.currency : null,
  };
}

// A discount that was saved just now has counted nothing yet.
async function countedQuote(
  tx: Tx,
  programme: Programme,
  document: DiscountDocument,
  subject: SubjectId,
  day: string,
  at: Date,
): Promise<Quoted> {
  const quoted = await quoteFor(tx, programme, document, subject, day);
  if (quoted) return quoted;
  await lockBook(tx);
  await beginFollowing(tx, programme, at);
  return (await quoteFor(tx, programme, document, subject, day))!;
}

async function subjectOf(
  tx: Tx,
  { for: kind }: DiscountDocument,
  asked: QuoteAsked,
): Promise<SubjectId | null> {
  const code = asked[kind];
  if (code === undefined) return null;
  if (kind === 'participant')
    return (await participantsByIds(tx, [participantIdOf(tx, code)]))[0]?.id ?? null;
  if (kind === 'outlet') return (await outletsByIds(tx, [outletIdOf(tx, code)]))[0]?.id ?? null;
  return (await partnerById(tx, partnerIdOf(tx, code)))?.id ?? null;
}
