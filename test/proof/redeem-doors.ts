import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Login } from '../../src/db/connect.ts';
import { withTenant, type Tx } from '../../src/db/transact.ts';
import { accountId, assetId, openAccounts } from '../../src/ledger/accounts.ts';
import { post } from '../../src/ledger/post.ts';
import { balancesOf } from '../../src/ledger/read.ts';
import { verifyBook } from '../../src/ledger/verify.ts';
import { newId, type TransferId } from '../../src/shared/id.ts';
import type { TestDatabase } from '../database.ts';
import { startServer, type ServerProcess } from '../server.ts';
import { people, world } from '../world.ts';
import { failure, type Counts, type Run } from './part.ts';

const units = 7;

/**
 * The same over HTTP: two servers on one database, asked 1,000 times (`calls`) at once to set units of Sari aside, who has
 * enough for a tenth of it. Every third request is sent to both of them under the same key, and counts once. Exactly what
 * she has is held, and every other answer is a refusal with status 422.
 */
export async function proveDoors(
  database: TestDatabase,
  { seed, rounds, onProgress, calls = 1000 }: Run & { calls?: number },
): Promise<Counts> {
  const worth = calls / 10;
  await world(database.db);
  const folder = mkdtempSync(path.join(tmpdir(), 'mitra-doors-'));
  const { admin, app, worker } = database.logins;
  const env = {
    DATABASE_URL: urlOf(admin),
    DATABASE_APP_URL: urlOf(app),
    DATABASE_WORKER_URL: urlOf(worker),
    // A thousand at once from one person is more than a server takes unasked.
    MITRA_RATE_PERSON: '0',
    MITRA_RATE_ADDRESS: '0',
  };
  const servers: ServerProcess[] = [];
  const within = <T>(work: (tx: Tx) => Promise<T>) => withTenant(database.db, people.tenant, work);
  try {
    for (let n = 0; n < 2; n++) servers.push(await startServer(folder, env));
    const token = await signIn(servers[0]!.url);
    let repeated = 0;
    const busy = { times: 0 };
    for (let round = 1; round <= rounds; round++) {
      await within((tx) => earn(tx, BigInt(units * worth)));
      const asked = Array.from({ length: calls }, (_, index) => {
        const key = `${round}-${index}`;
        const sendTo = index % 3 === 0 ? servers : [servers[index % 2]!];
        repeated += sendTo.length - 1;
        return Promise.all(sendTo.map(({ url }) => hold(url, token, key, busy)));
      });
      const total: Counts = {};
      for (const statuses of await Promise.all(asked)) {
        assert.equal(new Set(statuses).size, 1, `the same key is answered the same: ${statuses.join()}`);
        total[statuses[0]!] = (total[statuses[0]!] ?? 0) + 1;
      }
      assert.deepEqual(total, { 201: worth, 422: calls - worth }, `round ${round}, by status`);
      const balances = await within((tx) => balancesOf(tx, people.sari));
      const points = balances.find(({ role, asset }) => role === 'available' && asset.code === 'points')!;
      assert.equal(points.available, 0n, 'nothing is left');
      assert.equal(points.held, BigInt(round * units * worth), 'what she had is held');
      onProgress?.(round);
    }
    assert.equal(
      (await verifyBook(database.db, people.tenant)).firstBad,
      undefined,
      'the book is found right',
    );
    const accepted = rounds * worth;
    const refused = rounds * calls - accepted;
    return {
      rounds,
      requests: rounds * calls,
      repeated,
      accepted,
      refused,
      'asked again after 503': busy.times,
    };
  } catch (error) {
    throw failure('doors', { seed, rounds }, error);
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    rmSync(folder, { recursive: true, force: true });
  }
}

function urlOf({ user, password, host, port, database }: Login): string {
  return `postgres://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`;
}

async function earn(tx: Tx, amount: bigint): Promise<void> {
  const asset = assetId(tx.tenant, 'points');
  const issued = accountId(tx.tenant, people.programme, 'issued', asset);
  const [credit] = await openAccounts(tx, [{ asset, owner: people.sari, role: 'available' }]);
  const at = new Date();
  const id = newId<TransferId>(at);
  const [answer] = await post(
    tx,
    [{ id, tx: id, asset, debit: issued, credit: credit!, amount, kind: 'bonus', effectiveAt: at }],
    at,
  );
  assert(answer!.ok);
}

async function signIn(url: string): Promise<string> {
  const write = async (where: string, given: object): Promise<Record<string, string>> => {
    const answer = await fetch(`${url}/api/v1/auth/${where}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(given),
    });
    return (await answer.json()) as Record<string, string>;
  };
  const email = 'rina@nusa.example';
  const { demoCode } = await write('otp', { email });
  return (await write('sessions', { email, code: demoCode! }))['token']!;
}

/** Asks until there is an answer: a server that has too much to do says so (503), and the same key is asked again. */
async function hold(url: string, token: string, key: string, busy: { times: number }): Promise<number> {
  for (;;) {
    const answer = await fetch(`${url}/api/v1/holds`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'idempotency-key': key,
      },
      body: JSON.stringify({ participant: people.sari, units }),
    });
    await answer.arrayBuffer();
    if (answer.status !== 503) return answer.status;
    busy.times += 1;
    await sleep(500);
  }
}
