import type { TenantId } from '../shared/id.ts';
import type { Db } from './transact.ts';

export type Tenant = { tenant: TenantId; code: string; name: string };

/** The tenant with this code, or null. The directory is the one table that is read before a tenant is known. */
export async function findTenant(db: Db, code: string): Promise<Tenant | null> {
  const found = await db.pool.query<Tenant>('select tenant, code, name from tenant where code = $1', [code]);
  return found.rows[0] ?? null;
}

/** The tenant with this id, or null. */
export async function findTenantById(db: Db, tenant: TenantId): Promise<Tenant | null> {
  const found = await db.pool.query<Tenant>('select tenant, code, name from tenant where tenant = $1', [
    tenant,
  ]);
  return found.rows[0] ?? null;
}

/** The tenant that was there first, or null. */
export async function oldestTenant(db: Db): Promise<Tenant | null> {
  const found = await db.pool.query<Tenant>(
    'select tenant, code, name from tenant order by created_at, code collate "C" limit 1',
  );
  return found.rows[0] ?? null;
}

/** Every tenant, by code. */
export async function listTenants(db: Db): Promise<Tenant[]> {
  const found = await db.pool.query<Tenant>(
    'select tenant, code, name from tenant order by code collate "C"',
  );
  return found.rows;
}

/** Adds a tenant and answers it; one that has this code already is answered unchanged. */
export async function addTenant(db: Db, tenant: Tenant): Promise<Tenant> {
  await db.pool.query(
    'insert into tenant (tenant, code, name) values ($1, $2, $3) on conflict (code) do nothing',
    [tenant.tenant, tenant.code, tenant.name],
  );
  return (await findTenant(db, tenant.code))!;
}
