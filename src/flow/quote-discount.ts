import type { Tx } from '../db/transact.ts';
import { lockBook } from '../ledger/chain.ts';
import { outletsByIds, outletIdOf } from '../network/outlets.ts';
import { participantIdOf, participantsByIds } from '../network/participants.ts';
import { partnerIdOf, partnersByIds } from '../network/partners.ts';
import type { Programme } from '../network/programmes.ts';
import { documentsFollowed, ofKind } from '../progress/book.ts';
import type { SubjectId } from '../progress/counter.ts';
import { recordOverride } from '../progress/discount-overrides.ts';
import { discountOn, quotesFor, type Quoted } from '../progress/discount.ts';
import type { DiscountDocument } from '../progress/document.ts';
import type { StoredDocument } from '../progress/documents.ts';
import { beginFollowing } from '../progress/follow.ts';
import type { StaffId } from '../shared/id.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import { wallTime, type Day } from '../shared/time.ts';

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
  /** What the volume counts. */
  of: DiscountDocument['counts']['of'];
};

type Answer = ({ ok: true } & Quote) | Refused<'not-found' | 'not-allowed' | 'bad-request'>;

/**
 * Says which discount each order gets, from the volume of the days before it; answers in order. Only a manager may give
 * another one than the table's; who did so and why is written down in the same transaction. `manager`: who asks, if that
 * is a manager. However many are asked, the number of statements is the same.
 */
export async function quoteDiscounts(
  tx: Tx,
  programme: Programme,
  asked: readonly QuoteAsked[],
  manager: StaffId | null,
  at: Date,
): Promise<Answer[]> {
  const today = wallTime(at, programme.timeZone).day;
  const discounts = ofKind(await documentsFollowed(tx, programme.id), 'discount');
  const meant = asked.map((one): Meant => {
    return { ...one, day: one.day ?? today, document: documentFor(discounts, one, today) };
  });
  const found = await findSubjects(tx, meant);
  const mayAsk = ({ override }: QuoteAsked) => !override || manager !== null;
  const good = found.filter((one) => one !== null).filter(mayAsk);
  const counted = await countedQuotes(tx, programme, good, at);
  const quotes = new Map(good.map((one, place) => [one, counted[place]!]));
  for (const one of good) await noteOverride(tx, programme, one, quotes.get(one)!, manager, at);
  return found.map((one, place): Answer => {
    if (!one) return refusalOf(meant[place]!, codesOf(discounts));
    const quoted = quotes.get(one);
    return quoted ? { ok: true, ...quoteOf(one, quoted) } : refuse('not-allowed');
  });
}

/** `quoteDiscounts` for one. */
export async function quoteDiscount(
  tx: Tx,
  programme: Programme,
  asked: QuoteAsked,
  manager: StaffId | null,
  at: Date,
): Promise<Answer> {
  return (await quoteDiscounts(tx, programme, [asked], manager, at))[0]!;
}

type Meant = QuoteAsked & { day: Day; document: DiscountDocument | undefined };
type Found = Meant & { document: DiscountDocument; subject: SubjectId };

function documentFor(
  discounts: readonly StoredDocument<DiscountDocument>[],
  { discount, day }: QuoteAsked,
  today: Day,
): DiscountDocument | undefined {
  const codes = codesOf(discounts);
  const code = discount ?? (codes.length === 1 ? codes[0]! : '');
  return discountOn(discounts, code, day ?? today)?.document;
}

function codesOf(discounts: readonly StoredDocument<DiscountDocument>[]): string[] {
  return [...new Set(discounts.map(({ document: { code } }) => code))];
}

// What was left out is named; what is named and not there is not found.
function refusalOf(asked: Meant, codes: readonly string[]): Refused<'not-found' | 'bad-request'> {
  const { discount, document } = asked;
  if (document && asked[document.for] === undefined)
    return refuse('bad-request', { field: document.for, problem: 'missing' });
  if (discount === undefined && codes.length > 1)
    return refuse('bad-request', { field: 'discount', problem: `one of ${codes.join(', ')}` });
  return refuse('not-found');
}

// Null where the discount or whom it is for is not there.
async function findSubjects(tx: Tx, asked: readonly Meant[]): Promise<(Found | null)[]> {
  const wanted = asked.map(({ document, ...codes }) => {
    const code = document && codes[document.for];
    return code === undefined ? null : { kind: document!.for, id: idOf[document!.for](tx, code) };
  });
  const known = new Set<SubjectId>();
  for (const [kind, some] of Map.groupBy(
    wanted.filter((one) => one !== null),
    (one) => one.kind,
  ))
    for (const { id } of await subjectsByIds[kind](
      tx,
      some.map((one) => one.id as never),
    ))
      known.add(id);
  return asked.map((one, place) => {
    const subject = wanted[place]?.id;
    return subject && known.has(subject) ? { ...one, document: one.document!, subject } : null;
  });
}

const subjectsByIds = { outlet: outletsByIds, participant: participantsByIds, partner: partnersByIds };
const idOf = { outlet: outletIdOf, participant: participantIdOf, partner: partnerIdOf };

// A discount that was saved just now has counted nothing yet.
async function countedQuotes(
  tx: Tx,
  programme: Programme,
  asked: readonly Found[],
  at: Date,
): Promise<Quoted[]> {
  const quoted = await quotesFor(tx, programme, asked);
  if (quoted.every((one) => one !== null)) return quoted;
  await lockBook(tx);
  await beginFollowing(tx, programme, at);
  return (await quotesFor(tx, programme, asked)) as Quoted[];
}

async function noteOverride(
  tx: Tx,
  programme: Programme,
  { document, subject, day, amountMinor, override }: Found,
  { percent: tablePercent }: Quoted,
  manager: StaffId | null,
  at: Date,
): Promise<void> {
  if (!override || manager === null) return;
  const { percent, reason } = override;
  const given = { discount: document.code, subject, day, percent, tablePercent, amountMinor, reason };
  await recordOverride(tx, programme.id, { ...given, staff: manager, at });
}

function quoteOf({ document, amountMinor, override }: Found, quoted: Quoted): Quote {
  const { mode, code, counts } = document;
  const percent = override?.percent ?? quoted.percent;
  const worth = amountMinor > 0n ? (amountMinor * BigInt(percent)) / 100n : 0n;
  return {
    ...quoted,
    discount: code,
    mode: mode.kind,
    percent,
    tablePercent: quoted.percent,
    discountMinor: mode.kind === 'discount' ? worth : 0n,
    bonus: mode.kind === 'bonus' ? { asset: mode.asset, units: worth / BigInt(mode.unitMinor) } : null,
    isOverridden: override !== undefined,
    currency: 'currency' in counts ? counts.currency : null,
    of: counts.of,
  };
}
