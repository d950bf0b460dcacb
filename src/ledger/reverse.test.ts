import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { codesOf, day0, openBook, type TestBook } from '../../test/book.ts';
import { testDatabase } from '../../test/database.ts';
import { newId, type TransferId } from '../shared/id.ts';
import { activate as activateWaiting } from './activate.ts';
import type { Follow } from './holds.ts';
import { post } from './post.ts';
import { expiryOf, transferById } from './read.ts';
import {
  activationOf,
  planRepayments,
  planTakeBacks,
  reversalOf,
  splitTakeBack,
  type ClawbackPolicy,
  type PlannedTakeBack,
} from './reverse.ts';
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

const follow = (amount: bigint): Follow => {
  const id = newId<TransferId>(day0);
  return { id, tx: id, amount, effectiveAt: day0 };
};
const booked = async ({ id }: NewTransfer) => (await book.run((tx) => transferById(tx, id)))!;
const back = async (one: NewTransfer, amount: bigint, expiresOn?: string) =>
  reversalOf(await booked(one), { ...follow(amount), kind: 'reversal', ...(expiresOn ? { expiresOn } : {}) });
const clean = async () => expect((await verifyBook(book.db, book.tenant)).firstBad).toBeUndefined();
const available = async () => (await book.balanceOf(book.sari.available)).balance;
const pending = async () => (await book.balanceOf(book.sari.pending)).balance;
const debt = async () => (await book.balanceOf(book.sari.debt)).balance;

describe('reversal', () => {
  test('takes back in parts, never more than the original in sum', async () => {
    const award = book.earn(book.sari, 100n);
    await book.postNow([award]);
    const parts = [
      await back(award, 60n),
      await back(award, 41n),
      await back(award, 40n),
      await back(award, 1n),
    ];
    expect(codesOf(await book.postNow(parts))).toEqual([
      'ok',
      'reversal-exceeded',
      'ok',
      'reversal-exceeded',
    ]);
    expect(await available()).toBe(0n);
    await clean();
  });

  test('of many parallel reversals of one transfer, exactly its amount comes back', async () => {
    const sale = book.move({ debit: book.stock, credit: book.sold, amount: 10n, kind: 'sale' });
    await book.postNow([sale]);
    const original = await booked(sale);
    const returns = Array.from({ length: 30 }, () =>
      book.postNow([reversalOf(original, { ...follow(1n), kind: 'return' })]),
    );
    const codes = (await Promise.all(returns)).flatMap(codesOf);
    expect(codes.filter((code) => code === 'ok')).toHaveLength(10);
    expect(await book.balanceOf(book.stock)).toEqual({ balance: 0n, held: 0n });
  });

  test('may stand in one batch with what it takes back', async () => {
    const award = book.earn(book.sari, 100n);
    const { asset, debit, credit } = award;
    const reversal = {
      ...follow(100n),
      kind: 'reversal' as const,
      asset,
      debit: credit,
      credit: debit,
      reverses: award.id,
    };
    expect(codesOf(await book.postNow([award, reversal]))).toEqual(['ok', 'ok']);
    await clean();
  });

  test('refuses link-mismatch unless the accounts are swapped, and for the reversal of a reversal', async () => {
    const award = book.earn(book.sari, 100n);
    await book.postNow([award, book.earn(book.budi, 100n)]);
    const reversal = await back(award, 10n);
    const straight = { ...reversal, id: newId<TransferId>(day0), debit: award.debit, credit: award.credit };
    const fromBudi = { ...reversal, id: newId<TransferId>(day0), debit: book.budi.available };
    const fromBudisDebt = { ...reversal, id: newId<TransferId>(day0), debit: book.budi.debt };
    const wrong = [straight, fromBudi, fromBudisDebt].map((one) => ({ ...one, tx: one.id }));
    expect(codesOf(await book.postNow([...wrong, reversal]))).toEqual([
      'link-mismatch',
      'link-mismatch',
      'link-mismatch',
      'ok',
    ]);
    expect(codesOf(await book.postNow([await back(reversal, 10n)]))).toEqual(['link-mismatch']);
  });

  test('refuses unknown-transfer', async () => {
    const { asset, debit, credit, id } = book.earn(book.sari, 1n);
    const reversal = {
      ...follow(1n),
      kind: 'reversal' as const,
      asset,
      debit: credit,
      credit: debit,
      reverses: id,
    };
    expect(codesOf(await book.postNow([reversal]))).toEqual(['unknown-transfer']);
  });
});

