import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { codesOf, day0, openBook, type TestBook } from '../../test/book.ts';
import { testDatabase } from '../../test/database.ts';
import { withClient } from '../db/connect.ts';
import { withTenant, type Tx } from '../db/transact.ts';
import { newId, partId, type AccountId, type AssetId } from '../shared/id.ts';
import { ensureAssets, openAccounts } from './accounts.ts';
import { openPoster, post } from './post.ts';
import type { NewTransfer } from './transfer.ts';
import { verifyBook } from './verify.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
let book: TestBook;

beforeAll(async () => {
  database = await testDatabase();
});
beforeEach(async () => {
  book = await openBook(database);
});
afterAll(() => database.drop());

describe('posting', () => {
  test('moves an amount from one account to the other, and the asset sums to zero', async () => {
    expect(codesOf(await book.postNow([book.earn(book.sari, 120n)]))).toEqual(['ok']);
    expect(await book.balanceOf(book.sari.available)).toEqual({ balance: 120n, held: 0n });
    expect(await book.balanceOf(book.issued)).toEqual({ balance: -120n, held: 0n });
    expect((await verifyBook(book.db, book.tenant)).firstBad).toBeUndefined();
  });

  test('nothing to post is nothing done', async () => {
    expect(await book.postNow([])).toEqual([]);
    expect((await verifyBook(book.db, book.tenant)).checked.batches).toBe(0);
  });

  test('the same transfer again changes nothing and answers with its first time, later or in the same batch', async () => {
    const award = book.earn(book.sari, 50n, { expiresOn: '2018-03-31', taxClass: 'bonus' });
    const later = new Date(day0.getTime() + 86_400_000);
    expect(codesOf(await book.postNow([award, award]))).toEqual(['ok', 'replayed']);
    expect(await book.postNow([award], later)).toEqual([
      { ok: true, id: award.id, at: day0, replayed: true },
    ]);
    expect(await book.balanceOf(book.sari.available)).toEqual({ balance: 50n, held: 0n });
    expect((await verifyBook(book.db, book.tenant)).checked).toMatchObject({ batches: 1, transfers: 1 });
  });

  test.each<[string, (book: TestBook, award: NewTransfer) => Partial<NewTransfer>]>([
    ['amount', () => ({ amount: 51n })],
    ['account', ({ budi }) => ({ credit: budi.available })],
    ['business time', () => ({ effectiveAt: new Date(day0.getTime() + 1) })],
    ['expiry', () => ({ expiresOn: '2018-12-31' })],
    ['kind', () => ({ kind: 'bonus' })],
    ['cause', (_book, { id }) => ({ cause: partId(id, 'another') })],
  ])('refuses id-reused when the same id comes with another %s', async (_what, other) => {
    const award = book.earn(book.sari, 50n);
    const changed = { ...award, ...other(book, award) };
    expect(codesOf(await book.postNow([award, changed]))).toEqual(['ok', 'id-reused']);
    expect(codesOf(await book.postNow([changed]))).toEqual(['id-reused']);
    expect(await book.balanceOf(book.sari.available)).toEqual({ balance: 50n, held: 0n });
    expect(await book.balanceOf(book.budi.available)).toEqual({ balance: 0n, held: 0n });
  });

  test('a tx that is in the book takes no further legs', async () => {
    const first = book.earn(book.sari, 50n);
    await book.postNow([first]);
    const more = book.earn(book.budi, 50n, { tx: first.tx });
    expect(codesOf(await book.postNow([first, more]))).toEqual(['id-reused', 'id-reused']);
  });

  test('a refused transfer does not sink its batch', async () => {
    const transfers = [book.earn(book.sari, 10n), book.spend(book.budi, 1n), book.earn(book.budi, 5n)];
    expect(codesOf(await book.postNow(transfers))).toEqual(['ok', 'below-floor', 'ok']);
    expect(await book.balanceOf(book.sari.available)).toEqual({ balance: 10n, held: 0n });
    expect(await book.balanceOf(book.budi.available)).toEqual({ balance: 5n, held: 0n });
  });

  test.each<[string, (book: TestBook) => NewTransfer[], string[]]>([
    ['an id that is there already', (b) => [b.earn(b.sari, 5n), b.earn(b.budi, 6n)], ['replayed', 'ok']],
    [
      'an account that is not there',
      (b) => [b.earn(b.sari, 5n, { credit: newId<AccountId>(day0) }), b.earn(b.budi, 6n)],
      ['unknown-account', 'ok'],
    ],
    [
      'more spent than is there, in two parts',
      (b) => [b.spend(b.sari, 60n), b.spend(b.sari, 60n), b.earn(b.budi, 6n)],
      ['ok', 'below-floor', 'ok'],
    ],
    ['spent before it is earned', (b) => [b.spend(b.budi, 6n), b.earn(b.budi, 6n)], ['below-floor', 'ok']],
    [
      'goods booked to an account of points',
      (b) => [b.move({ debit: b.stock, credit: b.budi.available, amount: 1n }), b.earn(b.budi, 6n)],
      ['asset-mismatch', 'ok'],
    ],
  ])('a batch that is not as presumed is judged leg by leg: %s', async (_what, make, codes) => {
    await book.postNow([book.earn(book.sari, 100n)]);
    const batch = make(book);
    if (codes[0] === 'replayed') await book.postNow([batch[0]!]);
    expect(codesOf(await book.postNow(batch))).toEqual(codes);
    expect((await verifyBook(book.db, book.tenant)).firstBad).toBeUndefined();
  });

  test('legs of one tx stand or fall together, and each tells which leg was wrong', async () => {
    const good = book.earn(book.sari, 10n);
    const bad = book.spend(book.budi, 1n, { tx: good.tx });
    const posted = await book.postNow([good, book.earn(book.budi, 5n), bad]);
    expect(codesOf(posted)).toEqual(['below-floor', 'ok', 'below-floor']);
    expect(posted[0]).toMatchObject({
      facts: { transfer: bad.id, account: book.budi.available, missing: 1 },
    });
    expect(await book.balanceOf(book.sari.available)).toEqual({ balance: 0n, held: 0n });
  });

  test('a floor is looked at after the last leg of a tx, and in the order of a batch', async () => {
    const spending = book.spend(book.sari, 30n);
    const sameTx = [spending, book.earn(book.sari, 30n, { tx: spending.tx })];
    expect(codesOf(await book.postNow(sameTx))).toEqual(['ok', 'ok']);
    const tooEarly = [book.spend(book.sari, 20n), book.earn(book.sari, 20n), book.spend(book.sari, 15n)];
    expect(codesOf(await book.postNow(tooEarly))).toEqual(['below-floor', 'ok', 'ok']);
  });

  test('refuses unknown-account', async () => {
    const nobody = newId<AccountId>(day0);
    expect(codesOf(await book.postNow([book.earn(book.sari, 1n, { credit: nobody })]))).toEqual([
      'unknown-account',
    ]);
  });

  test('refuses unknown-account for an account of another tenant', async () => {
    const other = await openBook(database);
    const across = book.earn(book.sari, 1n, { credit: other.sari.available });
    expect(codesOf(await book.postNow([across]))).toEqual(['unknown-account']);
  });

  test('refuses asset-mismatch', async () => {
    const mixed = book.move({ debit: book.stock, credit: book.sari.available, amount: 1n });
    expect(codesOf(await book.postNow([mixed]))).toEqual(['asset-mismatch']);
  });

  test('goods may go below zero: they came in unseen', async () => {
    const sale = book.move({ debit: book.stock, credit: book.sold, amount: 12_000n, kind: 'sale' });
    expect(codesOf(await book.postNow([sale]))).toEqual(['ok']);
    expect(await book.balanceOf(book.stock)).toEqual({ balance: -12_000n, held: 0n });
  });

  test('posting times only go forward, whatever the clock says', async () => {
    const yesterday = new Date(day0.getTime() - 86_400_000);
    await book.postNow([book.earn(book.sari, 1n)]);
    const [late] = await book.postNow([book.earn(book.sari, 1n)], yesterday);
    expect(late).toMatchObject({ ok: true, at: new Date(day0.getTime() + 1) });
  });

  test('an account keeps its floor and an asset its kind and scale', async () => {
    await book.run(async (tx) => {
      const again = { asset: book.points, owner: book.sari.owner, role: 'available' as const, floor: null };
      expect(await openAccounts(tx, [again])).toEqual([book.sari.available]);
      await expect(ensureAssets(tx, [{ code: 'points', kind: 'points', scale: 2 }])).rejects.toThrow(
        'keeps its kind',
      );
    });
    expect(codesOf(await book.postNow([book.spend(book.sari, 1n)]))).toEqual(['below-floor']);
  });

  test('an account with a floor of its own may go down to it', async () => {
    const owner = newId<AssetId>(day0);
    const [credit] = await book.run((tx) =>
      openAccounts(tx, [{ asset: book.points, owner, role: 'available', floor: -100n }]),
    );
    const draw = (amount: bigint) => book.move({ debit: credit!, credit: book.issued, amount });
    expect(codesOf(await book.postNow([draw(100n), draw(1n)]))).toEqual(['ok', 'below-floor']);
  });
});

