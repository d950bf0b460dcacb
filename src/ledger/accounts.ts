import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';

import type { Tx } from '../db/transact.ts';
import { nameId } from '../shared/id.ts';
import type { AccountId, AssetId, Id, TenantId } from '../shared/id.ts';
import { lockBook } from './chain.ts';

export type AssetKind = 'points' | 'status' | 'money' | 'goods' | 'codes';
/** `scale`: decimal places of one unit; amounts count the smallest part. */
export type NewAsset = { code: string; kind: AssetKind; scale: number };
export type Asset = NewAsset & { id: AssetId };

/**
 * What an account is for, and how far down it may go. A member's `available` and `pending` never fall below zero;
 * `debt` is where a claw-back goes that the member cannot cover; `issued` is what the programme owes; `stock` below zero
 * means goods that came in unseen; `supplied` is where goods came from and `sold` where they went. An `allowance` goes
 * down to a floor of its own, what may be used up of a limit; `allowed` is its other side.
 */
export const floors = {
  available: 0n,
  pending: 0n,
  debt: null,
  issued: null,
  stock: null,
  supplied: null,
  sold: null,
  allowance: 0n,
  allowed: null,
} as const satisfies Record<string, bigint | null>;

export type Role = keyof typeof floors;

// Ids of accounts tell the place in this list: new roles come last.
const roles = Object.keys(floors) as Role[];

/** Few and busy: accounts of these roles have daily sums of their own (`turnover`). */
export const systemRoles: readonly string[] = ['issued', 'supplied', 'sold', 'allowed'] satisfies Role[];

/** `floor` where it differs from the role's: a budget, a credit line. Null: none. `id` where it was made already. */
export type NewAccount = {
  asset: AssetId;
  owner: Id<string>;
  role: Role;
  floor?: bigint | null;
  id?: AccountId;
};

/** The id of the asset with this code; no look-up is needed. */
export function assetId(tenant: TenantId, code: string): AssetId {
  return nameId('asset', tenant, code);
}

/** The id of an account; no look-up is needed. Its last two digits say its role, so that posting needs none for that either. */
export function accountId(tenant: TenantId, owner: Id<string>, role: Role, asset: AssetId): AccountId {
  const id = nameId<AccountId>('account', tenant, owner, role, asset);
  return (id.slice(0, -2) + roles.indexOf(role).toString(16).padStart(2, '0')) as AccountId;
}

/** The role that an account's id says; undefined for an id that `accountId` did not make. */
export function roleOf(account: AccountId): Role | undefined {
  return roles[Number.parseInt(account.slice(-2), 16)];
}

/** Makes sure that the assets exist and answers them in the given order. Changing one's kind or scale is a bug. */
export async function ensureAssets(tx: Tx, assets: readonly NewAsset[]): Promise<Asset[]> {
  const wanted = assets.map((asset) => ({ id: assetId(tx.tenant, asset.code), ...asset }));
  const stored = await readAssets(tx, wanted);
  const missing = wanted.filter((asset) => !stored.has(asset.id)).sort(byId);
  if (missing.length > 0) {
    await lockBook(tx);
    await tx.query(
      `insert into asset (tenant, id, code, kind, scale, seal)
       select $1, * from unnest($2::uuid[], $3::text[], $4::text[], $5::smallint[], $6::bytea[])
       on conflict (tenant, id) do nothing`,
      [tx.tenant, ...columns(missing, 'id', 'code', 'kind', 'scale'), missing.map(sealOf)],
    );
    for (const [id, asset] of await readAssets(tx, missing)) stored.set(id, asset);
  }
  return wanted.map((asset) => {
    assert.deepEqual(stored.get(asset.id), asset, 'an asset keeps its kind and scale');
    return asset;
  });
}

