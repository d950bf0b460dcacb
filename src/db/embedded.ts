import { setTimeout as sleep } from 'node:timers/promises';

import type { Client } from 'pg';

import { keptSecret } from '../config.ts';
import { openClient } from './connect.ts';
import type { Login, OnLost } from './connect.ts';
import { preparePlace } from './embedded-place.ts';
import type { Place } from './embedded-place.ts';
import {
  ensureCluster,
  findRunning,
  freePort,
  startServer,
  stopServer,
  superuser,
} from './embedded-server.ts';
import type { Settings } from './embedded-server.ts';
import { DatabaseProblem } from './problem.ts';

/** `hold`: be the one process that runs the server. `share`: use a running one, or run it for this process's time. */
export type Mode = 'hold' | 'share';

/** The embedded server, for as long as this process needs it. */
export type Embedded = {
  /** Signs in as the superuser: for setting up only. */
  admin: Login;
  password: string;
  /** Leaves the server: stops it when this process holds it, once the others that use it have ended. */
  close(): Promise<void>;
};

// Session-level locks in the database `postgres`. Who has the first holds the server and stops it; everybody who uses
// it has the second, shared. A lock ends with its process, however that ends: so a server without a holder is an
// orphan and may be adopted.
const holdLock = 7_264_100;
const useLock = 7_264_101;

const endSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const openLimitMs = 60_000;
/** A stopping server waits this long for commands that still use it. */
const othersLimitS = { hold: 10, share: 600 };

/**
 * Opens the embedded server of this data folder: creates it at first use, starts it, adopts one that a killed process
 * left running, or (mode `share`) joins the one that is running. Throws DatabaseProblem, with the holder's process id
 * and what to do, when mode is `hold` and another process holds it. While this process holds the server and the server
 * dies, it is started again on its port.
 */
export async function openEmbedded(
  dataFolder: string,
  mode: Mode,
  { settings, onLost = () => {} }: { settings?: Settings; onLost?: OnLost } = {},
): Promise<Embedded> {
  const password = readPassword(dataFolder);
  const place = preparePlace(dataFolder);
  const deadline = performance.now() + openLimitMs;
  let problem: Error = new Error('no attempt was made');
  while (performance.now() < deadline) {
    await ensureCluster(place, password);
    try {
      const running = findRunning(place) ?? (await startServer(place, await freePort(), settings));
      const admin = {
        host: '127.0.0.1',
        port: running.port,
        database: 'postgres',
        user: superuser,
        password,
      };
      const { client, isHolder } = await join(admin, mode, dataFolder);
      if (isHolder) return hold(client, { place, admin, mode, settings, onLost });
      return { admin, password, close: () => client.end() };
    } catch (error) {
      if (error instanceof Refused || !isPassing(error, place)) throw error;
      problem = error as Error;
    }
    await sleep(100);
  }
  throw new DatabaseProblem(
    `The embedded PostgreSQL in ${place.cluster} (process ${findRunning(place)?.pid ?? 'unknown'}) does not answer: ` +
      `${problem.message}. End that process and start again; nothing that was acknowledged is lost.`,
  );
}

class Refused extends DatabaseProblem {}

function readPassword(dataFolder: string): string {
  try {
    return keptSecret(dataFolder, 'postgres-password');
  } catch (error) {
    throw new DatabaseProblem(
      `The data folder ${dataFolder} cannot be used by this user: ${(error as Error).message}. Run as the user who made ` +
        'it, or set MITRA_DATA to another folder.',
    );
  }
}

/** Connects and takes the locks, which live as long as the connection does. */
async function join(
  admin: Login,
  mode: Mode,
  dataFolder: string,
): Promise<{ client: Client; isHolder: boolean }> {
  const client = await openClient(admin);
  try {
    const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_lock($1) as held', [
      holdLock,
    ]);
    const isHolder = rows[0]!.held;
    if (!isHolder && mode === 'hold') {
      throw new Refused(
        `The data folder ${dataFolder} is in use by ${await findHolder(client)}. Stop that process first (Ctrl-C, or ` +
          'kill it), or start this one with another data folder: MITRA_DATA=another-folder.',
      );
    }
    await client.query('select pg_advisory_lock_shared($1)', [useLock]);
    return { client, isHolder };
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
}

type Held = { place: Place; admin: Login; mode: Mode; settings: Settings | undefined; onLost: OnLost };

/** Holds the server until closed: brings it back when it dies, stops it at the end. */
function hold(first: Client, { place, admin, mode, settings, onLost }: Held): Embedded {
  let client = first;
  const closing = new AbortController();
  let reviving: Promise<void> = Promise.resolve();
  const watch = () =>
    client.once('end', () => {
      if (closing.signal.aborted) return;
      onLost(new Error('the embedded PostgreSQL ended; it is started again'));
      reviving = revive();
    });
  const revive = async () => {
    while (!closing.signal.aborted) {
      try {
        if (!findRunning(place)) await startServer(place, admin.port, settings);
        const joined = await join(admin, 'hold', place.cluster);
        client = joined.client;
        watch();
        return;
      } catch (error) {
        onLost(error as Error);
        await sleep(500);
      }
    }
  };
  watch();
  const leave = async (waitS: number) => {
    closing.abort();
    await reviving;
    await waitForOthers(client, waitS);
    await client.end().catch(() => {});
    await stopServer(place);
  };
  // A server has its own order of stopping; a command that is interrupted must not leave the database running.
  const interrupted = () => void leave(othersLimitS.hold).finally(() => process.exit(130));
  if (mode === 'share') for (const signal of endSignals) process.once(signal, interrupted);
  const close = async () => {
    for (const signal of endSignals) process.removeListener(signal, interrupted);
    await leave(othersLimitS[mode]);
  };
  return { admin, password: admin.password, close };
}

async function findHolder(client: Client): Promise<string> {
  const { rows } = await client.query<{ application_name: string }>(
    `select a.application_name from pg_locks l join pg_stat_activity a on a.pid = l.pid
     where l.locktype = 'advisory' and l.objid = $1 and l.granted`,
    [holdLock],
  );
  const pid = rows[0]?.application_name.match(/^mitra (\d+)/)?.[1];
  return pid ? `Mitra with process id ${pid}` : 'another Mitra process';
}

async function waitForOthers(client: Client, limitS: number): Promise<void> {
  try {
    await client.query(`select pg_advisory_unlock_shared(${useLock})`);
    await client.query(`set lock_timeout = '${limitS}s'`);
    await client.query(`select pg_advisory_lock(${useLock})`);
  } catch {
    // They had their time, or the server is gone already.
  }
}

/** True for what goes away by waiting: a server that is starting, stopping, or was started by another process just now. */
function isPassing(error: unknown, place: Place): boolean {
  const { code = '', message } = error as Error & { code?: string };
  if (['57P03', '57P01', '57P02', 'ECONNREFUSED', 'ECONNRESET'].includes(code)) return true;
  // Somebody took the port between the look and the start.
  if (error instanceof DatabaseProblem)
    return findRunning(place) !== null || message.includes('Address already in use');
  return /terminated unexpectedly|timeout expired/.test(message);
}
