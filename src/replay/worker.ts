import { parentPort, workerData } from 'node:worker_threads';

import { openPool, type Login } from '../db/connect.ts';
import { seeOneMoment, withTenant, type Db } from '../db/transact.ts';
import type { TenantId } from '../shared/id.ts';
import type { Runner } from './merge.ts';
import { openRunner, type RunnerOptions } from './runner.ts';

/** One part of a replay in a thread of its own, with a connection of its own. It ends when it is told to. */
export type ToWorker = { call: keyof Runner; args: unknown[] } | 'end';
export type FromWorker = { answer: unknown } | { problem: string };
export type WorkerStart = { login: Login; tenant: TenantId; options: RunnerOptions };

const { login, tenant, options } = workerData as WorkerStart;
const port = parentPort!;
const pool = openPool(login, 1, () => {});
const db: Db = { pool, workerLogin: login, close: () => pool.end() };

const calls: ToWorker[] = [];
let wake = () => {};
port.on('message', (call: ToWorker) => {
  calls.push(call);
  wake();
});

try {
  await withTenant(db, tenant, async (tx) => {
    await seeOneMoment(tx);
    const runner = await openRunner(tx, options);
    for (;;) {
      while (calls.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      const next = calls.shift()!;
      if (next === 'end') return;
      const verb = runner[next.call] as (...args: unknown[]) => Promise<unknown>;
      port.postMessage({ answer: await verb(...next.args) } satisfies FromWorker);
    }
  });
} catch (error) {
  port.postMessage({ problem: (error as Error).stack ?? String(error) } satisfies FromWorker);
} finally {
  await db.close();
  port.close();
}
