import type { Tx } from '../db/transact.ts';
import { partId } from '../shared/id.ts';
import type { AccountId, AssetId, Id, TransferId } from '../shared/id.ts';
import { accountId, openAccounts } from './accounts.ts';
import { lockBook } from './chain.ts';
import { expiryOf } from './read.ts';
import type { NewTransfer } from './transfer.ts';

/** Units that one owner gives to another; `gift` names it for ever. */
export type Gift = {
  gift: Id<string>;
  asset: AssetId;
  from: Id<string>;
  to: Id<string>;
  units: bigint;
  effectiveAt: Date;
};

/**
 * Plans a gift: one leg for each lot, earliest expiry first, so that the units keep their last day, and one for what never
 * expires. The legs stand or fall together; too little is for the posting to refuse. The book is locked first, so that
 * the plan still fits when it is posted. Opens the receiver's account.
 */
export async function planGift(
  tx: Tx,
  { gift, asset, from, to, units, effectiveAt }: Gift,
): Promise<NewTransfer[]> {
  await lockBook(tx);
  const debit = accountId(tx.tenant, from, 'available', asset);
  const [credit] = await openAccounts(tx, [{ asset, owner: to, role: 'available' }]);
  const legs: { expiresOn?: string; amount: bigint }[] = [];
  let rest = units;
  for (const lot of await expiryOf(tx, debit)) {
    const amount = lot.units < rest ? lot.units : rest;
    if (amount > 0n) legs.push({ expiresOn: lot.expiresOn, amount });
    rest -= amount;
  }
  if (rest > 0n) legs.push({ amount: rest });
  const shared = { tx: gift, cause: gift, asset, debit, credit: credit!, kind: 'gift' as const, effectiveAt };
  return legs.map((leg) => ({
    ...shared,
    ...leg,
    id: partId<TransferId>(gift, 'gift', leg.expiresOn ?? 'never'),
  }));
}

/** Units that an account has given away since a time, along transfer_debit. */
export async function givenSince(tx: Tx, account: AccountId, since: Date): Promise<bigint> {
  const [row] = await tx.query<{ units: bigint }>(
    `select coalesce(sum(t.amount), 0)::bigint as units from transfer t
     where t.tenant = $1 and t.debit = $2 and t.at >= $3 and t.kind = 'gift'`,
    [tx.tenant, account, since],
  );
  return row!.units;
}
