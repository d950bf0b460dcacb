import assert from 'node:assert/strict';

import * as fc from 'fast-check';

import { withTenant, type Db, type Tx } from '../../src/db/transact.ts';
import { openAccounts } from '../../src/ledger/accounts.ts';
import { expireDue } from '../../src/ledger/expire.ts';
import { planGift } from '../../src/ledger/give.ts';
import { captureOf, releaseTimedOut } from '../../src/ledger/holds.ts';
import { closePeriod } from '../../src/ledger/period.ts';
import { openPoster, post } from '../../src/ledger/post.ts';
import { transferById } from '../../src/ledger/read.ts';
import { planRefund } from '../../src/ledger/refund.ts';
import { activationOf, planRepayments, planTakeBacks, reversalOf } from '../../src/ledger/reverse.ts';
import type { NewTransfer } from '../../src/ledger/transfer.ts';
import { verifyBook } from '../../src/ledger/verify.ts';
import { newId, type Id, type ParticipantId, type TransferId } from '../../src/shared/id.ts';
import { codesOf, day0, openBook, type TestBook } from '../book.ts';
import { openGate } from './gate.ts';
import { failure, type Part } from './part.ts';

/** Does something in transactions of its own, and answers what came of it. */
type Actor = (db: Db) => Promise<string>;

/** Prepares a book and answers who meets in it. */
type Race = (book: TestBook) => Promise<Actor[]>;

const posting =
  (book: TestBook, plan: (tx: Tx) => Promise<NewTransfer[]> | NewTransfer[]): Actor =>
  (db) =>
    withTenant(db, book.tenant, async (tx) => codesOf(await post(tx, await plan(tx), day0)).join());

function follow(amount: bigint) {
  const id = newId<TransferId>(day0);
  return { id, tx: id, amount, effectiveAt: day0 };
}

