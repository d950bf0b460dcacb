import assert from 'node:assert/strict';

import { withTenant, type Db, type Tx } from '../db/transact.ts';
import { gather } from '../shared/gather.ts';
import { isPartOf, type TenantId } from '../shared/id.ts';
import { readBook, type Book } from './book.ts';
import { digestRows, lockBook, nextAt, seal, type Digests, type Head } from './chain.ts';
import { judge, noteAll } from './judge.ts';
import { presumeBook } from './presume.ts';
import { movesNothing, rowOf, type NewTransfer, type Posted, type Transfer } from './transfer.ts';
import { NotThere, writeBatch } from './write.ts';

// PostgreSQL's names for them: https://www.postgresql.org/docs/current/errcodes-appendix.html
const uniqueViolation = '23505';
const checkViolation = '23514';

/** Transfers in one batch; an import posts several. */
export const transfersMax = 10_000;
/** The largest amount of one transfer. Nothing real comes near it, and no sum of balances leaves int8 on its way. */
export const amountMax = 10n ** 15n;

/**
 * Posts transfers as one batch in the caller's transaction and answers each in the order given: posted, replayed (the
 * same id and content is in the book already, and nothing changes), or refused. Legs with the same `tx` stand or fall
 * together; a refused `tx` does not touch the others. `now` becomes the posting time unless the last batch is as late,
 * then it is a millisecond later than that. From the first call to the commit the tenant's book is locked.
 */
export async function post(tx: Tx, transfers: readonly NewTransfer[], now: Date): Promise<Posted[]> {
  return postPrepared(tx, prepare(transfers, now), now);
}

/** A batch about which everything is done that can be done without the book. */
export type Prepared = { transfers: readonly NewTransfer[]; presumed: Presumed | null };

/** Prepares a batch for `postPrepared`, before the book is locked, so that others do not wait for it. */
export function prepare(transfers: readonly NewTransfer[], now: Date): Prepared {
  checkTransfers(transfers);
  return { transfers, presumed: presume(transfers, now) };
}

/** As `post`. */
export async function postPrepared(tx: Tx, { transfers, presumed }: Prepared, now: Date): Promise<Posted[]> {
  if (transfers.length === 0) return [];
  const head = await lockBook(tx);
  const at = nextAt(head, now);
  if (presumed && (await tryPresumed(tx, presumed, head, at)))
    return transfers.map(({ id }) => ({ ok: true, id, at, replayed: false }));
  // Nobody else writes to the book until this transaction ends: what is read now is still true when it is written.
  const book = await readBook(tx, head, transfers);
  const { rows, answers } = judge(book, transfers, at);
  if (rows.length > 0) {
    rows.sort(byId);
    await writeBatch(tx, seal(head, at, rows.length, digestRows(rows)), rows, book);
  }
  return answers;
}

/** A batch that needs no look at the book, ready to be written. */
type Presumed = { book: Book; rows: Transfer[]; digests: Digests; earliest: number };

function presume(transfers: readonly NewTransfer[], now: Date): Presumed | null {
  const book = presumeBook(transfers);
  if (!book) return null;
  if (!noteAll(book, transfers)) return null;
  const rows = transfers.map((one) => rowOf(one, now)).sort(byId);
  const earliest = Math.min(...transfers.map(({ effectiveAt }) => effectiveAt.getTime()));
  return { book, rows, digests: digestRows(rows), earliest };
}

/** Writes the batch unless the book is not as it was presumed to be; then nothing is written, and the answer is false. */
async function tryPresumed(tx: Tx, presumed: Presumed, head: Head, at: Date): Promise<boolean> {
  const { book, rows, digests, earliest } = presumed;
  if (head.closedBefore && earliest < head.closedBefore.getTime()) return false;
  try {
    await tx.savepoint(() => writeBatch(tx, seal(head, at, rows.length, digests), rows, book));
    return true;
  } catch (error) {
    if (!isRefusedByDatabase(error)) throw error;
    return false;
  }
}

/** A key is there already, a floor does not hold, or something that changes is not there. */
function isRefusedByDatabase(error: unknown): boolean {
  const { code } = error as { code?: string };
  return code === uniqueViolation || code === checkViolation || error instanceof NotThere;
}

function byId(one: { id: string }, other: { id: string }): number {
  return one.id < other.id ? -1 : 1;
}

/** What only a bug can get wrong. */
function checkTransfers(transfers: readonly NewTransfer[]): void {
  assert(transfers.length <= transfersMax, `a batch has at most ${transfersMax} transfers`);
  for (const one of transfers) {
    assert(one.amount > 0n && one.amount <= amountMax, 'a transfer moves a positive amount that can be real');
    assert(one.debit !== one.credit, 'a transfer has two accounts');
    assert(!one.cause || isPartOf(one.id, one.cause), 'a transfer with a cause has an id made from it');
    const resolves = one.kind === 'capture' || one.kind === 'release' || one.kind === 'activate';
    assert(resolves === (one.resolves !== undefined), 'capture, release and activate name what they resolve');
    assert(!(one.resolves && one.reverses), 'a transfer resolves or reverses');
    assert(one.kind !== 'hold' || !one.reverses, 'a hold reverses nothing');
    assert(one.timesOutAt === undefined || one.kind === 'hold', 'only a hold times out');
    assert(one.expiresOn === undefined || !movesNothing(one.kind), 'only what moves can expire');
  }
}

/**
 * For single calls outside a transaction: gathers what arrives while the previous batch is under way and posts it as
 * one. A call is acknowledged after the commit. When the database fails, every call of that batch gets the error; to
 * repeat it is harmless.
 */
export function openPoster(
  db: Db,
  tenant: TenantId,
  now: () => Date,
): (transfers: readonly NewTransfer[]) => Promise<Posted[]> {
  const postCall = gather(
    async (calls: (readonly NewTransfer[])[]) => {
      const answers = await withTenant(db, tenant, (tx) => post(tx, calls.flat(), now()));
      let start = 0;
      return calls.map((call) => answers.slice(start, (start += call.length)));
    },
    { sizeMax: transfersMax, sizeOf: (call) => call.length },
  );
  return async (transfers) => {
    // Here, so that a bug in one call does not reach the others of its batch.
    checkTransfers(transfers);
    return postCall(transfers);
  };
}
