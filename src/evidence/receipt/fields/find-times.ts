import type { Numeral } from './find-numerals.ts';
import type { PageRow } from './lay-out-page.ts';

/** Quantity and unit price of a line of goods; `closes` tells whether they make the amount, null when that is not known. */
export type Times = { quantity: Numeral | null; price: Numeral; closes: boolean | null };

type Pair = { quantity: Numeral; price: Numeral };

/**
 * Quantity and unit price printed before `amount`: two numbers that make it, if need be with a discount in percent;
 * else two that a sign says should have made it; else the two that stand where they belong.
 */
export function findTimes(row: PageRow, amount: Numeral, currency: string): Times | null {
  const before = row.numerals.filter(({ end }) => end <= amount.start);
  const free = freePair(before.slice(-2), amount);
  if (free) return { ...free, closes: true };
  const closing = closingPair(before, amount, currency);
  if (closing) return { ...closing, closes: true };
  const signed = signedPair(row, before.slice(-2));
  if (signed) return { ...signed, closes: false };
  const [first, second] = before.slice(-2);
  const last = before.at(-1);
  if (first && second && isColumn(first, second, amount))
    return { quantity: first, price: second, closes: null };
  // `SARI ROTI 17500 17,500`: one piece, its count lost.
  if (last && last.minor === amount.minor && last.kind === 'money')
    return { quantity: null, price: last, closes: null };
  return null;
}

// `COCONUT JELLY 0 1 0`: a topping for nothing.
function freePair([first, second]: readonly Numeral[], amount: Numeral): Pair | null {
  if (amount.value !== 0 || !first || !second || first.value * second.value !== 0) return null;
  const [quantity, price] = first.value > 0 ? [first, second] : [second, first];
  return quantity.value > 0 && quantity.value < 100 && price.minor === 0 ? { quantity, price } : null;
}

function closingPair(before: readonly Numeral[], amount: Numeral, currency: string): Pair | null {
  const others = before.filter(({ kind, value }) => kind !== 'percent' && value > 0);
  const pairs = others
    .filter((quantity) => isQuantity(quantity, currency))
    .flatMap((quantity) => others.map((price) => ({ quantity, price })))
    .filter(({ quantity, price }) => price !== quantity && price.minor !== null && price.minor > 0);
  const missOf = ({ quantity, price }: Pair, factor = 1) =>
    Math.abs(quantity.value * price.minor! * factor - Math.abs(amount.minor!));
  const exact = pairs.filter((pair) => missOf(pair) < 1).sort((a, b) => rankPair(b) - rankPair(a))[0];
  if (exact) return exact;
  // A price printed to the sen has lost half a sen a piece at most.
  const near = pairs.find((pair) => pair.quantity.value > 1 && missOf(pair) <= pair.quantity.value / 2 + 0.5);
  if (near) return near;
  const reduced = pairs.find((pair) =>
    others.some(
      ({ start, value }) =>
        start > pair.price.start &&
        start !== pair.quantity.start &&
        value < 100 &&
        missOf(pair, 1 - value / 100) <= 1,
    ),
  );
  return reduced ?? null;
}

// `1 9,000 9,600`: a count, a price and an amount side by side; one of them is misread.
function isColumn(quantity: Numeral, price: Numeral, amount: Numeral): boolean {
  const isCount =
    quantity.kind === 'count' &&
    Number.isInteger(quantity.value) &&
    quantity.value > 0 &&
    quantity.value < 100;
  const isSideBySide = price.start - quantity.end <= 3 && amount.start - price.end <= 3;
  return isCount && price.kind === 'money' && price.minor! > 0 && isSideBySide;
}

// Prefers the quantity beside the price, counted in whole pieces or weighed.
function rankPair({ quantity, price }: { quantity: Numeral; price: Numeral }): number {
  const gap = quantity.start < price.start ? price.start - quantity.end : quantity.start - price.end;
  return (quantity.kind === 'money' ? 0 : 20) + (price.kind === 'money' ? 20 : 0) - Math.min(gap, 15);
}

function isQuantity(numeral: Numeral, currency: string): boolean {
  if (numeral.symbol !== null || numeral.value > 9999) return false;
  return numeral.kind !== 'money' || currency === 'IDR'
    ? numeral.value < 1000
    : Number.isInteger(numeral.value) && numeral.value < 1000;
}

/** `2 x 4.50`, `@3 X RM 7.60`, `23.000,00 1 x`: a quantity and a price with a sign of times between or behind. */
export function loneTimes(row: PageRow): Pair | null {
  return row.numerals.length > 2 && /\p{L}{3}/u.test(row.text)
    ? null
    : signedPair(row, row.numerals.slice(-2));
}

function signedPair(row: PageRow, [first, second]: readonly Numeral[]): Pair | null {
  if (!first || !second) return null;
  const between = row.text.slice(first.end, second.start);
  if (!/^\s*(?:\p{L}{2,4}\.?\s*)?[x×X*@]\s*@?\s*$/u.test(between)) return null;
  const [quantity, price] =
    first.kind === 'money' && second.kind !== 'money' ? [second, first] : [first, second];
  return price.minor !== null && price.minor > 0 && quantity.value > 0 && quantity.value < 1000
    ? { quantity, price }
    : null;
}

/** A whole number that opens the row before its name is a quantity: `2 PANGSIT 12.000`. */
export function leadingQuantity(row: PageRow, amount: Numeral): Numeral | null {
  const before = row.numerals.filter((numeral) => numeral.end <= amount.start);
  const isWhole = (numeral: Numeral) =>
    numeral.kind !== 'percent' &&
    Number.isInteger(numeral.value) &&
    numeral.value > 0 &&
    numeral.value < 100 &&
    numeral.symbol === null;
  const first = before[0];
  // `066 MILO` and `9S00 MARIE` begin with the shop's code for the goods: a quantity has no zero in front and no letter behind.
  const isCode = first && /^\s*0/.test(row.text.slice(first.start, first.end));
  if (
    first &&
    first.start === 0 &&
    !isCode &&
    isWhole(first) &&
    /^(\s*[xX×]\s*|\s+)[(\p{L}]/u.test(row.text.slice(first.end))
  )
    return first;
  const last = before.at(-1);
  const alone =
    last &&
    isWhole(last) &&
    /(^|\s)$/.test(row.text.slice(0, last.start)) &&
    row.words.some((word) => word.start === last.start && word.after !== 'word');
  return alone && /^\s*(?:\p{L}{0,4}\.?\s*)?[xX×*]?\s*$/u.test(row.text.slice(last.end, amount.start))
    ? last
    : null;
}

// `2 184810 165.00 330 SR`: an amount printed without decimals is known by its arithmetic.
export function wholeAmount(row: PageRow, currency: string): Numeral | null {
  const last = row.numerals.at(-1);
  if (!last || row.numerals.length < 3 || last.kind !== 'count' || last.unit || last.minor === null)
    return null;
  const times = last.value > 1 || last.value === 0 ? findTimes(row, last, currency) : null;
  return times?.closes && (times.price.kind === 'money' || last.value === 0) ? last : null;
}
