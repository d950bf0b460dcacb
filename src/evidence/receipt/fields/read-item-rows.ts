import type { Numeral } from './find-numerals.ts';
import type { Label } from './label-words.ts';
import { findTimes, leadingQuantity, loneTimes, wholeAmount } from './find-times.ts';
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
  /** True for a row that is `head` by its words alone. */
  isDated: boolean;
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
  const column = amountColumn(page);
  return page.rows.map((row) => readItemRow(page, row, column));
}

/** Where the amounts end on the right, null where no sum is printed, and whether their thousands or decimals are marked. */
type Column = { edge: number | null; isMarked: boolean };

/** The sums stand in the column of the amounts, and are written as they are. */
function amountColumn(page: Layout): Column {
  const sums = page.rows.filter(
    (row) => row.labels.has('total') || row.labels.has('cash') || row.labels.has('change'),
  );
  const last = sums.flatMap((row) =>
    row.numerals
      .filter(isMoney)
      .slice(-1)
      .map((numeral) => ({ row, numeral })),
  );
  const marked = last.filter(({ numeral }) => !isWeak(page, numeral));
  return {
    edge: medianOf(last.map(({ row, numeral }) => endOf(row, numeral))) ?? null,
    isMarked: marked.length >= 2 && marked.length > last.length / 2,
  };
}

const isMoney = (numeral: Numeral): boolean => numeral.kind === 'money' && numeral.minor !== null;
const endOf = (row: PageRow, numeral: Numeral): number =>
  row.words.findLast((word) => word.start < numeral.end)?.x2 ?? row.x2;

// A bare number such as 80581 is an amount only where amounts stand and are written so, or by its arithmetic; what
// follows `@` or comes before `/` is the price of one piece.
const edgeMissMax = 0.08;
function isAmount(page: Layout, row: PageRow, numeral: Numeral, column: Column): boolean {
  if (!isMoney(numeral) || /@\s*$/.test(row.text.slice(0, numeral.start))) return false;
  if (/^\s*\//.test(row.text.slice(numeral.end))) return false;
  if (!isWeak(page, numeral) || numeral.minor! < 0) return true;
  // PHONG PNEAH is no telephone when an amount with decimals stands behind it.
  if (row.labels.has('phone')) return false;
  if (column.isMarked && !findTimes(row, numeral, page.currency)?.closes) return false;
  return isInColumn(page, endOf(row, numeral), column);
}

function isInColumn(page: Layout, x: number, { edge }: Column): boolean {
  return edge === null || Math.abs(x - edge) <= edgeMissMax * (page.right - page.left);
}

function isWeak(page: Layout, numeral: Numeral): boolean {
  return (
    !numeral.text.includes(decimalMarkOf(page.currency)) &&
    (minorDigits(page.currency) > 0 || !/[.,]/.test(numeral.text))
  );
}

function readItemRow(page: Layout, row: PageRow, column: Column): ItemRow {
  const amount =
    wholeAmount(row, page.currency) ??
    row.numerals.findLast((numeral) => isAmount(page, row, numeral, column)) ??
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
    isDated: row.dates.length > 0,
  };
  const lost = lostAmount(page, row, column);
  if (lost)
    return {
      ...read,
      ...lost,
      amount: null,
      role: 'item',
      name: nameOf({ ...row, words: row.words.slice(0, -1) }, [null, lost.quantity, lost.price]),
    };
  if (isColumns(row, amount !== null, strange)) return { ...read, role: 'columns' };

  if (amount) read.isWeak = isWeak(page, amount);
  const times = amount && findTimes(row, amount, page.currency);
  const lone = times ? null : loneTimes(row);
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

// `BOBA SUNDAE 16000 1 T6000`: the amount is misread beyond use, quantity and price before it say what it was.
function lostAmount(
  page: Layout,
  row: PageRow,
  column: Column,
): { quantity: Numeral; price: Numeral } | null {
  const word = row.words.at(-1);
  const [first, second] = row.numerals.slice(-2);
  if (!word || !first || !second || !/\d{2}|^\/.*\d/.test(word.text) || !isName(row.text)) return null;
  if (word.start < second.end || word.start - second.end > 2 || !isInColumn(page, word.x2, column))
    return null;
  const [quantity, price] = first.kind === 'money' ? [second, first] : [first, second];
  const isCount = quantity.kind === 'count' && Number.isInteger(quantity.value) && quantity.value > 0;
  return isCount && quantity.value < 100 && price.kind === 'money' && price.minor! > 0
    ? { quantity, price }
    : null;
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
  if (has(sumLabels) && strange === 0) return 'sum';
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

/** The words of the row without the numbers read from it, signs and units between them, currency and tax codes. */
function nameOf(row: PageRow, used: readonly (Numeral | null)[]): string {
  const numerals = used.filter((numeral) => numeral !== null);
  const [amount, quantity, price] = used;
  const isUsed = (word: PageWord) => numerals.some(({ start, end }) => start < word.end && word.start < end);
  // `2 PCS X 4.50`: one short word between quantity and price is a unit; several are the name of the goods.
  const between = row.words.filter(
    (word) =>
      !!quantity && !!price && word.start >= quantity.end && word.end <= price.start && !isFiller(word),
  );
  const isUnit = (word: PageWord) => between.length === 1 && word === between[0] && word.text.length <= 4;
  const isCode = (word: PageWord) => !!amount && word.start >= amount.end && word.text.length <= 3;
  return row.words
    .filter((word) => !isUsed(word) && !isFiller(word) && !isUnit(word) && !isCode(word))
    .map(({ text }) => text)
    .join(' ');
}

const isFiller = (word: PageWord): boolean => /^([xX×*@=:;.,\-#|!]+|RM|RP\.?|UNI|PCS)$/i.test(word.text);
