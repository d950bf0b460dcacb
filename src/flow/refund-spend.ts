import type { Tx } from '../db/transact.ts';
import { accountId } from '../ledger/accounts.ts';
import { post } from '../ledger/post.ts';
import { transferById, transfersOfCause, transfersThatFollow, type BookedTransfer } from '../ledger/read.ts';
import { planRefund, type RefundPolicy } from '../ledger/refund.ts';
import { reversalOf } from '../ledger/reverse.ts';
import type { NewTransfer, PostRefusal } from '../ledger/transfer.ts';
import { listProgrammes } from '../network/programmes.ts';
import { partId, type Id, type TransferId } from '../shared/id.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import { wallTime } from '../shared/time.ts';

/** Days that units get whose last day has passed, where their programme says nothing. */
const graceDaysUsual = 30;

/**
 * `units` null: all that was not given back before. `because` names the wish, so that it is granted once; it is the cause
 * unless another is given.
 */
export type RefundAsked = {
  spend: TransferId;
  units: bigint | null;
  because: Id<string>;
  cause?: Id<string>;
};

/**
 * Gives back what a spend took, or part of it, under the policy of the programme that was paid; from a shared wallet the
 * member's allowance comes back as well.
 */
export async function planSpendRefund(
  tx: Tx,
  { spend: id, units, because, cause = because }: RefundAsked,
  at: Date,
): Promise<{ ok: true; units: bigint; transfers: NewTransfer[] } | Refused<PostRefusal>> {
  const spend = await transferById(tx, id);
  if (!spend) return refuse('unknown-transfer', { link: id });
  const back = (await transfersThatFollow(tx, [id])).filter((one) => one.reverses === id);
  const amount = units ?? spend.amount - back.reduce((sum, one) => sum + one.amount, 0n);
  if (amount <= 0n) return refuse('reversal-exceeded', { link: id, left: 0 });
  const programmes = await listProgrammes(tx);
  const programme = programmes.find((one) => (one.id as string) === spend.to.owner) ?? programmes[0]!;
  const { day } = wallTime(at, programme.timeZone);
  const tells = programme.settings.expiredRefund ?? { graceDays: graceDaysUsual };
  const issued = accountId(tx.tenant, programme.id, 'issued', spend.asset.id);
  const policy: RefundPolicy = tells === 'expire' ? { expireTo: issued } : tells;
  const shared = { tx: because, cause, effectiveAt: at };
  const plan = await planRefund(
    tx,
    { spend: id, amount, day, because: { ...shared, key: because, recordedAt: at } },
    policy,
  );
  if (!plan.ok) return plan;
  const twin = await allowanceOf(tx, spend);
  if (twin) {
    const own = { ...shared, id: partId<TransferId>(cause, 'allowance', twin.id), amount };
    plan.transfers.push(reversalOf(twin, { ...own, kind: 'refund' }));
  }
  return { ok: true, units: amount, transfers: plan.transfers };
}

/** The use of an allowance that was posted together with a spend from a shared wallet. */
async function allowanceOf(tx: Tx, spend: BookedTransfer): Promise<BookedTransfer | undefined> {
  if (!spend.cause) return undefined;
  const caused = await transfersOfCause(tx, spend.cause);
  return caused.find((one) => one.tx === spend.tx && one.from.role === 'allowance');
}

/** The same, posted. */
export async function refundSpend(
  tx: Tx,
  asked: RefundAsked,
  at: Date,
): Promise<{ ok: true; units: bigint } | Refused<PostRefusal>> {
  const plan = await planSpendRefund(tx, asked, at);
  if (!plan.ok) return plan;
  for (const answer of await post(tx, plan.transfers, at)) if (!answer.ok) return answer;
  return { ok: true, units: plan.units };
}