describe('expiry of what comes back', () => {
  const schedule = () => book.run((tx) => expiryOf(tx, book.sari.available));

  test('a reversed earning leaves the lot that it was credited to, not the earliest', async () => {
    const [early, late] = ['2017-06-30', '2017-12-31'].map((expiresOn) =>
      book.earn(book.sari, 50n, { expiresOn }),
    );
    await book.postNow([early!, late!]);
    await book.postNow([await back(late!, 30n)]);
    expect(await schedule()).toEqual([
      { expiresOn: '2017-06-30', units: 50n },
      { expiresOn: '2017-12-31', units: 20n },
    ]);
    await clean();
  });

  test('a reversed spending gives its units back with the expiry they had', async () => {
    await book.postNow([
      book.earn(book.sari, 50n, { expiresOn: '2017-06-30' }),
      book.earn(book.sari, 50n, { expiresOn: '2017-12-31' }),
    ]);
    const spending = book.spend(book.sari, 70n);
    await book.postNow([spending]);
    expect(await schedule()).toEqual([{ expiresOn: '2017-12-31', units: 30n }]);
    await book.postNow([await back(spending, 70n)]);
    expect(await schedule()).toEqual([
      { expiresOn: '2017-06-30', units: 50n },
      { expiresOn: '2017-12-31', units: 50n },
    ]);
    await clean();
  });

  test('or with a date of its own, where theirs has passed', async () => {
    await book.postNow([book.earn(book.sari, 50n, { expiresOn: '2017-06-30' })]);
    const spending = book.spend(book.sari, 50n);
    await book.postNow([spending]);
    await book.postNow([await back(spending, 20n, '2017-09-30')]);
    expect(await schedule()).toEqual([{ expiresOn: '2017-09-30', units: 20n }]);
    await clean();
  });
});

