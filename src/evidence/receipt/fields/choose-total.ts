import type { Field } from '../reading.ts';
import type { FoundItems } from './find-items.ts';
import type { Numeral } from './find-numerals.ts';
import type { Label } from './label-words.ts';
import { quadOfPart, type Layout, type PageRow } from './lay-out-page.ts';
import { rankCandidates } from './rank-candidates.ts';
import { hashFeature, type Weights } from './weights.ts';

/** An amount of money where it is printed, with what the words around say of it. */
export type PrintedAmount = {
  minor: number;
  row: PageRow;
  numeral: Numeral;
  labels: ReadonlySet<Label>;
  said: string[];
  isLast: boolean;
};

/** One value printed in one or more places. */
export type AmountCandidate = {
  minor: number;
  places: PrintedAmount[];
  features: number[];
  /** Features of words spelled out: what stands for words that the training shops did not print is in `features`. */
  spelled: number[];
};

/** Every amount on the page, top to bottom, left to right, with the labels of the words that belong to it. */
export function printedAmounts(page: Layout): PrintedAmount[] {
  return page.rows.flatMap((row) => {
    const amounts = row.numerals.filter((numeral) => numeral.kind === 'money' && numeral.minor !== null);
    return amounts.map((numeral, i) => {
      const { labels, said } = captionOf(page, row, numeral, amounts[i - 1]);
      return { minor: numeral.minor!, row, numeral, labels, said, isLast: i === amounts.length - 1 };
    });
  });
}

// The words to the left, back to the number before; else all words of the row; else the row above when it holds no amount.
function captionOf(page: Layout, row: PageRow, numeral: Numeral, before: Numeral | undefined) {
  const words = row.words.filter((word) => /\p{L}{2}/u.test(word.norm) && !isSymbol(word.norm));
  const left = words.filter((word) => word.end <= numeral.start + 1);
  const near = before ? left.filter((word) => word.start >= before.end) : left;
  let chosen = near.length > 0 ? near : left;
  let where = 'left';
  if (chosen.length === 0) {
    const above = page.rows[row.index - 1];
    if (words.length > 0) [chosen, where] = [words, 'right'];
    else if (above && !above.numerals.some((each) => each.kind === 'money'))
      [chosen, where] = [above.words, 'above'];
  }
  const labels = new Set(chosen.flatMap((word) => word.labels));
  return { labels, said: [where, ...chosen.slice(-4).map((word) => word.norm.replace(/\d/g, '9'))] };
}

const isSymbol = (norm: string) => /^(RM|RP|MYR|IDR)$/.test(norm);

/** Every different positive amount on the page with the features by which the total is told from the others. */
export function totalCandidates(page: Layout, found: FoundItems): AmountCandidate[] {
  const amounts = printedAmounts(page);
  const byValue = new Map<number, PrintedAmount[]>();
  for (const amount of amounts) {
    if (amount.minor > 0) byValue.set(amount.minor, [...(byValue.get(amount.minor) ?? []), amount]);
  }
  const values = [...byValue.keys()].sort((a, b) => b - a);
  const sums = new Sums(amounts, found);
  return [...byValue].map(([minor, places]) => {
    const facts = sums.factsOf(minor, places);
    const rank = `rank=${Math.min(values.indexOf(minor), 4)}`;
    const features = new Set([...facts, rank, `times=${Math.min(places.length, 4)}`]);
    for (const place of places)
      for (const feature of describePlace(page, place, [...facts, rank])) features.add(feature);
    const spelled = new Set(places.flatMap(spellCaption));
    return {
      minor,
      places,
      features: [...features].map(hashFeature),
      spelled: [...spelled].map(hashFeature),
    };
  });
}

function spellCaption({ said }: PrintedAmount): string[] {
  const [, ...words] = said;
  return [
    ...words.map((word) => `word=${word}`),
    `last-word=${words.at(-1) ?? ''}`,
    `two-words=${words.slice(-2).join('|')}`,
  ];
}

function describePlace(
  page: Layout,
  { row, numeral, labels, said, isLast, minor }: PrintedAmount,
  facts: string[],
): string[] {
  const key = [...labels].sort().join('+') || 'none';
  const [where] = said;
  const below = page.rows[row.index + 1];
  const above = page.rows[row.index - 1];
  const height = row.height / page.textHeight;
  return [
    `said=${where}|${key}`,
    `key=${key}`,
    ...facts.map((fact) => `${fact}&${key}`),
    ...[...labels].map((label) => `label=${label}`),
    `rounding-large=${labels.has('rounding') && minor > 10}`,
    `is-last=${isLast}`,
    `symbol=${numeral.symbol !== null}`,
    `height=${height < 0.9 ? 'small' : height < 1.15 ? 'usual' : height < 1.5 ? 'tall' : 'huge'}`,
    `part=${Math.floor((5 * row.index) / page.rows.length)}`,
    ...(below ? [...below.labels].map((label) => `below=${label}`) : ['below=end']),
    ...(above ? [...above.labels].map((label) => `above=${label}`) : ['above=start']),
    ...earlierFacts(page, row).map((fact) => `${fact}|${labels.has('total')}`),
  ];
}

