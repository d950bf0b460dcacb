import { decimalsOf, useReader } from '../language.tsx';

/** What an amount of a goal, a tier or a discount is counted in. */
export type Counts = { counts: string; currency: string | null };

/** How many of its digits stand after the mark where people write it: thousandths of a piece, minor units of money. */
export const decimalsIn = ({ counts, currency }: Counts): number =>
  currency ? decimalsOf(currency) : counts === 'quantity' ? 3 : 0;

/** Like `useAmount`, with what is counted: 10 pieces. */
export function useAmountInWords(): (value: number, of: Counts) => string {
  const { say } = useReader();
  const amount = useAmount();
  return (value, of) => {
    const count = of.counts === 'quantity' ? value / 1000 : value;
    const isCounted = !of.currency && countedInWords.includes(of.counts as never);
    return isCounted
      ? say(`measure.${of.counts as (typeof countedInWords)[number]}`, { count })
      : amount(value, of);
  };
}

const countedInWords = ['quantity', 'activities', 'outlets', 'skus'] as const;

/** Writes amounts of what is counted; a share comes in hundredths of a percent. */
export function useAmount(): (value: number, of: Counts) => string {
  const { number, money, percent } = useReader();
  return (value, { counts, currency }) => {
    if (currency) return money(value, currency);
    if (counts === 'share') return percent(value / 10_000);
    const whole = counts === 'quantity' ? value / 1000 : value;
    return number(whole, Number.isInteger(whole) ? 0 : 3);
  };
}
