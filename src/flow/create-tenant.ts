import { z } from 'zod';
import { addTenant, findTenant, type Tenant } from '../db/directory.ts';
import { withTenant, type Db } from '../db/transact.ts';
import { addStaff, listStaff, staffByEmail, type Staff } from '../network/staff.ts';
import { newId } from '../shared/id.ts';
import { refuse, type Refused } from '../shared/refusal.ts';

/** A brand that begins: its code, its name, and the e-mail address of its first manager. */
export type TenantAsked = { code: string; name: string; manager: string };

const fieldsOf = z.object({
  // It stands in addresses.
  code: z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/, 'lower-case letters, digits and -, at most 60'),
  name: z.string().regex(/^[^\p{Cc}\p{Cs}]{1,120}$/u, '1 to 120 characters'),
  manager: z.email('an e-mail address').max(200),
});

/**
 * Makes a tenant with its first manager, who can sign in and act from then on; the manager's code is what stands before the @.
 * The same again changes nothing. Refuses `bad-request` where the code belongs to a tenant of another name or
 * with other managers.
 */
export async function createTenant(
  db: Db,
  asked: TenantAsked,
  at: Date,
): Promise<{ ok: true; created: boolean; tenant: Tenant; manager: Staff } | Refused<'bad-request'>> {
  const checked = fieldsOf.safeParse(asked);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    return refuse('bad-request', { field: String(issue!.path[0]), problem: issue!.message });
  }
  const { code, name, manager: email } = checked.data;
  const known = await findTenant(db, code);
  const tenant = known ?? (await addTenant(db, { tenant: newId(at), code, name }));
  if (tenant.name !== name)
    return refuse('bad-request', { field: 'name', problem: `${code} is there and called ${tenant.name}` });
  return withTenant(db, tenant.tenant, async (tx) => {
    const found = await staffByEmail(tx, email);
    if (found) return { ok: true, created: false, tenant, manager: found };
    if ((await listStaff(tx)).length > 0)
      return refuse('bad-request', { field: 'manager', problem: `${code} is there with people of its own` });
    const person = staffCodeOf(email);
    await addStaff(tx, [{ code: person, name: person, email, role: 'manager', language: 'en' }]);
    return { ok: true, created: true, tenant, manager: (await staffByEmail(tx, email))! };
  });
}

function staffCodeOf(email: string): string {
  const plain = email
    .split('@')[0]!
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]/g, '-');
  return /^[a-z0-9]/.test(plain) ? plain.slice(0, 60) : 'manager';
}