// Behind the change come tax tables and points, whose totals are no total.
function earlierFacts(page: Layout, row: PageRow): string[] {
  const seen = new Set<Label>();
  for (const earlier of page.rows.slice(0, row.index)) {
    if (earlier.numerals.some((numeral) => numeral.kind === 'money'))
      for (const label of earlier.labels) seen.add(label);
    if (earlier.labels.has('summary')) seen.add('summary');
  }
  return (['summary', 'change', 'cash', 'card', 'total', 'rounding'] as const).map(
    (label) => `after-${label}=${seen.has(label)}`,
  );
}

/** The arithmetic in which an amount takes part. */
class Sums {
  readonly values: Set<number>;
  readonly taxes: number[];
  readonly bases: number[];
  readonly totals: number[];
  readonly roundings: number[];
  readonly discounts: number[];
  readonly cash: number[];
  readonly change: number[];
  readonly runs: Set<number>;
  readonly itemsMinor: number | null;
  readonly dearestMinor: number;

  constructor(amounts: readonly PrintedAmount[], found: FoundItems) {
    const having = (...labels: Label[]) => [
      ...new Set(
        amounts
          .filter((amount) => labels.some((label) => amount.labels.has(label)))
          .map(({ minor }) => minor),
      ),
    ];
    this.itemsMinor = found.items.length > 0 ? found.sumMinor : null;
    this.dearestMinor = Math.max(0, ...found.items.map(({ amountMinor }) => amountMinor ?? 0));
    this.values = new Set(amounts.map(({ minor }) => minor));
    this.taxes = having('tax', 'service').filter((minor) => minor > 0);
    this.bases = having('sub', 'exclusive', 'total', 'amount', 'service').filter((minor) => minor > 0);
    this.totals = having('total').filter((minor) => minor > 0);
    this.roundings = having('rounding').filter((minor) => minor !== 0);
    this.discounts = having('discount').filter((minor) => minor !== 0);
    this.cash = having('cash', 'card', 'total');
    this.change = having('change');
    this.runs = columnSums(amounts);
  }

  factsOf(minor: number, places: readonly PrintedAmount[]): string[] {
    const facts = ['any'];
    if (this.cash.some((cash) => this.change.some((change) => change > 0 && cash - change === minor)))
      facts.push('cash-less-change');
    if (this.taxes.some((tax) => tax !== minor && this.bases.includes(minor - tax)))
      facts.push('base-and-tax');
    const nearby = this.roundings.filter((rounding) => Math.abs(rounding) * 20 <= minor + 100);
    if (nearby.some((rounding) => this.values.has(minor - rounding) || this.values.has(minor + rounding))) {
      facts.push(minor % 5 === 0 ? 'rounded' : 'unrounded');
    }
    if (this.discounts.some((discount) => this.bases.includes(minor + Math.abs(discount))))
      facts.push('base-less-discount');
    if (
      this.totals.some((part) => part < minor && part !== minor - part && this.totals.includes(minor - part))
    )
      facts.push('totals-sum');
    if (minor < this.dearestMinor) facts.push('below-item');
    if (this.itemsMinor !== null) facts.push(...this.itemFacts(minor, this.itemsMinor));
    if (this.runs.has(minor)) facts.push('column-sum');
    if (places.some((place) => place.labels.size === 0)) facts.push('unlabelled');
    facts.push(minor % 10 === 0 ? 'tens' : minor % 5 === 0 ? 'fives' : 'odd');
    return facts;
  }

  private itemFacts(minor: number, itemsMinor: number): string[] {
    if (minor === itemsMinor) return ['items-sum'];
    const rest = minor - itemsMinor;
    if (this.roundings.some((rounding) => Math.abs(rounding) === Math.abs(rest))) return ['items-rounded'];
    if (this.taxes.some((tax) => Math.abs(tax - rest) <= 5)) return ['items-and-tax'];
    if (this.discounts.some((discount) => Math.abs(Math.abs(discount) + rest) <= 5))
      return ['items-less-discount'];
    return [];
  }
}

// The last amounts of neighbouring rows, added up from every row downwards: a total closes such a column.
function columnSums(amounts: readonly PrintedAmount[]): Set<number> {
  const column = amounts.filter(({ isLast }) => isLast);
  const sums = new Set<number>();
  for (let from = 0; from < column.length; from++) {
    let sum = column[from]!.minor;
    for (let to = from + 1; to < column.length && to < from + 60; to++) {
      if (column[to]!.row.index - column[to - 1]!.row.index > 4) break;
      if (to - from > 1 || column[to]!.minor !== column[from]!.minor) {
        if (to > from + 1 && column[to]!.minor === sum) sums.add(sum);
        if (to < column.length - 1 && column[to + 1]!.minor === sum + column[to]!.minor)
          sums.add(sum + column[to]!.minor);
      }
      sum += column[to]!.minor;
    }
  }
  return sums;
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
