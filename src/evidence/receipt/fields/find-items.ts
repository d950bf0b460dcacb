import type { ReadingItem } from '../reading.ts';
import { quadAround } from '../rows.ts';
import { medianOf, type Layout } from './lay-out-page.ts';
import { isName, readItemRows, type ItemRow } from './read-item-rows.ts';

/** One line of goods with the rows it was read from. */
export type FoundItem = Omit<ReadingItem, 'confidence'> & {
  rows: number[];
  closes: boolean | null;
  isLess: boolean;
};

/** The goods on the page, the sum of their amounts and whether it is printed below, and the row that ends the list. */
export type FoundItems = { items: FoundItem[]; sumMinor: number; closes: boolean; end: number };

/**
 * Finds the list of goods: rows with an amount between the heading and the sums, each joined with the rows that hold its
 * name or its quantity. Where the list could end at several rows, the end at which the amounts add up to a printed sum wins.
 */
export function findItems(page: Layout): FoundItems {
  const read = readItemRows(page);
  markUnitPrices(read);
  markRunningSums(read);
  const start = startOf(read);
  const ends = endsOf(read, start);
  let first: FoundItems | null = null;
  for (const end of ends) {
    const items = joinRows(read.slice(start, end));
    for (const each of [items, correctAmounts(items), correctLess(items)]) {
      const sumMinor = sumOf(each);
      if (each.length > 0 && printsSum(read.slice(end), sumMinor))
        return { items: each, sumMinor, closes: true, end };
    }
    if (first === null || first.items.length === 0)
      first = { items, sumMinor: sumOf(items), closes: false, end };
  }
  return first ?? { items: [], sumMinor: 0, closes: false, end: page.rows.length };
}

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
    if (read[i]!.role === 'sum' && read[i - 1]?.role !== 'columns') ends.push(i);
  }
  return ends.length > 0 ? ends : [read.length];
}

function printsSum(read: readonly ItemRow[], sumMinor: number): boolean {
  return read.some(
    ({ role, row }) =>
      role === 'sum' &&
      row.numerals.some((numeral) => numeral.minor === sumMinor && numeral.kind === 'money'),
  );
}

function joinRows(listed: readonly ItemRow[]): FoundItem[] {
  const read = listed.map(asName);
  const namesFollow = namesStandBelow(read);
  const namesAbove = namesPerItem(read);
  const items: FoundItem[] = [];
  let waiting: ItemRow[] = [];
  let times: ItemRow | null = null;
  const flush = () => {
    // The amount beside a quantity and a price was not readable: the arithmetic says it.
    if (times && waiting.length > 0) items.push(toItem(times, namesFollow ? [] : waiting.slice(-1)));
    [waiting, times] = [[], null];
  };
  for (const each of read) {
    const last = items.at(-1);
    if (times && each.role !== 'values' && each.role !== 'item') flush();
    if (each.role === 'name') {
      if (namesFollow && last && !last.isLess) extend(last, each);
      else waiting.push(each);
    } else if (each.role === 'times') {
      if (last && last.quantity === null && makes(each, last.amountMinor)) addTimes(last, each);
      else times = each;
    } else if (each.role === 'item' || each.role === 'values' || each.role === 'less') {
      // What is left of the heading stands above the first item: only as many rows are its name as others have.
      const names = namesFollow
        ? []
        : items.length > 0
          ? waiting
          : waiting.slice(waiting.length - namesAbove(each.role));
      const item = toItem(each, names);
      if (times && item.quantity === null && makes(times, item.amountMinor)) addTimes(item, times);
      items.push(item);
      [waiting, times] = [[], null];
    }
  }
  flush();
  return items;
}

// Within the list a word of the heading is a word of a name: TABLE SALT, `ORDER` on a box of paper.
function asName(each: ItemRow): ItemRow {
  return each.role === 'head' && !each.isDated && isName(each.name) ? { ...each, role: 'name' } : each;
}

// `name, values, name, values` or `values, name, values, name`: the first and the last row of the list tell.
function namesStandBelow(read: readonly ItemRow[]): boolean {
  const roles = read
    .map(({ role }) => role)
    .filter((role) => role === 'name' || role === 'item' || role === 'values');
  if (!roles.includes('name')) return false;
  const isAmount = (role: string | undefined) => role === 'item' || role === 'values';
  const above = roles.filter((role, i) => isAmount(role) && roles[i - 1] === 'name').length;
  const below = roles.filter((role, i) => isAmount(role) && roles[i + 1] === 'name').length;
  return below > above;
}

// How many rows of names stand above each amount but the first, for amounts with and without a name beside them.
function namesPerItem(read: readonly ItemRow[]): (role: ItemRow['role']) => number {
  const counts: Record<'item' | 'values', number[]> = { item: [], values: [] };
  let names = 0;
  let isFirst = true;
  for (const { role } of read) {
    if (role === 'name') names++;
    else if (role === 'item' || role === 'values') {
      if (!isFirst) counts[role].push(names);
      [names, isFirst] = [0, false];
    }
  }
  return (role) =>
    role === 'values'
      ? Math.max(1, medianOf(counts.values) ?? 1)
      : role === 'item'
        ? (medianOf(counts.item) ?? 0)
        : 0;
}

function toItem(read: ItemRow, waiting: readonly ItemRow[]): FoundItem {
  const named = read.role === 'less' ? [] : waiting;
  const rows = [...named, read];
  const names = rows.map(({ name }) => name).filter(isName);
  return {
    text: names.length > 0 ? names.join(' ') : read.name,
    quantity: read.quantity?.value ?? null,
    unitPriceMinor: read.price?.minor ?? null,
    amountMinor: amountOf(read),
    quad: quadAround(rows.map(({ row }) => row.quad)),
    rows: rows.map(({ row }) => row.index),
    closes: read.closes,
    isLess: read.role === 'less',
  };
}

// Where the amount itself could not be read, quantity and price say it.
function amountOf({ amount, quantity, price }: ItemRow): number | null {
  if (amount) return amount.minor;
  return quantity && price ? Math.round(quantity.value * price.minor!) : null;
}

function extend(item: FoundItem, below: ItemRow): void {
  item.text = isName(item.text) ? `${item.text} ${below.name}` : below.name;
  item.quad = item.quad && quadAround([item.quad, below.row.quad]);
  item.rows.push(below.row.index);
}

function makes(times: ItemRow, amountMinor: number | null): boolean {
  return amountMinor !== null && Math.abs(times.quantity!.value * times.price!.minor! - amountMinor) <= 1;
}

function addTimes(item: FoundItem, times: ItemRow): void {
  item.quantity = times.quantity!.value;
  item.unitPriceMinor = times.price!.minor;
  item.closes = true;
  item.quad = item.quad && quadAround([item.quad, times.row.quad]);
  item.rows.push(times.row.index);
}
