import { listTenants, type Tenant } from '../db/directory.ts';
import type { Db } from '../db/transact.ts';
import { log } from '../log.ts';

/** Does something for every tenant, in order of code. Where it fails the log says so, and the others are not held up. */
export async function eachTenant(
  db: Db,
  failed: string,
  work: (tenant: Tenant) => Promise<unknown>,
): Promise<void> {
  for (const tenant of await listTenants(db))
    await work(tenant).catch((problem: unknown) =>
      log.error({ tenant: tenant.code, problem: String(problem) }, failed),
    );
}
