import type { Tx } from '../db/transact.ts';
import type { AccountId, AssetId, Id } from '../shared/id.ts';
import type { Day } from '../shared/time.ts';
import type { AssetKind } from './accounts.ts';

/** An account that gives out an asset, and who owes what it gave. */
export type Issuer = { asset: AssetId; code: string; kind: AssetKind; account: AccountId; owner: Id<string> };

/** The issuing accounts of these owners, in the order of the assets' codes. */
export async function issuersOf(tx: Tx, owners: readonly Id<string>[]): Promise<Issuer[]> {
  return tx.query<Issuer>(
    `select a.asset, s.code, s.kind, a.id as account, a.owner
     from account a join asset s on s.tenant = $1 and s.id = a.asset
     where a.tenant = $1 and a.owner = any ($2::uuid[]) and a.role = 'issued'
     order by s.code collate "C", a.id`,
    [tx.tenant, owners],
  );
}

/** The last day for which what was due of an asset has been expired; null before the first. */
export async function lastExpiryRun(tx: Tx, asset: AssetId): Promise<Day | null> {
  const rows = await tx.query<{ day: Day }>('select day from expiry_run where tenant = $1 and asset = $2', [
    tx.tenant,
    asset,
  ]);
  return rows[0]?.day ?? null;
}

export async function keepExpiryRun(tx: Tx, asset: AssetId, day: Day): Promise<void> {
  await tx.query(
    `insert into expiry_run as r (tenant, asset, day) values ($1, $2, $3)
     on conflict (tenant, asset) do update set day = greatest(r.day, excluded.day)`,
    [tx.tenant, asset, day],
  );
}
