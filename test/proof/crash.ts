import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { seededChance } from '../../bench/chance.ts';
import { openEmbedded } from '../../src/db/embedded.ts';
import { connectTo, loginsFor, setUp, type Logins } from '../../src/db/open.ts';
import { withTenant, type Db } from '../../src/db/transact.ts';
import { openAccounts } from '../../src/ledger/accounts.ts';
import { verifyBook } from '../../src/ledger/verify.ts';
import { newId, type AccountId, type ParticipantId, type TransferId } from '../../src/shared/id.ts';
import { day0, openBook } from '../book.ts';
import { endWithThisProcess } from '../cluster.ts';
import { startChild, type Child } from './child.ts';
import type { Acknowledged, Write } from './crash-process.ts';
import { expectedOf, legsEach, legsOf, type Crowd } from './crowd.ts';
import { failure, type Counts, type Run } from './part.ts';

const writers = 8;
const patienceMs = 30_000;

/** A cluster of its own that writes everything to the disk, as in production, and is brought back when it dies. */
type Server = { db: Db; logins: Logins; postmaster: () => number };

/**
 * Kills the application, the database, or both, with SIGKILL at a random moment under eight writers, once a round. After
 * it all is up again and the writers have asked again for what was not acknowledged: what was acknowledged is there,
 * every command is there once and whole, and the book is found right.
 */
export async function proveCrashes({ seed, rounds, onProgress }: Run): Promise<Counts> {
  const folder = mkdtempSync(path.join(tmpdir(), 'mitra-proof-'));
  // The embedded server runs as a service user when root starts it.
  chmodSync(folder, 0o755);
  const embedded = await openEmbedded(folder, 'hold');
  endWithThisProcess(folder);
  const logins = await setUp(loginsFor(embedded.admin, embedded.password));
  const db = connectTo(logins, 4, () => {});
  const postmaster = () =>
    Number(readFileSync(path.join(folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
  const counts: Counts = {
    'kills of the application': 0,
    'kills of the database': 0,
    acknowledged: 0,
    lost: 0,
  };
  try {
    for (let round = 0; round < rounds; round++) {
      // A round alone is repeated by the seed and its place.
      await playRound({ db, logins, postmaster }, seed + round, counts).catch((error: unknown) => {
        throw failure('crash', { seed: seed + round }, error);
      });
      onProgress?.(round + 1);
    }
  } finally {
    await db.close();
    await embedded.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return counts;
}

async function playRound(server: Server, seed: number, counts: Counts): Promise<void> {
  const chance = seededChance(seed);
  const crowd = await openCrowd(server);
  const done = Array.from({ length: writers }, () => 0);
  const target = (['application', 'database', 'both'] as const)[seed % 3]!;
  let application = start(server, crowd, done);
  try {
    await untilAll(done, (n) => n > 0);
    await sleep(chance(500));
    if (target !== 'application') killDatabase(server.postmaster());
    if (target === 'both') await sleep(chance(50));
    if (target !== 'database') {
      await application.child.kill();
      await application.heardAll;
      application = start(server, crowd, done);
    }
    const before = [...done];
    await untilAll(done, (n, writer) => n > before[writer]!);
    await application.child.end();
    await application.heardAll;
  } finally {
    await application.child.kill();
  }
  counts['lost']! += await checkBook(server, crowd, done);
  counts['acknowledged']! += done.reduce((sum, n) => sum + n, 0);
  if (target !== 'database') counts['kills of the application']! += 1;
  if (target !== 'application') counts['kills of the database']! += 1;
}

/** Starts the application on what is not done yet, and notes in `done` what it says was acknowledged. */
function start({ logins }: Server, crowd: Crowd, done: number[]): { child: Child; heardAll: Promise<void> } {
  const child = startChild('crash-process.ts');
  child.tell({ logins, crowd, done } satisfies Write);
  const hear = async () => {
    for (let said = await child.next(); said; said = await child.next()) {
      const { writer, command, codes } = said as Acknowledged;
      assert.deepEqual(codes, [], `writer ${writer} may do its command ${command}`);
      assert.equal(command, done[writer]! + 1, 'commands are acknowledged one after the other');
      done[writer] = command;
    }
  };
  const heardAll = hear();
  // It is waited for later.
  heardAll.catch(() => {});
  return { child, heardAll };
}

async function untilAll(
  done: readonly number[],
  isSo: (n: number, writer: number) => boolean,
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!done.every(isSo)) {
    assert(performance.now() < deadline, `all writers go on within ${patienceMs / 1000} s: ${done.join()}`);
    await sleep(10);
  }
}

/** The postmaster and every process of its own. */
function killDatabase(postmaster: number): void {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const children = pids.filter((pid) => parentOf(pid) === postmaster);
  for (const pid of [postmaster, ...children.map(Number)])
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
}

function parentOf(pid: string): number | null {
  try {
    // After the name, which may contain anything, come state and parent.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return null;
  }
}

/** Looks whether all of it is there, once and whole, and nothing else; answers how many acknowledged commands are not. */
async function checkBook(server: Server, crowd: Crowd, done: readonly number[]): Promise<number> {
  const wanted = done.flatMap((n, writer) =>
    Array.from({ length: n }, (_, command) => legsOf(crowd, writer, command + 1).map(({ id }) => id)),
  );
  const stored = await withTenant(server.db, crowd.tenant, (tx) =>
    tx.query<{ id: TransferId }>('select id from transfer where tenant = $1', [tx.tenant]),
  );
  const ids = new Set(stored.map(({ id }) => id));
  const lost = wanted.filter((legs) => !legs.every((id) => ids.has(id)));
  assert.deepEqual(lost, [], 'what was acknowledged is there, whole');
  assert.equal(ids.size, wanted.length * legsEach, 'nothing is there that was not acknowledged in the end');
  const accounts = await withTenant(server.db, crowd.tenant, (tx) =>
    tx.query<{ id: AccountId; balance: bigint; held: bigint }>(
      'select id, balance, held from account where tenant = $1',
      [tx.tenant],
    ),
  );
  for (const [writer, account] of crowd.writers.entries()) {
    const { balance, held } = accounts.find(({ id }) => id === account)!;
    assert.deepEqual({ balance, held }, expectedOf(done, writer), 'every command took effect once');
  }
  assert.equal((await verifyBook(server.db, crowd.tenant)).firstBad, undefined, 'the book is found right');
  return lost.length;
}

async function openCrowd({ db, logins }: Server): Promise<Crowd> {
  const { tenant, points, coffee, issued, stock, sold, run } = await openBook({
    db,
    logins,
    drop: async () => {},
  });
  const accounts = Array.from({ length: writers }, () => ({
    asset: points,
    owner: newId<ParticipantId>(day0),
    role: 'available' as const,
  }));
  return {
    tenant,
    points,
    coffee,
    issued,
    stock,
    sold,
    writers: await run((tx) => openAccounts(tx, accounts)),
  };
}
