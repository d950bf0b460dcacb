import type { Client } from 'pg';

import type { Config } from '../config.ts';
import { checkWalls } from '../db/check.ts';
import { withClient } from '../db/connect.ts';
import { missingLinks, packagedBinaries } from '../db/embedded-place.ts';
import { pendingMigrations } from '../db/migrate.ts';
import { openLogins } from '../db/open.ts';
import type { Logins } from '../db/open.ts';
import { partitionRowsMax, readPartitions, unfinishedSplit } from '../db/partitions.ts';
import type { Check } from './doctor.ts';

const versionMin = 15;
const versionMax = 18;

/** Looks at the database without changing it: reachable, version, encoding, checksums, migrations, roles, walls. */
export async function* checkDatabase(config: Config): AsyncGenerator<Check> {
  if (!config.databaseUrl) yield checkBinaries();
  let opened: Awaited<ReturnType<typeof openLogins>>;
  try {
    opened = await openLogins(config, 'share');
  } catch (error) {
    yield { name: 'database', state: 'wrong', words: (error as Error).message };
    return;
  }
  try {
    // The embedded server may not have its database yet.
    const { admin } = opened.logins;
    const server = config.databaseUrl ? admin : { ...admin, database: 'postgres' };
    yield* await withClient(server, (client) => checkServer(client, config));
    yield* await checkSetUp(opened.logins);
  } catch (error) {
    yield { name: 'database', state: 'wrong', words: reachWords(config, error as Error) };
  } finally {
    await opened.close();
  }
}

function checkBinaries(): Check {
  const name = 'embedded PostgreSQL';
  try {
    const { folder, version } = packagedBinaries();
    const missing = missingLinks(folder).length;
    if (missing === 0) return { name, state: 'ok', words: `${version} is installed` };
    const words = `${version} is installed; ${missing} library links that its install script makes are missing and are made at the first start`;
    return { name, state: 'note', words };
  } catch (error) {
    return { name, state: 'wrong', words: (error as Error).message };
  }
}

async function checkServer(client: Client, config: Config): Promise<Check[]> {
  const { rows } = await client.query<{ number: number; text: string; encoding: string; checksums: string }>(
    `select current_setting('server_version_num')::int as number, current_setting('server_version') as text,
       current_setting('server_encoding') as encoding, current_setting('data_checksums') as checksums`,
  );
  const { number, text, encoding, checksums } = rows[0]!;
  const major = Math.floor(number / 10_000);
  const supported = major >= versionMin && major <= versionMax;
  return [
    {
      name: 'database',
      state: supported ? 'ok' : 'wrong',
      words: `PostgreSQL ${text}, ${config.databaseUrl ? 'at DATABASE_URL' : 'embedded'}${supported ? '' : `; it must be ${versionMin} to ${versionMax}`}`,
    },
    {
      name: 'encoding',
      state: encoding === 'UTF8' ? 'ok' : 'wrong',
      words: encoding === 'UTF8' ? encoding : `${encoding}; names in other scripts need a database in UTF8.`,
    },
    {
      name: 'checksums',
      state: checksums === 'on' ? 'ok' : 'note',
      words:
        checksums === 'on'
          ? 'on'
          : 'off: a disk that returns wrong data is not noticed. Switch them on with pg_checksums.',
    },
  ];
}

async function checkSetUp(logins: Logins): Promise<Check[]> {
  const pending = await withClient(logins.admin, pendingMigrations).catch((error) => {
    // 3D000: the embedded server has no database yet.
    if (error.code === '3D000') return null;
    throw error;
  });
  if (pending === null)
    return [
      { name: 'migrations', state: 'note', words: 'the database is empty; the first start sets it up' },
    ];
  const current = pending.length === 0;
  const migrations: Check = {
    name: 'migrations',
    state: current ? 'ok' : 'note',
    words: current ? 'all applied' : `the next start, or npx mitra migrate, applies ${pending.join(', ')}`,
  };
  return [
    migrations,
    ...(current ? [await withClient(logins.admin, checkPartitions)] : []),
    await checkRole('mitra_app', logins.app),
    await checkRole('mitra_worker', logins.worker),
  ];
}

async function checkPartitions(client: Client): Promise<Check> {
  const name = 'partitions';
  const partitions = await readPartitions(client);
  const unfinished = await unfinishedSplit(client);
  if (unfinished)
    return {
      name,
      state: 'wrong',
      words: `a split of ${unfinished} was cut off and will refuse transfers one day; run npx mitra partition --from DAY again`,
    };
  const { rowsEstimate } = partitions.at(-1)!;
  if (rowsEstimate <= partitionRowsMax)
    return { name, state: 'ok', words: `${partitions.length} of the ledger's transfers` };
  const words = `the newest has about ${rowsEstimate.toLocaleString('en')} transfers; begin another with npx mitra partition --from DAY`;
  return { name, state: 'note', words };
}

async function checkRole(role: string, login: Logins['app']): Promise<Check> {
  const name = `role ${role}`;
  try {
    const problems = await withClient(login, checkWalls);
    if (problems.length === 0) return { name, state: 'ok', words: 'sees one tenant at a time' };
    return { name, state: 'wrong', words: problems.join('\n') };
  } catch (error) {
    return { name, state: 'wrong', words: `cannot sign in: ${(error as Error).message}` };
  }
}

function reachWords(config: Config, error: Error): string {
  const where = config.databaseUrl ? 'DATABASE_URL' : 'the embedded PostgreSQL';
  return `${where} does not answer: ${error.message || (error as NodeJS.ErrnoException).code}`;
}
