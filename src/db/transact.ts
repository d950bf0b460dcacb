import assert from 'node:assert/strict';

import type pg from 'pg';

import { isId } from '../shared/id.ts';
import type { TenantId } from '../shared/id.ts';
import { arrayBytes, type BinaryType } from './array-binary.ts';
import { arrayLiteral } from './array-literal.ts';
import type { Login } from './connect.ts';

/** An open database: connections of the application's role, and how the worker's role may connect. */
export type Db = {
  readonly pool: pg.Pool;
  readonly workerLogin: Login;
  /** Sees every statement on tenants' rows before it is sent; tests listen here. */
  watch?: (sql: string) => void;
  close(): Promise<void>;
};

/** One tenant's transaction. */
export type Tx = {
  readonly tenant: TenantId;
  /**
   * Runs one statement. Every tenant's table in it must be bound by `tenant = $n`. int8 arrives as bigint, date as
   * 'YYYY-MM-DD', timestamptz as Date. A `name` keeps the statement prepared on its connection: for hot statements
   * whose text never varies.
   */
  query<Row extends object = Record<string, unknown>>(
    sql: string,
    values?: readonly unknown[],
    options?: { name?: string },
  ): Promise<Row[]>;
  /** Rolls back to its start when the work throws, then throws on; the transaction itself goes on. */
  savepoint<T>(work: () => Promise<T>): Promise<T>;
};

// Limits travel with the transaction and not with the connection, so that they hold behind a pooler as well.
const limits =
  "set local timezone = 'UTC'; set local statement_timeout = '60s'; set local idle_in_transaction_session_timeout = '60s'";

/**
 * Runs the work in one transaction that sees and writes this tenant's rows only, and commits when it returns. It is the
 * only way to tenants' rows. When the work throws, or the connection is lost, nothing of it is kept and the error is
 * thrown on; a connection lost during COMMIT leaves the outcome open, which is why every write has an idempotency key.
 */
export async function withTenant<T>(db: Db, tenant: TenantId, work: (tx: Tx) => Promise<T>): Promise<T> {
  assert(isId(tenant), 'a tenant is named by its UUID');
  const client = await db.pool.connect();
  // A checked-out connection without a listener ends the process when it is lost.
  let lost: Error | undefined;
  const onLost = (error: Error) => (lost = error);
  client.on('error', onLost);
  let broken: Error | undefined;
  try {
    // Plain text and not set_config(): only a SET statement reaches the workers of a distributed database.
    await client.query(`begin; set local app.tenant = '${tenant}'; ${limits}`);
    const { tx, end } = openTx(db, client, tenant);
    const result = await work(tx).finally(end);
    await client.query('commit');
    return result;
  } catch (error) {
    broken = lost ?? (await rollBack(client));
    throw error;
  } finally {
    client.removeListener('error', onLost);
    client.release(broken);
  }
}

/** From here on the transaction sees one moment of the database and writes nothing. It must come first in it. */
export async function seeOneMoment(tx: Tx): Promise<void> {
  await tx.query('set transaction isolation level repeatable read, read only');
}

function openTx(db: Db, client: pg.PoolClient, tenant: TenantId): { tx: Tx; end: () => void } {
  let open = true;
  let savepoints = 0;
  const tx: Tx = {
    tenant,
    async query<Row extends object>(
      sql: string,
      values: readonly unknown[] = [],
      options: { name?: string } = {},
    ) {
      assert(open, 'a transaction is not used after its work has returned');
      db.watch?.(sql);
      const result = await client.query<Row>({ text: sql, values: parametersOf(sql, values), ...options });
      return result.rows;
    },
    async savepoint(work) {
      assert(open, 'a transaction is not used after its work has returned');
      const name = `s${(savepoints += 1)}`;
      await client.query(`savepoint ${name}`);
      try {
        const result = await work();
        await client.query(`release savepoint ${name}`);
        return result;
      } catch (error) {
        await client.query(`rollback to savepoint ${name}; release savepoint ${name}`);
        throw error;
      }
    },
  };
  return { tx, end: () => (open = false) };
}

/** Arrays go as bytes where the statement says of what they are (`$2::uuid[]`), and as text otherwise. */
function parametersOf(sql: string, values: readonly unknown[]): unknown[] {
  const types = arrayTypesOf(sql);
  return values.map((value, i) => {
    if (!Array.isArray(value)) return value;
    const type = types[i];
    return (type && arrayBytes(type, value)) ?? arrayLiteral(value) ?? value;
  });
}

// Statements are few and come again and again; those with something written into them must not pile up.
const arrayTypes = new Map<string, readonly (BinaryType | undefined)[]>();
const arrayTypesMax = 1000;

function arrayTypesOf(sql: string): readonly (BinaryType | undefined)[] {
  const known = arrayTypes.get(sql);
  if (known) return known;
  const types: (BinaryType | undefined)[] = [];
  for (const [, place, type] of sql.matchAll(/\$(\d+)::(uuid|bigint|timestamptz)\[\]/g))
    types[Number(place) - 1] = type as BinaryType;
  if (arrayTypes.size >= arrayTypesMax) arrayTypes.clear();
  arrayTypes.set(sql, types);
  return types;
}

/** Undoes what was begun; answers the error when even that fails, and the connection must be thrown away. */
async function rollBack(client: pg.PoolClient): Promise<Error | undefined> {
  try {
    await client.query('rollback');
    return undefined;
  } catch (error) {
    return error as Error;
  }
}
