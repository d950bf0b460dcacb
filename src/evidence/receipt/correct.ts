import type { Corrections } from '../verifications.ts';
import type { ItemMatch } from './match-items.ts';
import type { Field, Reading } from './reading.ts';

/** The reading with a reviewer's corrections in place of what was read. The stored reading stays as it is. Pure. */
export function correctReading(reading: Reading, corrections: Corrections): Reading {
  const corrected: Reading = { ...reading, items: reading.items.map((item) => ({ ...item })) };
  if (corrections.date) corrected.date = confirmed(corrections.date, reading.date);
  if (corrections.time) corrected.time = confirmed(corrections.time, reading.time);
  if (corrections.number) corrected.number = confirmed(corrections.number, reading.number);
  if (corrections.totalMinor !== undefined) {
    corrected.totalMinor = confirmed(corrections.totalMinor, reading.totalMinor);
  }
  for (const { item, quantity, amountMinor } of corrections.items ?? []) {
    const text = reading.items[item]?.text ?? '';
    const quad = reading.items[item]?.quad ?? null;
    corrected.items[item] = { text, quantity, unitPriceMinor: null, amountMinor, confidence: 1, quad };
  }
  return corrected;
}

/** The matches with the reviewer's products in place of those found. Pure. */
export function correctMatches(matches: readonly ItemMatch[], corrections: Corrections): ItemMatch[] {
  const given = new Map((corrections.items ?? []).map((item) => [item.item, item.product]));
  return matches.map((match) => {
    const product = given.get(match.item);
    return product === undefined ? match : { item: match.item, product, score: 1 };
  });
}

function confirmed<T>(value: T, read: Field<T> | null): Field<T> {
  return { value, confidence: 1, text: read?.text ?? String(value), quad: read?.quad ?? null };
}
