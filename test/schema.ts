import type { Client } from 'pg';

/**
 * The database as SQL, told from its own catalogue: tables in the order they were made, with keys, checks, indexes,
 * policies, triggers and grants; then functions. The same text on every PostgreSQL from 15 to 18. The job queue's own
 * schema is left out.
 */
export async function tellSchema(client: Client): Promise<string> {
  const { rows: tables } = await client.query<{ oid: number; name: string; options: string[] | null }>(
    `select c.oid, c.relname as name, c.reloptions as options
     from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by c.oid`,
  );
  const parts: string[] = [];
  for (const { oid, name, options } of tables) {
    const inside = [...(await columnsOf(client, oid)), ...(await constraintsOf(client, oid))];
    const storage = options ? ` with (${options.join(', ')})` : '';
    parts.push(`create table ${name} (\n${inside.map((line) => `  ${line}`).join(',\n')}\n)${storage};`);
    parts.push([...(await indexesOf(client, oid)), ...(await wallsOf(client, oid, name))].join('\n'));
  }
  const { rows: functions } = await client.query<{ text: string }>(
    `select pg_get_functiondef(p.oid) as text from pg_proc p
     where p.pronamespace = 'public'::regnamespace
       and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
     order by p.proname collate "C"`,
  );
  for (const { text } of functions) parts.push(`${text.replaceAll(/[ \t]+$/gm, '').trim()};`);
  return `-- Generated from the database by test/schema.test.ts: do not edit.\n\n${parts.filter(Boolean).join('\n\n')}\n`;
}

async function columnsOf(client: Client, table: number): Promise<string[]> {
  const { rows } = await client.query<{ line: string }>(
    `select a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || case when a.attnotnull then ' not null' else '' end
       || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') as line
     from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
     where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped order by a.attnum`,
    [table],
  );
  return rows.map((row) => row.line);
}

async function constraintsOf(client: Client, table: number): Promise<string[]> {
  // Type 'n' (not null) is a constraint since PostgreSQL 18; it stands with its column.
  const { rows } = await client.query<{ line: string }>(
    `select 'constraint ' || conname || ' ' || pg_get_constraintdef(oid) as line from pg_constraint
     where conrelid = $1 and contype in ('p', 'u', 'c', 'f') order by position(contype in 'pucf'), conname collate "C"`,
    [table],
  );
  return rows.map((row) => row.line);
}

async function indexesOf(client: Client, table: number): Promise<string[]> {
  const { rows } = await client.query<{ line: string }>(
    `select pg_get_indexdef(i.indexrelid) || ';' as line from pg_index i join pg_class c on c.oid = i.indexrelid
     where i.indrelid = $1 and not exists (select from pg_constraint k where k.conindid = i.indexrelid)
     order by c.relname collate "C"`,
    [table],
  );
  return rows.map((row) => row.line);
}

async function wallsOf(client: Client, table: number, name: string): Promise<string[]> {
  const { rows } = await client.query<{ line: string }>(
    `select 'alter table $name enable row level security;' as line, 1 as place from pg_class
       where oid = $1 and relrowsecurity
     union all select 'alter table $name force row level security;', 2 from pg_class where oid = $1 and relforcerowsecurity
     union all select 'create policy ' || polname || ' on $name using ' || pg_get_expr(polqual, polrelid) || ';', 3
       from pg_policy where polrelid = $1
     union all select pg_get_triggerdef(oid) || ';', 4 from pg_trigger where tgrelid = $1 and not tgisinternal
     union all select 'grant ' || rights || ' on $name to ' || string_agg(role, ', ' order by role) || ';', 5 from (
       select grantee::regrole::text as role, string_agg(lower(privilege_type), ', ' order by privilege_type) as rights
       from pg_class c, aclexplode(c.relacl) where c.oid = $1 and grantee <> c.relowner group by grantee) g group by rights
     order by 2, 1`,
    [table],
  );
  return rows.map((row) => row.line.replace('$name', name));
}
