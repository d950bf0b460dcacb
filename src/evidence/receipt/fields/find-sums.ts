import { minorDigits } from '../../../shared/money.ts';
import type { PrintedAmount } from './choose-total.ts';
import type { Label } from './label-words.ts';

/** The amounts between goods and total, each where it is printed, and whether they make the total. */
export type FoundSums = {
  subtotal: PrintedAmount | null;
  tax: PrintedAmount | null;
  service: PrintedAmount | null;
  rounding: PrintedAmount | null;
  discount: PrintedAmount | null;
  /** What the total holds beyond the goods: tax and service that are not in the prices, rounding, less the discount. */
  extraMinor: number;
  /** True when subtotal and extras make the total, null when no subtotal is printed. */
  closes: boolean | null;
};

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
  const having = (wanted: readonly Label[], unwanted: readonly Label[]) =>
    amounts.filter(
      ({ labels }) =>
        wanted.some((label) => labels.has(label)) && !unwanted.some((label) => labels.has(label)),
    );
  const roundingMax = minorDigits(currency) > 0 ? 10 : 1000;
  const taxes = having(['tax'], ['inclusive', 'exclusive', 'sub', 'amount', 'service']).filter(
    ({ minor }) => minor > 0 && minor < totalMinor / 2,
  );
  const services = having(['service'], ['total', 'sub']).filter(
    ({ minor }) => minor > 0 && minor < totalMinor / 3,
  );
  const roundings = having(['rounding'], []).filter(
    ({ minor }) => minor !== 0 && Math.abs(minor) <= roundingMax,
  );
  const discounts = having(['discount'], []).filter(
    ({ minor }) => minor !== 0 && Math.abs(minor) < totalMinor * 4,
  );
  const subs = having(
    ['sub', 'exclusive', 'total', 'amount', 'price'],
    ['cash', 'change', 'rounding', 'discount', 'service'],
  ).filter(({ minor }) => minor > 0);

  const solution = solve(rankSubs(subs, itemsMinor, totalMinor), totalMinor, {
    taxes,
    services,
    roundings,
    discounts,
  });
  const fallback = having(['sub'], ['tax', 'discount']).find(({ minor }) => minor > 0) ?? null;
  return {
    subtotal: solution?.subtotal ?? fallback,
    tax: solution?.tax ?? taxes[0] ?? null,
    service: solution?.service ?? services[0] ?? null,
    rounding: solution?.rounding ?? roundings[0] ?? null,
    discount: solution?.discount ?? null,
    extraMinor: solution ? totalMinor - solution.subtotal.minor : 0,
    closes: solution ? true : fallback ? false : null,
  };
}

type Parts = Record<'taxes' | 'services' | 'roundings' | 'discounts', PrintedAmount[]>;
type Solution = { subtotal: PrintedAmount } & Record<
  'tax' | 'service' | 'rounding' | 'discount',
  PrintedAmount | null
>;

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

function solve(subs: readonly PrintedAmount[], totalMinor: number, parts: Parts): Solution | null {
  const choices = (amounts: PrintedAmount[]) => [null, ...amounts.slice(0, 4)];
  for (const subtotal of subs.slice(0, 6)) {
    for (const discount of choices(parts.discounts)) {
      for (const service of choices(parts.services)) {
        for (const tax of choices(parts.taxes)) {
          const before =
            subtotal.minor - Math.abs(discount?.minor ?? 0) + (service?.minor ?? 0) + (tax?.minor ?? 0);
          if (before === totalMinor) return { subtotal, discount, service, tax, rounding: null };
          // Tills print the sign of a rounding or leave it out.
          const rounding = parts.roundings.find(
            ({ minor }) => Math.abs(totalMinor - before) === Math.abs(minor),
          );
          if (rounding) return { subtotal, discount, service, tax, rounding };
        }
      }
    }
  }
  return null;
}
