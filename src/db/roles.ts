import { createHmac, pbkdf2Sync, randomBytes, createHash } from 'node:crypto';

import { DatabaseError, escapeIdentifier } from 'pg';
import type { Client } from 'pg';

import { openClient, withClient } from './connect.ts';
import type { Login } from './connect.ts';
import { DatabaseProblem } from './problem.ts';

/** Owns every table and runs migrations; nobody signs in as it. */
export const ownerRole = 'mitra_owner';
/** Serves people. */
export const appRole = 'mitra_app';
/** Runs jobs. */
export const workerRole = 'mitra_worker';

/** The password of a role, made from the installation's secret so that all its processes agree on it. */
export function rolePassword(secret: string, role: string): string {
  return createHmac('sha256', secret).update(`database role ${role}`).digest('base64url');
}

/**
 * Makes the three roles and lets the owner create in this database; what is there already is left alone. `admin` is
 * signed in as the role of DATABASE_URL. Throws DatabaseProblem with the statements to run where it may not do this.
 */
export async function ensureRoles(admin: Client): Promise<void> {
  const missing = await missingSetup(admin);
  for (const statement of missing) {
    try {
      await admin.query(statement);
    } catch (error) {
      const code = (error as DatabaseError).code;
      // Another installation in the same server made the role at this moment.
      if (code === '42710' || code === '23505') continue;
      throw new DatabaseProblem(await tellSetup(admin, error as Error));
    }
  }
}

/**
 * Signs in as the role and, where its password is not the expected one, sets it. Throws DatabaseProblem when the
 * server does not let it in.
 */
export async function ensureLogin(admin: Login, login: Login): Promise<void> {
  const first = await trySignIn(login);
  if (first === null) return;
  // 28P01: wrong password. 28000: the role may not sign in yet.
  if (first.code !== '28P01' && first.code !== '28000') throw first;
  await withClient(admin, async (client) => {
    await client
      .query(`alter role ${login.user} login password '${scramVerifier(login.password)}'`)
      .catch((error) => {
        throw new DatabaseProblem(
          `The role ${login.user} exists with a password that this installation does not know, and the role of ` +
            `DATABASE_URL may not change it (${error.message}). Set DATABASE_APP_URL and DATABASE_WORKER_URL, or give ` +
            'every process of the installation the same MITRA_SECRET.',
        );
      });
  });
  const second = await trySignIn(login);
  if (second !== null)
    throw new DatabaseProblem(`The database does not let the role ${login.user} in: ${second.message}.`);
}

async function trySignIn(login: Login): Promise<DatabaseError | null> {
  try {
    await (await openClient(login)).end();
    return null;
  } catch (error) {
    if (error instanceof DatabaseError) return error;
    throw error;
  }
}

/** The statements that are still to run, in order. */
async function missingSetup(admin: Client): Promise<string[]> {
  const { rows: roles } = await admin.query<{ rolname: string }>(
    'select rolname from pg_roles where rolname = any ($1)',
    [[ownerRole, appRole, workerRole]],
  );
  const has = (role: string) => roles.some((row) => row.rolname === role);
  const statements: string[] = [];
  if (!has(ownerRole)) statements.push(`create role ${ownerRole} nologin`);
  if (!has(appRole)) statements.push(`create role ${appRole} login`);
  if (!has(workerRole)) statements.push(`create role ${workerRole} login`);
  const { rows } = await admin.query<{
    member: boolean;
    in_database: boolean;
    in_schema: boolean;
    version: number;
    name: string;
  }>(
    `select current_setting('server_version_num')::int as version, current_database() as name,
       has_owner and pg_has_role(current_user, owner, case when version >= 160000 then 'SET' else 'MEMBER' end) as member,
       has_owner and has_database_privilege(owner, current_database(), 'CREATE') as in_database,
       has_owner and has_schema_privilege(owner, 'public', 'CREATE')
         and has_schema_privilege(owner, 'public', 'USAGE') as in_schema
     from (select current_setting('server_version_num')::int as version, coalesce($1, current_user) as owner, $1 is not null as has_owner) s`,
    [has(ownerRole) ? ownerRole : null],
  );
  const state = rows[0]!;
  if (!state.member)
    statements.push(`grant ${ownerRole} to current_user${state.version >= 160_000 ? ' with set true' : ''}`);
  if (!state.in_database)
    statements.push(
      `grant create, connect, temporary on database ${escapeIdentifier(state.name)} to ${ownerRole}`,
    );
  if (!state.in_schema) statements.push(`grant create, usage on schema public to ${ownerRole}`);
  return statements;
}

async function tellSetup(admin: Client, error: Error): Promise<string> {
  const statements = (await missingSetup(admin)).map((statement) =>
    statement
      .replace('current_user', admin.user ?? 'the role of DATABASE_URL')
      .replace(/ login$/, " login password '...'"),
  );
  return (
    `The role of DATABASE_URL may not set the database up (${error.message}). Let an administrator run\n` +
    statements.map((statement) => `  ${statement};`).join('\n') +
    `\nand set DATABASE_APP_URL and DATABASE_WORKER_URL to sign in as ${appRole} and ${workerRole}.`
  );
}

/** The stored form of a password (RFC 5802), so that the password itself never stands in a statement or a server's log. */
function scramVerifier(password: string): string {
  const iterations = 4096;
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const key = (name: string) => createHmac('sha256', salted).update(name).digest();
  const stored = createHash('sha256').update(key('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${stored}:${key('Server Key').toString('base64')}`;
}
