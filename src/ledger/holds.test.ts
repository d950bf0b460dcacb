import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { codesOf, day0, openBook, type TestBook } from '../../test/book.ts';
import { testDatabase } from '../../test/database.ts';
import { newId, type TransferId } from '../shared/id.ts';
import { captureOf, openOf, releaseOf, releaseTimedOut, type Follow } from './holds.ts';
import { transferById } from './read.ts';
import { reversalOf } from './reverse.ts';
import type { NewTransfer } from './transfer.ts';
import { verifyBook } from './verify.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
let book: TestBook;

beforeAll(async () => {
  database = await testDatabase();
});
beforeEach(async () => {
  book = await openBook(database);
  await book.postNow([book.earn(book.sari, 100n)]);
});
afterAll(() => database.drop());

const follow = (amount: bigint): Follow => {
  const id = newId<TransferId>(day0);
  return { id, tx: id, amount, effectiveAt: day0 };
};
const booked = async ({ id }: NewTransfer) => (await book.run((tx) => transferById(tx, id)))!;
const wallet = () => book.balanceOf(book.sari.available);
const clean = async () => expect((await verifyBook(book.db, book.tenant)).firstBad).toBeUndefined();

test('a hold reserves without moving: what is held cannot be spent or held again', async () => {
  const posted = await book.postNow([
    book.hold(book.sari, 60n),
    book.spend(book.sari, 50n),
    book.hold(book.sari, 41n),
  ]);
  expect(codesOf(posted)).toEqual(['ok', 'below-floor', 'below-floor']);
  expect(await wallet()).toEqual({ balance: 100n, held: 60n });
  expect(codesOf(await book.postNow([book.spend(book.sari, 40n)]))).toEqual(['ok']);
  await clean();
});

test('a hold is captured in parts, never beyond its amount, and at last the rest is released', async () => {
  const hold = book.hold(book.sari, 60n);
  await book.postNow([hold]);
  const held = await booked(hold);
  const parts = [captureOf(held, follow(25n)), captureOf(held, follow(36n)), captureOf(held, follow(30n))];
  expect(codesOf(await book.postNow(parts))).toEqual(['ok', 'hold-exceeded', 'ok']);
  expect(await wallet()).toEqual({ balance: 45n, held: 5n });
  expect(await book.run((tx) => openOf(tx, [hold.id]))).toEqual(new Map([[hold.id, 5n]]));
  expect(codesOf(await book.postNow([releaseOf(held, follow(5n)), captureOf(held, follow(1n))]))).toEqual([
    'ok',
    'already-resolved',
  ]);
  expect(await wallet()).toEqual({ balance: 45n, held: 0n });
  expect(await book.run((tx) => openOf(tx, [hold.id]))).toEqual(new Map());
  await clean();
});

test('of many parallel captures of one hold, exactly its amount is taken', async () => {
  const hold = book.hold(book.sari, 50n);
  await book.postNow([hold]);
  const held = await booked(hold);
  const captures = Array.from({ length: 40 }, () => book.postNow([captureOf(held, follow(5n))]));
  const codes = (await Promise.all(captures)).flatMap(codesOf);
  expect(codes.filter((code) => code === 'ok')).toHaveLength(10);
  expect(await wallet()).toEqual({ balance: 50n, held: 0n });
});

test('hold and capture may stand in one batch', async () => {
  const hold = book.hold(book.sari, 50n);
  const { debit, credit, asset } = hold;
  const capture = { ...follow(20n), kind: 'capture' as const, resolves: hold.id, debit, credit, asset };
  expect(codesOf(await book.postNow([hold, capture]))).toEqual(['ok', 'ok']);
  expect(await wallet()).toEqual({ balance: 80n, held: 30n });
  await clean();
});

test('refuses link-mismatch for other accounts than the hold has, and for what is no hold', async () => {
  const [hold, award] = [book.hold(book.sari, 50n), book.earn(book.sari, 1n)];
  await book.postNow([hold, award]);
  const elsewhere = { ...captureOf(await booked(hold), follow(1n)), credit: book.budi.available };
  const noHold = captureOf(await booked(award), follow(1n));
  expect(codesOf(await book.postNow([elsewhere, noHold]))).toEqual(['link-mismatch', 'link-mismatch']);
});

test('refuses unknown-transfer for a hold that is not in the book', async () => {
  const hold = book.hold(book.sari, 50n);
  const { debit, credit, asset } = hold;
  const capture = { ...follow(1n), kind: 'capture' as const, resolves: hold.id, debit, credit, asset };
  expect(codesOf(await book.postNow([capture]))).toEqual(['unknown-transfer']);
});

test('a hold whose time is over is released once, and only what is left of it', async () => {
  const hold = book.hold(book.sari, 60n, { timesOutAt: new Date(day0.getTime() + 1000) });
  const longer = book.hold(book.sari, 10n, { timesOutAt: new Date(day0.getTime() + 9000) });
  await book.postNow([hold, longer]);
  await book.postNow([captureOf(await booked(hold), follow(20n))]);
  const release = (afterMs: number) =>
    book.run((tx) => releaseTimedOut(tx, new Date(day0.getTime() + afterMs)));
  expect(await release(999)).toEqual([]);
  expect(codesOf(await release(1000))).toEqual(['ok']);
  expect(await release(1000)).toEqual([]);
  expect(await wallet()).toEqual({ balance: 80n, held: 10n });
  await clean();
});

test('a capture can be taken back, a hold and a release cannot', async () => {
  const hold = book.hold(book.sari, 60n);
  await book.postNow([hold]);
  const [capture, release] = [
    captureOf(await booked(hold), follow(20n)),
    releaseOf(await booked(hold), follow(40n)),
  ];
  await book.postNow([capture, release]);
  const back = async (one: NewTransfer) =>
    reversalOf(await booked(one), { ...follow(one.amount), kind: 'refund' });
  const posted = await book.postNow([await back(capture), await back(hold), await back(release)]);
  expect(codesOf(posted)).toEqual(['ok', 'link-mismatch', 'link-mismatch']);
  expect(await wallet()).toEqual({ balance: 100n, held: 0n });
  await clean();
});
