import type { PoolClient } from 'pg';

import type { Chance } from '../../bench/chance.ts';
import type { Db } from '../../src/db/transact.ts';

/** Where the connection is lost: before the statement reaches the database, or before its answer reaches us. */
export type Fault = 'before' | 'after';

/** What became of the transactions behind one faulty database. */
export type Seen = { faults: number; commits: number };

/**
 * The database as somebody with a bad connection sees it: at each statement, BEGIN and COMMIT too, `strikes` may lose the
 * connection. What was not committed is undone, as a server does that notices; once in a while the connection is really
 * torn down.
 */
export function faultyDb(db: Db, chance: Chance, strikes: () => Fault | null): { db: Db; seen: Seen } {
  const seen: Seen = { faults: 0, commits: 0 };
  const lostError = () => new Error('the connection was lost');
  const connect = async () => {
    const client = await db.pool.connect();
    let lost = false;
    const query = async (given: unknown, values?: unknown) => {
      if (lost) throw lostError();
      const fault = strikes();
      if (fault) {
        seen.faults += 1;
        lost = true;
      }
      if (fault === 'before') throw lostError();
      const result = await (client.query as (...args: unknown[]) => Promise<unknown>)(given, values);
      if (given === 'commit') seen.commits += 1;
      if (fault === 'after') throw lostError();
      return result;
    };
    const release = () => {
      if (!lost) client.release();
      else if (chance(8) === 0) client.release(true);
      else
        client.query('rollback').then(
          () => client.release(),
          () => client.release(true),
        );
    };
    return new Proxy(client, {
      get(target: PoolClient, key) {
        if (key === 'query') return query;
        if (key === 'release') return release;
        const value = Reflect.get(target, key) as unknown;
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  };
  return { db: { ...db, pool: { connect } as unknown as Db['pool'] }, seen };
}
