import assert from 'node:assert/strict';

import type { Tx } from '../db/transact.ts';
import { missingAccounts, openMissing, type MissingAccount, type NewAccount } from '../ledger/accounts.ts';
import { keepWaiting } from '../ledger/activate.ts';
import { postPrepared, prepare, transfersMax, type Prepared } from '../ledger/post.ts';
import { inOpenPeriod } from '../ledger/period.ts';
import { planRepayments } from '../ledger/reverse.ts';
import type { NewTransfer } from '../ledger/transfer.ts';
import type { Programme } from '../network/programmes.ts';
import { planAwards, type Judged, type PlannedAwards } from './plan-awards.ts';

/** What brings the book to what was judged, worked out and ready to be posted; `plans` in the order of what was judged. */
export type Payment = {
  plans: PlannedAwards[];
  missing: MissingAccount[];
  transfers: NewTransfer[];
  batches: Prepared[];
};

type Goods = { transfers: NewTransfer[]; accounts: NewAccount[] };

/**
 * Works out a payment, together with the goods that moved. Where nothing was judged before, it asks nothing of the book, and
 * is best done before that is locked; otherwise under the lock.
 */
export async function planPayment(
  tx: Tx,
  programme: Programme,
  judged: readonly Judged[],
  at: Date,
  goods: Goods = { transfers: [], accounts: [] },
): Promise<Payment> {
  const { plans, accounts } = await planAwards(tx, programme, judged);
  const transfers = [...plans.flatMap((plan) => plan.transfers), ...goods.transfers];
  return {
    plans,
    missing: await missingAccounts(tx, [...accounts, ...goods.accounts]),
    transfers,
    batches: batchesOf(transfers).map((batch) => prepare(batch, at)),
  };
}

/** Posts a payment. Everything was planned under the lock of the book or needs none, so a refusal is a bug. */
export async function pay(tx: Tx, payment: Payment, at: Date): Promise<void> {
  const { plans, missing, transfers } = payment;
  await openMissing(tx, missing);
  const earnings = transfers.filter((transfer) => transfer.kind === 'award');
  const repayments = await planRepayments(tx, earnings);
  // What happened in a closed period is awarded by its date and booked in the first open moment.
  const all = await inOpenPeriod(tx, repayments.length === 0 ? transfers : [...transfers, ...repayments]);
  const batches = all === transfers ? payment.batches : batchesOf(all).map((batch) => prepare(batch, at));
  for (const batch of batches)
    for (const answer of await postPrepared(tx, batch, at))
      assert(answer.ok, `what was planned can be posted: ${JSON.stringify(answer)}`);
  await keepWaiting(
    tx,
    plans.flatMap(({ waiting }) => waiting),
  );
}

/** Works out and posts, under the lock of the book. */
export async function payAwards(
  tx: Tx,
  programme: Programme,
  judged: readonly Judged[],
  at: Date,
): Promise<PlannedAwards[]> {
  if (judged.length === 0) return [];
  const payment = await planPayment(tx, programme, judged, at);
  await pay(tx, payment, at);
  return payment.plans;
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