describe('pending', () => {
  const earnPending = (amount: bigint) =>
    book.move({ debit: book.issued, credit: book.sari.pending, amount, expiresOn: '2018-03-31' });
  const activate = async (earning: NewTransfer, amount: bigint) =>
    activationOf(book.tenant, await booked(earning), follow(amount));

  test('an earning becomes available in parts, never beyond its amount, and brings its expiry', async () => {
    const [one, other] = [earnPending(100n), earnPending(100n)];
    await book.postNow([one, other]);
    expect(await book.run((tx) => expiryOf(tx, book.sari.pending))).toEqual([]);
    const steps = [
      await activate(one, 70n),
      await activate(one, 31n),
      await activate(one, 30n),
      await activate(one, 1n),
    ];
    expect(codesOf(await book.postNow(steps))).toEqual(['ok', 'hold-exceeded', 'ok', 'already-resolved']);
    expect(await pending()).toBe(100n);
    expect(await book.run((tx) => expiryOf(tx, book.sari.available))).toEqual([
      { expiresOn: '2018-03-31', units: 100n },
    ]);
    await clean();
  });

  test('an activated part cannot be taken from what is pending for another earning', async () => {
    const [one, other] = [earnPending(100n), earnPending(100n)];
    await book.postNow([one, other]);
    await book.postNow([await activate(one, 70n)]);
    expect(codesOf(await book.postNow([await back(one, 31n), await back(one, 30n)]))).toEqual([
      'reversal-exceeded',
      'ok',
    ]);
  });

  test('what was activated and taken back to pending becomes available once more', async () => {
    const earning = earnPending(100n);
    await book.postNow([earning]);
    const now = () => book.run((tx) => activateWaiting(tx, [earning.id], day0, day0));
    const [first] = await now();
    const activation = (await book.run((tx) => transferById(tx, first!.transfer)))!;
    const reversal = reversalOf(activation, { ...follow(60n), kind: 'reversal' });
    expect(codesOf(await book.postNow([reversal]))).toEqual(['ok']);
    expect(await now()).toMatchObject([{ earning: earning.id, units: 60n }]);
    expect([await pending(), await available()]).toEqual([0n, 100n]);
    expect(await now()).toEqual([]);
    await clean();
  });

  test('refuses link-mismatch for what is not pending', async () => {
    const award = book.earn(book.sari, 10n);
    await book.postNow([award]);
    const wrong = { ...(await activate(award, 10n)), debit: book.sari.pending };
    expect(codesOf(await book.postNow([wrong]))).toEqual(['link-mismatch']);
  });

  test.each<[ClawbackPolicy, { available: bigint; debt: bigint; waived: bigint }]>([
    ['only-pending', { available: 0n, debt: 0n, waived: 70n }],
    ['within-balance', { available: 50n, debt: 0n, waived: 20n }],
    ['allow-debt', { available: 50n, debt: 20n, waived: 0n }],
    ['offset-next-earnings', { available: 0n, debt: 70n, waived: 0n }],
  ])(
    'claw-back %s takes the pending part first',
    async (policy, { available: taken, debt: owed, waived }) => {
      const earning = earnPending(100n);
      await book.postNow([earning]);
      await book.postNow([await activate(earning, 40n)]);
      await book.postNow([await activate(earning, 30n)]);
      await book.postNow([book.spend(book.sari, 20n)]);
      const [plan, posted] = await takeBack(earning, 100n, policy, 'once');
      expect(plan).toMatchObject({ ok: true, split: { pending: 30n, available: taken, debt: owed, waived } });
      expect(posted.every((code) => code === 'ok')).toBe(true);
      expect([await pending(), await available(), await debt()]).toEqual([0n, 50n - taken, -owed]);
      await clean();
    },
  );
});

async function takeBack(earning: NewTransfer, amount: bigint, policy: ClawbackPolicy, key: string) {
  return book.run(async (tx): Promise<[PlannedTakeBack, string[]]> => {
    const because = { tx: takeBackTx(key), key, recordedAt: day0, effectiveAt: day0 };
    const [plan] = await planTakeBacks(tx, [{ earning: earning.id, amount, policy, because }]);
    return [plan!, plan!.ok ? codesOf(await post(tx, plan!.transfers, day0)) : []];
  });
}

/** The same key is the same happening. */
const takeBackIds = new Map<string, TransferId>();
function takeBackTx(key: string): TransferId {
  const full = `${book.tenant} ${key}`;
  if (!takeBackIds.has(full)) takeBackIds.set(full, newId<TransferId>(day0));
  return takeBackIds.get(full)!;
}

