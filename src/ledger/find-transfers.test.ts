import { afterAll, beforeAll, expect, test } from 'vitest';

import { day0, openBook, type TestBook } from '../../test/book.ts';
import { testDatabase } from '../../test/database.ts';
import type { TransferId } from '../shared/id.ts';
import { lockBook } from './chain.ts';
import { findTransfers, type Cursor, type TransferFilter } from './find-transfers.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

const minutes = (count: number) => new Date(day0.getTime() + count * 60_000);
const anything = { kind: 'award' as const, from: minutes(0), until: minutes(60), asset: null, owner: null };

async function pagesOf(book: TestBook, filter: TransferFilter, limit: number): Promise<TransferId[][]> {
  const pages: TransferId[][] = [];
  let after: Cursor | null = null;
  do {
    const found = await book.run((tx) => findTransfers(tx, filter, { after, limit }));
    pages.push(found.transfers);
    after = found.next;
  } while (after);
  return pages;
}

test('pages hold each transfer of the time once, oldest first, whatever they are cut into', async () => {
  const book = await openBook(database);
  const batches = [];
  for (let n = 0; n < 5; n += 1) {
    const moves = [book.earn(book.sari, 10n), book.earn(book.budi, 10n), book.spend(book.sari, 1n)];
    await book.postNow(moves, minutes(n));
    batches.push(
      moves
        .slice(0, 2)
        .toSorted((one, other) => (one.id < other.id ? -1 : 1))
        .map(({ id }) => id),
    );
  }
  for (const limit of [1, 2, 3, 7, 10, 200]) {
    const pages = await pagesOf(book, anything, limit);
    expect(pages.flat()).toEqual(batches.flat());
    expect(Math.max(...pages.map((page) => page.length))).toBeLessThanOrEqual(limit);
  }
  const later = { ...anything, from: minutes(1), until: minutes(4) };
  expect((await pagesOf(book, later, 2)).flat()).toEqual(batches.slice(1, 4).flat());
  const ofBudi = { ...anything, owner: book.budi.owner };
  expect((await pagesOf(book, ofBudi, 2)).flat()).toHaveLength(5);
  expect(await pagesOf(book, { ...anything, asset: book.coffee }, 2)).toEqual([[]]);
});

test('finding waits for nobody who posts, and who goes on meets what was posted after the page', async () => {
  const book = await openBook(database);
  await book.postNow([book.earn(book.sari, 10n), book.earn(book.budi, 10n)], minutes(0));
  const first = await book.run(async (locking) => {
    await lockBook(locking);
    return book.run((tx) => findTransfers(tx, anything, { after: null, limit: 1 }));
  });
  const late = book.earn(book.sari, 10n);
  await book.postNow([late], minutes(1));
  const rest = await book.run((tx) => findTransfers(tx, anything, { after: first.next, limit: 10 }));
  expect(rest.transfers).toHaveLength(2);
  expect(rest.transfers.at(-1)).toBe(late.id);
  expect(rest.next).toBeNull();
});
