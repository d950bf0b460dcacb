import type { Tx } from '../db/transact.ts';
import type { AssetId, Id, TransferId } from '../shared/id.ts';
import { leavesOf } from './chain.ts';
import type { TransferKind } from './transfer.ts';

/** Which transfers are meant; what is null is any. Posted from `from` on and before `until`. */
export type TransferFilter = {
  kind: TransferKind;
  from: Date;
  until: Date;
  asset: AssetId | null;
  owner: Id<string> | null;
};

/** Where a search stopped: at the transfer of this posting time and id, or between two batches. */
export type Found = { transfers: TransferId[]; next: Cursor | null };
export type Cursor = { at: Date; id: TransferId };

/** Transfers that are read in one go, unless a single batch has more. */
const pageSize = 4000;
/** A search that looked at so many stops, however few of them were meant. */
const lookedMax = 100_000;
const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff' as TransferId;

/**
 * The transfers that a filter means, oldest first, from after the cursor on and no more than `limit`; `next` is null when
 * there are none after them. The chain says which were posted when, so a few batches at a time are read by their keys:
 * nothing is locked, nothing is sorted, and a page of a long time costs what a page of a short one costs.
 */
export async function findTransfers(
  tx: Tx,
  filter: TransferFilter,
  { after, limit }: { after: Cursor | null; limit: number },
): Promise<Found> {
  const found: Cursor[] = [];
  let reached = after;
  for (let looked = 0; looked < lookedMax;) {
    const batches = await nextBatches(tx, filter, reached);
    const last = batches.at(-1);
    if (!last) return { transfers: found.map(({ id }) => id), next: null };
    const ids = batches.flatMap(({ leaves }) => [...leavesOf(leaves).keys()]);
    const meant = await meantAmong(tx, filter, ids);
    found.push(...meant.filter((one) => !reached || isAfter(one, reached)));
    looked += ids.length;
    if (found.length > limit) {
      const page = found.slice(0, limit);
      return { transfers: page.map(({ id }) => id), next: page.at(-1)! };
    }
    reached = { at: last.at, id: lastId };
  }
  return { transfers: found.map(({ id }) => id), next: reached };
}

function isAfter(one: Cursor, other: Cursor): boolean {
  return one.at.getTime() === other.at.getTime() ? one.id > other.id : one.at > other.at;
}

/** The next batches of the filter's time, as many as have a page of transfers between them; that of the cursor again, if it is inside. */
async function nextBatches(
  tx: Tx,
  { from, until }: TransferFilter,
  reached: Cursor | null,
): Promise<{ at: Date; leaves: Buffer }[]> {
  const start = reached && reached.at > from ? reached.at : from;
  return tx.query<{ at: Date; leaves: Buffer }>(
    `select at, leaves
     from (select b.at, b.leaves, b.n, sum(b.n) over (order by b.at) as upto
       from (select * from batch where tenant = $1 and (at > $2 or at = $2 and $5) and at < $3 order by at limit $4) b) b
     where upto - n < $4 order by at`,
    [tx.tenant, start, until, pageSize, reached?.id !== lastId],
  );
}

async function meantAmong(tx: Tx, filter: TransferFilter, ids: readonly string[]): Promise<Cursor[]> {
  return tx.query<Cursor>(
    `select t.at, t.id from transfer t
     join account d on d.tenant = $1 and d.id = t.debit
     join account c on c.tenant = $1 and c.id = t.credit
     where t.tenant = $1 and t.id = any($2::uuid[]) and t.kind = $3::transfer_kind
       and ($4::uuid is null or d.asset = $4) and ($5::uuid is null or $5 in (d.owner, c.owner))
     order by t.at, t.id`,
    [tx.tenant, ids, filter.kind, filter.asset, filter.owner],
  );
}

/** Something that somebody did to many transfers at once, and why; it is the cause of what followed. */
export type MassAction = {
  id: Id<'action'>;
  kind: 'activate' | 'cancel' | 'expire';
  reason: string;
  doneBy: Id<'staff'>;
};

export async function keepMassAction(
  tx: Tx,
  { id, kind, reason, doneBy }: MassAction,
  at: Date,
): Promise<void> {
  await tx.query(
    'insert into mass_action (tenant, id, kind, reason, done_by, at) values ($1, $2, $3, $4, $5, $6)',
    [tx.tenant, id, kind, reason, doneBy, at],
  );
}

/** The action that is the cause of a transfer, or null. */
export async function massActionById(tx: Tx, id: Id<string>): Promise<MassAction | null> {
  const rows = await tx.query<MassAction>(
    'select id, kind, reason, done_by as "doneBy" from mass_action where tenant = $1 and id = $2',
    [tx.tenant, id],
  );
  return rows[0] ?? null;
}