describe('claw-back', () => {
  test.each<[ClawbackPolicy, bigint, bigint, bigint]>([
    ['only-pending', 30n, 0n, 80n],
    ['within-balance', 0n, 0n, 50n],
    ['allow-debt', 0n, -50n, 0n],
    ['offset-next-earnings', 30n, -80n, 0n],
  ])('%s: 80 of 100 with 30 left', async (policy, availableAfter, debtAfter, waived) => {
    const award = book.earn(book.sari, 100n, { expiresOn: '2017-12-31' });
    await book.postNow([award]);
    await book.postNow([book.spend(book.sari, 70n)]);
    const [plan] = await takeBack(award, 80n, policy, 'receipt 1 version 2');
    expect(plan).toMatchObject({ ok: true, split: { waived } });
    expect([await available(), await debt()]).toEqual([availableAfter, debtAfter]);
    await clean();
  });

  test('what is held is not taken', async () => {
    const award = book.earn(book.sari, 100n);
    await book.postNow([award, book.hold(book.sari, 60n)]);
    const [plan] = await takeBack(award, 100n, 'within-balance', 'held');
    expect(plan).toMatchObject({ ok: true, split: { available: 40n, waived: 60n } });
    expect(await book.balanceOf(book.sari.available)).toEqual({ balance: 60n, held: 60n });
  });

  test('planned and posted again, it is answered as the first time', async () => {
    const award = book.earn(book.sari, 100n);
    await book.postNow([award]);
    await book.postNow([book.spend(book.sari, 70n)]);
    const [first] = await takeBack(award, 80n, 'allow-debt', 'again');
    await book.postNow([book.earn(book.sari, 500n)]);
    const [second, codes] = await takeBack(award, 80n, 'allow-debt', 'again');
    expect(second).toMatchObject({ ok: true, split: first!.ok ? first!.split : null });
    expect(codes).toEqual(['replayed', 'replayed']);
    expect([await available(), await debt()]).toEqual([500n, -50n]);
  });

  test('several earnings of one member share what is available', async () => {
    const awards = [book.earn(book.sari, 50n), book.earn(book.sari, 50n)];
    await book.postNow([...awards, book.spend(book.sari, 40n)]);
    const plans = await book.run(async (tx) => {
      const because = { tx: takeBackTx('both'), key: 'both', recordedAt: day0, effectiveAt: day0 };
      const planned = await planTakeBacks(
        tx,
        awards.map(({ id }) => ({ earning: id, amount: 50n, policy: 'allow-debt' as const, because })),
      );
      const posted = await post(
        tx,
        planned.flatMap((plan) => (plan.ok ? plan.transfers : [])),
        day0,
      );
      expect(codesOf(posted)).toEqual(['ok', 'ok', 'ok']);
      return planned;
    });
    expect(plans).toMatchObject([
      { split: { available: 50n, debt: 0n } },
      { split: { available: 10n, debt: 40n } },
    ]);
    await clean();
  });

  test('refuses reversal-exceeded and unknown-transfer', async () => {
    const award = book.earn(book.sari, 100n);
    await book.postNow([award]);
    expect((await takeBack(award, 101n, 'allow-debt', 'more'))[0]).toMatchObject({
      refused: 'reversal-exceeded',
    });
    const unknown = book.earn(book.sari, 1n);
    expect((await takeBack(unknown, 1n, 'allow-debt', 'none'))[0]).toMatchObject({
      refused: 'unknown-transfer',
    });
  });

  test('later earnings repay the debt first, once', async () => {
    const award = book.earn(book.sari, 100n);
    await book.postNow([award, book.spend(book.sari, 100n)]);
    await takeBack(award, 100n, 'offset-next-earnings', 'debt');
    const earnings = [book.earn(book.sari, 70n), book.earn(book.sari, 70n), book.earn(book.budi, 10n)];
    const earn = () =>
      book.run(async (tx) =>
        codesOf(await post(tx, [...earnings, ...(await planRepayments(tx, earnings))], day0)),
      );
    expect(await earn()).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
    expect([await available(), await debt()]).toEqual([40n, 0n]);
    expect(await earn()).toEqual(['replayed', 'replayed', 'replayed']);
    expect(await available()).toBe(40n);
    await clean();
  });

  test('a split always adds up and never takes more than there is', () => {
    const policies: ClawbackPolicy[] = [
      'only-pending',
      'within-balance',
      'allow-debt',
      'offset-next-earnings',
    ];
    for (const policy of policies)
      for (const [amount, pending, available] of [
        [10n, 3n, 4n],
        [10n, 20n, 0n],
        [10n, 0n, 20n],
        [10n, 0n, -5n],
      ] as const) {
        const split = splitTakeBack(policy, amount, { pending, available });
        expect(split.pending + split.available + split.debt + split.waived).toBe(amount);
        expect(split.pending <= pending && split.available <= (available > 0n ? available : 0n)).toBe(true);
      }
  });
});
