import assert from 'node:assert/strict';

import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { codesOf, day0, openBook, type TestBook, type Wallet } from '../../test/book.ts';
import { testDatabase } from '../../test/database.ts';
import { newId, type Id } from '../shared/id.ts';
import { givenSince, planGift } from './give.ts';
import { post } from './post.ts';
import { expiryOf } from './read.ts';
import { lotsOf, traceAccount } from './trace.ts';
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

function give(on: TestBook, from: Wallet, to: Wallet, units: bigint) {
  const gift = newId<Id<'gift'>>(day0);
  const what = { gift, asset: on.points, from: from.owner, to: to.owner, units, effectiveAt: day0 };
  return on.run(async (tx) => post(tx, await planGift(tx, what), day0));
}
const lotsNow = (on: TestBook, wallet: Wallet) => on.run((tx) => expiryOf(tx, wallet.available));

test('what is given keeps its last day, earliest first, and each leg is traced to the lot it came from', async () => {
  const june = book.earn(book.sari, 30n, { expiresOn: '2017-06-30' });
  await book.postNow([
    june,
    book.earn(book.sari, 40n, { expiresOn: '2017-12-31' }),
    book.earn(book.sari, 10n),
  ]);
  expect(codesOf(await give(book, book.sari, book.budi, 75n))).toEqual(['ok', 'ok', 'ok']);
  expect(await lotsNow(book, book.budi)).toEqual([
    { expiresOn: '2017-06-30', units: 30n },
    { expiresOn: '2017-12-31', units: 40n },
  ]);
  expect((await book.balanceOf(book.budi.available)).balance).toBe(75n);
  expect((await book.balanceOf(book.sari.available)).balance).toBe(5n);
  const trace = await book.run((tx) => traceAccount(tx, book.sari.available));
  const givenJune = [...trace.spends.keys()].map((leg) => lotsOf(trace, leg)[0]!.earnings);
  expect(givenJune).toContainEqual([{ transfer: june.id, units: 30n, returned: 0n }]);
  expect(await book.run((tx) => givenSince(tx, book.sari.available, day0))).toBe(75n);
  expect(await book.run((tx) => givenSince(tx, book.sari.available, new Date(day0.getTime() + 9000)))).toBe(
    0n,
  );
});

test('refuses below-floor: nobody gives what is not there, or is held', async () => {
  await book.postNow([book.earn(book.sari, 30n, { expiresOn: '2017-06-30' }), book.hold(book.sari, 10n)]);
  expect(codesOf(await give(book, book.sari, book.budi, 21n))).toEqual(['below-floor']);
  expect(codesOf(await give(book, book.sari, book.budi, 20n))).toEqual(['ok']);
});

const step = fc.record({
  what: fc.constantFrom('earn' as const, 'spend' as const, 'give' as const),
  sari: fc.boolean(),
  amount: fc.bigInt({ min: 1n, max: 40n }),
  month: fc.nat({ max: 4 }),
});

test('gifts make no unit, lose none, and leave the lots of both together as they were', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      const own = await openBook(database);
      const both = async () => {
        const lots = [...(await lotsNow(own, own.sari)), ...(await lotsNow(own, own.budi))];
        const sums: Record<string, bigint> = {};
        for (const { expiresOn, units } of lots.toSorted((a, b) => (a.expiresOn < b.expiresOn ? -1 : 1)))
          sums[expiresOn] = (sums[expiresOn] ?? 0n) + units;
        return sums;
      };
      for (const { what, sari, amount, month } of steps) {
        const [one, other] = sari ? [own.sari, own.budi] : [own.budi, own.sari];
        const expiresOn = month > 0 ? `2017-0${month}-28` : undefined;
        const before = await both();
        if (what === 'earn') await own.postNow([own.earn(one, amount, { expiresOn })]);
        else if (what === 'spend') await own.postNow([own.spend(one, amount)]);
        else {
          await give(own, one, other, amount);
          const after = await both();
          // Where the receiver has spent before, what comes earlier in line stands in for it: later, never sooner.
          let [then, now] = [0n, 0n];
          for (const date of new Set([...Object.keys(before), ...Object.keys(after)].toSorted())) {
            then += before[date] ?? 0n;
            now += after[date] ?? 0n;
            assert(now <= then, 'a gift brings no last day forward');
          }
        }
      }
      assert.equal((await verifyBook(own.db, own.tenant)).firstBad, undefined);
      const sum = [own.issued, own.sari.available, own.budi.available];
      const balances = await Promise.all(sum.map(async (account) => (await own.balanceOf(account)).balance));
      assert.equal(
        balances.reduce((total, each) => total + each, 0n),
        0n,
      );
    }),
    { numRuns: 40 },
  );
}, 60_000);