const races: Record<string, Race> = {
  'double capture': async (book) => {
    const hold = book.hold(book.sari, 50n);
    await book.postNow([book.earn(book.sari, 100n), hold]);
    const capture = () =>
      posting(book, async (tx) => [captureOf((await transferById(tx, hold.id))!, follow(30n))]);
    return [capture(), capture()];
  },

  'capture against time-out': async (book) => {
    const hold = book.hold(book.sari, 50n, { timesOutAt: day0 });
    await book.postNow([book.earn(book.sari, 100n), hold]);
    const capture = posting(book, async (tx) => [captureOf((await transferById(tx, hold.id))!, follow(30n))]);
    const timeOut: Actor = (db) =>
      withTenant(db, book.tenant, async (tx) => codesOf(await releaseTimedOut(tx, day0)).join());
    return [capture, timeOut];
  },

  'redeem against redeem': async (book) => {
    await book.postNow([book.earn(book.sari, 100n)]);
    const redeem = (): Actor => {
      const spend = book.spend(book.sari, 60n);
      return posting(book, () => [spend]);
    };
    return [redeem(), redeem(), redeem()];
  },

  'redeem against redeem through posters of two processes': async (book) => {
    await book.postNow([book.earn(book.sari, 100n)]);
    const redeem = (): Actor => {
      const spends = [book.spend(book.sari, 60n), book.spend(book.sari, 30n)];
      return async (db) => {
        const poster = openPoster(db, book.tenant, () => day0);
        return (await Promise.all(spends.map((spend) => poster([spend])))).flatMap(codesOf).join();
      };
    };
    return [redeem(), redeem()];
  },

  'the same transfer from two processes': async (book) => {
    const award = book.earn(book.sari, 10n);
    const send: Actor = (db) =>
      openPoster(db, book.tenant, () => day0)([award]).then((answers) => codesOf(answers).join());
    return [send, send];
  },

  'activation against claw-back': async (book) => {
    const earning = book.earn(book.sari, 100n, { credit: book.sari.pending, expiresOn: '2017-06-30' });
    await book.postNow([earning]);
    const activate = posting(book, async (tx) => [
      activationOf(tx.tenant, (await transferById(tx, earning.id))!, follow(60n)),
    ]);
    return [activate, takingBack(book, earning, 70n)];
  },

  'claw-back against claw-back and a spending': async (book) => {
    const earning = book.earn(book.sari, 100n);
    await book.postNow([earning]);
    const spend = book.spend(book.sari, 50n);
    return [takingBack(book, earning, 60n), takingBack(book, earning, 60n), posting(book, () => [spend])];
  },

  'two earnings against one debt': async (book) => {
    const earning = book.earn(book.sari, 50n);
    await book.postNow([earning, book.spend(book.sari, 50n)]);
    await takingBack(book, earning, 50n)(book.db);
    const earn = (): Actor => {
      const next = book.earn(book.sari, 40n);
      return posting(book, async (tx) => [next, ...(await planRepayments(tx, [next]))]);
    };
    return [earn(), earn()];
  },

  'reversal against reversal': async (book) => {
    const spend = book.spend(book.sari, 80n);
    await book.postNow([book.earn(book.sari, 100n, { expiresOn: '2017-06-30' }), spend]);
    const reverse = () =>
      posting(book, async (tx) => [
        reversalOf((await transferById(tx, spend.id))!, { ...follow(50n), kind: 'reversal' }),
      ]);
    return [reverse(), reverse()];
  },

  'hold against expiry': async (book) => {
    await book.postNow([book.earn(book.sari, 100n, { expiresOn: '2017-02-28' })]);
    const hold = book.hold(book.sari, 80n);
    return [posting(book, () => [hold]), expiring(book), expiring(book)];
  },

  'refund against expiry': async (book) => {
    const spend = book.spend(book.sari, 80n);
    await book.postNow([book.earn(book.sari, 100n, { expiresOn: '2017-02-28' }), spend]);
    const refund: Actor = (db) =>
      withTenant(db, book.tenant, async (tx) => {
        const group = newId<Id<string>>(day0);
        const because = { tx: group, key: group, recordedAt: day0, effectiveAt: day0 };
        const wanted = { spend: spend.id, amount: 50n, because, day: '2017-03-01' };
        const plan = await planRefund(tx, wanted, { graceDays: 30 });
        return plan.ok ? codesOf(await post(tx, plan.transfers, day0)).join() : plan.refused;
      });
    return [refund, refund, expiring(book)];
  },

  'gift of lots against spending': async (book) => {
    await book.postNow([
      book.earn(book.sari, 60n, { expiresOn: '2017-06-30' }),
      book.earn(book.sari, 40n, { expiresOn: '2017-09-30' }),
    ]);
    const gift = newId<Id<string>>(day0);
    const owners = { from: book.sari.owner, to: book.budi.owner };
    const wanted = { gift, asset: book.points, ...owners, units: 70n, effectiveAt: day0 };
    const spend = book.spend(book.sari, 25n);
    return [posting(book, (tx) => planGift(tx, wanted)), posting(book, () => [spend])];
  },

  'closing a period against posting': async (book) => {
    const before = new Date(day0.getTime() - 1000);
    const late = book.earn(book.sari, 10n, { effectiveAt: new Date(day0.getTime() - 60_000) });
    const close: Actor = (db) =>
      withTenant(db, book.tenant, async (tx) => {
        const closed = await closePeriod(tx, { before, by: null }, day0);
        return closed.ok ? 'closed' : closed.refused;
      });
    await book.postNow([book.earn(book.budi, 1n)]);
    return [close, posting(book, () => [late]), posting(book, () => [late])];
  },

  'gift against gift': async (book) => {
    await book.postNow([book.earn(book.sari, 50n), book.earn(book.budi, 50n)]);
    const give = (from: TestBook['sari'], to: TestBook['sari'], amount: bigint): Actor => {
      const gift = book.spend(from, amount, { credit: to.available, kind: 'gift' });
      return posting(book, () => [gift]);
    };
    return [give(book.sari, book.budi, 80n), give(book.budi, book.sari, 40n)];
  },

  'two first uses of one account': async (book) => {
    const account = { asset: book.points, owner: newId<ParticipantId>(day0), role: 'available' as const };
    const earn = (): Actor => {
      const award = book.earn(book.sari, 10n);
      return posting(book, async (tx) => {
        const [credit] = await openAccounts(tx, [account]);
        return [{ ...award, credit: credit! }];
      });
    };
    return [earn(), earn(), posting(book, () => [book.earn(book.budi, 1n)])];
  },
};

function expiring(book: TestBook): Actor {
  const run = { asset: book.points, issued: [book.issued], effectiveAt: day0, day: '2017-03-01' };
  return (db) =>
    withTenant(db, book.tenant, async (tx) => {
      const { expired } = await expireDue(tx, run, day0);
      return expired.map(({ units }) => units).join();
    });
}

