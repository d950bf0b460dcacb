import type { Tx } from '../db/transact.ts';
import { newId, type Id } from '../shared/id.ts';
import { genesisHash } from './chain.ts';
import type { Checkpoint, Verified } from './verify.ts';

/** A look at the book that was kept. */
export type KeptVerification = {
  at: Date;
  isFull: boolean;
  /** Up to which batch everything was right. */
  seq: bigint;
  hash: string;
  /** What was wrong after it; null: nothing. */
  problem: string | null;
};

/** Keeps what a look at the book has found, for the next one to stand on. */
export async function keepVerified(tx: Tx, found: Verified, now: Date): Promise<void> {
  const { head, firstBad } = found;
  await tx.query(
    `insert into verified (tenant, id, at, is_full, seq, hash, posted_at, problem)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      tx.tenant,
      newId<Id<'verified'>>(now),
      now,
      found.fromSeq === 1n,
      head?.seq ?? 0n,
      head ? Buffer.from(head.hash, 'hex') : genesisHash(tx.tenant),
      head?.at ?? null,
      firstBad ? `the ${firstBad.table} ${firstBad.id} ${firstBad.problem}` : null,
    ],
  );
}

/** The furthest batch that was found right, to check from there on; null when the whole book is to be looked at first. */
export async function checkpointOf(tx: Tx): Promise<Checkpoint | null> {
  const [row] = await tx.query<Checkpoint>(
    `select seq, hash, posted_at as at from verified
     where tenant = $1 and problem is null and seq > 0 order by seq desc, id desc limit 1`,
    [tx.tenant],
  );
  return row ?? null;
}

/** The newest look at the book, at the whole of it or at any part. */
export async function lastVerification(
  tx: Tx,
  { isFull }: { isFull?: true } = {},
): Promise<KeptVerification | null> {
  const [row] = await tx.query<KeptVerification>(
    `select at, is_full as "isFull", seq, encode(hash, 'hex') as hash, problem from verified
     where tenant = $1 and (is_full or not $2) order by id desc limit 1`,
    [tx.tenant, isFull === true],
  );
  return row ?? null;
}

/** What was found wrong and stands: until a look at the whole book finds everything right. Null: nothing. */
export async function standingProblem(tx: Tx): Promise<string | null> {
  const [row] = await tx.query<{ problem: string }>(
    `select v.problem from verified v
     where v.tenant = $1 and v.problem is not null and not exists (select from verified r
       where r.tenant = $1 and r.id > v.id and r.is_full and r.problem is null)
     order by v.id limit 1`,
    [tx.tenant],
  );
  return row?.problem ?? null;
}

/**
 * The last link of the chain as it can be kept outside: whoever has it can tell later whether this batch, or one before
 * it, was rewritten. Null before the first batch.
 */
export async function bookHead(tx: Tx): Promise<{ seq: bigint; hash: string; at: Date } | null> {
  const [head] = await tx.query<{ seq: bigint; hash: string; at: Date }>(
    "select seq, encode(hash, 'hex') as hash, at from chain where tenant = $1 and seq > 0",
    [tx.tenant],
  );
  return head ?? null;
}
