import { chmodSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { Config } from '../src/config.ts';
import { withClient } from '../src/db/connect.ts';
import type { Login } from '../src/db/connect.ts';
import { connectTo, openLogins, setUp } from '../src/db/open.ts';
import type { Logins } from '../src/db/open.ts';
import { DatabaseProblem } from '../src/db/problem.ts';
import type { Db } from '../src/db/transact.ts';

/** A database for one benchmark, migrated, and gone afterwards. */
export type Base = { name: string; logins: Logins };

/** A server on which a benchmark may make databases of its own. */
export type Scratch = {
  admin: Login;
  /** Makes an empty database of this version. */
  create(): Promise<Base>;
  /** Makes a copy, byte by byte. Nobody may be connected to the original. */
  copy(base: Base): Promise<Base>;
  drop(base: Base): Promise<void>;
};

const poolMax = 8;
// PostgreSQL takes this long to notice that a connection has ended.
const copyLimitMs = 10_000;

/**
 * Runs a benchmark on a server of its own: an embedded one in a temporary folder (TMPDIR says on which disk), with the
 * settings the product runs with, so every commit is flushed. Where the configuration names a server, it runs there, in
 * databases of its own. Whatever was made is removed in the end; nobody's data is touched.
 */
export async function withScratch<T>(
  config: Config,
  { gigabytes }: { gigabytes: number },
  work: (scratch: Scratch) => Promise<T>,
): Promise<T> {
  const folder = config.databaseUrl ? null : makeFolder(gigabytes);
  const here = folder ? { ...config, dataFolder: folder } : config;
  try {
    const { logins, close } = await openLogins(here, 'share', () => {});
    const { scratch, dropAll } = scratchOn(logins);
    const stop = noteStop(folder ? null : dropAll);
    try {
      return await work(scratch);
    } catch (error) {
      // The work fails because its database goes away, and the process ends in a moment.
      if (stop.stopped) await new Promise(() => {});
      throw error;
    } finally {
      stop.forget();
      await dropAll();
      await close();
    }
  } finally {
    if (folder) rmSync(folder, { recursive: true, force: true });
  }
}

/** After Ctrl-C the embedded server ends the process when it is down; on another server we tidy up and end it here. */
function noteStop(tidy: (() => Promise<void>) | null): { stopped: boolean; forget(): void } {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const onStop = () => {
    noted.stopped = true;
    void tidy?.().finally(() => process.exit(130));
  };
  const noted = {
    stopped: false,
    forget: () => signals.forEach((signal) => process.removeListener(signal, onStop)),
  };
  for (const signal of signals) process.once(signal, onStop);
  return noted;
}

function makeFolder(gigabytes: number): string {
  const { bavail, bsize } = statfsSync(tmpdir());
  const free = (bavail * bsize) / 1e9;
  if (free < gigabytes)
    throw new DatabaseProblem(
      `This needs about ${gigabytes} GB in ${tmpdir()}, which has ${free.toFixed(1)} GB left. Set TMPDIR to a folder on ` +
        'another disk, or measure less (--quick, or --size).',
    );
  const folder = mkdtempSync(path.join(tmpdir(), 'mitra-bench-'));
  // The embedded server runs as a service user when root starts it.
  chmodSync(folder, 0o755);
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function scratchOn(logins: Logins): { scratch: Scratch; dropAll: () => Promise<void> } {
  const names = new Set<string>();
  const admin = { ...logins.admin, database: 'postgres' };
  const run = (sql: string) => withClient(admin, (client) => client.query(sql));
  const make = async (more: string): Promise<Base> => {
    const name = `mitra_bench_${process.pid}_${Date.now().toString(36)}_${names.size}`;
    await patiently(() => run(`create database ${name} ${more}`));
    names.add(name);
    const inside = (login: Login): Login => ({ ...login, database: name });
    return {
      name,
      logins: { admin: inside(admin), app: inside(logins.app), worker: inside(logins.worker) },
    };
  };
  const drop = (name: string) => run(`drop database if exists ${name} with (force)`);
  // Set up once, then copied.
  let template: Base | undefined;
  const makeTemplate = async () => {
    const base = await make('');
    await setUp(base.logins);
    return base;
  };
  const scratch: Scratch = {
    admin,
    async create() {
      template ??= await makeTemplate();
      return make(`template ${template.name}`);
    },
    copy: (base) => make(`template ${base.name} strategy file_copy`),
    async drop({ name }) {
      await drop(name);
      names.delete(name);
    },
  };
  return {
    scratch,
    async dropAll() {
      for (const name of names) await drop(name);
    },
  };
}

/** 55006: somebody is still connected to the original. */
async function patiently(work: () => Promise<unknown>): Promise<void> {
  const deadline = performance.now() + copyLimitMs;
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== '55006' || performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** Opens a database as the application does, for the time of the work. */
export async function withDb<T>(base: Base, work: (db: Db) => Promise<T>): Promise<T> {
  const db = connectTo(base.logins, poolMax, () => {});
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}
