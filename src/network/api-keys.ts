import { createHash, randomBytes } from 'node:crypto';
import type { Tx } from '../db/transact.ts';
import {
  newId,
  type Id,
  type OutletId,
  type ProgrammeId,
  type StaffId,
  type TenantId,
} from '../shared/id.ts';

/** What a key may be for: telling activities and their events, asking for discounts, reading what became of activities. */
export const keyAbilities = ['record', 'quote', 'read'] as const;
export type KeyAbility = (typeof keyAbilities)[number];
export type KeyId = Id<'key'>;

/** What a key may do, and where. Null: every programme, every outlet. */
export type KeyScope = {
  may: readonly KeyAbility[];
  programme: ProgrammeId | null;
  outlets: readonly OutletId[] | null;
};

export type NewKey = KeyScope & { name: string; expiresAt: Date | null };

/** A key as managers see it. `ending`: its last characters. `by` null: from the command line. */
export type ApiKey = NewKey & {
  id: KeyId;
  ending: string;
  createdBy: StaffId | null;
  createdAt: Date;
  lastUsedAt: Date | null;
  revokedBy: StaffId | null;
  revokedAt: Date | null;
};

/** The system behind a key, as it asks. */
export type KeyHolder = KeyScope & {
  id: KeyId;
  name: string;
  programmeCode: string | null;
  expiresAt: Date | null;
};

// Known to people and to programs that look for secrets in repositories and logs.
const prefix = 'mitra_';
const keyPattern = /^mitra_([0-9a-f]{32})_[0-9a-f]{64}$/;
const endingLength = 4;
/** When a key was last used is written down about this often. */
const usedEveryMs = 60_000;

const columns = `k.id, k.name, k.ending, k.may, k.programme, k.outlets, k.created_by as "createdBy",
  k.created_at as "createdAt", k.expires_at as "expiresAt", k.last_used_at as "lastUsedAt",
  k.revoked_by as "revokedBy", k.revoked_at as "revokedAt"`;

/**
 * Makes a key and answers its text, `mitra_TENANT_SECRET`, which nobody can be told again: only its hash is kept. Programme
 * and outlets must be there.
 */
export async function createKey(
  tx: Tx,
  { name, may, programme, outlets, expiresAt }: NewKey,
  by: StaffId | null,
  at: Date,
): Promise<{ key: ApiKey; text: string }> {
  const text = `${prefix}${tx.tenant.replaceAll('-', '')}_${randomBytes(32).toString('hex')}`;
  const [key] = await tx.query<ApiKey>(
    `insert into api_key as k (tenant, id, name, token_hash, ending, may, programme, outlets, created_by, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6::text[], $7, $8::uuid[], $9, $10, $11) returning ${columns}`,
    [
      tx.tenant,
      newId<KeyId>(at),
      name,
      hashOf(text),
      text.slice(-endingLength),
      may,
      programme,
      outlets,
      by,
      at,
      expiresAt,
    ],
  );
  return { key: key!, text };
}

/** A page of keys, the newest first, revoked ones among them. */
export async function listKeys(
  tx: Tx,
  { limit, before }: { limit: number; before: KeyId | null },
): Promise<ApiKey[]> {
  return tx.query<ApiKey>(
    `select ${columns} from api_key k where k.tenant = $1 and ($2::uuid is null or k.id < $2) order by k.id desc limit $3`,
    [tx.tenant, before, limit],
  );
}

/** Ends a key from this moment on; once ended it stays so. False where there is no such key. */
export async function revokeKey(tx: Tx, id: KeyId, by: StaffId | null, at: Date): Promise<boolean> {
  const rows = await tx.query(
    `update api_key k set revoked_at = coalesce(k.revoked_at, $3), revoked_by = case when k.revoked_at is null then $4 else k.revoked_by end
     where k.tenant = $1 and k.id = $2 returning k.id`,
    [tx.tenant, id, at, by],
  );
  return rows.length > 0;
}

/** Whose key this would be: the tenant that it names, or null when it is no key. */
export function tenantOfKey(text: string): TenantId | null {
  const hex = keyPattern.exec(text)?.[1];
  return hex === undefined ? null : (hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-') as TenantId);
}

/** Who holds each key, in order; null when it is unknown, revoked or over. Notes that the keys were used. */
export async function keyHolders(tx: Tx, texts: readonly string[], at: Date): Promise<(KeyHolder | null)[]> {
  const hashes = texts.map((text) => hashOf(text).toString('hex'));
  const rows = await tx.query<KeyHolder & { hash: string; lastUsedAt: Date | null }>(
    `select encode(k.token_hash, 'hex') as hash, k.id, k.name, k.may, k.programme, k.outlets, p.code as "programmeCode",
       k.expires_at as "expiresAt", k.last_used_at as "lastUsedAt"
     from api_key k left join programme p on p.tenant = $1 and p.id = k.programme
     where k.tenant = $1 and k.token_hash = any($2::bytea[]) and k.revoked_at is null
       and (k.expires_at is null or k.expires_at > $3)`,
    [tx.tenant, [...new Set(hashes)].map((hash) => `\\x${hash}`), at],
    { name: 'key-holders' },
  );
  const unnoted = rows.filter(({ lastUsedAt }) => at.getTime() - (lastUsedAt?.getTime() ?? 0) >= usedEveryMs);
  if (unnoted.length > 0)
    // What another process is noting just now is noted; to wait for it in another order could be for ever.
    await tx.query(
      `update api_key set last_used_at = $3 where tenant = $1 and id in (
         select k.id from api_key k where k.tenant = $1 and k.id = any($2::uuid[]) for update skip locked)`,
      [tx.tenant, unnoted.map(({ id }) => id), at],
    );
  const holders = new Map(rows.map(({ hash, lastUsedAt: _lastUsedAt, ...holder }) => [hash, holder]));
  return hashes.map((hash) => holders.get(hash) ?? null);
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
