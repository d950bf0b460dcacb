import { afterAll, beforeAll, expect, test } from 'vitest';

import { openBook, type TestBook } from '../../test/book.ts';
import { testDatabase } from '../../test/database.ts';
import { transfersByIds } from '../ledger/read.ts';
import { verifyBook } from '../ledger/verify.ts';
import { newId, type Id } from '../shared/id.ts';
import { withClient } from './connect.ts';
import { readPartitions, splitTransfers } from './partitions.ts';

const now = new Date('2017-03-20T12:00:00Z');
const april = new Date('2017-04-01T00:00:00Z');
const may = new Date('2017-05-01T00:00:00Z');

let book: TestBook;
beforeAll(async () => {
  book = await openBook(await testDatabase());
});
afterAll(() => book.drop());

const asOwner = <Row extends object>(sql: string): Promise<Row[]> =>
  withClient(book.logins.admin, async (client) => (await client.query<Row>(sql)).rows);

/** An earning of Sari's by what was recorded then. */
const earnAt = (time: Date) => book.earn(book.sari, 5n, { cause: newId<Id<'activity'>>(time) });

test('what is recorded from a time on goes into a partition of its own, what is late into the old one', async () => {
  const before = earnAt(now);
  await book.postNow([before]);
  expect(await splitTransfers(book.logins.admin, april, now)).toBe('transfer_p20170401');
  const [late, next] = [earnAt(now), earnAt(april)];
  expect(await book.postNow([late, next])).toMatchObject([{ ok: true }, { ok: true }]);
  const rows = await asOwner<{ id: string; place: string }>(
    'select id, tableoid::regclass::text as place from transfer',
  );
  expect(new Map(rows.map(({ id, place }) => [id, place]))).toEqual(
    new Map([
      [before.id, 'transfer_p0'],
      [late.id, 'transfer_p0'],
      [next.id, 'transfer_p20170401'],
    ]),
  );
  expect(await book.run((tx) => transfersByIds(tx, [before.id, late.id, next.id]))).toHaveLength(3);
});

test('the same again changes nothing, and a further one follows', async () => {
  expect(await splitTransfers(book.logins.admin, april, now)).toBe('transfer_p20170401');
  await splitTransfers(book.logins.admin, may, now);
  expect(await book.postNow([earnAt(may), earnAt(april), earnAt(now)])).toMatchObject(
    Array.from({ length: 3 }, () => ({ ok: true, replayed: false })),
  );
  const partitions = await withClient(book.logins.admin, readPartitions);
  expect(partitions.map(({ from, to }) => [from, to])).toEqual([
    [null, april],
    [april, may],
    [may, null],
  ]);
  expect(await verifyBook(book.db, book.tenant)).toMatchObject({ ok: true, checked: { transfers: 6 } });
});

test('a split that cannot have its locks gives up, and leaves nothing behind that would refuse transfers', async () => {
  const june = new Date('2017-06-01T00:00:00Z');
  await withClient(book.logins.admin, async (reader) => {
    await reader.query('begin; select from transfer limit 1');
    await expect(splitTransfers(book.logins.admin, june, now)).rejects.toThrow('lock timeout');
    await reader.query('rollback');
  });
  expect(await book.postNow([earnAt(june)])).toMatchObject([{ ok: true, replayed: false }]);
});

test('a partition begins in the future and after the others', async () => {
  await expect(splitTransfers(book.logins.admin, now, now)).rejects.toThrow('in the future');
  await expect(splitTransfers(book.logins.admin, new Date('2017-04-15T00:00:00Z'), now)).rejects.toThrow(
    'from 2017-05-01T00:00:00.000Z on already',
  );
});

test('rows of every partition stay as they are, and the program reaches none but through the table', async () => {
  for (const place of ['transfer_p0', 'transfer_p20170401', 'transfer_p20170501']) {
    await expect(asOwner(`truncate ${place}`)).rejects.toThrow('never changed');
    await expect(asOwner(`delete from ${place}`)).rejects.toThrow('never changed');
    await expect(book.db.pool.query(`select from ${place}`)).rejects.toThrow('permission denied');
  }
});
