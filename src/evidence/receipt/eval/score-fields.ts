import type { Reading } from '../reading.ts';
import type { Truth } from './read-truth.ts';
import { isEqualInLetters, isStrictlyEqual } from './score-text.ts';

export const fieldNames = ['company', 'date', 'address', 'total'] as const;
export type FieldName = (typeof fieldNames)[number];

/** Of one receipt: which fields are right letter by letter as printed, and which in letters and digits (the total: as a number). */
export type FieldScore = Record<
  FieldName,
  { strict: boolean; letters: boolean; read: string; wanted: string }
>;

export function scoreFields(truth: Truth, reading: Reading): FieldScore | null {
  if (!truth.key) return null;
  const read: Record<FieldName, string> = {
    company: reading.merchant?.value ?? '',
    date: reading.date?.text ?? '',
    address: reading.address?.value ?? '',
    total: reading.totalMinor?.text ?? '',
  };
  const score = {} as FieldScore;
  for (const name of fieldNames) {
    const wanted = truth.key[name];
    score[name] = {
      strict: isStrictlyEqual(read[name], wanted),
      letters: isEqualInLetters(read[name], wanted),
      read: read[name],
      wanted,
    };
  }
  // 07/04/18 and 07/04/2018 are one date, RM 9.00 and 9.00 one total.
  if (truth.date !== null) score.date.letters = reading.date?.value === truth.date;
  if (truth.totalMinor !== null) score.total.letters = reading.totalMinor?.value === truth.totalMinor;
  return score;
}