describe('many at once', () => {
  test('200 parallel redemptions of a balance for 50, each in its own transaction: exactly 50', async () => {
    await book.postNow([book.earn(book.sari, 500n)]);
    const calls = Array.from({ length: 200 }, () => book.postNow([book.spend(book.sari, 10n)]));
    const codes = (await Promise.all(calls)).flatMap(codesOf);
    expect(codes.filter((code) => code === 'ok')).toHaveLength(50);
    expect(codes.filter((code) => code === 'below-floor')).toHaveLength(150);
    expect(await book.balanceOf(book.sari.available)).toEqual({ balance: 0n, held: 0n });
    expect((await verifyBook(book.db, book.tenant)).firstBad).toBeUndefined();
  });

  test('gathered single calls, as from two processes: exactly 50 of 200, few batches, each caller its own answer', async () => {
    await book.postNow([book.earn(book.sari, 500n)]);
    const posters = [0, 1].map(() => openPoster(book.db, book.tenant, () => day0));
    const spends = Array.from({ length: 200 }, () => book.spend(book.sari, 10n));
    const answers = await Promise.all(spends.map((spend, index) => posters[index % 2]!([spend])));
    const posted = answers.flatMap((answer, index) =>
      answer[0]!.ok ? [{ ...answer[0], spend: spends[index]! }] : [],
    );
    expect(posted).toHaveLength(50);
    expect(posted.every((one) => one.id === one.spend.id)).toBe(true);
    expect(answers.flatMap(codesOf).filter((code) => code === 'below-floor')).toHaveLength(150);
    const verified = await verifyBook(book.db, book.tenant);
    expect(verified.firstBad).toBeUndefined();
    expect(verified.checked.batches).toBeLessThan(20);
  });

  test('one transfer sent 30 times at once is posted once', async () => {
    const award = book.earn(book.sari, 7n);
    const codes = (await Promise.all(Array.from({ length: 30 }, () => book.postNow([award])))).flatMap(
      codesOf,
    );
    expect(codes.filter((code) => code === 'ok')).toHaveLength(1);
    expect(codes.filter((code) => code === 'replayed')).toHaveLength(29);
  });

  test('opening an account before posting and after it do not wait for each other for ever', async () => {
    const account = { asset: book.points, owner: newId<AssetId>(day0), role: 'available' as const };
    const postOne = (tx: Tx) => post(tx, [book.earn(book.sari, 1n)], day0);
    const opensFirst = () => book.run(async (tx) => openAccounts(tx, [account]).then(() => postOne(tx)));
    const other = await book.run(async (tx) => {
      await postOne(tx);
      const meanwhile = opensFirst();
      await new Promise((resolve) => setTimeout(resolve, 50));
      await openAccounts(tx, [account]);
      // Not awaited here: it waits for this transaction.
      return { meanwhile };
    });
    expect(codesOf(await other.meanwhile)).toEqual(['ok']);
  });
});

