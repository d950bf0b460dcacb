import { listTenants, type Tenant } from '../db/directory.ts';
import type { Db } from '../db/transact.ts';
import { UsageProblem } from './command.ts';

/** The tenant with this code; when none is named, the only one there is. Throws UsageProblem with the codes to choose from. */
export async function pickTenant(db: Db, code: string | undefined): Promise<Tenant> {
  const tenants = await listTenants(db);
  const found = code === undefined ? tenants : tenants.filter((tenant) => tenant.code === code);
  if (found.length === 1) return found[0]!;
  const codes = tenants.map((tenant) => tenant.code).join(', ') || 'none yet';
  throw new UsageProblem(
    code === undefined
      ? `Whose books? Name the tenant with --tenant (there are: ${codes}).`
      : `There is no tenant with the code "${code}" (there are: ${codes}).`,
  );
}
