import { minorDigits } from '../../../shared/money.ts';
import type { PrintedAmount } from './choose-total.ts';
import type { Label } from './label-words.ts';

/** The amounts between goods and total, each where it is printed, and whether they make the total. */
export type FoundSums = {
  subtotal: PrintedAmount | null;
  tax: PrintedAmount | null;
  /** What the total holds beyond the subtotal: tax and service that are not in the prices, rounding, less the discount. */
  extraMinor: number;
  /** True when subtotal and extras make the total, null when no subtotal is printed. */
  closes: boolean | null;
  /** What may stand between any sum of goods and the total. */
  parts: SumParts;
};

/** Amounts by what is said of them. */
export type SumParts = Record<'taxes' | 'services' | 'roundings' | 'discounts', PrintedAmount[]>;

/**
 * Finds subtotal, tax, service charge, rounding and discount by their words, and picks among them those that make the
 * total. A subtotal equal to `itemsMinor` is preferred: it is what the goods add up to.
 */
export function findSums(
  amounts: readonly PrintedAmount[],
  totalMinor: number,
  itemsMinor: number,
  currency: string,
): FoundSums {
  const having = (wanted: readonly Label[], unwanted: readonly Label[], isFit: (minor: number) => boolean) =>
    amounts.filter(
      ({ labels, minor }) =>
        wanted.some((label) => labels.has(label)) &&
        !unwanted.some((label) => labels.has(label)) &&
        isFit(minor),
    );
  const roundingMax = minorDigits(currency) > 0 ? 10 : 1000;
  const parts: SumParts = {
    taxes: having(
      ['tax'],
      ['inclusive', 'exclusive', 'sub', 'amount', 'service'],
      (minor) => minor > 0 && minor < totalMinor / 2,
    ),
    services: having(['service'], ['total', 'sub'], (minor) => minor > 0 && minor < totalMinor / 3),
    roundings: having(['rounding'], [], (minor) => minor !== 0 && Math.abs(minor) <= roundingMax),
    discounts: having(['discount'], [], (minor) => minor !== 0 && Math.abs(minor) < totalMinor * 4),
  };
  const isAbove = (minor: number) => minor > 0;
  const subs = having(
    ['sub', 'exclusive', 'total', 'amount', 'price'],
    ['cash', 'change', 'rounding', 'discount', 'service'],
    isAbove,
  );
  const ranked = rankSubs(subs, itemsMinor, totalMinor).slice(0, 6);
  const solved = ranked.map((subtotal) => ({
    subtotal,
    extra: explainRest(subtotal.minor, totalMinor, parts),
  }));
  const solution = solved.find(({ extra }) => extra !== null);
  const fallback = having(['sub'], ['tax', 'discount'], isAbove)[0] ?? null;
  return {
    subtotal: solution?.subtotal ?? fallback,
    tax: solution?.extra?.tax ?? parts.taxes[0] ?? null,
    extraMinor: solution ? totalMinor - solution.subtotal.minor : 0,
    closes: solution ? true : fallback ? false : null,
    parts,
  };
}

// Words first, then what the goods add up to; the total itself is a subtotal only where it is called one.
function rankSubs(subs: readonly PrintedAmount[], itemsMinor: number, totalMinor: number): PrintedAmount[] {
  const rank = ({ labels, minor }: PrintedAmount) =>
    (minor === itemsMinor ? 4 : 0) +
    (labels.has('sub') ? 3 : labels.has('exclusive') ? 2 : 0) -
    (minor === totalMinor ? 1 : 0);
  return subs
    .filter(({ labels, minor }) => minor !== totalMinor || labels.has('sub'))
    .toSorted((a, b) => rank(b) - rank(a));
}

/** The printed parts that lead from a sum to the total, or null when none do. */
export function explainRest(
  fromMinor: number,
  totalMinor: number,
  parts: SumParts,
): { tax: PrintedAmount | null } | null {
  const choices = (amounts: PrintedAmount[]) => [null, ...amounts.slice(0, 4)];
  for (const discount of choices(parts.discounts)) {
    for (const service of choices(parts.services)) {
      for (const tax of choices(parts.taxes)) {
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
