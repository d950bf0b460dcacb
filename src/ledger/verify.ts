import { seeOneMoment, withTenant, type Db, type Tx } from '../db/transact.ts';
import type { TenantId } from '../shared/id.ts';
import { digestRows, genesisHash, hashLink, leavesOf, type Head, type Seal } from './chain.ts';
import { transfersMax } from './post.ts';
import { transferColumns, type Transfer } from './transfer.ts';
import { assetsDigest, findWrongName } from './verify-names.ts';
import { findWrongTotal, findWrongTouched, type BadRow, type CheckedTotals } from './verify-totals.ts';

/** The last batch that an earlier look found right, with everything before it. */
export type Checkpoint = { seq: bigint; hash: Buffer; at: Date };

export type Verified = {
  ok: boolean;
  /** The first batch that was checked: 1 in a look at the whole book. */
  fromSeq: bigint;
  checked: { batches: number; transfers: number } & CheckedTotals;
  /** The last batch that is right. What to keep outside: another hash of this batch later proves that history was rewritten. */
  head: { seq: bigint; hash: string; at: Date } | null;
  /** Digest of what the assets are, to keep outside as well. */
  assets: string;
  firstBad?: BadRow;
};

/**
 * Recomputes the book of a tenant from its transfers: the chain of batches with every row, then balances, what is held,
 * spent, in lots, in holds and in daily sums, whose accounts they are, the limits of reversals, closed periods, and the sum of each asset. Stops at
 * the first row that differs and names it. It reads one snapshot in pieces, so memory stays flat and posting goes on
 * meanwhile. With `since` it stands on what was found right then: it checks the chain from there on, every figure that
 * was touched after it, and the sums of assets; a change of an older row is seen by the next look at everything.
 */
export async function verifyBook(
  db: Db,
  tenant: TenantId,
  { since = null }: { since?: Checkpoint | null } = {},
): Promise<Verified> {
  return withTenant(db, tenant, async (tx) => {
    await seeOneMoment(tx);
    await tx.query('set local statement_timeout = 0');
    const checked = { batches: 0, transfers: 0, accounts: 0, lots: 0, holds: 0, turnover: 0, assets: 0 };
    const { last, bad } = await walkChain(tx, since, checked);
    const firstBad =
      bad ??
      (since ? undefined : await findWrongName(tx)) ??
      (await findWrongTotal(tx, since?.at ?? null, checked));
    const head = last.at ? { seq: last.seq, hash: last.hash.toString('hex'), at: last.at } : null;
    return {
      ok: !firstBad,
      fromSeq: (since?.seq ?? 0n) + 1n,
      checked,
      head,
      assets: await assetsDigest(tx),
      ...(firstBad ? { firstBad } : {}),
    };
  });
}

/** The last link that was found right; before the first batch there is no time. */
type Last = { seq: bigint; hash: Buffer; at: Date | null };

async function walkChain(
  tx: Tx,
  since: Checkpoint | null,
  checked: Verified['checked'],
): Promise<{ last: Last; bad?: BadRow | undefined }> {
  let last: Last = since ?? { seq: 0n, hash: genesisHash(tx.tenant), at: null };
  if (since) {
    const [stored] = await readSeals(tx, since.seq - 1n);
    if (stored?.seq !== since.seq) return { last, bad: badBatch(since.seq, 'is missing') };
    if (!stored.hash.equals(since.hash) || stored.at.getTime() !== since.at.getTime())
      return { last, bad: badBatch(since.seq, 'is not what it was when it was verified') };
  }
  for (;;) {
    const seals = await readSeals(tx, last.seq);
    const rows = await readRows(tx, last.at, seals);
    if (seals.length === 0) return { last, bad: (await checkHead(tx, last)) ?? rows.map(strayRow)[0] };
    let start = 0;
    for (const seal of seals) {
      const end = rows.findIndex((row, index) => index >= start && row.at > seal.at);
      const own = rows.slice(start, end < 0 ? rows.length : end);
      const bad = checkSeal(last, seal) ?? checkRows(seal, own);
      if (bad) return { last, bad };
      start += own.length;
      last = seal;
      checked.batches += 1;
      checked.transfers += own.length;
    }
    const bad = since ? await findWrongTouched(tx, rows, checked) : undefined;
    if (bad) return { last, bad };
  }
}

