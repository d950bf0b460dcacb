import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';

import type { PoolClient } from 'pg';

import type { Db } from '../../src/db/transact.ts';

/** Lets a statement go when its turn has come. */
type Wait = (sql: string) => Promise<unknown>;

/**
 * A gate between the code and the database: every statement, BEGIN and COMMIT too, waits for its turn, and nobody gets a turn
 * before the last statement has returned or waits for a lock. So whoever gives the turns decides how transactions
 * interleave, and the same turns give the same run.
 */
export function openGate(db: Db) {
  const underway = new Map<number, Promise<unknown>>();

  /** The database as one actor sees it. `change` may alter statements on their way. */
  function behind(wait: Wait, change: (sql: string) => string = (sql) => sql): Db {
    const connect = async () => {
      const client = await db.pool.connect();
      const query = async (given: string | { text: string; name?: string }) => {
        await wait(typeof given === 'string' ? given : given.text);
        const changed = typeof given === 'string' ? change(given) : alter(given, change);
        const pid = (client as PoolClient & { processID: number }).processID;
        const result = client.query(changed as string);
        const settled = Promise.allSettled([result]);
        underway.set(pid, settled);
        void settled.then(() => underway.delete(pid));
        return result;
      };
      return new Proxy(client, {
        get(target, key) {
          if (key === 'query') return query;
          const value = Reflect.get(target, key) as unknown;
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
    };
    return { ...db, pool: { connect } as unknown as Db['pool'] };
  }

  /** Waits until every statement that was let through has returned or waits for a lock. */
  async function settle(): Promise<void> {
    await turn();
    while (underway.size > 0) {
      await Promise.race([...underway.values(), sleep(2)]);
      await turn();
      if (underway.size > 0 && (await areBlocked([...underway.keys()]))) return;
    }
  }

  async function areBlocked(pids: readonly number[]): Promise<boolean> {
    const { rows } = await db.pool.query<{ blocked: boolean }>(
      'select bool_and(cardinality(pg_blocking_pids(pid)) > 0) as blocked from unnest($1::int[]) pid',
      [pids],
    );
    return rows[0]!.blocked;
  }

  return { behind, settle };
}

// A prepared statement keeps the text it was prepared with.
function alter(given: { text: string; name?: string }, change: (sql: string) => string): object {
  const text = change(given.text);
  if (text === given.text) return given;
  const { name: _name, ...rest } = given;
  return { ...rest, text };
}
