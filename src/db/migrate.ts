import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

import { Logger, runMigrations } from 'graphile-worker';
import { Client, Pool } from 'pg';

import { withClient } from './connect.ts';
import type { Login } from './connect.ts';
import { DatabaseProblem } from './problem.ts';
import { appRole, ensureRoles, ownerRole, workerRole } from './roles.ts';
import { secure } from './secure.ts';

/** The schema of the job queue; its tables have no tenant. */
export const jobsSchema = 'graphile_worker';

const folder = new URL('./migrations/', import.meta.url);
const migrationLock = 7_264_001;

type Migration = { version: number; name: string; sql: string; sha256: string };

/** The migrations that come with this version of the product, in order. */
export function listMigrations(): Migration[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.sql'));
  const migrations = files.sort().map((name) => {
    const sql = readFileSync(new URL(name, folder), 'utf8');
    return {
      version: Number.parseInt(name, 10),
      name,
      sql,
      sha256: createHash('sha256').update(sql).digest('hex'),
    };
  });
  for (const [index, migration] of migrations.entries())
    if (migration.version !== index + 1)
      throw new Error(`migration ${index + 1} is missing: found ${migration.name}`);
  return migrations;
}

/**
 * Brings the database to this version: roles, migrations as the owner, the job queue's tables, and the walls between
 * tenants. Forward only, each migration in a transaction of its own, one process at a time; a second call changes
 * nothing. Answers the names of the migrations it applied.
 */
export async function migrate(admin: Login): Promise<string[]> {
  return withClient(admin, async (client) => {
    await client.query('select pg_advisory_lock($1)', [migrationLock]);
    await ensureRoles(client);
    await client.query(`set role ${ownerRole}`);
    const applied = await applyMigrations(client);
    await installJobs(admin);
    await secure(client, { app: appRole, worker: workerRole, jobsSchema });
    return applied;
  });
}

/** What `migrate` would apply, by name; null where the database has never been set up. */
export async function pendingMigrations(client: Client | Pool): Promise<string[] | null> {
  const { rows } = await client.query<{ there: boolean }>(
    "select to_regclass('public.schema_migration') is not null as there",
  );
  if (!rows[0]!.there) return null;
  const done = await client.query<{ version: number }>('select version from schema_migration');
  const versions = new Set(done.rows.map((row) => row.version));
  return listMigrations()
    .filter((migration) => !versions.has(migration.version))
    .map((migration) => migration.name);
}

async function applyMigrations(client: Client): Promise<string[]> {
  await client.query(`create table if not exists schema_migration (
    version integer primary key, name text not null, sha256 text not null, applied_at timestamptz not null default now())`);
  const { rows } = await client.query<{ version: number; name: string; sha256: string }>(
    'select version, name, sha256 from schema_migration order by version',
  );
  const known = listMigrations();
  const newest = rows.at(-1);
  if (newest && newest.version > known.length)
    throw new DatabaseProblem(
      `The database was set up by a newer version of Mitra (it has ${newest.name}). Start that version, or a newer one.`,
    );
  const applied: string[] = [];
  for (const migration of known) {
    const before = rows.find((row) => row.version === migration.version);
    if (before && before.sha256 !== migration.sha256)
      throw new DatabaseProblem(
        `The migration ${migration.name} was changed after it was applied to this database. Restore the file, or start ` +
          'with an empty database (for the embedded one: another MITRA_DATA folder).',
      );
    if (before) continue;
    await applyMigration(client, migration);
    applied.push(migration.name);
  }
  return applied;
}

async function applyMigration(client: Client, migration: Migration): Promise<void> {
  // A short lock timeout: a migration that cannot have its lock must fail and not queue everybody behind it.
  await client.query("begin; set local lock_timeout = '2s'");
  try {
    await client.query(migration.sql);
    await client.query('insert into schema_migration (version, name, sha256) values ($1, $2, $3)', [
      migration.version,
      migration.name,
      migration.sha256,
    ]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw new Error(`migration ${migration.name}: ${(error as Error).message}`, { cause: error });
  }
}

/** The job queue keeps its own migrations; they run as the owner too. */
async function installJobs(admin: Login): Promise<void> {
  const pool = new Pool({ ...admin, max: 1 });
  pool.on('error', () => {});
  pool.on('connect', (client) => void client.query(`set role ${ownerRole}`).catch(() => {}));
  try {
    await runMigrations({ pgPool: pool, schema: jobsSchema, logger: new Logger(() => () => {}) });
  } finally {
    await pool.end();
  }
}
