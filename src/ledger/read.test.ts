import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { day0, openBook, type TestBook } from '../../test/book.ts';
import { testDatabase } from '../../test/database.ts';
import { newId, type Id, type TransferId } from '../shared/id.ts';
import { balanceAsOf } from './as-of.ts';
import { captureOf } from './holds.ts';
import { balancesOf, expiryOf, scheduleOf, transferById, transfersByIds, transfersOfCauses } from './read.ts';
import { statementOf } from './statement.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
let book: TestBook;

beforeAll(async () => {
  database = await testDatabase();
});
beforeEach(async () => {
  book = await openBook(database);
});
afterAll(() => database.drop());

const day = (days: number) => new Date(day0.getTime() + days * 86_400_000);

test('the balances of an owner tell role, asset, what is held and what can be spent', async () => {
  await book.postNow([book.earn(book.sari, 100n), book.hold(book.sari, 30n)]);
  const points = { id: book.points, code: 'points', kind: 'points', scale: 0 };
  expect(await book.run((tx) => balancesOf(tx, book.sari.owner))).toEqual([
    {
      account: book.sari.available,
      role: 'available',
      asset: points,
      balance: 100n,
      held: 30n,
      available: 70n,
    },
    { account: book.sari.debt, role: 'debt', asset: points, balance: 0n, held: 0n, available: 0n },
    { account: book.sari.pending, role: 'pending', asset: points, balance: 0n, held: 0n, available: 0n },
  ]);
});

test('a balance as of posting time tells what the book said then, as of business time what had happened', async () => {
  await book.postNow([book.earn(book.sari, 100n, { effectiveAt: day(0) })], day(0));
  await book.postNow([book.spend(book.sari, 30n, { effectiveAt: day(5) })], day(5));
  // A receipt of day 1 that arrives on day 10.
  await book.postNow([book.earn(book.sari, 7n, { effectiveAt: day(1) })], day(10));
  const asOf = (time: { at: Date } | { effectiveAt: Date }) =>
    book.run((tx) => balanceAsOf(tx, book.sari.available, time));
  expect(await Promise.all([day(-1), day(0), day(1), day(5), day(10)].map((at) => asOf({ at })))).toEqual([
    0n,
    100n,
    100n,
    70n,
    77n,
  ]);
  expect(await Promise.all([day(-1), day(0), day(1), day(5)].map((at) => asOf({ effectiveAt: at })))).toEqual(
    [0n, 100n, 107n, 77n],
  );
});

test('a transfer is told with its asset and whose accounts it moved between', async () => {
  const cause = newId<Id<'activity'>>(day0);
  const [award, sale] = [
    book.earn(book.sari, 5n, { cause }),
    book.move({ debit: book.stock, credit: book.sold, amount: 12_000n, kind: 'sale', cause }),
  ];
  await book.postNow([award, sale, book.earn(book.sari, 1n)]);
  expect(await book.run((tx) => transferById(tx, award.id))).toMatchObject({
    id: award.id,
    amount: 5n,
    at: day0,
    cause,
    expiresOn: null,
    asset: { code: 'points', kind: 'points', scale: 0 },
    from: { account: book.issued, role: 'issued' },
    to: { account: book.sari.available, owner: book.sari.owner, role: 'available' },
  });
  const caused = await book.run((tx) => transfersOfCauses(tx, [cause]));
  expect(caused.map((one) => one.id).sort()).toEqual([award.id, sale.id].sort());
  const unknown = newId<TransferId>(day0);
  expect(await book.run((tx) => transferById(tx, unknown))).toBeNull();
  expect(await book.run((tx) => transfersByIds(tx, [award.id, unknown]))).toHaveLength(1);
});

