import assert from 'node:assert/strict';

import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { codesOf, day0, openBook, type TestBook } from '../../test/book.ts';
import { testDatabase } from '../../test/database.ts';
import { newId, type AccountId, type Id, type TransferId } from '../shared/id.ts';
import { accountId, openAccounts } from './accounts.ts';
import { expireDue, expireInactive, expiringOn } from './expire.ts';
import { releaseOf } from './holds.ts';
import { expiryOf, transferById } from './read.ts';
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

/** Expires what was usable until the day before; answers the units by owner. */
async function expireOn(day: string, issued: readonly AccountId[] = [book.issued]) {
  const { expired } = await book.run((tx) =>
    expireDue(tx, { asset: book.points, issued, effectiveAt: day0, day }, day0),
  );
  return expired.map(({ owner, units }) => [owner, units]);
}
const openLots = () =>
  book.run((tx) => tx.query('select 1 from lot where tenant = $1 and open', [book.tenant]));

test('units expire after their last day, go back to the issuer, and only once', async () => {
  await book.postNow([
    book.earn(book.sari, 100n, { expiresOn: '2017-06-30' }),
    book.earn(book.sari, 50n, { expiresOn: '2017-07-31' }),
    book.earn(book.budi, 7n),
    book.spend(book.sari, 30n),
  ]);
  expect(await expireOn('2017-06-30')).toEqual([]);
  expect(await expireOn('2017-07-01')).toEqual([[book.sari.owner, 70n]]);
  expect(await expireOn('2017-07-01')).toEqual([]);
  expect(await book.run((tx) => expiryOf(tx, book.sari.available))).toEqual([
    { expiresOn: '2017-07-31', units: 50n },
  ]);
  expect((await book.balanceOf(book.issued)).balance).toBe(-57n);
  // What has run out is not looked at again.
  expect(await openLots()).toHaveLength(1);
});

test('what is earned late for a lot that has expired expires with the next run', async () => {
  await book.postNow([book.earn(book.sari, 100n, { expiresOn: '2017-06-30' })]);
  await expireOn('2017-07-01');
  await book.postNow([book.earn(book.sari, 40n, { expiresOn: '2017-06-30' })]);
  expect(await expireOn('2017-07-02')).toEqual([[book.sari.owner, 40n]]);
});

test('what a reversal brings back into a lot that had run out expires with the next run', async () => {
  const spend = book.spend(book.sari, 100n);
  await book.postNow([book.earn(book.sari, 100n, { expiresOn: '2017-06-30' }), spend]);
  expect(await expireOn('2017-07-01')).toEqual([]);
  const { debit: credit, credit: debit, id: reverses } = spend;
  await book.postNow([book.move({ debit, credit, amount: 30n, kind: 'reversal', reverses })]);
  expect(await expireOn('2017-07-02')).toEqual([[book.sari.owner, 30n]]);
});

test('held units do not expire while they are held, and do once they are released', async () => {
  const hold = book.hold(book.sari, 60n);
  await book.postNow([book.earn(book.sari, 100n, { expiresOn: '2017-06-30' }), hold]);
  expect(await expireOn('2017-07-01')).toEqual([[book.sari.owner, 40n]]);
  expect(await expireOn('2017-07-02')).toEqual([]);
  const held = (await book.run((tx) => transferById(tx, hold.id)))!;
  const id = newId<TransferId>(day0);
  await book.postNow([releaseOf(held, { id, tx: id, amount: 60n, effectiveAt: day0 })]);
  expect(await expireOn('2017-07-03')).toEqual([[book.sari.owner, 60n]]);
});

test('programmes that share an asset each get back what they gave', async () => {
  const second = await book.run(async (tx) => {
    const owner = newId<Id<'programme'>>(day0);
    await openAccounts(tx, [{ asset: book.points, owner, role: 'issued' }]);
    return accountId(tx.tenant, owner, 'issued', book.points);
  });
  const until = { expiresOn: '2017-06-30' };
  await book.postNow([book.earn(book.sari, 100n, until)]);
  await book.postNow(
    [book.earn(book.sari, 50n, { ...until, debit: second })],
    new Date(day0.getTime() + 1000),
  );
  await book.postNow([book.spend(book.sari, 70n)], new Date(day0.getTime() + 2000));
  await expireOn('2017-07-01', [book.issued, second]);
  expect([(await book.balanceOf(book.issued)).balance, (await book.balanceOf(second)).balance]).toEqual([
    0n,
    0n,
  ]);
});

