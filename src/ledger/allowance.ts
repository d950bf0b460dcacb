import type { Tx } from '../db/transact.ts';
import { nameId, partId } from '../shared/id.ts';
import type { AccountId, AssetId, Id, TransferId } from '../shared/id.ts';
import type { Day } from '../shared/time.ts';
import { ensureAssets, openAccounts, type Asset } from './accounts.ts';
import { lockBook } from './chain.ts';
import type { NewTransfer } from './transfer.ts';

/**
 * What one person may use of a balance in common during a period. It is an account of its own that goes down to minus the
 * limit: each spend takes the same units from it, in the same `tx`, so the floor in the database keeps the limit however
 * many spend at once, and a spend that is taken back gives it back.
 */
export type Allowance = {
  wallet: Id<string>;
  member: Id<string>;
  startsOn: Day;
  endsOn: Day;
  /** Null: as much as there is. */
  limit: bigint | null;
};

/** Opens the allowance of a period, or brings its floor to the limit as it is now. What was used already stays used. */
export async function openAllowance(
  tx: Tx,
  of: Asset,
  { wallet, member, startsOn, endsOn, limit }: Allowance,
): Promise<{ allowance: AccountId; allowed: AccountId; asset: AssetId }> {
  await lockBook(tx);
  const [asset] = await ensureAssets(tx, [{ code: `${of.code}.allowance`, kind: of.kind, scale: of.scale }]);
  const owner = nameId<Id<'allowance'>>(wallet, member, startsOn, endsOn);
  const floor = limit === null ? null : -limit;
  const [allowance, allowed] = await openAccounts(tx, [
    { asset: asset!.id, owner, role: 'allowance', floor },
    { asset: asset!.id, owner: wallet, role: 'allowed' },
  ]);
  await tx.query(
    `update account set floor = case when $3::bigint is not null then least($3, balance - held) end
     where tenant = $1 and id = $2
       and floor is distinct from case when $3::bigint is not null then least($3, balance - held) end`,
    [tx.tenant, allowance, floor],
  );
  await tx.query(
    `insert into wallet_allowance (tenant, account, wallet, participant, starts_on, ends_on)
     values ($1, $2, $3, $4, $5, $6) on conflict (tenant, account) do nothing`,
    [tx.tenant, allowance, wallet, member, startsOn, endsOn],
  );
  return { allowance: allowance!, allowed: allowed!, asset: asset!.id };
}

/** Reserves the same units of the allowance as a hold does of the balance; both are then captured and released alike. */
export function allowanceHold(
  hold: NewTransfer,
  { allowance, allowed, asset }: { allowance: AccountId; allowed: AccountId; asset: AssetId },
  cause: Id<string>,
): NewTransfer {
  const id = partId<TransferId>(cause, 'allowance');
  return { ...hold, id, asset, debit: allowance, credit: allowed };
}

/** What a member has used in the periods around a day, held units included. */
export type Used = { participant: Id<string>; startsOn: Day; endsOn: Day; used: bigint };

export async function usedOn(tx: Tx, wallet: Id<string>, day: Day): Promise<Used[]> {
  return tx.query<Used>(
    `select w.participant, w.starts_on as "startsOn", w.ends_on as "endsOn", a.held - a.balance as used
     from wallet_allowance w join account a on a.tenant = $1 and a.id = w.account
     where w.tenant = $1 and w.wallet = $2 and $3::date between w.starts_on and w.ends_on`,
    [tx.tenant, wallet, day],
  );
}

/** Whose allowance each of these accounts is. */
export async function allowanceOwners(
  tx: Tx,
  accounts: readonly AccountId[],
): Promise<Map<AccountId, Id<string>>> {
  const rows = await tx.query<{ account: AccountId; participant: Id<string> }>(
    'select account, participant from wallet_allowance where tenant = $1 and account = any ($2::uuid[])',
    [tx.tenant, accounts],
  );
  return new Map(rows.map(({ account, participant }) => [account, participant]));
}