function takingBack(book: TestBook, { id: earning }: NewTransfer, amount: bigint): Actor {
  const group = newId<Id<string>>(day0);
  const because = { tx: group, key: group, recordedAt: day0, effectiveAt: day0 };
  return (db) =>
    withTenant(db, book.tenant, async (tx) => {
      const [plan] = await planTakeBacks(tx, [{ earning, amount, policy: 'allow-debt', because }]);
      if (!plan!.ok) return plan!.refused;
      return codesOf(await post(tx, plan!.transfers, day0)).join();
    });
}

/**
 * Lets transactions meet in every order of their statements that fast-check's scheduler thinks of, `rounds` for each
 * race. However they interleave, answers and book are as if they had come one after the other. `change` may spoil
 * statements on their way, to see that a race which can be lost is seen to be lost.
 */
export async function proveRaces(
  database: Parameters<Part>[0],
  { seed, rounds, onProgress }: Parameters<Part>[1],
  change?: (sql: string) => string,
): ReturnType<Part> {
  const gate = openGate(database.db);
  let interleavings = 0;
  const tenants = new Set<TestBook['tenant']>();
  for (const [name, race] of Object.entries(races)) {
    const serial = await serialOutcomes(() => openBook(database), race);
    const act = async (work: () => Promise<void>) => {
      await work();
      await gate.settle();
    };
    const property = fc.asyncProperty(fc.scheduler({ act }), async (scheduler) => {
      const book = await openBook(database);
      // Each tenth book is read from beginning to end.
      if (interleavings % 10 === 0) tenants.add(book.tenant);
      const actors = await race(book);
      const running = actors.map((actor, number) => {
        const wait = (sql: string) => scheduler.schedule(Promise.resolve(), `${number}: ${sql.slice(0, 60)}`);
        return actor(gate.behind(wait, change));
      });
      const answers = await scheduler.waitFor(Promise.all(running));
      const outcome = await tell(book, answers);
      assert(
        serial.has(outcome),
        `${name}: this is no order of one after the other:\n${outcome}\nbut these are:\n${[...serial].join('\n')}`,
      );
      interleavings += 1;
    });
    const result = await fc.check(property, { seed, numRuns: rounds, endOnFailure: true });
    if (result.failed)
      throw failure('races', { seed, rounds }, result.errorInstance, String(result.counterexample?.[0]));
    onProgress?.(interleavings / Object.keys(races).length);
  }
  for (const tenant of tenants)
    assert.equal((await verifyBook(database.db, tenant)).firstBad, undefined, 'the books are found right');
  return { races: Object.keys(races).length, interleavings };
}

/** What can come of it when everybody waits for the one before. */
async function serialOutcomes(open: () => Promise<TestBook>, race: Race): Promise<Set<string>> {
  const outcomes = new Set<string>();
  for (const order of permutations((await race(await open())).length)) {
    const book = await open();
    const actors = await race(book);
    const answers: string[] = [];
    for (const number of order) answers[number] = await actors[number]!(book.db);
    outcomes.add(await tell(book, answers));
  }
  return outcomes;
}

function permutations(length: number): number[][] {
  if (length === 0) return [[]];
  return permutations(length - 1).flatMap((order) =>
    Array.from({ length }, (_, place) => order.toSpliced(place, 0, length - 1)),
  );
}

/** Answers and book in words that are the same for every book. */
async function tell(book: TestBook, answers: readonly string[]): Promise<string> {
  const rows = await book.run((tx) =>
    tx.query<{ line: string }>(
      `select a.role || ' ' || a.balance || ' ' || a.held || ' ' || a.spent || coalesce(' ' || (
           select string_agg(l.expires_on || ': ' || l.earned, ', ' order by l.expires_on) from lot l
           where l.tenant = $1 and l.account = a.id), '') || coalesce(' open ' || (
           select string_agg(h.open::text, ', ' order by h.open) from hold h
           where h.tenant = $1 and h.account = a.id and h.open > 0), '') as line
       from account a where a.tenant = $1 and (a.balance <> 0 or a.spent <> 0)`,
      [book.tenant],
    ),
  );
  const lines = rows.map(({ line }) => line).sort();
  return `${answers.join(' | ')} -> ${lines.join('; ')}`;
}