test('nothing moved for a period: what can be spent expires, what is held stays', async () => {
  await book.postNow([book.earn(book.sari, 100n), book.hold(book.sari, 10n), book.earn(book.budi, 5n)]);
  const later = new Date(day0.getTime() + 86_400_000);
  await book.postNow([book.earn(book.budi, 5n)], later);
  const run = { asset: book.points, issued: [book.issued], effectiveAt: later, movedBefore: later };
  const inactive = () => book.run((tx) => expireInactive(tx, run, later));
  expect((await inactive()).expired).toEqual([
    { account: book.sari.available, owner: book.sari.owner, units: 90n },
  ]);
  expect((await inactive()).expired).toEqual([]);
});

test('what is about to expire can be told ahead', async () => {
  await book.postNow([
    book.earn(book.sari, 100n, { expiresOn: '2017-06-30' }),
    book.earn(book.sari, 50n, { expiresOn: '2017-07-31' }),
    book.earn(book.budi, 50n, { expiresOn: '2017-07-31' }),
    book.spend(book.sari, 120n),
    book.spend(book.budi, 50n),
  ]);
  const ahead = await book.run((tx) => expiringOn(tx, book.points, '2017-07-31'));
  expect(ahead.expired).toEqual([{ account: book.sari.available, owner: book.sari.owner, units: 30n }]);
});

type Step = { what: 'earn' | 'spend' | 'hold' | 'release' | 'night'; amount: bigint; month: number };
const step = fc.record<Step>({
  what: fc.constantFrom('earn', 'earn', 'spend', 'hold', 'release', 'night'),
  amount: fc.bigInt({ min: 1n, max: 50n }),
  month: fc.nat({ max: 5 }),
});

/** A list of lots in plain arithmetic: what is spent, held or expired is taken from the earliest on. */
async function play(steps: readonly Step[]): Promise<void> {
  const own = await openBook(database);
  const { sari } = own;
  const lots = new Map<string, bigint>();
  const holds: NewTransfer[] = [];
  let [balance, spent, today] = [0n, 0n, 1];
  const held = () => holds.reduce((sum, hold) => sum + hold.amount, 0n);
  const dayOf = (month: number) => `2017-${String(month).padStart(2, '0')}-01`;
  for (const { what, amount, month } of steps) {
    if (what === 'earn') {
      const expiresOn = month > 0 ? dayOf(today + month) : undefined;
      await own.postNow([own.earn(sari, amount, { expiresOn })]);
      if (expiresOn) lots.set(expiresOn, (lots.get(expiresOn) ?? 0n) + amount);
      balance += amount;
    } else if (what === 'spend' || what === 'hold') {
      const asked = what === 'spend' ? own.spend(sari, amount) : own.hold(sari, amount);
      const isRefused = amount > balance - held();
      assert.deepEqual(codesOf(await own.postNow([asked])), [isRefused ? 'below-floor' : 'ok']);
      if (isRefused) continue;
      if (what === 'hold') holds.push(asked);
      else [balance, spent] = [balance - amount, spent + amount];
    } else if (what === 'release') {
      const hold = holds.shift();
      if (!hold) continue;
      const booked = (await own.run((tx) => transferById(tx, hold.id)))!;
      const id = newId<TransferId>(day0);
      await own.postNow([releaseOf(booked, { id, tx: id, amount: hold.amount, effectiveAt: day0 })]);
    } else {
      if (today < 7) today += 1;
      const day = dayOf(today);
      const due = [...lots].reduce((sum, [date, units]) => (date < day ? sum + units : sum), 0n);
      const units = due - spent - held() > 0n ? due - spent - held() : 0n;
      const run = { asset: own.points, issued: [own.issued], effectiveAt: day0, day };
      const { expired } = await own.run((tx) => expireDue(tx, run, day0));
      assert.deepEqual(
        expired.map((one) => one.units),
        units > 0n ? [units] : [],
      );
      [balance, spent] = [balance - units, spent + units];
    }
    assert.deepEqual(await own.balanceOf(sari.available), { balance, held: held() });
  }
  expect((await verifyBook(own.db, own.tenant)).firstBad).toBeUndefined();
}

test('every night expires what a list of lots says, whatever was earned, spent and held between', async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 25 }), play), { numRuns: 40 });
}, 60_000);
