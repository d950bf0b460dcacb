import { createHash, hash } from 'node:crypto';

import type { Tx } from '../db/transact.ts';
import type { TenantId } from '../shared/id.ts';
import { contentOf, type Transfer } from './transfer.ts';

/** The last link of a tenant's chain. Nothing is posted any more that happened before `closedBefore`. */
export type Head = { seq: bigint; hash: Buffer; at: Date; closedBefore: Date | null };

/** A batch as the next link: `leaves` names its rows, `root` digests their content, `hash` seals both and what was before. */
export type Seal = {
  seq: bigint;
  at: Date;
  n: number;
  prev: Buffer;
  leaves: Buffer;
  root: Buffer;
  hash: Buffer;
};

/** What a batch says about its rows. */
export type Digests = Pick<Seal, 'leaves' | 'root'>;

const idBytes = 16;
const digestBytes = 32;
/** So much of a row's digest a batch keeps. */
const shortBytes = 8;
/** Bytes that a batch keeps per transfer. */
const leafBytes = idBytes + shortBytes;

/**
 * Locks the book of this tenant until the transaction ends and answers the head of its chain. Whoever writes to the book
 * holds this lock first, so all that is read after it stays true until the commit: checks are free of races and no two
 * postings can wait for each other. Lock whatever else the transaction needs before.
 */
export async function lockBook(tx: Tx): Promise<Head> {
  const [head] = await readHeadForUpdate(tx);
  if (head) return head;
  await tx.query(
    'insert into chain (tenant, seq, hash, at) values ($1, 0, $2, $3) on conflict (tenant) do nothing',
    [tx.tenant, genesisHash(tx.tenant), new Date(0)],
  );
  return (await readHeadForUpdate(tx))[0]!;
}

async function readHeadForUpdate(tx: Tx): Promise<Head[]> {
  return tx.query<Head>(
    'select seq, hash, at, closed_before as "closedBefore" from chain where tenant = $1 for update',
    [tx.tenant],
    { name: 'ledger-lock' },
  );
}

/** What the first batch of a tenant stands on; it names the tenant, so that no chain can pass for another's. */
export function genesisHash(tenant: TenantId): Buffer {
  return createHash('sha256').update(`mitra ledger ${tenant}`).digest();
}

/** The posting time of the next batch: `now`, but always later than the batch before. */
export function nextAt(head: Head, now: Date): Date {
  return new Date(Math.max(now.getTime(), head.at.getTime() + 1));
}

/** The next link over rows, whose digests these are. */
export function seal(head: Head, at: Date, n: number, { leaves, root }: Digests): Seal {
  const link = { seq: head.seq + 1n, at, n, prev: head.hash, leaves, root };
  return { ...link, hash: hashLink(link) };
}

/** What a batch says about its rows (in id order): their ids with short digests, and the digest of the whole digests. */
export function digestRows(rows: readonly Transfer[]): Digests {
  const leaves = Buffer.allocUnsafe(rows.length * leafBytes);
  const digests = Buffer.allocUnsafe(rows.length * digestBytes);
  for (const [index, row] of rows.entries()) {
    // As text, for a buffer of its own for each would cost more than the hashing.
    const digest = hash('sha256', contentOf(row), 'binary');
    digests.write(digest, index * digestBytes, 'binary');
    leaves.write(row.id.replaceAll('-', ''), index * leafBytes, 'hex');
    digests.copy(leaves, index * leafBytes + idBytes, index * digestBytes, index * digestBytes + shortBytes);
  }
  return { leaves, root: createHash('sha256').update(digests).digest() };
}

/** The ids of a batch with their short digests, in order of id. */
export function leavesOf(leaves: Buffer): Map<string, string> {
  const hex = leaves.toString('hex');
  const found = new Map<string, string>();
  for (let start = 0; start < hex.length; start += 2 * leafBytes) {
    const id = hex.slice(start, start + 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    found.set(id, hex.slice(start + 32, start + 2 * leafBytes));
  }
  return found;
}

/** The hash of a link: over the hash before it and everything the batch says. */
export function hashLink(link: Omit<Seal, 'hash'>): Buffer {
  return createHash('sha256')
    .update(link.prev)
    .update(`${link.seq} ${link.at.toISOString()} ${link.n}\n`)
    .update(link.root)
    .update(link.leaves)
    .digest();
}
