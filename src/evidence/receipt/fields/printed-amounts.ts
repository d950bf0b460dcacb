import { minorDigits } from '../../../shared/money.ts';
import type { Numeral } from './find-numerals.ts';
import type { Label } from './label-words.ts';
import type { Layout, PageRow } from './lay-out-page.ts';

/** An amount of money where it is printed, with what the words around say of it. */
export type PrintedAmount = {
  minor: number;
  row: PageRow;
  numeral: Numeral;
  labels: ReadonlySet<Label>;
  /** Where the words stand (`left`, `right`, `above`) and the last four of them. */
  said: string[];
  isLast: boolean;
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

/** The amounts of which one of `wanted` is said and none of `unwanted`. */
export function amountsSaid(
  amounts: readonly PrintedAmount[],
  wanted: readonly Label[],
  unwanted: readonly Label[] = [],
): PrintedAmount[] {
  return amounts.filter(
    ({ labels }) => wanted.some((label) => labels.has(label)) && !unwanted.some((label) => labels.has(label)),
  );
}

/** What may stand between a sum of goods and the total, by what is said of it. */
export type SumParts = Record<'taxes' | 'services' | 'roundings' | 'discounts', PrintedAmount[]>;

export function sumParts(amounts: readonly PrintedAmount[], currency: string): SumParts {
  const roundingMax = minorDigits(currency) > 0 ? 10 : 1000;
  const taxed = amountsSaid(amounts, ['tax'], ['inclusive', 'exclusive', 'sub', 'amount', 'service']);
  return {
    taxes: taxed.filter(({ minor }) => minor > 0),
    services: amountsSaid(amounts, ['service'], ['total', 'sub']).filter(({ minor }) => minor > 0),
    roundings: amountsSaid(amounts, ['rounding']).filter(
      ({ minor }) => minor !== 0 && Math.abs(minor) <= roundingMax,
    ),
    discounts: amountsSaid(amounts, ['discount']).filter(({ minor }) => minor !== 0),
  };
}

/** The printed parts that lead from a sum to the total, or null when none do. */
export function explainRest(
  fromMinor: number,
  totalMinor: number,
  parts: SumParts,
): { tax: PrintedAmount | null } | null {
  const choices = (amounts: PrintedAmount[], share: number) => [
    null,
    ...amounts.filter(({ minor }) => Math.abs(minor) < totalMinor * share).slice(0, 4),
  ];
  for (const discount of choices(parts.discounts, 4)) {
    for (const service of choices(parts.services, 1 / 3)) {
      for (const tax of choices(parts.taxes, 1 / 2)) {
        const extras = (service?.minor ?? 0) + (tax?.minor ?? 0) - Math.abs(discount?.minor ?? 0);
        const missing = totalMinor - fromMinor - extras;
        // Tills print the sign of a rounding or leave it out.
        if (missing === 0 || parts.roundings.some(({ minor }) => Math.abs(minor) === Math.abs(missing)))
          return { tax };
      }
    }
  }
  return null;
}
