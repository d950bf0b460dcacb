import assert from 'node:assert/strict';

import { withTenant, type Db, type Tx } from '../db/transact.ts';
import { gather } from '../shared/gather.ts';
import { isPartOf, type TenantId } from '../shared/id.ts';
import { readBook } from './book.ts';
import { lockBook, nextAt, seal } from './chain.ts';
import { judge } from './judge.ts';
import { movesNothing, type NewTransfer, type Posted } from './transfer.ts';
import { writeBatch } from './write.ts';

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
  if (transfers.length === 0) return [];
  checkTransfers(transfers);
  const head = await lockBook(tx);
  // Nobody else writes to the book until this transaction ends: what is read now is still true when it is written.
  const book = await readBook(tx, head, transfers);
  const at = nextAt(head, now);
  const { rows, answers } = judge(book, transfers, at);
  if (rows.length > 0) {
    rows.sort((one, other) => (one.id < other.id ? -1 : 1));
    await writeBatch(tx, seal(head, at, rows), rows, book);
  }
  return answers;
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
