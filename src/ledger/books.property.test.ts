import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { openBook, type TestBook } from '../../test/book.ts';
import { testDatabase } from '../../test/database.ts';
import type { AccountId } from '../shared/id.ts';
import { balanceAsOf } from './as-of.ts';
import { periodStatement } from './period-statement.ts';
import { expiryOf, transfersByIds } from './read.ts';
import { reversalOf } from './reverse.ts';
import type { NewTransfer } from './transfer.ts';
import { trialBalance, type DateKind, type TrialRow } from './trial-balance.ts';

/**
 * What the books say as of a moment, against the plain sum over all transfers. Histories have two dates: batches are
 * posted in order, and each transfer happened at any time around its posting, on midnights too.
 */

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

const start = Date.parse('2017-03-01T00:00:00Z');
const hourMs = 3_600_000;
/** Hours after the start: any, and midnights often, where whole days begin and end. */
const hours = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: -72, max: 240 }) },
  { weight: 1, arbitrary: fc.integer({ min: -3, max: 10 }).map((day) => day * 24) },
);
const momentOf = (hour: number, ms = 0) => new Date(start + hour * hourMs + ms);
const moments = fc.tuple(hours, fc.constantFrom(0, 0, 1, -1)).map(([hour, ms]) => momentOf(hour, ms));

type Act = {
  what: 'earn' | 'spend' | 'hold' | 'sell' | 'take-back';
  who: 'sari' | 'budi';
  units: bigint;
  happened: Date;
};
const act: fc.Arbitrary<Act> = fc.record({
  what: fc.constantFrom('earn', 'earn', 'earn', 'spend', 'hold', 'sell', 'take-back'),
  who: fc.constantFrom('sari', 'budi'),
  units: fc.bigInt({ min: 1n, max: 60n }),
  happened: moments,
});
const history = fc.record({
  batches: fc.array(
    fc.tuple(fc.integer({ min: 0, max: 30 }), fc.array(act, { minLength: 1, maxLength: 6 })),
    {
      minLength: 1,
      maxLength: 8,
    },
  ),
  asked: fc.array(moments, { minLength: 3, maxLength: 3 }),
});
type History = typeof history extends fc.Arbitrary<infer T> ? T : never;

/** A transfer that stands in the book, with the time it was posted. */
type Booked = NewTransfer & { at: Date };

async function play(book: TestBook, { batches }: History): Promise<Booked[]> {
  const booked: Booked[] = [];
  let hour = 0;
  for (const [pause, acts] of batches) {
    hour += pause;
    const transfers: NewTransfer[] = [];
    for (const one of acts) transfers.push(...(await transferOf(book, one, booked)));
    const answers = await book.postNow(transfers, momentOf(hour));
    for (const [i, answer] of answers.entries())
      if (answer.ok) booked.push({ ...transfers[i]!, at: answer.at });
  }
  return booked;
}

async function transferOf(book: TestBook, one: Act, booked: readonly Booked[]): Promise<NewTransfer[]> {
  const { what, units, happened: effectiveAt } = one;
  const wallet = book[one.who];
  const expiresOn = units % 2n === 0n ? `2018-0${1 + Number(units % 9n)}-01` : undefined;
  if (what === 'earn') return [book.earn(wallet, units, { effectiveAt, expiresOn })];
  if (what === 'spend') return [book.spend(wallet, units, { effectiveAt })];
  if (what === 'hold') return [book.hold(wallet, units, { effectiveAt })];
  if (what === 'sell')
    return [
      book.move({ debit: book.stock, credit: book.sold, amount: units, kind: 'sell-out', effectiveAt }),
    ];
  const earned = booked.find(
    ({ kind, credit, amount }) => kind === 'award' && credit === wallet.available && amount >= units,
  );
  if (!earned) return [];
  const [original] = await book.run((tx) => transfersByIds(tx, [earned.id]));
  const { id } = book.move({ debit: earned.credit, credit: earned.debit, amount: units });
  return [reversalOf(original!, { id, tx: id, amount: units, kind: 'reversal', effectiveAt })];
}

const movesNothing = ({ kind }: NewTransfer) => kind === 'hold' || kind === 'release';
const dateOf = (one: Booked, by: DateKind) => (by === 'posted' ? one.at : one.effectiveAt);

