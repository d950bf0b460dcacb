import type { FoundItems } from './find-items.ts';
import { amountsSaid, explainRest, sumParts, type PrintedAmount, type SumParts } from './printed-amounts.ts';

/** The amounts between goods and total, each where it is printed, and whether they make the total. */
export type FoundSums = {
  subtotal: PrintedAmount | null;
  tax: PrintedAmount | null;
  /** What the total holds beyond the subtotal: tax and service that are not in the prices, rounding, less the discount. */
  extraMinor: number;
  /** True when subtotal and extras make the total, null when no subtotal is printed. */
  closes: boolean | null;
  parts: SumParts;
};

/**
 * Finds subtotal and tax by their words, and picks among them those that with service charge, rounding and discount make
 * the total. What the goods add up to is the subtotal before any other.
 */
export function findSums(
  amounts: readonly PrintedAmount[],
  totalMinor: number,
  found: FoundItems,
  currency: string,
): FoundSums {
  const parts = sumParts(amounts, currency);
  const ranked = rankSubs(amounts, found, totalMinor);
  const solved = ranked.map((subtotal) => ({
    subtotal,
    rest: explainRest(subtotal.minor, totalMinor, parts),
  }));
  const solution = solved.find(({ rest }) => rest !== null);
  const called =
    ranked.find(({ labels, minor }) => labels.has('sub') || minor === found.printedMinor) ?? null;
  const tax = parts.taxes.find(({ minor }) => minor < totalMinor / 2) ?? null;
  return {
    subtotal: solution?.subtotal ?? called,
    tax: solution?.rest?.tax ?? tax,
    extraMinor: solution ? totalMinor - solution.subtotal.minor : 0,
    closes: solution ? true : called ? false : null,
    parts,
  };
}

const subsMax = 6;
// The total itself is a subtotal only where it is called one.
function rankSubs(amounts: readonly PrintedAmount[], found: FoundItems, totalMinor: number): PrintedAmount[] {
  const subs = amountsSaid(
    amounts,
    ['sub', 'exclusive', 'total', 'amount', 'price'],
    ['cash', 'change', 'rounding', 'discount', 'service'],
  );
  const rank = ({ labels, minor }: PrintedAmount) =>
    (minor === found.sumMinor || minor === found.printedMinor ? 4 : 0) +
    (labels.has('sub') ? 3 : labels.has('exclusive') ? 2 : 0) -
    (minor === totalMinor ? 1 : 0);
  return subs
    .filter(({ labels, minor }) => minor > 0 && (minor !== totalMinor || labels.has('sub')))
    .toSorted((a, b) => rank(b) - rank(a))
    .slice(0, subsMax);
}
