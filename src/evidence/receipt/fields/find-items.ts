import type { ReadingItem } from '../reading.ts';
import { joinRows } from './join-rows.ts';
import type { Layout, PageRow } from './lay-out-page.ts';
import { readItemRows, type ItemRow } from './read-item-rows.ts';

/** One line of goods with the rows it was read from. */
export type FoundItem = Omit<ReadingItem, 'confidence'> & {
  rows: number[];
  closes: boolean | null;
  isLess: boolean;
};

/**
 * The goods on the page, the sum of their amounts, the sum printed below that they make (null when there is none), and the
 * row that ends the list.
 */
export type FoundItems = { items: FoundItem[]; sumMinor: number; printedMinor: number | null; end: number };

/**
 * Finds the list of goods: rows with an amount between the heading and the sums, each joined with the rows that hold its
 * name or its quantity. The list may end at any sum, and sums may stand within it: the longest list wins whose amounts
 * add up to a sum printed below, with tax or without, and whose last goods are beyond doubt.
 */
export function findItems(page: Layout): FoundItems {
  const read = readItemRows(page);
  markUnitPrices(read);
  markRunningSums(read);
  const start = startOf(read);
  let best: FoundItems | null = null;
  for (const end of endsOf(read, start)) {
    const found = closeList(read, start, end);
    const isLonger = best !== null && provenGoods(found) > provenGoods(best);
    if (
      best === null ||
      best.items.length === 0 ||
      (found.printedMinor !== null && (isLonger || best.printedMinor === null))
    )
      best = found;
  }
  return best ?? { items: [], sumMinor: 0, printedMinor: null, end: page.rows.length };
}

/** The goods between two rows as read, or as corrected when only that adds up. */
function closeList(read: readonly ItemRow[], start: number, end: number): FoundItems {
  const items = joinRows(read.slice(start, end));
  const below = sumsBelow(read, start, end);
  const attempts = [items, correctAmounts(items), correctLess(items)];
  const closing = attempts.find((each) => each.length > 0 && below.has(sumOf(each))) ?? items;
  const sumMinor = sumOf(closing);
  const printedMinor = items.length > 0 ? (below.get(sumMinor) ?? null) : null;
  return { items: closing, sumMinor, printedMinor, end };
}

// Rows of a tax table may add up too; goods show it by quantity x price.
const provenGoods = ({ items }: FoundItems): number =>
  items.filter(({ closes, amountMinor }) => closes && amountMinor !== 0).length;

const sumOf = (items: readonly FoundItem[]): number =>
  items.reduce((sum, item) => sum + (item.amountMinor ?? 0), 0);

// Where quantity x price contradicts the amount, one of the three was misread; if the list then adds up, it was the amount.
function correctAmounts(items: readonly FoundItem[]): FoundItem[] {
  return items.map((item) =>
    item.closes === false
      ? { ...item, amountMinor: Math.round(item.quantity! * item.unitPriceMinor!), closes: true }
      : item,
  );
}

// A discount is printed with its sign or without; `YOU SAVED 2.00` only tells.
function correctLess(items: readonly FoundItem[]): FoundItem[] {
  return items.map((item) =>
    item.isLess ? { ...item, amountMinor: -Math.abs(item.amountMinor ?? 0) } : item,
  );
}

// `PLASTIC BAG RM0.20` above `1 * 0.20 0.20` is a name: the amount beside it is the price of one piece.
function markUnitPrices(read: ItemRow[]): void {
  for (const [i, each] of read.entries()) {
    const below = read[i + 1];
    if (each.role !== 'item' || each.closes || below?.role !== 'values' || !below.closes) continue;
    if (below.price!.minor === each.amount?.minor) each.role = 'name';
  }
}

// An amount that is the sum of the two or more before it is no goods, whatever stands beside it.
function markRunningSums(read: ItemRow[]): void {
  let sum = 0;
  let count = 0;
  for (const each of read) {
    if (each.role !== 'item' && each.role !== 'values' && each.role !== 'less') continue;
    if (count >= 2 && each.amount?.minor === sum && !each.closes) each.role = 'sum';
    else [sum, count] = [sum + (each.amount?.minor ?? 0), count + 1];
  }
}

// Behind the column heads; without them, behind the last row of the heading above the first amount.
function startOf(read: readonly ItemRow[]): number {
  const firstSum = read.findIndex(({ role, amount }) => role === 'sum' && amount !== null);
  const isGoods = ({ role }: ItemRow) => role === 'item' || role === 'values' || role === 'times';
  const lastGoods = read.slice(0, firstSum < 0 ? read.length : firstSum).findLastIndex(isGoods);
  const columns = read
    .slice(0, lastGoods < 0 ? read.length : lastGoods)
    .findLastIndex(({ role }) => role === 'columns');
  if (columns >= 0) return columns + 1;
  const strong = read.findIndex((each) => isGoods(each) && !each.isWeak);
  const firstAmount = strong >= 0 ? strong : read.findIndex(isGoods);
  const upTo = firstAmount < 0 ? read.length : firstAmount;
  return read.slice(0, upTo).findLastIndex(({ role }) => role === 'head' || role === 'sum') + 1;
}

const endsMax = 6;
function endsOf(read: readonly ItemRow[], start: number): number[] {
  const ends: number[] = [];
  for (let i = start; i < read.length && ends.length < endsMax; i++) {
    if (read[i]!.role === 'sum') ends.push(i);
  }
  return ends.length > 0 ? ends : [read.length];
}

/**
 * What goods must add up to, each with the printed sum that it makes: every sum below the list, and those less a tax or
 * service charge, for tills add these to the goods or hold them in their prices.
 */
function sumsBelow(read: readonly ItemRow[], start: number, end: number): Map<number, number> {
  const amountsOf = (rows: readonly ItemRow[]) =>
    rows.flatMap(({ role, row }) =>
      role === 'sum' ? row.numerals.filter(({ kind }) => kind === 'money').map(({ minor }) => minor!) : [],
    );
  const sums = amountsOf(read.slice(end));
  const extras = amountsOf(read.slice(start).filter(({ row }) => isExtra(row)));
  const reduced = sums.flatMap((sum) => extras.map((extra): [number, number] => [sum - extra, sum]));
  return new Map([...reduced, ...sums.map((sum): [number, number] => [sum, sum])]);
}

const isExtra = ({ labels }: PageRow): boolean =>
  (labels.has('tax') || labels.has('service')) && !labels.has('inclusive') && !labels.has('exclusive');
