import { afterAll, beforeAll, expect, test } from 'vitest';

import { withClient } from '../src/db/connect.ts';
import { directoryTable, immutableTables } from '../src/db/secure.ts';
import { testDatabase } from './database.ts';
import { tellSchema } from './schema.ts';

let world: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  world = await testDatabase();
});
afterAll(() => world.drop());

const asAdmin = <Row extends object>(sql: string): Promise<Row[]> =>
  withClient(world.logins.admin, async (client) => (await client.query<Row>(sql)).rows);

const tenantTables = `select c.oid, c.relname as name from pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    and c.relname <> '${directoryTable}'
    and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant')`;

test('src/db/schema.sql shows the database as it is; after a migration run: npx vitest run test/schema.test.ts -u', async () => {
  const text = await withClient(world.logins.admin, tellSchema);
  await expect(text).toMatchFileSnapshot('../src/db/schema.sql');
});

test('every table belongs to tenants, but for the directory and the list of migrations', async () => {
  const rows = await asAdmin<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
       and relname not in (select name from (${tenantTables}) t) order by 1`,
  );
  expect(rows.map((row) => row.name)).toEqual(['schema_migration', directoryTable]);
});

test('every key and index of a tenant table begins with the tenant, but for those of transfers by ids that are unique over all', async () => {
  const rows = await asAdmin<{ index: string; first: string }>(
    `select c.relname as index, coalesce(a.attname, 'an expression') as first
     from (${tenantTables}) t join pg_index i on i.indrelid = t.oid join pg_class c on c.oid = i.indexrelid
     left join pg_attribute a on a.attrelid = t.oid and a.attnum = i.indkey[0]
     order by c.relname collate "C"`,
  );
  expect(rows.length).toBeGreaterThan(40);
  expect(rows.filter((row) => row.first !== 'tenant')).toEqual([
    { index: 'transfer_at', first: 'at' },
    { index: 'transfer_credit', first: 'credit' },
    { index: 'transfer_debit', first: 'debit' },
    { index: 'transfer_resolves', first: 'resolves' },
    { index: 'transfer_reverses', first: 'reverses' },
  ]);
});

test('partitions are reached through their table only: the program has no right on them, and they refuse TRUNCATE', async () => {
  const rows = await asAdmin<{ name: string; granted: boolean; refuses: boolean }>(
    `select c.relname as name,
       has_table_privilege('mitra_app', c.oid, 'select, insert, update, delete, truncate') as granted,
       exists (select from pg_trigger t where t.tgrelid = c.oid and t.tgname = 'never_truncated') as refuses
     from pg_class c where c.relispartition and c.relkind = 'r' and c.relnamespace = 'public'::regnamespace`,
  );
  expect(rows).toEqual([{ name: 'transfer_p0', granted: false, refuses: true }]);
});

test('every tenant table has a primary key, and its foreign keys stay inside the tenant', async () => {
  const bare = await asAdmin<{ name: string }>(
    `select name from (${tenantTables}) t where not exists (select from pg_constraint k where k.conrelid = t.oid and k.contype = 'p')`,
  );
  expect(bare).toEqual([]);
  const keys = await asAdmin<{ definition: string }>(
    `select pg_get_constraintdef(k.oid) as definition from (${tenantTables}) t
     join pg_constraint k on k.conrelid = t.oid and k.contype = 'f'`,
  );
  expect(keys.length).toBeGreaterThan(15);
  for (const { definition } of keys)
    expect(definition).toMatch(/^FOREIGN KEY \(tenant, .*\) REFERENCES \w+\(tenant, /);
});

test('T12: every tenant table is walled: row-level security enabled and forced, one policy on the tenant for all', async () => {
  const rows = await asAdmin<{ name: string; walled: boolean; policies: string[] }>(
    `select t.name, c.relrowsecurity and c.relforcerowsecurity as walled,
       array(select pg_get_expr(p.polqual, p.polrelid) from pg_policy p where p.polrelid = t.oid and p.polcmd = '*') as policies
     from (${tenantTables}) t join pg_class c on c.oid = t.oid`,
  );
  expect(rows.length).toBeGreaterThan(25);
  for (const row of rows)
    expect(row).toMatchObject({
      walled: true,
      policies: ["(tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)"],
    });
});

test('T12: no role of the program owns a table, is a superuser or passes by row-level security; views run as their caller', async () => {
  const roles = await asAdmin(
    `select rolname, rolsuper or rolbypassrls or rolcreaterole or rolcreatedb as mighty,
       exists (select from pg_class c where c.relowner = r.oid) as owner
     from pg_roles r where rolname in ('mitra_app', 'mitra_worker') order by 1`,
  );
  expect(roles).toEqual([
    { rolname: 'mitra_app', mighty: false, owner: false },
    { rolname: 'mitra_worker', mighty: false, owner: false },
  ]);
  const views = await asAdmin(
    `select relname from pg_class where relnamespace = 'public'::regnamespace
       and (relkind = 'm' or relkind = 'v' and not coalesce('security_invoker=true' = any (reloptions), false))
       and not exists (select from pg_depend d where d.objid = pg_class.oid and d.deptype = 'e')`,
  );
  expect(views).toEqual([]);
});

test('what happened cannot be changed: not by the program, and not by the owner', async () => {
  const rows = await asAdmin<{ name: string; triggers: number; rights: string[] }>(
    `select c.relname as name, (select count(*)::int from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal) as triggers,
       array(select distinct lower(privilege_type) from aclexplode(c.relacl) where grantee in ('mitra_app'::regrole, 'mitra_worker'::regrole) order by 1) as rights
     from pg_class c where c.relname = any ('{${immutableTables.join()}}') and c.relnamespace = 'public'::regnamespace`,
  );
  expect(rows.length).toBe(immutableTables.length);
  for (const row of rows) expect(row).toMatchObject({ triggers: 2, rights: ['insert', 'select'] });
  for (const statement of ['update evidence set kind = kind', 'delete from transfer', 'truncate batch'])
    await expect(world.db.pool.query(statement)).rejects.toThrow('permission denied');
  await expect(asAdmin('set role mitra_owner; truncate batch')).rejects.toThrow(
    'rows of batch are never changed',
  );
});
