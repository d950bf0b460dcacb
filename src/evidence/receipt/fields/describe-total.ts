import type { FoundItems } from './find-items.ts';
import type { Numeral } from './find-numerals.ts';
import type { Label } from './label-words.ts';
import type { Layout, PageRow } from './lay-out-page.ts';
import { amountsSaid, explainRest, sumParts, type PrintedAmount, type SumParts } from './printed-amounts.ts';

/** The arithmetic of a page, against which every amount is held. */
export type Sums = {
  values: ReadonlySet<number>;
  parts: SumParts;
  bases: number[];
  totals: number[];
  paid: number[];
  change: number[];
  /** Sums of columns of amounts that are printed below them. */
  columns: ReadonlySet<number>;
  found: FoundItems;
  dearestMinor: number;
};

export function sumsOf(page: Layout, amounts: readonly PrintedAmount[], found: FoundItems): Sums {
  const having = (...labels: Label[]) => [...new Set(amountsSaid(amounts, labels).map(({ minor }) => minor))];
  return {
    values: new Set(amounts.map(({ minor }) => minor)),
    parts: sumParts(amounts, page.currency),
    bases: having('sub', 'exclusive', 'total', 'amount', 'service').filter((minor) => minor > 0),
    totals: having('total').filter((minor) => minor > 0),
    paid: having('cash', 'card', 'total'),
    change: having('change'),
    columns: columnSums(amounts),
    found,
    dearestMinor: Math.max(0, ...found.items.map(({ amountMinor }) => amountMinor ?? 0)),
  };
}

/** In which sums of the page an amount takes part. */
export function describeSums(minor: number, places: readonly PrintedAmount[], sums: Sums): string[] {
  const { parts, bases, totals, paid, change, found } = sums;
  const isIn = (amounts: readonly PrintedAmount[], fits: (other: number) => boolean) =>
    amounts.some((amount) => fits(amount.minor));
  const isRounded = isIn(
    parts.roundings,
    (rounding) => sums.values.has(minor - rounding) || sums.values.has(minor + rounding),
  );
  const facts: [string, boolean][] = [
    ['any', true],
    ['cash-less-change', paid.some((cash) => change.some((back) => back > 0 && cash - back === minor))],
    [
      'base-and-tax',
      isIn([...parts.taxes, ...parts.services], (tax) => tax !== minor && bases.includes(minor - tax)),
    ],
    ['base-less-discount', isIn(parts.discounts, (discount) => bases.includes(minor + Math.abs(discount)))],
    ['rounded', isRounded && minor % 5 === 0],
    ['unrounded', isRounded && minor % 5 !== 0],
    [
      'totals-sum',
      totals.some((part) => part < minor && part * 2 !== minor && totals.includes(minor - part)),
    ],
    ['column-sum', sums.columns.has(minor)],
    ['below-item', minor < sums.dearestMinor],
    ['unlabelled', places.some(({ labels }) => labels.size === 0)],
    [minor % 10 === 0 ? 'tens' : minor % 5 === 0 ? 'fives' : 'odd', true],
  ];
  return [...facts.flatMap(([fact, holds]) => (holds ? [fact] : [])), ...describeGoods(minor, found, parts)];
}

function describeGoods(
  minor: number,
  { items, sumMinor, printedMinor }: FoundItems,
  parts: SumParts,
): string[] {
  if (items.length === 0) return ['no-goods'];
  if (minor === sumMinor) return ['goods-sum'];
  const isExplained = explainRest(sumMinor, minor, parts) !== null;
  return [`${isExplained ? 'from' : 'not-from'}-${printedMinor === null ? 'loose' : 'closed'}-goods`];
}

/** What stands beside and around one place of an amount, and how that goes with its arithmetic. */
export function describePlace(page: Layout, place: PrintedAmount, facts: readonly string[]): string[] {
  const { row, numeral, labels, said, isLast, minor } = place;
  const key = [...labels].sort().join('+') || 'none';
  const below = page.rows[row.index + 1];
  const above = page.rows[row.index - 1];
  const height = row.height / page.textHeight;
  return [
    `said=${said[0]}|${key}`,
    `key=${key}`,
    ...facts.map((fact) => `${fact}&${key}`),
    ...[...labels].map((label) => `label=${label}`),
    `rounding-large=${labels.has('rounding') && minor > 10}`,
    `is-last=${isLast}`,
    `symbol=${numeral.symbol !== null}`,
    `plain-among-marked=${!isMarked(numeral) && page.rows.some((each) => each.numerals.some(isMarked))}`,
    `height=${height < 0.9 ? 'small' : height < 1.15 ? 'usual' : height < 1.5 ? 'tall' : 'huge'}`,
    `part=${Math.floor((5 * row.index) / page.rows.length)}`,
    ...(below ? [...below.labels].map((label) => `below=${label}`) : ['below=end']),
    ...(above ? [...above.labels].map((label) => `above=${label}`) : ['above=start']),
    ...describeEarlier(page, row).map((fact) => `${fact}|${labels.has('total')}`),
  ];
}

/** The words beside an amount, spelled out. */
export function spellCaption({ said: [, ...words] }: PrintedAmount): string[] {
  return [
    ...words.map((word) => `word=${word}`),
    `last-word=${words.at(-1) ?? ''}`,
    `two-words=${words.slice(-2).join('|')}`,
  ];
}

const isMarked = ({ kind, text }: Numeral): boolean => kind === 'money' && /\d[.,]\d/.test(text);

// Behind the change come tax tables and points, whose totals are no total.
function describeEarlier(page: Layout, row: PageRow): string[] {
  const seen = new Set<Label>();
  for (const earlier of page.rows.slice(0, row.index)) {
    if (earlier.numerals.some((numeral) => numeral.kind === 'money'))
      for (const label of earlier.labels) seen.add(label);
    if (earlier.labels.has('summary')) seen.add('summary');
  }
  const telling = ['summary', 'change', 'cash', 'card', 'total', 'rounding'] as const;
  return telling.map((label) => `after-${label}=${seen.has(label)}`);
}

// The last amounts of neighbouring rows, added up from every row downwards: a total closes such a column, at once or
// behind one more amount such as a tax.
function columnSums(amounts: readonly PrintedAmount[]): Set<number> {
  const column = amounts.filter(({ isLast }) => isLast);
  const sums = new Set<number>();
  const [rowsMax, gapMax] = [60, 4];
  for (let from = 0; from < column.length; from++) {
    let sum = column[from]!.minor;
    for (let to = from + 1; to < Math.min(column.length, from + rowsMax); to++) {
      if (column[to]!.row.index - column[to - 1]!.row.index > gapMax) break;
      const here = column[to]!.minor;
      const isCopy = to === from + 1 && here === sum;
      if (!isCopy && to > from + 1 && here === sum) sums.add(sum);
      if (!isCopy && column[to + 1]?.minor === sum + here) sums.add(sum + here);
      sum += here;
    }
  }
  return sums;
}
