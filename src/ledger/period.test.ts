import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { codesOf, day0, openBook, type TestBook } from '../../test/book.ts';
import { testDatabase } from '../../test/database.ts';
import { newId, type StaffId } from '../shared/id.ts';
import { releaseTimedOut } from './holds.ts';
import { closePeriod, inOpenPeriod, listPeriods } from './period.ts';
import { trialBalance } from './trial-balance.ts';
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

const day = (days: number) => new Date(day0.getTime() + days * 86_400_000);
const april = new Date('2017-04-01T00:00:00Z');
const late = day(40);
const close = (before = april, now = late) => book.run((tx) => closePeriod(tx, { before, by: null }, now));

describe('a period that was closed', () => {
  test('refuses what happened before, takes what happened after, and answers repetitions as ever', async () => {
    const early = book.earn(book.sari, 5n, { effectiveAt: day(1) });
    await book.postNow([early], day(1));
    expect(await close()).toMatchObject({ ok: true, before: april, closedAt: late, seq: 1n });
    const posted = await book.postNow(
      [
        book.earn(book.sari, 7n, { effectiveAt: new Date(april.getTime() - 1) }),
        book.earn(book.sari, 11n, { effectiveAt: april }),
        early,
      ],
      late,
    );
    expect(codesOf(posted)).toEqual(['period-closed', 'ok', 'replayed']);
    expect(posted[0]).toMatchObject({ facts: { closedBefore: april.toISOString() } });
    expect((await verifyBook(book.db, book.tenant)).firstBad).toBeUndefined();
  });

  test('stays closed: not earlier, not again, not in the future', async () => {
    const by = newId<StaffId>(day0);
    const first = await book.run((tx) => closePeriod(tx, { before: april, by }, late));
    expect(first).toMatchObject({ ok: true, closedBy: by });
    expect(await close(april, day(50))).toEqual(first);
    expect(await close(day(3))).toMatchObject({ ok: false, refused: 'period-closed' });
    expect(await close(day(41))).toMatchObject({ ok: false, refused: 'period-not-over' });
    expect(await close(day(35))).toMatchObject({ ok: true });
    const periods = await book.run(listPeriods);
    expect(periods.map(({ before }) => before)).toEqual([day(35), april]);
    expect(await book.run(async (tx) => (await closePeriod(tx, { before: day(2), by }, late)).ok)).toBe(
      false,
    );
  });

  test('keeps its trial balance, whatever is posted later', async () => {
    await book.postNow([book.earn(book.sari, 5n, { effectiveAt: day(1) })], day(1));
    const before = await book.run((tx) => trialBalance(tx, { from: null, until: april, by: 'business' }));
    await close();
    await book.postNow([book.earn(book.budi, 9n, { effectiveAt: late })], late);
    const after = await book.run((tx) => trialBalance(tx, { from: null, until: april, by: 'business' }));
    expect(after).toEqual(before);
  });
});

describe('what is learned late', () => {
  test('is dated to the first open moment; what was posted before keeps its date', async () => {
    const known = book.earn(book.sari, 5n, { effectiveAt: day(1) });
    const fresh = book.earn(book.sari, 7n, { effectiveAt: day(2) });
    const open = book.earn(book.sari, 9n, { effectiveAt: late });
    await book.postNow([known], day(1));
    await close();
    const dated = async (list: NewTransfer[]) => [...(await book.run((tx) => inOpenPeriod(tx, list)))];
    const all = await dated([known, fresh, open]);
    expect(all.map(({ effectiveAt }) => effectiveAt)).toEqual([day(1), april, late]);
    expect(codesOf(await book.postNow(all, late))).toEqual(['replayed', 'ok', 'ok']);
    // Closed again, and asked again: it stays where it was booked.
    await close(day(35), day(50));
    expect(codesOf(await book.postNow(await dated([fresh]), day(50)))).toEqual(['replayed']);
  });

  test('holds whose time ended in a closed period are released all the same', async () => {
    await book.postNow([book.earn(book.sari, 9n), book.hold(book.sari, 4n, { timesOutAt: day(5) })], day(1));
    await close();
    expect(codesOf(await book.run((tx) => releaseTimedOut(tx, late)))).toEqual(['ok']);
    expect(await book.balanceOf(book.sari.available)).toEqual({ balance: 9n, held: 0n });
  });
});

test('closing while others post: what got in stands in the closed trial balance, the rest is refused', async () => {
  for (let round = 0; round < 5; round += 1) {
    const own = await openBook(database);
    const early = () => own.postNow([own.earn(own.sari, 1n, { effectiveAt: day(1) })], late);
    const [closed, ...posted] = await Promise.all([
      own.run((tx) => closePeriod(tx, { before: april, by: null }, late)),
      ...Array.from({ length: 8 }, early),
    ]);
    expect(closed).toMatchObject({ ok: true });
    const codes = posted.flatMap(codesOf);
    expect(codes.filter((code) => code !== 'ok' && code !== 'period-closed')).toEqual([]);
    const booked = BigInt(codes.filter((code) => code === 'ok').length);
    expect(await own.balanceOf(own.sari.available)).toMatchObject({ balance: booked });
    expect((await verifyBook(own.db, own.tenant)).firstBad).toBeUndefined();
  }
});
