import type { Tx } from '../db/transact.ts';
import { eventId, partId } from '../shared/id.ts';
import type { TransferId } from '../shared/id.ts';
import { lockBook } from './chain.ts';
import { inOpenPeriod } from './period.ts';
import { post } from './post.ts';
import { transfersByIds, type BookedTransfer } from './read.ts';
import type { NewTransfer, Posted } from './transfer.ts';

/** What a transfer that follows another says for itself; accounts and asset come from the other. */
export type Follow = Pick<NewTransfer, 'id' | 'tx' | 'amount' | 'effectiveAt' | 'cause'>;

/**
 * Takes a held amount, or part of it; the rest stays held until it is captured or released too. The last capture of an
 * order that came out smaller goes with a release of the rest under the same `tx`.
 */
export function captureOf(hold: BookedTransfer, follow: Follow): NewTransfer {
  const { debit, credit } = hold;
  return { ...follow, kind: 'capture', asset: hold.asset.id, debit, credit, resolves: hold.id };
}

/** Frees a held amount, or part of it. */
export function releaseOf(hold: BookedTransfer, follow: Follow): NewTransfer {
  const { debit, credit } = hold;
  return { ...follow, kind: 'release', asset: hold.asset.id, debit, credit, resolves: hold.id };
}

type OpenHold = { id: TransferId; open: bigint };

/** What is left of these holds; those of which nothing is left are left out. */
export async function openOf(tx: Tx, holds: readonly TransferId[]): Promise<Map<TransferId, bigint>> {
  const rows = await tx.query<OpenHold>(
    'select id, open from hold where tenant = $1 and id = any ($2::uuid[]) and open > 0',
    [tx.tenant, holds],
  );
  return new Map(rows.map(({ id, open }) => [id, open]));
}

/** Holds that one call releases. */
const releasesMax = 1000;

/** Releases what is left of the holds whose time is over, a thousand at most; call it until it answers nothing. */
export async function releaseTimedOut(tx: Tx, now: Date): Promise<Posted[]> {
  await lockBook(tx);
  const due = await tx.query<OpenHold>(
    `select id, open from hold where tenant = $1 and open > 0 and times_out_at <= $2
     order by times_out_at, id limit $3`,
    [tx.tenant, now, releasesMax],
  );
  const openOf = new Map(due.map((hold) => [hold.id, hold.open]));
  const holds = await transfersByIds(tx, [...openOf.keys()]);
  const releases = holds.map((hold) => {
    const effectiveAt = hold.timesOutAt!;
    const id = hold.cause
      ? partId<TransferId>(hold.cause, 'time-out', hold.id)
      : eventId<TransferId>(effectiveAt, tx.tenant, 'time-out', hold.id);
    return releaseOf(hold, {
      id,
      tx: id,
      amount: openOf.get(hold.id)!,
      effectiveAt,
      cause: hold.cause ?? undefined,
    });
  });
  return post(tx, await inOpenPeriod(tx, releases), now);
}
