import type { Numeral } from './find-numerals.ts';
import type { Label } from './label-words.ts';
import { decimalMarkOf, minorDigits } from '../../../shared/money.ts';
import { medianOf, type Layout, type PageRow, type PageWord } from './lay-out-page.ts';

/** What a printed row can be in a list of goods. */
export type RowRole =
  | 'columns' // QTY PRICE AMOUNT
  | 'item' // a name and an amount
  | 'values' // an amount, no name: 62483 1 55.90 55.90
  | 'times' // a quantity and a price, no amount of its own: @2 X RM 9.40
  | 'name' // words, no amount
  | 'less' // a discount or a cancelled line
  | 'sum' // total, tax, payment: not goods
  | 'head' // date, phone, cashier and so on
  | 'other';

/** A row with its amount, and with quantity and unit price where both are printed. */
export type ItemRow = {
  row: PageRow;
  role: RowRole;
  name: string;
  amount: Numeral | null;
  quantity: Numeral | null;
  price: Numeral | null;
  /** Whether quantity x price makes the amount; null where not both are printed. */
  closes: boolean | null;
  /** True for an amount that could be some other number: no decimals, no mark between thousands. */
  isWeak: boolean;
};

const sumLabels: readonly Label[] = [
  'total',
  'sub',
  'final',
  'tax',
  'service',
  'rounding',
  'cash',
  'card',
  'change',
  'points',
  'summary',
];
const headLabels: readonly Label[] = [
  'date',
  'time',
  'phone',
  'register',
  'cashier',
  'table',
  'number',
  'greeting',
];
const columnLabels: readonly Label[] = ['quantity', 'price', 'amount', 'total', 'discount', 'tax'];

/** Reads every row as a line of goods would be printed. */
export function readItemRows(page: Layout): ItemRow[] {
  const edge = amountEdge(page);
  return page.rows.map((row) => readItemRow(page, row, edge));
}

/** Where the amounts end on the right: most sums stand there. Null where no sum is printed. */
function amountEdge(page: Layout): number | null {
  const sums = page.rows.filter(
    (row) => row.labels.has('total') || row.labels.has('cash') || row.labels.has('change'),
  );
  return (
    medianOf(
      sums.flatMap((row) =>
        row.numerals
          .filter(isMoney)
          .slice(-1)
          .map((numeral) => endOf(row, numeral)),
      ),
    ) ?? null
  );
}

const isMoney = (numeral: Numeral): boolean => numeral.kind === 'money' && numeral.minor !== null;
const endOf = (row: PageRow, numeral: Numeral): number =>
  row.words.findLast((word) => word.start < numeral.end)?.x2 ?? row.x2;

// A bare number such as 80581 or a strange mark as in `NO.55,57` is an amount only where amounts stand, and what follows
// `@` or comes before `/` is the price of one piece.
const edgeMissMax = 0.08;
function isAmount(page: Layout, row: PageRow, numeral: Numeral, edge: number | null): boolean {
  if (
    !isMoney(numeral) ||
    /@\s*$/.test(row.text.slice(0, numeral.start)) ||
    /^\s*\//.test(row.text.slice(numeral.end))
  )
    return false;
  if (!isWeak(page, numeral) || numeral.minor! < 0) return true;
  // PHONG PNEAH is no telephone when an amount with decimals stands behind it.
  if (row.labels.has('phone')) return false;
  if (edge === null) return true;
  return Math.abs(endOf(row, numeral) - edge) <= edgeMissMax * (page.right - page.left);
}

function isWeak(page: Layout, numeral: Numeral): boolean {
  return (
    !numeral.text.includes(decimalMarkOf(page.currency)) &&
    (minorDigits(page.currency) > 0 || !/[.,]/.test(numeral.text))
  );
}

function readItemRow(page: Layout, row: PageRow, edge: number | null): ItemRow {
  const amount =
    wholeAmount(row, page.currency) ??
    row.numerals.findLast((numeral) => isAmount(page, row, numeral, edge)) ??
    null;
  const strange = row.words.filter((word) => word.labels.length === 0 && /\p{L}{3}/u.test(word.norm)).length;
  const read: ItemRow = {
    row,
    role: 'other',
    name: '',
    amount,
    quantity: null,
    price: null,
    closes: null,
    isWeak: false,
  };
  if (isColumns(row, amount !== null, strange)) return { ...read, role: 'columns' };

  if (amount) read.isWeak = isWeak(page, amount);
  const times = amount ? (findTimes(row, amount, page.currency) ?? printedTimes(row, amount)) : null;
  const lone = times ? null : timesOf(row);
  Object.assign(read, times ?? (amount ? { quantity: leadingQuantity(row, amount) } : {}));
  read.name = nameOf(row, [
    read.amount,
    read.quantity,
    read.price,
    lone?.quantity ?? null,
    lone?.price ?? null,
  ]);
  read.role = roleOf(row, read, strange, lone !== null);
  if (read.role === 'times') return { ...read, amount: null, quantity: lone!.quantity, price: lone!.price };
  return read;
}

// `2 184810 165.00 330 SR`: an amount printed without decimals is known by its arithmetic.
function wholeAmount(row: PageRow, currency: string): Numeral | null {
  const last = row.numerals.at(-1);
  if (!last || row.numerals.length < 3 || last.kind !== 'count' || last.unit || !last.minor || last.value < 2)
    return null;
  return row.numerals.some(isMoney) && findTimes(row, last, currency)?.price?.kind === 'money' ? last : null;
}

