import { quadAround } from '../rows.ts';
import type { FoundItem } from './find-items.ts';
import { medianOf } from './lay-out-page.ts';
import { isName, type ItemRow } from './read-item-rows.ts';

/** Joins the rows of a list into goods: each amount with the rows that hold its name, its quantity, its discount. */
export function joinRows(listed: readonly ItemRow[]): FoundItem[] {
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
    if (times && each.role === 'less' && reduces(times, each)) {
      items.push({ ...toItem(times, waiting.slice(-1)), amountMinor: each.row.numerals.at(-1)!.minor });
      [waiting, times] = [[], null];
      continue;
    }
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

// `2.00 X 68.00` above `DISC -28.00 108.00`: the second amount is what is left to pay.
function reduces(times: ItemRow, less: ItemRow): boolean {
  const [discount, rest] = less.row.numerals.filter(({ kind }) => kind === 'money').slice(-2);
  if (!discount?.minor || !rest?.minor) return false;
  return Math.abs(times.quantity!.value * times.price!.minor! - Math.abs(discount.minor) - rest.minor) <= 1;
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
