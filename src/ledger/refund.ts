import type { Tx } from '../db/transact.ts';
import { eventId, partId } from '../shared/id.ts';
import type { AccountId, TransferId } from '../shared/id.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import { addDays, type Day } from '../shared/time.ts';
import { lockBook } from './chain.ts';
import { transferById } from './read.ts';
import { reversalOf, type TakeBackCause } from './reverse.ts';
import { traceAccount, type SpentPart } from './trace.ts';
import { movesNothing, type NewTransfer } from './transfer.ts';

/** What becomes of units whose last day has passed while they were spent: some more days, or back to this account at once. */
export type RefundPolicy = { graceDays: number } | { expireTo: AccountId };

/** `amount` of a spend that is to be given back on a day. */
export type Refund = { spend: TransferId; amount: bigint; because: TakeBackCause; day: Day };

export type PlannedRefund =
  | { ok: true; transfers: NewTransfer[] }
  | Refused<'unknown-transfer' | 'link-mismatch' | 'reversal-exceeded'>;

/**
 * Plans how a spend is taken back, in whole or in part, last consumed first: units come back as if they had never left,
 * those whose last day has passed by the policy. A gift is taken back only as far as the receiver still has it, which
 * the posting decides. The book is locked first, so that the plan still fits when it is posted.
 */
export async function planRefund(
  tx: Tx,
  { spend: id, amount, because, day }: Refund,
  policy: RefundPolicy,
): Promise<PlannedRefund> {
  await lockBook(tx);
  const spend = await transferById(tx, id);
  if (!spend) return refuse('unknown-transfer', { link: id });
  // A repayment was no spend: what it took was owed before, and is owed again if it is given back.
  const isSpend = spend.from.role === 'available' && spend.kind !== 'repay';
  if (movesNothing(spend.kind) || spend.reverses || !isSpend) return refuse('link-mismatch', { link: id });
  const { spends } = await traceAccount(tx, spend.debit);
  const parts = (spends.get(id) ?? []).toReversed();
  const left = parts.reduce((sum, part) => sum + part.units - part.returned, 0n);
  if (amount > left) return refuse('reversal-exceeded', { link: id, left: Number(left) });

  const { key, recordedAt, ...shared } = because;
  const idOf = (name: string) =>
    shared.cause
      ? partId<TransferId>(shared.cause, 'refund', key, id, name)
      : eventId<TransferId>(recordedAt, tx.tenant, 'refund', key, id, name);
  const over = unitsOver(parts, amount, day);
  const late = 'graceDays' in policy ? over : 0n;
  const back = (name: string, units: bigint, dated: { expiresOn?: Day }) =>
    reversalOf(spend, { ...shared, ...dated, id: idOf(name), amount: units, kind: 'refund' });
  const transfers: NewTransfer[] = [];
  if (amount > late) transfers.push(back('back', amount - late, {}));
  if (over > 0n && 'graceDays' in policy)
    transfers.push(back('grace', over, { expiresOn: addDays(day, policy.graceDays) }));
  else if (over > 0n && 'expireTo' in policy) {
    const accounts = { debit: spend.debit, credit: policy.expireTo, asset: spend.asset.id };
    transfers.push({ ...shared, ...accounts, id: idOf('expire'), amount: over, kind: 'expire' });
  }
  return { ok: true, transfers };
}

/** Of the units that come back, those whose last day has passed. */
function unitsOver(parts: readonly SpentPart[], amount: bigint, day: Day): bigint {
  let [rest, over] = [amount, 0n];
  for (const part of parts) {
    const open = part.units - part.returned;
    const units = open < rest ? open : rest;
    rest -= units;
    if (part.expiresOn !== null && part.expiresOn < day) over += units;
  }
  return over;
}
