import type { Field } from '../reading.ts';
import type { Moment } from './find-dates.ts';
import { quadOfPart, type Layout, type PageRow } from './lay-out-page.ts';

/** The time of day that belongs to `date`: beside it, in a row that speaks of a time, or near it, in this order. */
export function findTime(page: Layout, date: string | null): Field<string> | null {
  const dated = page.rows.filter((row) => row.dates.some(({ value }) => value === date));
  const beside = dated.find((row) => row.times.length > 0);
  if (beside) return toField(beside, besideDate(beside, date), 0.95);
  const timed = page.rows.filter((row) => row.times.length > 0);
  const labelled = timed.find((row) => row.labels.has('time'));
  if (labelled) return toField(labelled, labelled.times[0]!, 0.9);
  const distance = (row: PageRow) => Math.min(...dated.map(({ index }) => Math.abs(index - row.index)));
  const nearest = timed.toSorted((a, b) => distance(a) - distance(b))[0];
  if (!nearest) return null;
  return toField(nearest, nearest.times[0]!, dated.length > 0 && distance(nearest) <= 2 ? 0.8 : 0.5);
}

function besideDate(row: PageRow, date: string | null): Moment {
  const end = row.dates.find(({ value }) => value === date)?.end ?? 0;
  return row.times.find(({ start }) => start >= end - 1) ?? row.times[0]!;
}

function toField(row: PageRow, { value, text, start, end }: Moment, confidence: number): Field<string> {
  return { value, confidence, text, quad: quadOfPart(row, start, end) };
}
