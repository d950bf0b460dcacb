import { execFileSync, spawn } from 'node:child_process';
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { totalmem } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Place } from './embedded-place.ts';
import { DatabaseProblem } from './problem.ts';

/** The role initdb makes: used for setting up and for nothing else. */
export const superuser = 'postgres';

const startLimitMs = 60_000;
const stopLimitS = 30;

/** Text is UTF-8 and sorted by code point whatever the environment says; LANG may be unset. */
const clusterFlags = [
  '--encoding=UTF8',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--locale=C',
  '--lc-messages=C',
  '--auth=scram-sha-256',
  '--data-checksums',
];

/** Loopback only, no socket files, and a log that holds no rows: an error's detail could name a person. */
const serverSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
};

export type Settings = Record<string, string>;

const mb = 2 ** 20;

/**
 * What PostgreSQL may use of this machine; its own defaults are for machines of twenty years ago. A fifth of the memory
 * holds the pages in use, for with less a large ledger copies them in and out all the time. Checkpoints are rare, for after
 * each of them the next change of every page costs a whole page of log, which brings the next checkpoint nearer; after
 * a crash up to that much log is read again, a minute or two. It takes a tenth of the free disk at most, and only under load.
 * Tables are looked at every quarter of a minute: until one that grew from nothing has been counted, PostgreSQL thinks it small and
 * looks rows up by reading a tenant's all, at four times the cost.
 */
function settingsFor(memoryBytes: number, diskBytes: number): Settings {
  const buffers = Math.min(Math.max(memoryBytes / 5, 128 * mb), 8192 * mb);
  const log = Math.min(Math.max(diskBytes / 10, 1024 * mb), 16_384 * mb);
  return {
    shared_buffers: `${Math.floor(buffers / mb)}MB`,
    effective_cache_size: `${Math.floor(memoryBytes / 2 / mb)}MB`,
    max_wal_size: `${Math.floor(log / mb)}MB`,
    checkpoint_timeout: '30min',
    autovacuum_naptime: '15s',
    wal_compression: 'on',
  };
}

/** Bytes that are free where the cluster lies. */
function diskAt(cluster: string): number {
  const { bavail, bsize } = statfsSync(cluster);
  return bavail * bsize;
}

/** The memory of the machine, or of the container where that has less. */
function memoryHere(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

/** A postmaster that runs on a cluster, as its own postmaster.pid tells. */
export type Running = { pid: number; port: number };

/** Makes the cluster where there is none: UTF-8, checksums, password sign-in. Safe against another process doing the same. */
export async function ensureCluster(place: Place, password: string): Promise<void> {
  if (existsSync(path.join(place.cluster, 'PG_VERSION'))) return;
  const fresh = `${place.cluster}.${process.pid}`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { mode: 0o700 });
  const passwordFile = `${fresh}.password`;
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (place.user) for (const made of [fresh, passwordFile]) chownSync(made, place.user.uid, place.user.gid);
  try {
    const flags = [...clusterFlags, `--username=${superuser}`, `--pwfile=${passwordFile}`, '--pgdata', fresh];
    const { code, output } = await runTool(place, 'initdb', flags);
    if (code !== 0)
      throw new DatabaseProblem(`The database could not be created in ${place.cluster}:\n${output.trim()}`);
    // Renamed when whole: a cluster that was cut off half-way is never taken for one.
    renameSync(fresh, place.cluster);
  } catch (error) {
    // Another process was first; its cluster counts.
    if (!existsSync(path.join(place.cluster, 'PG_VERSION'))) throw error;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
    rmSync(passwordFile, { force: true });
  }
}

/**
 * The postmaster that runs on this cluster, or null. A file left over from a process that is gone, or whose number now
 * belongs to another program, is removed: PostgreSQL would refuse to start over the second kind.
 */
export function findRunning(place: Place): Running | null {
  const file = path.join(place.cluster, 'postmaster.pid');
  let lines: string[];
  try {
    lines = readFileSync(file, 'utf8').split('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const pid = Math.abs(Number(lines[0]));
  const port = Number(lines[3]);
  if (!isPostgres(pid)) {
    rmSync(file, { force: true });
    return null;
  }
  return { pid, port };
}

/** Starts the server and answers once it accepts connections. It outlives this process unless stopped. */
export async function startServer(place: Place, port: number, settings: Settings = {}): Promise<Running> {
  const flags = Object.entries({
    ...serverSettings,
    ...settingsFor(memoryHere(), diskAt(place.cluster)),
    ...settings,
    port: String(port),
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const logFile = `${place.cluster}.log`;
  const out = openSync(logFile, 'w', 0o600);
  if (place.user) chownSync(logFile, place.user.uid, place.user.gid);
  // A session of its own: Ctrl-C in the terminal must reach Mitra, which stops the database last.
  const child = spawn(path.join(place.binaries, 'bin', 'postgres'), ['-D', place.cluster, ...flags], {
    ...place.user,
    ...toolOptions,
    stdio: ['ignore', out, out],
    detached: true,
  });
  closeSync(out);
  child.unref();
  const end: { reason?: string } = {};
  child.once('error', (error) => (end.reason = error.message));
  child.once('exit', (code, signal) => (end.reason = `it ended with ${signal ?? `exit code ${code}`}`));
  const deadline = performance.now() + startLimitMs;
  while (!end.reason && performance.now() < deadline) {
    if (isReady(place, child.pid)) return { pid: child.pid!, port };
    await sleep(15);
  }
  const tail = readFileSync(logFile, 'utf8').trim().split('\n').slice(-8).join('\n');
  throw new DatabaseProblem(
    `The embedded PostgreSQL did not start: ${end.reason ?? `not ready after ${startLimitMs / 1000} s`}.\n${tail}`,
  );
}

/** Stops the server: ends its sessions, writes everything out, and waits; at once and roughly where that takes too long. */
export async function stopServer(place: Place): Promise<void> {
  const stop = (mode: string) =>
    runTool(place, 'pg_ctl', ['stop', '-D', place.cluster, '-m', mode, '-w', '-t', String(stopLimitS)]);
  if (!existsSync(path.join(place.cluster, 'postmaster.pid'))) return;
  const { code } = await stop('fast');
  if (code !== 0 && findRunning(place)) await stop('immediate');
}

// The working folder and the environment must be usable by the service user too.
const toolOptions = { cwd: '/', env: { ...process.env, LC_ALL: 'C', LANG: 'C' } };

function runTool(
  place: Place,
  tool: string,
  flags: string[],
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(path.join(place.binaries, 'bin', tool), flags, {
      ...place.user,
      ...toolOptions,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let output = '';
    child.stdout.on('data', (part) => (output += part));
    child.stderr.on('data', (part) => (output += part));
    child.once('error', (error) => reject(new DatabaseProblem(`${tool} does not run: ${error.message}`)));
    child.once('close', (code) => resolve({ code, output }));
  });
}

/** The last line of postmaster.pid says when connections are accepted; unlike the log it is not in any language. */
function isReady(place: Place, pid: number | undefined): boolean {
  try {
    const lines = readFileSync(path.join(place.cluster, 'postmaster.pid'), 'utf8').split('\n');
    return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
  } catch {
    return false;
  }
}

function isPostgres(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  try {
    if (process.platform === 'linux')
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('postgres');
    return execFileSync('ps', ['-p', String(pid), '-o', 'comm='], { encoding: 'utf8' }).includes('postgres');
  } catch {
    // Gone meanwhile; or a system without `ps`, where PostgreSQL itself has to judge.
    return process.platform === 'win32';
  }
}

/** A port nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
