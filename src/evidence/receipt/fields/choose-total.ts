import type { Field } from '../reading.ts';
import { describePlace, describeSums, spellCaption, sumsOf } from './describe-total.ts';
import type { FoundItems } from './find-items.ts';
import type { Numeral } from './find-numerals.ts';
import { quadOfPart, type Layout } from './lay-out-page.ts';
import { printedAmounts, type PrintedAmount } from './printed-amounts.ts';
import { rankCandidates } from './rank-candidates.ts';
import { hashFeature, type Weights } from './weights.ts';

/** One value printed in one or more places. */
export type AmountCandidate = {
  minor: number;
  places: PrintedAmount[];
  features: number[];
  /** Features of words spelled out; `features` know a word by its meaning only, which words of no training shop have too. */
  spelled: number[];
};

/** Every different positive amount on the page with the features by which the total is told from the others. */
export function totalCandidates(page: Layout, found: FoundItems): AmountCandidate[] {
  const amounts = printedAmounts(page);
  const byValue = new Map<number, PrintedAmount[]>();
  for (const amount of amounts) {
    if (amount.minor > 0) byValue.set(amount.minor, [...(byValue.get(amount.minor) ?? []), amount]);
  }
  const values = [...byValue.keys()].sort((a, b) => b - a);
  const sums = sumsOf(page, amounts, found);
  return [...byValue].map(([minor, places]) => {
    const rank = `rank=${Math.min(values.indexOf(minor), 4)}`;
    const facts = [...describeSums(minor, places, sums), rank];
    const features = new Set([...facts, `times=${Math.min(places.length, 4)}`]);
    for (const place of places)
      for (const feature of describePlace(page, place, facts)) features.add(feature);
    const spelled = new Set(places.flatMap(spellCaption));
    return {
      minor,
      places,
      features: [...features].map(hashFeature),
      spelled: [...spelled].map(hashFeature),
    };
  });
}

/** The amount to pay, its confidence not yet calibrated; null where no amount is printed. */
export function chooseTotal(page: Layout, found: FoundItems, weights: Weights): Field<number> | null {
  const candidates = totalCandidates(page, found);
  if (candidates.length === 0) return null;
  const chances = rankCandidates(
    candidates.map(({ features, spelled }) => [...features, ...spelled]),
    weights,
  );
  const confidence = Math.max(...chances);
  const { minor, places } = candidates[chances.indexOf(confidence)]!;
  const { row, numeral } = places.find(({ labels }) => labels.has('total')) ?? places[0]!;
  return {
    value: minor,
    confidence,
    text: printedNumber(numeral),
    quad: quadOfPart(row, numeral.start, numeral.end),
  };
}

// A currency sign printed apart from its number is a word of its own, a blank within the number is none.
function printedNumber({ text, symbol }: Numeral): string {
  const number = text.replace(/(\d)\s?([.,])\s?(?=\d)/g, '$1$2');
  return symbol === null ? number : number.replace(/^([^\d\s]+)\s+(?=[-−\d])|\s+\P{L}?\p{L}+$/gu, '');
}