function roleOf(row: PageRow, read: ItemRow, strange: number, isTimes: boolean): RowRole {
  const has = (labels: readonly Label[]) => labels.some((label) => row.labels.has(label));
  const hasName = isName(read.name);
  if (read.amount) {
    const negative = read.amount.minor! < 0;
    if (negative || (row.labels.has('discount') && strange <= 2 && !read.closes))
      return has(['total', 'rounding', 'change']) ? 'sum' : 'less';
    if (strange === 0 && has(['amount', 'price', 'quantity']) && !read.closes) return 'sum';
    if (has(sumLabels) && strange <= (has(['total', 'change', 'rounding', 'sub']) ? 2 : 1) && !read.closes)
      return 'sum';
    if (isTimes && !hasName) return 'times';
    if (hasName && !(row.dates.length > 0)) return 'item';
    return row.dates.length > 0 ? 'head' : 'values';
  }
  if (row.dates.length > 0 || (has(headLabels) && strange <= 2)) return 'head';
  if (has(sumLabels) && strange <= 1) return 'sum';
  return hasName ? 'name' : 'other';
}

// A name has a word of three letters; `WA45 /2A - 12` is a code.
export const isName = (text: string): boolean => /\p{L}{3}/u.test(text);

function isColumns(row: PageRow, hasAmount: boolean, strange: number): boolean {
  const columns =
    columnLabels.filter((label) => row.labels.has(label)).length +
    (/\b(RM|RP|IDR|MYR)\b/i.test(row.text) ? 1 : 0);
  return (
    !hasAmount &&
    row.numerals.length === 0 &&
    strange <= 2 &&
    (columns >= 2 || /\b(DESCRIPTION|DESC|NAMA BARANG|NAZWA)\b/i.test(row.text))
  );
}

/** Quantity and unit price in the row that make `amount`, if need be with a discount in percent between. */
function findTimes(
  row: PageRow,
  amount: Numeral,
  currency: string,
): Pick<ItemRow, 'quantity' | 'price' | 'closes'> | null {
  const others = row.numerals.filter(
    (numeral) => numeral.end <= amount.start && numeral.kind !== 'percent' && numeral.value > 0,
  );
  const pairs = others.flatMap((quantity) =>
    others
      .filter(
        (price) =>
          price !== quantity && price.minor !== null && price.minor > 0 && isQuantity(quantity, currency),
      )
      .map((price) => ({
        quantity,
        price,
        miss: Math.abs(quantity.value * price.minor! - Math.abs(amount.minor!)),
      })),
  );
  const exact = pairs.filter(({ miss }) => miss < 1).sort((a, b) => rankPair(b) - rankPair(a))[0];
  if (exact) return { quantity: exact.quantity, price: exact.price, closes: true };
  const near = pairs.find(
    ({ quantity, miss }) =>
      quantity.value > 1 && miss <= quantity.value / 2 + 0.5 && quantity.start < amount.start,
  );
  if (near) return { quantity: near.quantity, price: near.price, closes: true };
  const reduced = pairs.find(({ quantity, price }) =>
    others.some(
      (percent) =>
        percent !== quantity &&
        percent !== price &&
        percent.start > price.start &&
        percent.value < 100 &&
        Math.abs(quantity.value * price.minor! * (1 - percent.value / 100) - amount.minor!) <= 1,
    ),
  );
  return reduced ? { quantity: reduced.quantity, price: reduced.price, closes: true } : null;
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

/** `2 PCS X 3,000 6,600`: a quantity and a price with a sign between them that do not make the amount. */
function printedTimes(row: PageRow, amount: Numeral): Pick<ItemRow, 'quantity' | 'price' | 'closes'> | null {
  const before = {
    ...row,
    numerals: row.numerals.filter((numeral) => numeral.end <= amount.start).slice(-2),
  };
  const times = timesOf(before);
  return times && { ...times, closes: false };
}

/** `2 x 4.50`, `@3 X RM 7.60`, `23.000,00 1 x`: a quantity and a price with a sign of times between or behind. */
function timesOf(row: PageRow): { quantity: Numeral; price: Numeral } | null {
  const [first, second] = row.numerals.slice(-2);
  if (!first || !second || (row.numerals.length > 2 && /\p{L}{3}/u.test(row.text))) return null;
  const between = row.text.slice(first.end, second.start);
  if (!/^\s*(?:\p{L}{2,4}\.?\s*)?[x×X*@]\s*@?\s*$/u.test(between)) return null;
  const [quantity, price] =
    first.kind === 'money' && second.kind !== 'money' ? [second, first] : [first, second];
  return price.minor !== null && price.minor > 0 && quantity.value > 0 && quantity.value < 1000
    ? { quantity, price }
    : null;
}

/** A whole number that opens the row before its name is a quantity: `2 PANGSIT 12.000`. */
function leadingQuantity(row: PageRow, amount: Numeral): Numeral | null {
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

/** The words of the row without the numbers read from it, signs between them, currency and tax codes. */
function nameOf(row: PageRow, used: readonly (Numeral | null)[]): string {
  const numerals = used.filter((numeral) => numeral !== null);
  const amount = used[0];
  const kept = row.words.filter(
    (word) => !numerals.some((numeral) => numeral.start < word.end && word.start < numeral.end),
  );
  const named = kept.filter(
    (word) => !isFiller(word) && !(amount && word.start >= amount.end && word.text.length <= 3),
  );
  return named
    .map((word) => word.text)
    .join(' ')
    .trim();
}

const isFiller = (word: PageWord): boolean => /^([xX×*@=:;.,\-#|!]+|RM|RP\.?|UNI|PCS)$/i.test(word.text);
