import { unitPriceOf, type CatalogueProduct, type ItemMatch } from './match-items.ts';
import type { OutletMatch } from './match-outlet.ts';
import type { Reading } from './reading.ts';
import type { EvidenceId } from '../../shared/id.ts';

/** Every check a receipt goes through, passed or not, with what it saw. A failed check rejects or asks a reviewer. */
export type Check = {
  code: CheckCode;
  ok: boolean;
  effect: 'reject' | 'review';
  facts: Record<string, string | number | boolean | { minor: number; currency: string }>;
};

export type CheckCode =
  | 'total-read'
  | 'currency'
  | 'date-read'
  | 'programme-dates'
  | 'known-outlet'
  | 'sender-outlet'
  | 'eligible-line'
  | 'plausible-amount'
  | 'arithmetic'
  | 'same-file'
  | 'same-receipt'
  | 'similar-receipt'
  | 'confidence';

export type Verdict = 'verified' | 'rejected' | 'needs-review';

/** The nearest other evidence of the same paper, if any counts. */
export type Duplicate = { evidence: EvidenceId; bySameSender: boolean; how: 'file' | 'same' | 'similar' };

export type JudgeContext = {
  programme: { startsOn: string; endsOn: string; currency: string; totalMinorMax: number | null };
  outlet: (OutletMatch & { name: string }) | null;
  items: readonly ItemMatch[];
  products: readonly CatalogueProduct[];
  duplicate: Duplicate | null;
  /** True when a person has corrected or confirmed the fields: how sure the reading was no longer matters. */
  reviewed: boolean;
};

/** A reading surer than this needs no person, provided that its sums close. */
export const confidenceMin = 0.8;
/** A unit price outside list price / 4 .. list price x 4, or more pieces than this, is asked about. */
export const priceFactorMax = 4;
export const quantityMax = 1000;

/** All checks of a reading in the order a person would make them, and the verdict they give. Pure. */
export function judge(reading: Reading, context: JudgeContext): { verdict: Verdict; checks: Check[] } {
  const checks = [
    totalRead(reading),
    ...currency(reading, context),
    dateRead(reading),
    ...programmeDates(reading, context),
    knownOutlet(context),
    ...senderOutlet(context),
    eligibleLine(context),
    plausibleAmount(reading, context),
    arithmetic(reading, context),
    notCounted(context),
    confidence(reading, context),
  ];
  // What a reading that is not sure of itself says against a receipt, a person should see first.
  const failed = checks
    .filter((check) => !check.ok)
    .map((check) =>
      isUnsure(reading, context) && restsOnReading.has(check.code)
        ? { ...check, effect: 'review' as const }
        : check,
    );
  if (failed.some((check) => check.effect === 'reject')) return { verdict: 'rejected', checks };
  return { verdict: failed.length > 0 ? 'needs-review' : 'verified', checks };
}

const restsOnReading: ReadonlySet<CheckCode> = new Set(['programme-dates', 'known-outlet', 'eligible-line']);
/** A picture with fewer lines of text shows no receipt, however unsure the reading is. */
const receiptLinesMin = 5;

function isUnsure(reading: Reading, { reviewed }: JudgeContext): boolean {
  return !reviewed && reading.confidence < confidenceMin && reading.lines.length >= receiptLinesMin;
}

function totalRead(reading: Reading): Check {
  const total = reading.totalMinor;
  if (!total || total.value <= 0) return { code: 'total-read', ok: false, effect: 'review', facts: {} };
  return { code: 'total-read', ok: true, effect: 'review', facts: { total: money(reading, total.value) } };
}

function currency(reading: Reading, { programme }: JudgeContext): Check[] {
  if (!reading.currency) return [];
  const facts = { currency: reading.currency.value, expected: programme.currency };
  return [{ code: 'currency', ok: facts.currency === facts.expected, effect: 'review', facts }];
}

function dateRead(reading: Reading): Check {
  const facts = reading.date ? { date: reading.date.value } : {};
  return { code: 'date-read', ok: reading.date !== null, effect: 'review', facts };
}

