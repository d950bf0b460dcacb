import type { Reading } from '../reading.ts';
import type { PrintedAmount } from './choose-total.ts';
import { logOdds, sigmoid } from './model.ts';

/** What speaks for a reading or against it, in the order of the weights. */
export function describeReading(
  reading: Omit<Reading, 'confidence'>,
  amounts: readonly PrintedAmount[],
): number[] {
  const { totalMinor: total, date, arithmetic } = reading;
  const sums = new Map(arithmetic.map(({ code, ok }) => [code, ok]));
  const [items, times, taxes] = [
    sums.get('items-to-subtotal') ?? sums.get('items-to-total') ?? null,
    sums.get('quantity-times-price') ?? null,
    sums.get('subtotal-and-tax-to-total') ?? null,
  ];
  const copies = amounts.filter(({ minor }) => minor === total?.value).length;
  const paid = amounts
    .filter(({ labels }) => labels.has('cash') || labels.has('card'))
    .map(({ minor }) => minor);
  const given = amounts.filter(({ labels }) => labels.has('change')).map(({ minor }) => minor);
  const isPaid =
    total !== null &&
    paid.some((cash) => cash === total.value || given.some((change) => cash - change === total.value));
  const isOverpaid = total !== null && !isPaid && paid.length > 0;
  return [
    1,
    total ? logOdds(total.confidence) : -5,
    date ? logOdds(date.confidence) : -5,
    Number(items === true),
    Number(items === false),
    Number(times === true),
    Number(times === false),
    Number(taxes === true),
    Number(taxes === false),
    Number(isPaid),
    Number(isOverpaid),
    Math.min(copies, 4),
    Number(reading.lines.length < 12),
    Number(
      reading.totalMinor !== null &&
        reading.currency !== null &&
        reading.totalMinor.text.includes(',') &&
        reading.currency.value === 'MYR',
    ),
  ];
}

/** How likely date and total of a reading are both right, 0..1. */
export function weighReading(facts: readonly number[], weights: readonly number[]): number {
  return sigmoid(facts.reduce((sum, fact, i) => sum + fact * (weights[i] ?? 0), 0));
}
