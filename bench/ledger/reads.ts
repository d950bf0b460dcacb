import type { Db, Tx } from '../../src/db/transact.ts';
import { withTenant } from '../../src/db/transact.ts';
import { balanceAsOf } from '../../src/ledger/as-of.ts';
import { balancesOf } from '../../src/ledger/read.ts';
import { statementOf } from '../../src/ledger/statement.ts';
import type { Figures } from '../document.ts';
import { median, percentile } from '../statistics.ts';
import { issuedOf, memberOf, timeBetween } from './book.ts';
import type { Book } from './book.ts';

/** Transfers on a statement page. */
export const pageSize = 50;
/** Reads of one kind in a round, unless the time is over before. */
const readsMax = 200;

type Read = (tx: Tx, book: Book) => Promise<unknown>;

/** What people read, of a random member each time or of the programme, whose account takes part in every transfer. */
const reads = {
  memberBalance: (tx, book) => balancesOf(tx, anyMember(book)),
  memberStatement: (tx, book) => statementOf(tx, anyMember(book), { limit: pageSize }),
  memberAsOfPosted: (tx, book) => balanceAsOf(tx, anyAccount(book), { at: timeBetween(book) }),
  memberAsOfHappened: (tx, book) => balanceAsOf(tx, anyAccount(book), { effectiveAt: timeBetween(book) }),
  hotBalance: (tx, book) => balancesOf(tx, book.programme),
  hotStatement: (tx, book) => statementOf(tx, book.programme, { limit: pageSize }),
  hotAsOfPosted: (tx, book) => balanceAsOf(tx, issuedOf(book, book.points), { at: timeBetween(book) }),
  hotAsOfHappened: (tx, book) =>
    balanceAsOf(tx, issuedOf(book, book.points), { effectiveAt: timeBetween(book) }),
} satisfies Record<string, Read>;

export type ReadName = keyof typeof reads;
export const readNames = Object.keys(reads) as ReadName[];

const anyMember = (book: Book) => memberOf(book, book.chance(book.members.length));
const anyAccount = (book: Book) => book.members[book.chance(book.members.length)]!.points;

/** A book in a database, and what reading it took: milliseconds by kind of read and round. */
export type Reader = { db: Db; book: Book };
export type Times = Record<ReadName, number[][]>;

/**
 * Reads two books in turn, kind by kind, each read in a transaction of its own as a request does it, and answers the times
 * of both.
 */
export async function readInTurn(
  pair: { small: Reader; large: Reader },
  names: readonly ReadName[],
  { rounds, seconds }: { rounds: number; seconds: number },
): Promise<{ small: Times; large: Times }> {
  const times = { small: noTimes(), large: noTimes() };
  for (const name of names) {
    for (const side of ['small', 'large'] as const) await readSome(pair[side], name, seconds / 5);
    for (let round = 0; round < rounds; round++)
      for (const side of round % 2 === 0 ? (['small', 'large'] as const) : (['large', 'small'] as const))
        times[side][name].push(await readSome(pair[side], name, seconds));
  }
  return times;
}

const noTimes = (): Times => Object.fromEntries(readNames.map((name) => [name, []])) as unknown as Times;

async function readSome({ db, book }: Reader, name: ReadName, seconds: number): Promise<number[]> {
  const taken: number[] = [];
  const endsAt = performance.now() + seconds * 1000;
  do {
    const startedAt = performance.now();
    await withTenant<unknown>(db, book.tenant, (tx) => reads[name](tx, book));
    taken.push(performance.now() - startedAt);
  } while (taken.length < readsMax && performance.now() < endsAt);
  return taken;
}

/** How many times as long the median read took: the median of the rounds' ratios. */
export function slowerBy(large: readonly number[][], small: readonly number[][]): number {
  return median(large.map((round, at) => median(round) / median(small[at]!)));
}

/** Median and p99 over all rounds. */
export function tellTimes(rounds: readonly number[][]): Figures {
  return { medianMs: median(rounds.flat()), p99Ms: percentile(rounds.flat(), 0.99) };
}