/** What seals an asset: SHA-256 over its id, which says tenant and code, its kind and its scale. */
export function sealOf({ id, kind, scale }: Pick<Asset, 'id' | 'kind' | 'scale'>): Buffer {
  return createHash('sha256').update(`asset ${id} ${kind} ${scale}`).digest();
}

/** The asset with this code, or null. */
export async function assetByCode(tx: Tx, code: string): Promise<Asset | null> {
  return (await assetsByCodes(tx, [code]))[0] ?? null;
}

/** The assets with these codes, in no promised order; unknown codes are left out. */
export async function assetsByCodes(tx: Tx, codes: readonly string[]): Promise<Asset[]> {
  const ids = codes.map((code) => ({ id: assetId(tx.tenant, code) }));
  return [...(await readAssets(tx, ids)).values()];
}

/** What can be awarded: every asset that is not goods, in order of code. */
export async function listUnits(tx: Tx): Promise<Asset[]> {
  return tx.query<Asset>(
    `select id, code, kind, scale from asset where tenant = $1 and kind <> 'goods' order by code collate "C"`,
    [tx.tenant],
  );
}

async function readAssets(tx: Tx, assets: readonly Pick<Asset, 'id'>[]): Promise<Map<AssetId, Asset>> {
  const rows = await tx.query<Asset>(
    'select id, code, kind, scale from asset where tenant = $1 and id = any ($2::uuid[])',
    [tx.tenant, assets.map((asset) => asset.id)],
    { name: 'ledger-assets' },
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/**
 * Opens the accounts that are not open yet and answers the ids of all, in the given order. An account that is open
 * keeps its floor. Posting does not open accounts by itself: a wrong id must not become an account.
 */
export async function openAccounts(tx: Tx, accounts: readonly NewAccount[]): Promise<AccountId[]> {
  const wanted = accounts.map((account) => asRow(tx, account));
  await openMissing(tx, await missingOf(tx, wanted));
  return wanted.map(({ id }) => id);
}

/** An account that is not open, or was not a moment ago. */
export type MissingAccount = Required<NewAccount>;

/** Those of the accounts that are not open yet: to be asked before the book is locked. */
export async function missingAccounts(tx: Tx, accounts: readonly NewAccount[]): Promise<MissingAccount[]> {
  return missingOf(
    tx,
    accounts.map((account) => asRow(tx, account)),
  );
}

/** Opens accounts, unless somebody else has meanwhile. Locks the book. */
export async function openMissing(tx: Tx, missing: readonly MissingAccount[]): Promise<void> {
  if (missing.length === 0) return;
  await lockBook(tx);
  await tx.query(
    `insert into account (tenant, id, asset, owner, role, floor)
     select $1, * from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::bigint[])
     on conflict (tenant, id) do nothing`,
    [tx.tenant, ...columns(missing, 'id', 'asset', 'owner', 'role', 'floor')],
    { name: 'ledger-accounts-new' },
  );
}

function asRow(tx: Tx, account: NewAccount): MissingAccount {
  const { asset, owner, role, floor = floors[role] } = account;
  return { asset, owner, role, floor, id: account.id ?? accountId(tx.tenant, owner, role, asset) };
}

async function missingOf(tx: Tx, wanted: readonly MissingAccount[]): Promise<MissingAccount[]> {
  const open = await tx.query<{ id: AccountId }>(
    'select id from account where tenant = $1 and id = any ($2::uuid[])',
    [tx.tenant, wanted.map(({ id }) => id)],
    { name: 'ledger-open' },
  );
  const known = new Set(open.map(({ id }) => id));
  return wanted.filter(({ id }) => !known.has(id)).sort(byId);
}

/** One array per column, as `unnest` takes them. */
function columns<Row, Key extends keyof Row>(rows: readonly Row[], ...keys: Key[]): unknown[][] {
  return keys.map((key) => rows.map((row) => row[key]));
}

function byId(one: { id: string }, other: { id: string }): number {
  return one.id < other.id ? -1 : 1;
}
