import type { Layout, PageRow } from './lay-out-page.ts';
import { quadOfPart } from './lay-out-page.ts';
import { rankCandidates } from './rank-candidates.ts';
import { hashFeature, type Weights } from './weights.ts';
import type { Field } from '../reading.ts';
import type { PrintedDate } from './find-dates.ts';

/** A date on the page with every place where it is printed, first place first. */
export type DateCandidate = {
  value: string;
  places: { row: PageRow; date: PrintedDate }[];
  features: number[];
};

/** Every different date on the page with the features by which the purchase date is told from others. */
export function dateCandidates(page: Layout): DateCandidate[] {
  const byValue = new Map<string, DateCandidate['places']>();
  for (const row of page.rows) {
    for (const date of row.dates)
      byValue.set(date.value, [...(byValue.get(date.value) ?? []), { row, date }]);
  }
  const values = [...byValue.keys()];
  const newest = values.toSorted().at(-1);
  return [...byValue].map(([value, places], index) => {
    const features = places.flatMap(({ row, date }) => describePlace(page, row, date));
    features.push(
      `order=${Math.min(index, 3)}`,
      `times=${Math.min(places.length, 3)}`,
      `year=${value >= '2005' && value < '2040'}`,
    );
    if (values.length > 1 && value === newest) features.push('newest');
    return { value, places, features: [...new Set(features.map(hashFeature))] };
  });
}

function describePlace(page: Layout, row: PageRow, date: PrintedDate): string[] {
  const before = row.words.filter((word) => word.end <= date.start + 1);
  const beside = [...before, ...row.words.filter((word) => word.start >= date.end)];
  const above = page.rows[row.index - 1];
  return [
    'bias',
    `loose=${date.loose}`,
    `named=${date.hasMonthName}`,
    `year4=${/\d{4}/.test(date.text)}`,
    `length=${date.text.length}`,
    `marks=${/[/.-]/.exec(date.text)?.[0] ?? ''}`,
    `time=${row.times.length > 0}`,
    `alone=${beside.length === 0}`,
    ...beside.flatMap((word) => word.labels).map((label) => `label=${label}`),
    ...before.slice(-2).map((word) => `before=${word.norm.replace(/\d/g, '9')}`),
    ...(above && row.labels.size === 0 ? [...above.labels].map((label) => `above=${label}`) : []),
    `place=${Math.floor((4 * row.index) / page.rows.length)}`,
  ];
}

/** The date of purchase, its confidence not yet calibrated; null where no date is printed. */
export function chooseDate(page: Layout, weights: Weights): Field<string> | null {
  const candidates = dateCandidates(page);
  if (candidates.length === 0) return null;
  const chances = rankCandidates(
    candidates.map(({ features }) => features),
    weights,
  );
  const confidence = Math.max(...chances);
  const { value, places } = candidates[chances.indexOf(confidence)]!;
  const { row, date } = places[0]!;
  return {
    value,
    confidence,
    text: date.text.replace(/\s?([/.-])\s?/g, '$1'),
    quad: quadOfPart(row, date.start, date.end),
  };
}
