import type { Tx } from '../db/transact.ts';
import { nameId, type StaffId } from '../shared/id.ts';

/** What the brand's own people do. */
export const staffRoles = ['manager', 'reviewer', 'controller', 'operator'] as const;
export type StaffRole = (typeof staffRoles)[number];

/** One of the brand's own people. The e-mail address is kept in lower case. */
export type NewStaff = { code: string; name: string; email: string; role: StaffRole; language: string };

export type Staff = NewStaff & { id: StaffId };

const columns = 'id, code, name, email, role, language';

/** Adds the people whose code is new and leaves the others as they are. */
export async function addStaff(tx: Tx, staff: readonly NewStaff[]): Promise<void> {
  const rows = staff.map((person) => ({
    ...person,
    id: staffIdOf(tx, person.code),
    email: person.email.toLowerCase(),
  }));
  await tx.query(
    `insert into staff (tenant, id, code, name, email, role, language)
     select $1, r.id, r.code, r.name, r.email, r.role, r.language
     from jsonb_to_recordset($2::jsonb) as r (id uuid, code text, name text, email text, role text, language text)
     on conflict (tenant, code) do nothing`,
    [tx.tenant, JSON.stringify(rows)],
  );
}

export async function staffById(tx: Tx, id: StaffId): Promise<Staff | null> {
  return (await staffByIds(tx, [id]))[0] ?? null;
}

/** The staff with these ids, in no promised order; unknown ids are left out. */
export async function staffByIds(tx: Tx, ids: readonly StaffId[]): Promise<Staff[]> {
  return tx.query<Staff>(
    `select ${columns} from staff where tenant = $1 and id = any($2::uuid[])`,
    [tx.tenant, ids],
    { name: 'staff' },
  );
}

/** The person with this e-mail address, however it is capitalised. */
export async function staffByEmail(tx: Tx, email: string): Promise<Staff | null> {
  const rows = await tx.query<Staff>(`select ${columns} from staff where tenant = $1 and email = $2`, [
    tx.tenant,
    email.toLowerCase(),
  ]);
  return rows[0] ?? null;
}

/** All staff of the tenant, in order of code. */
export async function listStaff(tx: Tx): Promise<Staff[]> {
  return tx.query<Staff>(`select ${columns} from staff where tenant = $1 order by code collate "C"`, [
    tx.tenant,
  ]);
}

/** The id that a staff member's code gives, whether or not the person is there. */
export function staffIdOf(tx: Pick<Tx, 'tenant'>, code: string): StaffId {
  return nameId(tx.tenant, 'staff', code);
}
