import assert from 'node:assert/strict';

import type { Tx } from '../db/transact.ts';
import { openAccounts, type NewAccount } from '../ledger/accounts.ts';
import { keepWaiting } from '../ledger/activate.ts';
import { post, transfersMax } from '../ledger/post.ts';
import { inOpenPeriod } from '../ledger/period.ts';
import { planRepayments } from '../ledger/reverse.ts';
import type { NewTransfer } from '../ledger/transfer.ts';
import type { Programme } from '../network/programmes.ts';
import { planAwards, type Judged, type PlannedAwards } from './plan-awards.ts';

/**
 * Posts what brings the book to what was judged, together with the goods that moved; answers the plan for each that was
 * judged, in order.
 */
export async function payAwards(
  tx: Tx,
  programme: Programme,
  judged: readonly Judged[],
  at: Date,
  goods: { transfers: NewTransfer[]; accounts: NewAccount[] } = { transfers: [], accounts: [] },
): Promise<PlannedAwards[]> {
  const { plans, accounts } = await planAwards(tx, programme, judged);
  // Side by side: while accounts are opened, what is to be posted is prepared.
  const opened = openAccounts(tx, [...accounts, ...goods.accounts]);
  const transfers = [...plans.flatMap((plan) => plan.transfers), ...goods.transfers];
  await Promise.all([opened, postAll(tx, transfers, at, opened)]);
  await keepWaiting(
    tx,
    plans.flatMap(({ waiting }) => waiting),
  );
  return plans;
}

// Everything was planned under the lock of the book, so a refusal is a bug and undoes the transaction.
async function postAll(
  tx: Tx,
  transfers: readonly NewTransfer[],
  at: Date,
  opened: Promise<unknown>,
): Promise<void> {
  const earnings = transfers.filter((transfer) => transfer.kind === 'award');
  const planned = [...transfers, ...(await planRepayments(tx, earnings))];
  // What happened in a closed period is awarded by its date and booked in the first open moment.
  const all = await inOpenPeriod(tx, planned);
  for (const batch of batchesOf(all)) {
    const posted = await post(tx, batch, at, opened);
    for (const answer of posted)
      assert(answer.ok, `what was planned can be posted: ${JSON.stringify(answer)}`);
  }
}

/** Cuts what is too much for one batch; what shares a `tx` stays together. */
function batchesOf(transfers: readonly NewTransfer[]): NewTransfer[][] {
  if (transfers.length <= transfersMax) return [[...transfers]];
  const batches: NewTransfer[][] = [[]];
  for (const group of Map.groupBy(transfers, (one) => one.tx).values()) {
    if (batches.at(-1)!.length + group.length > transfersMax) batches.push([]);
    batches.at(-1)!.push(...group);
  }
  return batches;
}
