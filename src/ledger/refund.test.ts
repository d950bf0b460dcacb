import assert from 'node:assert/strict';

import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { codesOf, day0, openBook, type TestBook } from '../../test/book.ts';
import { testDatabase } from '../../test/database.ts';
import { newId, type TransferId } from '../shared/id.ts';
import { post } from './post.ts';
import { expiryOf } from './read.ts';
import { planRefund, type RefundPolicy } from './refund.ts';
import { lotsOf, traceAccount } from './trace.ts';
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

/** Gives back part of a spend on a day; answers the refusal, or nothing when it was posted. */
function refund(spend: TransferId, amount: bigint, day: string, policy: RefundPolicy, on = book) {
  const key = newId(day0);
  return on.run(async (tx) => {
    const because = { tx: key, key, recordedAt: day0, effectiveAt: day0 };
    const plan = await planRefund(tx, { spend, amount, because, day }, policy);
    if (!plan.ok) return plan.refused;
    const refused = (await post(tx, plan.transfers, day0)).find((answer) => !answer.ok);
    return refused && !refused.ok ? refused.refused : undefined;
  });
}
const lotsNow = () => book.run((tx) => expiryOf(tx, book.sari.available));
const grace: RefundPolicy = { graceDays: 30 };

/** Sari spent 80 of June 50, December 20 and 30 that never expire. */
async function spent80(): Promise<TransferId> {
  const spend = book.spend(book.sari, 80n);
  await book.postNow([
    book.earn(book.sari, 50n, { expiresOn: '2017-06-30' }),
    book.earn(book.sari, 20n, { expiresOn: '2017-12-31' }),
    book.earn(book.sari, 30n),
  ]);
  await book.postNow([spend]);
  return spend.id;
}

test('units come back with the last day that they had, last consumed first', async () => {
  const spend = await spent80();
  expect(await refund(spend, 25n, '2017-05-01', grace)).toBeUndefined();
  expect(await lotsNow()).toEqual([{ expiresOn: '2017-12-31', units: 15n }]);
  expect((await book.balanceOf(book.sari.available)).balance).toBe(45n);
  expect(await refund(spend, 55n, '2017-05-01', grace)).toBeUndefined();
  expect(await lotsNow()).toEqual([
    { expiresOn: '2017-06-30', units: 50n },
    { expiresOn: '2017-12-31', units: 20n },
  ]);
});

test('where the last day has passed, some more days are given', async () => {
  const spend = await spent80();
  expect(await refund(spend, 80n, '2017-09-15', grace)).toBeUndefined();
  expect(await lotsNow()).toEqual([
    { expiresOn: '2017-10-15', units: 50n },
    { expiresOn: '2017-12-31', units: 20n },
  ]);
  const trace = await book.run((tx) => traceAccount(tx, book.sari.available));
  expect(lotsOf(trace, spend).every(({ units, returned }) => units === returned)).toBe(true);
  expect(trace.left.map(({ expiresOn, units }) => [expiresOn, units])).toEqual([
    ['2017-10-15', 50n],
    ['2017-12-31', 20n],
    [null, 30n],
  ]);
});

test('or they expire at once, if the programme says so', async () => {
  const spend = await spent80();
  expect(await refund(spend, 80n, '2017-09-15', { expireTo: book.issued })).toBeUndefined();
  expect(await lotsNow()).toEqual([{ expiresOn: '2017-12-31', units: 20n }]);
  expect((await book.balanceOf(book.sari.available)).balance).toBe(50n);
  expect((await book.balanceOf(book.issued)).balance).toBe(-50n);
});

test('refuses reversal-exceeded, link-mismatch and unknown-transfer', async () => {
  const spend = await spent80();
  await refund(spend, 50n, '2017-05-01', grace);
  expect(await refund(spend, 31n, '2017-05-01', grace)).toBe('reversal-exceeded');
  const earning = book.earn(book.sari, 5n);
  await book.postNow([earning]);
  expect(await refund(earning.id, 5n, '2017-05-01', grace)).toBe('link-mismatch');
  const repayment = book.move({
    debit: book.sari.available,
    credit: book.sari.debt,
    amount: 5n,
    kind: 'repay',
  });
  expect(codesOf(await book.postNow([repayment]))).toEqual(['ok']);
  expect(await refund(repayment.id, 5n, '2017-05-01', grace)).toBe('link-mismatch');
  expect(await refund(newId<TransferId>(day0), 5n, '2017-05-01', grace)).toBe('unknown-transfer');
});

type Step = { what: 'earn' | 'spend' | 'refund'; amount: bigint; month: number; ref: number };
const step = fc.record<Step>({
  what: fc.constantFrom('earn', 'spend', 'refund'),
  amount: fc.bigInt({ min: 1n, max: 40n }),
  month: fc.nat({ max: 6 }),
  ref: fc.nat({ max: 9 }),
});

test('whatever is refunded, nothing is lost, made, or given back twice', async () => {
  const play = async (steps: readonly Step[]) => {
    const own = await openBook(database);
    const spends: { transfer: NewTransfer; back: bigint }[] = [];
    let balance = 0n;
    for (const { what, amount, month, ref } of steps) {
      const expiresOn = month > 0 ? `2017-0${month}-28` : undefined;
      if (what === 'earn') {
        await own.postNow([own.earn(own.sari, amount, { expiresOn })]);
        balance += amount;
      } else if (what === 'spend') {
        if (amount > balance) continue;
        const transfer = own.spend(own.sari, amount);
        await own.postNow([transfer]);
        spends.push({ transfer, back: 0n });
        balance -= amount;
      } else {
        const spend = spends[ref % (spends.length || 1)];
        if (!spend) continue;
        const isTooMuch = spend.back + amount > spend.transfer.amount;
        const answer = await refund(
          spend.transfer.id,
          amount,
          `2017-0${ref + 1 > 9 ? 9 : ref + 1}-15`,
          grace,
          own,
        );
        assert.equal(answer, isTooMuch ? 'reversal-exceeded' : undefined);
        if (isTooMuch) continue;
        spend.back += amount;
        balance += amount;
      }
      assert.equal((await own.balanceOf(own.sari.available)).balance, balance);
      const { left } = await own.run((tx) => traceAccount(tx, own.sari.available));
      assert.equal(
        left.reduce((sum, part) => sum + part.units, 0n),
        balance,
      );
    }
    assert.equal((await verifyBook(own.db, own.tenant)).firstBad, undefined);
  };
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 20 }), play), { numRuns: 30 });
}, 60_000);