/** The next batches, as many as have one full batch of transfers between them. */
async function readSeals(tx: Tx, afterSeq: bigint): Promise<Seal[]> {
  return tx.query<Seal>(
    `select seq, at, n, prev, leaves, root, hash
     from (select b.*, sum(b.n) over (order by b.seq) as upto
       from (select * from batch where tenant = $1 and seq > $2 order by seq limit $3) b) b
     where upto - n < $3 order by seq`,
    [tx.tenant, afterSeq, transfersMax],
  );
}

/** Every transfer after the last batch and up to these, whether or not it belongs there; none given: all after the last. */
async function readRows(tx: Tx, after: Date | null, seals: readonly Seal[]): Promise<Transfer[]> {
  const expected = seals.reduce((total, seal) => total + seal.n, 0);
  return tx.query<Transfer>(
    `select ${transferColumns} from transfer t
     where t.tenant = $1 and ($2::timestamptz is null or t.at > $2) and ($3::timestamptz is null or t.at <= $3)
     order by t.at, t.id limit $4`,
    // One more than expected is enough to find a row that should not be there.
    [tx.tenant, after, seals.at(-1)?.at ?? null, Math.min(expected, 2 * transfersMax) + 1],
  );
}

/** Is the batch the next link, and does it still say what was sealed? */
function checkSeal(last: Last, seal: Seal): BadRow | undefined {
  if (seal.seq !== last.seq + 1n) return badBatch(last.seq + 1n, 'is missing');
  if (!hashLink(seal).equals(seal.hash))
    return badBatch(seal.seq, 'was changed: its hash does not fit what it says');
  if (seal.prev.equals(last.hash)) return undefined;
  if (last.seq === 0n) return badBatch(seal.seq, 'does not stand on the beginning of this tenant');
  return badBatch(last.seq, `was rewritten: batch ${seal.seq} stands on another hash`);
}

/** Are the rows those that were sealed? `own` are in order of posting time, then id. */
function checkRows(seal: Seal, own: readonly Transfer[]): BadRow | undefined {
  const found = digestRows(own);
  const stray = own.find((row) => row.at.getTime() !== seal.at.getTime());
  if (!stray && found.leaves.equals(seal.leaves))
    return found.root.equals(seal.root) ? undefined : badBatch(seal.seq, 'has a transfer that was changed');
  const sealed = leavesOf(seal.leaves);
  if (stray) return sealed.has(stray.id) ? changedRow(stray.id, seal) : strayRow(stray);
  const ids = new Set<string>(own.map((row) => row.id));
  const digests = leavesOf(found.leaves);
  const wrong = [...new Set([...sealed.keys(), ...ids])]
    .sort()
    .find((id) => sealed.get(id) !== digests.get(id))!;
  if (!sealed.has(wrong)) return strayRow({ id: wrong });
  return ids.has(wrong) ? changedRow(wrong, seal) : { ...changedRow(wrong, seal), problem: 'was deleted' };
}

async function checkHead(tx: Tx, last: Last): Promise<BadRow | undefined> {
  const [head] = await tx.query<Head>(
    'select seq, hash, at, closed_before as "closedBefore" from chain where tenant = $1',
    [tx.tenant],
  );
  const bad = (problem: string): BadRow => ({ table: 'chain', id: tx.tenant, problem });
  if (!head) return last.seq > 0n ? bad('the head of the chain was deleted') : undefined;
  if (head.seq > last.seq) return badBatch(last.seq + 1n, 'is missing');
  const fits = head.seq === last.seq && head.hash.equals(last.hash);
  const sameTime = last.at === null || head.at.getTime() === last.at.getTime();
  return fits && sameTime ? undefined : bad('the head of the chain is not the last batch');
}

function badBatch(seq: bigint, problem: string): BadRow {
  return { table: 'batch', id: String(seq), seq: Number(seq), problem };
}

function changedRow(id: string, seal: Seal): BadRow {
  return { table: 'transfer', id, seq: Number(seal.seq), problem: 'was changed' };
}

function strayRow({ id }: { id: string }): BadRow {
  return { table: 'transfer', id, problem: 'was inserted: no batch has it there' };
}
