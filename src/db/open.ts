import type { Client } from 'pg';

import { secretOf } from '../config.ts';
import type { Config } from '../config.ts';
import { checkWalls } from './check.ts';
import { loginOf, openPool, withClient } from './connect.ts';
import type { Login, OnLost } from './connect.ts';
import { openEmbedded } from './embedded.ts';
import type { Mode } from './embedded.ts';
import { migrate } from './migrate.ts';
import { DatabaseProblem } from './problem.ts';
import { appRole, ensureLogin, rolePassword, workerRole } from './roles.ts';
import type { Db } from './transact.ts';

const versionMin = 15;
/** The database of the embedded server. */
const embeddedDatabase = 'mitra';

/** How each role signs in. */
export type Logins = { admin: Login; app: Login; worker: Login };

export type Opening = {
  mode: Mode;
  /** Hears of each connection that was lost. */
  onLost?: OnLost;
  /** Hears of each migration that was applied, by its name. */
  onApplied?: (migration: string) => void;
};

/**
 * Opens the database: the embedded server of the data folder, or DATABASE_URL. Brings it to this version and refuses,
 * with a DatabaseProblem in words, to hand out one in which tenants are not walled off from each other. Mode `hold` is for
 * servers, `share` for commands, which use the running server of the data folder or run it for their own time.
 */
export async function openDatabase(
  config: Config,
  { mode, onLost = () => {}, onApplied }: Opening,
): Promise<Db> {
  const { logins, close } = await openLogins(config, mode, onLost);
  try {
    if (!config.databaseUrl) await createDatabase(logins.admin);
    await setUp(logins, onApplied);
    const db = connectTo(logins, config.databasePoolMax, onLost);
    return {
      ...db,
      async close() {
        await db.close();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Makes sure that the server runs and answers how each role signs in, without looking inside. `close` leaves the server. */
export async function openLogins(
  config: Config,
  mode: Mode,
  onLost?: OnLost,
): Promise<{ logins: Logins; close(): Promise<void> }> {
  if (config.databaseUrl) {
    const logins = externalLogins(config);
    await withClient(logins.admin, checkVersion).catch(tellUnreachable(logins.admin));
    return { logins, close: async () => {} };
  }
  const { admin, password, close } = await openEmbedded(config.dataFolder, mode, onLost ? { onLost } : {});
  return { logins: loginsFor({ ...admin, database: embeddedDatabase }, password), close };
}

/** Every role's way in, with passwords made from the secret. */
export function loginsFor(admin: Login, secret: string): Logins {
  const as = (user: string): Login => ({ ...admin, user, password: rolePassword(secret, user) });
  return { admin, app: as(appRole), worker: as(workerRole) };
}

/** Migrates, makes sure that the roles can sign in, and checks the walls between tenants. */
export async function setUp(logins: Logins, onApplied?: (migration: string) => void): Promise<Logins> {
  for (const name of await migrate(logins.admin)) onApplied?.(name);
  for (const login of [logins.app, logins.worker]) {
    await ensureLogin(logins.admin, login);
    const problems = await withClient(login, checkWalls);
    if (problems.length > 0)
      throw new DatabaseProblem(
        `The database must not be served as it is:\n${problems.map((p) => `- ${p}`).join('\n')}`,
      );
  }
  return logins;
}

/** The open database over logins that are set up. */
export function connectTo(logins: Logins, poolMax: number, onLost: OnLost): Db {
  const pool = openPool(logins.app, poolMax, onLost);
  return { pool, workerLogin: logins.worker, close: () => pool.end() };
}

function externalLogins(config: Config): Logins {
  const admin = loginOf(config.databaseUrl!);
  const given = { app: config.databaseAppUrl, worker: config.databaseWorkerUrl };
  const made = given.app && given.worker ? null : loginsFor(admin, secretOf(config));
  const logins = {
    admin,
    app: given.app ? loginOf(given.app) : made!.app,
    worker: given.worker ? loginOf(given.worker) : made!.worker,
  };
  if (logins.app.user !== appRole) throw new DatabaseProblem(`DATABASE_APP_URL must sign in as ${appRole}.`);
  if (logins.worker.user !== workerRole)
    throw new DatabaseProblem(`DATABASE_WORKER_URL must sign in as ${workerRole}.`);
  return logins;
}

async function checkVersion(client: Client): Promise<void> {
  const { rows } = await client.query<{ number: number; text: string }>(
    "select current_setting('server_version_num')::int as number, current_setting('server_version') as text",
  );
  const { number, text } = rows[0]!;
  if (number < versionMin * 10_000)
    throw new DatabaseProblem(
      `DATABASE_URL leads to PostgreSQL ${text}; Mitra needs ${versionMin} or newer.`,
    );
}

function tellUnreachable({ host, port, database, user }: Login): (error: NodeJS.ErrnoException) => never {
  return (error) => {
    if (error instanceof DatabaseProblem) throw error;
    // Where a name has several addresses the error has no text of its own, only a code.
    const reason = error.message || error.code;
    throw new DatabaseProblem(
      `The database "${database}" at ${host}:${port} does not let ${user || 'anybody'} in: ${reason}. Look at DATABASE_URL.`,
    );
  };
}

async function createDatabase(admin: Login): Promise<void> {
  await withClient({ ...admin, database: 'postgres' }, async (client) => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [admin.database]);
    if (rowCount) return;
    await client.query(`create database ${admin.database}`).catch((error) => {
      // Another process created it at this moment.
      if (error.code !== '42P04' && error.code !== '23505') throw error;
    });
  });
}