describe('statement', () => {
  test('tells each movement with the balance after it, newest posting first', async () => {
    const hold = book.hold(book.sari, 40n);
    await book.postNow([book.earn(book.sari, 100n)], day(1));
    await book.postNow([hold], day(2));
    const held = (await book.run((tx) => transferById(tx, hold.id)))!;
    const id = newId<TransferId>(day0);
    await book.postNow([captureOf(held, { id, tx: id, amount: 40n, effectiveAt: day(3) })], day(3));
    // Late evidence has an older id and an older business time; on the statement it comes on top all the same.
    await book.postNow([book.earn(book.sari, 5n, { effectiveAt: day(-9) })], day(4));
    const { entries, next } = await book.run((tx) => statementOf(tx, book.sari.owner, { limit: 50 }));
    expect(next).toBeNull();
    expect(entries.map(({ units, heldUnits, balanceAfter }) => [units, heldUnits, balanceAfter])).toEqual([
      [5n, 0n, 65n],
      [-40n, -40n, 60n],
      [0n, 40n, 100n],
      [100n, 0n, 100n],
    ]);
    expect(entries[0]).toMatchObject({
      account: book.sari.available,
      role: 'available',
      asset: { code: 'points' },
    });
  });

  test('pages fit together and keep their balances while more is posted', async () => {
    const awards = Array.from({ length: 23 }, (_, index) => book.earn(book.sari, BigInt(index + 1)));
    for (let start = 0; start < awards.length; start += 4) await book.postNow(awards.slice(start, start + 4));
    const seen: { id: TransferId; balanceAfter: bigint }[] = [];
    let before: TransferId | null | undefined;
    while (before !== null) {
      const options = { limit: 5, ...(before ? { before } : {}) };
      const page = await book.run((tx) => statementOf(tx, book.sari.owner, options));
      expect(new Set(page.entries.map((entry) => entry.transfer.id)).size).toBeLessThanOrEqual(5);
      seen.push(...page.entries.map(({ transfer, balanceAfter }) => ({ id: transfer.id, balanceAfter })));
      before = page.next;
      await book.postNow([book.earn(book.sari, 1000n)]);
    }
    expect(new Set(seen.map((entry) => entry.id))).toEqual(new Set(awards.map((award) => award.id)));
    expect(seen.at(-1)!.balanceAfter).toBe(awards.find((award) => award.id === seen.at(-1)!.id)!.amount);
    expect(seen[0]!.balanceAfter).toBe((23n * 24n) / 2n);
  });

  test('a transfer between two accounts of the owner has two entries; roles leave one', async () => {
    const move = book.move({ debit: book.sari.available, credit: book.sari.debt, amount: 3n, kind: 'repay' });
    await book.postNow([book.earn(book.sari, 10n), move]);
    const both = await book.run((tx) => statementOf(tx, book.sari.owner, { limit: 1 }));
    expect(both.entries.map(({ role, units }) => [role, units]).sort()).toEqual(
      both.entries.length === 2
        ? [
            ['available', -3n],
            ['debt', 3n],
          ]
        : [['available', 10n]],
    );
    const one = await book.run((tx) => statementOf(tx, book.sari.owner, { limit: 9, roles: ['available'] }));
    expect(one.entries.map(({ units }) => units).sort()).toEqual([-3n, 10n].sort());
  });

  test('an unknown place to read on from answers nothing', async () => {
    await book.postNow([book.earn(book.sari, 10n)]);
    const before = newId<TransferId>(day0);
    expect(await book.run((tx) => statementOf(tx, book.sari.owner, { limit: 5, before }))).toEqual({
      entries: [],
      next: null,
    });
  });
});

describe('expiry schedule', () => {
  const schedule = () => book.run((tx) => expiryOf(tx, book.sari.available));

  test('spending uses up the lots from the earliest expiry on; what never expires is not in it', async () => {
    await book.postNow([
      book.earn(book.sari, 100n, { expiresOn: '2017-06-30' }),
      book.earn(book.sari, 50n, { expiresOn: '2017-12-31' }),
      book.earn(book.sari, 25n, { expiresOn: '2017-06-30' }),
      book.earn(book.sari, 10n),
    ]);
    expect(await schedule()).toEqual([
      { expiresOn: '2017-06-30', units: 125n },
      { expiresOn: '2017-12-31', units: 50n },
    ]);
    await book.postNow([book.spend(book.sari, 130n)]);
    expect(await schedule()).toEqual([{ expiresOn: '2017-12-31', units: 45n }]);
    await book.postNow([book.spend(book.sari, 50n)]);
    expect(await schedule()).toEqual([]);
  });

  test('a lot that has run out does not make the balance collapse', async () => {
    await book.postNow([book.earn(book.sari, 100n, { expiresOn: '2017-01-31' })]);
    await book.postNow([book.spend(book.sari, 80n)]);
    await book.postNow([book.spend(book.sari, 20n, { kind: 'expire' })]);
    await book.postNow([book.earn(book.sari, 50n, { expiresOn: '2017-06-30' })]);
    expect(await schedule()).toEqual([{ expiresOn: '2017-06-30', units: 50n }]);
  });

  test('nobody earned nothing', async () => {
    expect(await schedule()).toEqual([]);
    expect(scheduleOf([], 5n)).toEqual([]);
  });
});
