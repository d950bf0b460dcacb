import assert from 'node:assert/strict';

import type { Tx } from '../db/transact.ts';
import { eventId, partId, timeOf } from '../shared/id.ts';
import type { Id, TransferId } from '../shared/id.ts';
import type { Day } from '../shared/time.ts';
import { openAccounts } from './accounts.ts';
import { readLinks } from './book.ts';
import { lockBook } from './chain.ts';
import { pendingLeft } from './judge.ts';
import { inOpenPeriod } from './period.ts';
import { post } from './post.ts';
import { transfersByIds } from './read.ts';
import { activationOf, planRepayments } from './reverse.ts';

/** Earnings that one call activates. */
const activationsMax = 1000;

/** What a pending earning waits for: the end of a day, or an event that is told of what caused it. */
export type Waiting = {
  earning: TransferId;
  cause: Id<string>;
  /** By whose clock the day ends. */
  programme: Id<'programme'>;
} & ({ through: Day } | { until: string });

/** Notes what pending earnings wait for, in the transaction that posts them. */
export async function keepWaiting(tx: Tx, waiting: readonly Waiting[]): Promise<void> {
  if (waiting.length === 0) return;
  await tx.query(
    `insert into waiting (tenant, earning, cause, programme, through, event)
     select $1, r.earning, r.cause, r.programme, r.through, r.until
     from jsonb_to_recordset($2::jsonb) as r (earning uuid, cause uuid, programme uuid, through date, until text)
     on conflict (tenant, earning) do nothing`,
    [tx.tenant, JSON.stringify(waiting)],
  );
}

/** Earnings of a programme whose last pending day lies before this day, a thousand at most. */
export async function waitedThrough(tx: Tx, programme: Id<'programme'>, day: Day): Promise<TransferId[]> {
  const rows = await tx.query<{ earning: TransferId }>(
    `select earning from waiting where tenant = $1 and programme = $2 and through < $3
     order by through, earning limit $4`,
    [tx.tenant, programme, day, activationsMax],
  );
  return rows.map(({ earning }) => earning);
}

/** Earnings of a cause that wait for this event. */
export async function waitingFor(tx: Tx, cause: Id<string>, event: string): Promise<TransferId[]> {
  const rows = await tx.query<{ earning: TransferId }>(
    'select earning from waiting where tenant = $1 and cause = $2 and event = $3 order by earning',
    [tx.tenant, cause, event],
  );
  return rows.map(({ earning }) => earning);
}

export type Activated = {
  earning: TransferId;
  transfer: TransferId;
  owner: Id<string>;
  asset: string;
  units: bigint;
};

/**
 * Makes available what is left of pending earnings, repays debt out of it first, and strikes them off the list of what
 * waits. What was activated or taken back before is left alone, so doing it again changes nothing. The cause is that of the
 * earning, unless something else is the reason.
 */
export async function activate(
  tx: Tx,
  earnings: readonly TransferId[],
  effectiveAt: Date,
  now: Date,
  because: Id<string> | null = null,
): Promise<Activated[]> {
  if (earnings.length === 0) return [];
  // An activation that was taken back may follow once more; each posting moves the chain on, so its place tells them apart.
  const { seq } = await lockBook(tx);
  const links = await readLinks(tx, earnings);
  const booked = (await transfersByIds(tx, earnings)).filter(({ to }) => to.role === 'pending');
  const open = booked.filter(({ id }) => pendingLeft(links.get(id)!) > 0n);
  await openAccounts(
    tx,
    open.map(({ asset, to }) => ({ asset: asset.id, owner: to.owner, role: 'available' })),
  );
  const activations = open.map((earning) => {
    const cause = because ?? earning.cause ?? undefined;
    const parts = ['activate', earning.id, String(seq)];
    const id = cause
      ? partId<TransferId>(cause, ...parts)
      : eventId<TransferId>(timeOf(earning.id), tx.tenant, ...parts);
    const amount = pendingLeft(links.get(earning.id)!);
    // Nothing is available before it was earned, whenever the event is said to have been.
    const from = earning.effectiveAt > effectiveAt ? earning.effectiveAt : effectiveAt;
    return activationOf(tx.tenant, earning, { id, tx: id, amount, effectiveAt: from, cause });
  });
  const planned = [...activations, ...(await planRepayments(tx, activations))];
  for (const answer of await post(tx, await inOpenPeriod(tx, planned), now))
    assert(answer.ok, `what is pending can be activated: ${JSON.stringify(answer)}`);
  await tx.query('delete from waiting where tenant = $1 and earning = any ($2::uuid[])', [
    tx.tenant,
    earnings,
  ]);
  return open.map(({ id: earning, to, asset }, i) => ({
    earning,
    transfer: activations[i]!.id,
    owner: to.owner,
    asset: asset.code,
    units: activations[i]!.amount,
  }));
}