function programmeDates(reading: Reading, { programme }: JudgeContext): Check[] {
  if (!reading.date) return [];
  const date = reading.date.value;
  const ok = date >= programme.startsOn && date <= programme.endsOn;
  return [
    {
      code: 'programme-dates',
      ok,
      effect: 'reject',
      facts: { date, startsOn: programme.startsOn, endsOn: programme.endsOn },
    },
  ];
}

function knownOutlet({ outlet }: JudgeContext): Check {
  const facts = outlet ? { outlet: outlet.name, how: outlet.how, score: round(outlet.score) } : {};
  return { code: 'known-outlet', ok: outlet !== null, effect: 'reject', facts };
}

function senderOutlet({ outlet }: JudgeContext): Check[] {
  if (!outlet) return [];
  return [
    { code: 'sender-outlet', ok: outlet.how !== 'printed', effect: 'review', facts: { outlet: outlet.name } },
  ];
}

function eligibleLine({ items }: JudgeContext): Check {
  const count = items.filter((match) => match.product !== null).length;
  return { code: 'eligible-line', ok: count > 0, effect: 'reject', facts: { count, items: items.length } };
}

function plausibleAmount(reading: Reading, context: JudgeContext): Check {
  const amount = implausibleAmount(reading, context);
  const facts = amount === null ? {} : { amount: money(reading, amount) };
  return { code: 'plausible-amount', ok: amount === null, effect: 'review', facts };
}

// The amount to ask about: a total beyond the programme's limit, a price far from the list, or far too many pieces.
function implausibleAmount(reading: Reading, { items, products, programme }: JudgeContext): number | null {
  const total = reading.totalMinor?.value ?? 0;
  if (programme.totalMinorMax !== null && total > programme.totalMinorMax) return total;
  for (const match of items) {
    const list = products.find((product) => product.id === match.product)?.listPriceMinor ?? null;
    const item = reading.items[match.item];
    if (match.product === null || !item) continue;
    if ((item.quantity ?? 1) > quantityMax) return item.amountMinor ?? total;
    const price = unitPriceOf(item);
    if (price === null || list === null) continue;
    if (price > list * priceFactorMax || price < list / priceFactorMax) return Math.round(price);
  }
  return null;
}

function arithmetic(reading: Reading, { reviewed }: JudgeContext): Check {
  const broken = reading.arithmetic.find((sum) => sum.ok === false);
  if (!broken || reviewed) {
    const closed = reading.arithmetic.filter((sum) => sum.ok === true).length;
    return { code: 'arithmetic', ok: true, effect: 'review', facts: { closed } };
  }
  const facts = {
    sum: broken.code,
    expected: money(reading, broken.expectedMinor ?? 0),
    found: money(reading, broken.foundMinor ?? 0),
  };
  return { code: 'arithmetic', ok: false, effect: 'review', facts };
}

// A sender's own second photograph is refused: it was counted. Somebody else's is held, for either may be the buyer's.
function notCounted({ duplicate }: JudgeContext): Check {
  if (!duplicate) return { code: 'same-receipt', ok: true, effect: 'reject', facts: {} };
  const code =
    duplicate.how === 'file' ? 'same-file' : duplicate.how === 'same' ? 'same-receipt' : 'similar-receipt';
  const effect = duplicate.how !== 'similar' && duplicate.bySameSender ? 'reject' : 'review';
  return {
    code,
    ok: false,
    effect,
    facts: { evidence: duplicate.evidence, bySameSender: duplicate.bySameSender },
  };
}

function confidence(reading: Reading, { reviewed }: JudgeContext): Check {
  const ok = reviewed || reading.confidence >= confidenceMin;
  return {
    code: 'confidence',
    ok,
    effect: 'review',
    facts: { confidence: round(reading.confidence), least: confidenceMin },
  };
}

function money(reading: Reading, minor: number): { minor: number; currency: string } {
  return { minor, currency: reading.currency?.value ?? 'XXX' };
}

const round = (share: number): number => Math.round(share * 100) / 100;
