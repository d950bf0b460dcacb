import {
  isEach,
  isListOf,
  isMaybe,
  isMeasure,
  isRecord,
  isText,
  type Check,
  type Measure,
} from '../rules/document.ts';

/**
 * The documents beside the rules as their forms know them. What a form has no field for stays in the document untouched.
 * A figure that is being typed may be missing for a moment.
 */
export type TiersDocument = Named & {
  kind: 'tiers';
  kinds: string[];
  counts: Measure;
  tiers: TierStep[];
  window: { kind: string; last?: string; every?: string };
  lasts: { for?: string; endOf?: string; until?: string; kind?: string; every?: string };
  downgrade: string;
  noticeDays?: number;
};
export type TierStep = { code: string; title: Titles; from?: number; keep?: number };

export type DiscountDocument = Named & {
  kind: 'discount';
  for: 'participant' | 'outlet' | 'partner';
  kinds: string[];
  counts: Measure;
  window: string;
  table: { from?: number; percent?: number }[];
  mode: { kind: string; kinds?: string[]; asset?: string; unitMinor?: number };
};

export type SegmentDocument = Named & {
  kind: 'segment';
  counters: Record<string, Counter>;
  condition: string;
};
export type Counter = { kinds: string[]; counts: Measure; last: string };

export type ShownDocument = TiersDocument | DiscountDocument | SegmentDocument;
type Titles = Record<string, string>;
type Named = { code: string; title: Titles };

/** A document that its form can show: walked through without a surprise; whether it is right is for the server to say. */
export function asShown(document: Record<string, unknown> | null): ShownDocument | null {
  if (!document || !isText(document['code']) || !isEach(document['title'], isText)) return null;
  return shapes[document['kind'] as string]?.(document) ? (document as ShownDocument) : null;
}

const shapes: Record<string, (document: Record<string, unknown>) => boolean> = {
  tiers: ({ kinds, counts, tiers, window, lasts }) =>
    isListOf(kinds, isText) &&
    isMeasure(counts) &&
    isListOf(tiers, isTier) &&
    isRecord(window) &&
    isText(window['kind']) &&
    isEach(window, isText) &&
    isEach(lasts, isText),
  discount: ({ kinds, counts, window, table, mode }) =>
    isListOf(kinds, isText) &&
    isMeasure(counts) &&
    isText(window) &&
    isListOf(table, (row) => isEach(row, isNumber)) &&
    isRecord(mode) &&
    isText(mode['kind']) &&
    isMaybe(mode['kinds'], (of) => isListOf(of, isText)),
  segment: ({ counters, condition }) => isEach(counters, isCounter) && isText(condition),
};

const isNumber: Check = (value) => typeof value === 'number';
const isTier: Check = (tier) =>
  isRecord(tier) &&
  isText(tier['code']) &&
  isEach(tier['title'], isText) &&
  [tier['from'], tier['keep']].every((amount) => isMaybe(amount, isNumber));
const isCounter: Check = (counter) =>
  isRecord(counter) &&
  isListOf(counter['kinds'], isText) &&
  isMeasure(counter['counts']) &&
  isText(counter['last']);
