import type pg from 'pg';

/** Rows of these tables are written once and never changed: what happened stays as it was recorded. */
export const immutableTables = [
  'asset',
  'transfer',
  'batch',
  'period_close',
  'verified',
  'opening_balance',
  'mass_action',
  'evidence',
  'reading',
  'verification',
  'activity',
  'activity_line',
  'evaluation',
  'settlement',
  'target',
  'decision',
  'rule_replay',
  'experiment_look',
  'progress_document',
  'link',
  'tier_override',
  'discount_override',
] as const;

/** What activities name for ever, and who was let in by what: rows of these may change and are never deleted. */
const lastingTables = ['programme', 'participant', 'outlet', 'product', 'api_key'];

/** The directory of tenants: read before a tenant is known, so no tenant's rows and no policy. */
export const directoryTable = 'tenant';

/** What every policy says: only rows of the tenant this transaction was opened for. */
const tenantCondition = "tenant = nullif(current_setting('app.tenant', true), '')::uuid";

type Roles = { app: string; worker: string; jobsSchema: string };
type Table = {
  name: string;
  /** Itself and its partitions, as far as they can be emptied by TRUNCATE. */
  truncatable: string[];
  has_tenant: boolean;
  secured: boolean;
  has_policy: boolean;
  triggers: string[];
};

/**
 * Puts up the walls that migrations leave to it: row-level security, immutability triggers, grants, the enqueue
 * function. Takes a table's lock only where something is missing, and changes nothing the second time; so it runs at every
 * start, and again after the tables were distributed over several nodes (a table with triggers cannot be distributed, so they
 * come last). The client acts as the owner.
 */
export async function secure(client: pg.Client, roles: Roles): Promise<void> {
  const tables = await readTables(client);
  const statements = [
    // Harmless on plain PostgreSQL; a distributed table accepts triggers only with it.
    'set local citus.enable_unsafe_triggers = on',
    ...tables.flatMap(wallOf),
    ...refuseChange(tables),
    ...tables.flatMap((table) => grantsOf(table, roles)),
    ...jobGrants(roles),
  ];
  await client.query("begin; set local lock_timeout = '10s'");
  try {
    for (const statement of statements) await client.query(statement);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

async function readTables(client: pg.Client): Promise<Table[]> {
  const { rows } = await client.query<Table>(
    `select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as secured,
       exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant' and not a.attisdropped)
         as has_tenant,
       array(select p.oid::regclass::text from pg_class p
         where (p.oid = c.oid or p.oid in (select i.inhrelid from pg_inherits i where i.inhparent = c.oid))
           and not exists (select from pg_trigger t where t.tgrelid = p.oid and t.tgname = 'never_truncated')
         order by p.oid) as truncatable,
       exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'tenant_rows') as has_policy,
       array(select t.tgname::text from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal) as triggers
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition
       and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
     order by c.relname collate "C"`,
  );
  return rows;
}

function wallOf(table: Table): string[] {
  if (!table.has_tenant || table.name === directoryTable) return [];
  return [
    ...(table.secured
      ? []
      : [
          `alter table ${table.name} enable row level security`,
          `alter table ${table.name} force row level security`,
        ]),
    ...(table.has_policy ? [] : [`create policy tenant_rows on ${table.name} using (${tenantCondition})`]),
  ];
}

function refuseChange(tables: Table[]): string[] {
  const statements = [
    `create or replace function refuse_change() returns trigger language plpgsql as $$
     begin
       raise exception 'rows of % are never changed', tg_table_name using errcode = 'restrict_violation';
     end $$`,
  ];
  for (const name of immutableTables) {
    const table = tables.find((one) => one.name === name);
    if (!table) continue;
    if (!table.triggers.includes('rows_never_change'))
      statements.push(`create trigger rows_never_change before update or delete on ${name}
        for each row execute function refuse_change()`);
    // Triggers on rows come along to each partition, those on statements do not.
    for (const place of table.truncatable)
      statements.push(`create trigger never_truncated before truncate on ${place}
        for each statement execute function refuse_change()`);
  }
  return statements;
}

function grantsOf(table: Table, { app, worker }: Roles): string[] {
  const rights = rightsOn(table);
  return [
    `revoke all on ${table.name} from public, ${app}, ${worker}`,
    `grant ${rights} on ${table.name} to ${app}, ${worker}`,
  ];
}

function rightsOn(table: Table): string {
  if (table.name === directoryTable) return 'select, insert';
  if (!table.has_tenant) return 'select';
  if ((immutableTables as readonly string[]).includes(table.name)) return 'select, insert';
  if (lastingTables.includes(table.name)) return 'select, insert, update';
  return 'select, insert, update, delete';
}

/**
 * Both roles enqueue through one function, inside their own transaction; only the worker touches the queue's tables.
 * The function runs as the owner and reads no tenant's rows. The queue switches row-level security on without any
 * policy, so the worker needs one per table.
 */
function jobGrants({ app, worker, jobsSchema }: Roles): string[] {
  return [
    `create or replace function enqueue_job(task text, payload json, job_key text, run_at timestamptz) returns void
     language sql security definer set search_path = pg_catalog, pg_temp as $$
       select ${jobsSchema}.add_job(task, payload, run_at => run_at, job_key => job_key, max_attempts => 8)
     $$`,
    'revoke all on function enqueue_job(text, json, text, timestamptz) from public',
    `grant execute on function enqueue_job(text, json, text, timestamptz) to ${app}, ${worker}`,
    `grant usage on schema ${jobsSchema} to ${worker}`,
    `grant select, insert, update, delete on all tables in schema ${jobsSchema} to ${worker}`,
    `grant usage, select on all sequences in schema ${jobsSchema} to ${worker}`,
    `do $$ declare queue_table regclass; begin
       for queue_table in
         select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname = '${jobsSchema}' and c.relkind = 'r' and c.relrowsecurity
           and not exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'worker_rows')
       loop
         execute format('create policy worker_rows on %s to ${worker} using (true) with check (true)', queue_table);
       end loop;
     end $$`,
  ];
}
