import type pg from 'pg';

import { directoryTable } from './secure.ts';

/**
 * What is wrong with the walls between tenants, seen by the role that is signed in: one sentence per fault, none when
 * it may serve. It asks the catalogue and trusts no migration.
 */
export async function checkWalls(client: pg.Client): Promise<string[]> {
  const problems: string[] = [];
  const { rows: roles } = await client.query<{ rolname: string; rolsuper: boolean; rolbypassrls: boolean }>(
    'select rolname, rolsuper, rolbypassrls from pg_roles where rolname = current_user',
  );
  const role = roles[0]!;
  if (role.rolsuper) problems.push(`The role ${role.rolname} is a superuser, so no row is hidden from it.`);
  if (role.rolbypassrls)
    problems.push(`The role ${role.rolname} has BYPASSRLS, so no row is hidden from it.`);
  const { rows: tables } = await client.query<{
    name: string;
    owned: boolean;
    walled: boolean;
    policies: number;
  }>(
    `select c.relname as name, pg_has_role(current_user, c.relowner, 'MEMBER') as owned,
       c.relrowsecurity and c.relforcerowsecurity as walled,
       (select count(*)::int from pg_policy p where p.polrelid = c.oid
          and pg_get_expr(p.polqual, p.polrelid) like '%tenant = %current_setting(''app.tenant''%') as policies
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> $1
       and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant' and not a.attisdropped)
     order by c.relname collate "C"`,
    [directoryTable],
  );
  if (tables.length === 0) problems.push('No table of a tenant was found: the database is not set up.');
  for (const table of tables) {
    if (table.owned && !role.rolsuper)
      problems.push(`The role ${role.rolname} owns the table ${table.name}.`);
    if (!table.walled) problems.push(`Row-level security is not forced on the table ${table.name}.`);
    if (table.policies === 0) problems.push(`The table ${table.name} has no policy for its tenant.`);
  }
  const { rows: bare } = await client.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and c.relkind = 'r' and c.relispartition
       and has_table_privilege(c.oid, 'select, insert, update, delete') and not pg_has_role(current_user, c.relowner, 'MEMBER')
     order by c.relname collate "C"`,
  );
  for (const { name } of bare)
    problems.push(`The partition ${name} can be reached past the policy of its table.`);
  const { rows: views } = await client.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and (c.relkind = 'm' or c.relkind = 'v' and not coalesce(c.reloptions @> '{security_invoker=true}', false))
       and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
     order by c.relname collate "C"`,
  );
  for (const { name } of views)
    problems.push(`The view ${name} shows rows as its owner sees them; it needs security_invoker.`);
  return problems;
}