describe('walls in the database', () => {
  test('the floor is a CHECK: not even a wrong judgement overdraws', async () => {
    const overdraw = book.run((tx) =>
      tx.query('update account set balance = balance - 1 where tenant = $1 and id = $2', [
        book.tenant,
        book.sari.available,
      ]),
    );
    await expect(overdraw).rejects.toMatchObject({ code: '23514', constraint: 'account_floor' });
  });

  test.each(['update transfer set amount = 1 where tenant = $1', 'delete from batch where tenant = $1'])(
    'the application may not: %s',
    async (sql) => {
      await book.postNow([book.earn(book.sari, 5n)]);
      const denied = book.run((tx) => tx.query(sql, [book.tenant]));
      await expect(denied).rejects.toMatchObject({ code: '42501' });
    },
  );

  test.each([
    'update transfer set amount = 1',
    'delete from transfer',
    'truncate transfer',
    'delete from batch',
  ])('not even the administrator may: %s', async (sql) => {
    await book.postNow([book.earn(book.sari, 5n)]);
    await withClient(book.logins.admin, async (client) => {
      await expect(client.query(sql)).rejects.toThrow('are never changed');
    });
  });

  test('another tenant neither sees nor reaches the book', async () => {
    await book.postNow([book.earn(book.sari, 5n)]);
    const other = await openBook(database);
    const rows = await withTenant(book.db, other.tenant, (tx) =>
      tx.query('select id from transfer where tenant = $1', [book.tenant]),
    );
    expect(rows).toEqual([]);
  });
});
