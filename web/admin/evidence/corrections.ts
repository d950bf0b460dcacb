import type { Corrections, EvidenceDetail, ReadingItem } from '../api.ts';

/** What a reviewer sees in the inputs. Amounts in the currency's smallest part; empty text and null stand for nothing. */
export type Draft = {
  outlet: string | null;
  date: string;
  time: string;
  number: string;
  totalMinor: number | null;
  lines: DraftLine[];
};
export type DraftLine = { product: string | null; quantityMilli: number | null; amountMinor: number | null };

/** An item that was not read: a reviewer adds it by hand, after those that were. */
export const emptyLine: DraftLine = { product: null, quantityMilli: 1000, amountMinor: null };

/** The inputs as they stand before anybody touched them: what was read and matched. */
export function draftOf({ reading, outletMatch, matches }: EvidenceDetail): Draft {
  return {
    outlet: outletMatch?.outlet.id ?? null,
    date: reading?.date?.value ?? '',
    time: reading?.time?.value ?? '',
    number: reading?.number?.value ?? '',
    totalMinor: reading?.totalMinor?.value ?? null,
    lines: (reading?.items ?? []).map(({ quantity, amountMinor }: ReadingItem, index) => ({
      product: matches.find(({ item }) => item === index)?.product?.id ?? null,
      quantityMilli: quantity === null ? null : Math.round(quantity * 1000),
      amountMinor,
    })),
  };
}

/** Only what the reviewer changed, or undefined when nothing was: the record shows what a person decided. */
export function correctionsOf(before: Draft, after: Draft): Corrections | undefined {
  // Added items count on from those that were read, without a gap where one was added and left empty.
  let added = before.lines.length;
  const lines = after.lines.flatMap((line, item) => {
    const was = before.lines[item] ?? emptyLine;
    const isSame =
      was.product === line.product &&
      was.quantityMilli === line.quantityMilli &&
      was.amountMinor === line.amountMinor;
    if (isSame) return [];
    // Nothing printed for the quantity means one, as on the paper.
    const quantityMilli = line.quantityMilli ?? 1000;
    const place = item < before.lines.length ? item : added++;
    return [{ item: place, product: line.product, quantityMilli, amountMinor: line.amountMinor ?? 0 }];
  });
  const corrections: Corrections = {
    ...(after.outlet && after.outlet !== before.outlet && { outlet: after.outlet }),
    ...(after.date && after.date !== before.date && { date: after.date }),
    ...(after.time && after.time !== before.time && { time: after.time }),
    ...(after.number && after.number !== before.number && { number: after.number }),
    ...(after.totalMinor !== null &&
      after.totalMinor !== before.totalMinor && { totalMinor: after.totalMinor }),
    ...(lines.length > 0 && { lines }),
  };
  return Object.keys(corrections).length > 0 ? corrections : undefined;
}

/** What is still missing before a receipt can be approved, and the input where it belongs. */
export type Missing = { what: 'outlet' | 'date' | 'total' | 'product' | 'amount'; input: string };

export function missingIn(draft: Draft): Missing | null {
  if (!draft.outlet) return { what: 'outlet', input: 'outlet' };
  if (!draft.date) return { what: 'date', input: 'date' };
  if (draft.totalMinor === null) return { what: 'total', input: 'totalMinor' };
  if (!draft.lines.some(({ product }) => product)) return { what: 'product', input: 'product-0' };
  const item = draft.lines.findIndex(({ product, amountMinor }) => product && amountMinor === null);
  if (item >= 0) return { what: 'amount', input: `amount-${item}` };
  const none = draft.lines.findIndex(({ product, quantityMilli }) => product && quantityMilli === 0);
  return none >= 0 ? { what: 'amount', input: `quantity-${none}` } : null;
}