/** What was debited and credited until just before a moment, by the plain sum. */
function sumsBefore(
  booked: readonly Booked[],
  accounts: readonly AccountId[],
  until: Date | null,
  by: DateKind,
) {
  const own = booked.filter((one) => !movesNothing(one) && until !== null && dateOf(one, by) < until);
  const sum = (list: readonly Booked[]) => list.reduce((total, { amount }) => total + amount, 0n);
  return {
    debit: sum(own.filter(({ debit }) => accounts.includes(debit))),
    credit: sum(own.filter(({ credit }) => accounts.includes(credit))),
  };
}

const dateKinds = ['posted', 'business'] as const;

test(
  'balances as of a moment, trial balances and statements are the plain sums',
  { timeout: 60_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(history, async (given) => {
        const book = await openBook(database);
        const booked = await play(book, given);
        const [first, second] = given.asked.toSorted((one, other) => one.getTime() - other.getTime()) as [
          Date,
          Date,
        ];
        for (const by of dateKinds) {
          for (const moment of given.asked) await checkBalances(book, booked, moment, by);
          await checkTrial(book, booked, null, second, by);
          await checkTrial(book, booked, first, second, by);
          await checkStatement(book, booked, first, second, by);
        }
        const end = momentOf(10_000);
        const { expiry } = (await book.run((tx) =>
          periodStatement(tx, book.sari.owner, book.points, { from: null, until: end, by: 'posted' }),
        ))!;
        expect(expiry).toEqual(await book.run((tx) => expiryOf(tx, book.sari.available)));
      }),
      { numRuns: 60 },
    );
  },
);

async function checkBalances(book: TestBook, booked: Booked[], moment: Date, by: DateKind): Promise<void> {
  const time = by === 'posted' ? { at: moment } : { effectiveAt: moment };
  for (const account of [book.issued, book.sold, book.stock, book.sari.available, book.budi.debt]) {
    // `balanceAsOf` includes the very moment.
    const { debit, credit } = sumsBefore(booked, [account], new Date(moment.getTime() + 1), by);
    expect(await book.run((tx) => balanceAsOf(tx, account, time))).toBe(credit - debit);
  }
}

async function checkTrial(
  book: TestBook,
  booked: Booked[],
  from: Date | null,
  until: Date,
  by: DateKind,
): Promise<void> {
  const { rows } = await book.run((tx) => trialBalance(tx, { from, until, by }));
  const of = (one: TrialRow) => `${one.asset.code} ${one.role} ${one.account ?? '-'}`;
  const found = new Map(rows.map((row) => [of(row), row]));
  const lines: [string, AccountId[]][] = [
    [`points issued ${book.issued}`, [book.issued]],
    ['points available -', [book.sari.available, book.budi.available]],
    [`goods:COFFEE sold ${book.sold}`, [book.sold]],
    ['goods:COFFEE stock -', [book.stock]],
  ];
  for (const [name, accounts] of lines) {
    const [before, after] = [from, until].map((moment) => sumsBefore(booked, accounts, moment, by));
    const { opening = 0n, debits = 0n, credits = 0n, closing = 0n } = found.get(name) ?? {};
    expect([name, opening, debits, credits, closing]).toEqual([
      name,
      before!.credit - before!.debit,
      after!.debit - before!.debit,
      after!.credit - before!.credit,
      after!.credit - after!.debit,
    ]);
    found.delete(name);
  }
  expect([...found.keys()]).toEqual([]);
  for (const code of ['points', 'goods:COFFEE']) {
    const own = rows.filter(({ asset }) => asset.code === code);
    expect(own.reduce((sum, { opening }) => sum + opening, 0n)).toBe(0n);
    expect(own.reduce((sum, { closing }) => sum + closing, 0n)).toBe(0n);
  }
}

async function checkStatement(
  book: TestBook,
  booked: Booked[],
  from: Date,
  until: Date,
  by: DateKind,
): Promise<void> {
  const told = (await book.run((tx) =>
    periodStatement(tx, book.sari.owner, book.points, { from, until, by }),
  ))!;
  const balanceBefore = (moment: Date) => {
    const { debit, credit } = sumsBefore(booked, [book.sari.available], moment, by);
    return credit - debit;
  };
  expect(told.opening['available']).toBe(balanceBefore(from));
  expect(told.closing['available']).toBe(balanceBefore(until));
  const moved = told.movements.reduce((sum, { units }) => sum + units, 0n);
  expect(told.opening['available']! + moved).toBe(told.closing['available']);
  const dates = told.movements.map(({ transfer }) => (by === 'posted' ? transfer.at : transfer.effectiveAt));
  expect(dates).toEqual(dates.toSorted((one, other) => one.getTime() - other.getTime()));
}
