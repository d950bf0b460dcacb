import { appendFileSync } from 'node:fs';

import { loadModule } from 'libpg-query';
import { inject } from 'vitest';

import { withClient } from '../src/db/connect.ts';
import { connectTo } from '../src/db/open.ts';
import type { Logins } from '../src/db/open.ts';
import type { Db } from '../src/db/transact.ts';
import type { Cluster } from './cluster.ts';
import { checkStatement } from './statements.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The run's one cluster, with the migrated template. */
    cluster: Cluster;
  }
}

let made = 0;
const seen = new Map<string, string | null>();

/** A database for one test file or one part of the proof. */
export type TestDatabase = { db: Db; logins: Logins; drop(): Promise<void> };

/**
 * A fresh database, copied from the migrated template, that nobody else uses. Every statement on it is checked for its
 * tenant; one without fails the test that sent it.
 */
export async function testDatabase(cluster: Cluster = inject('cluster')): Promise<TestDatabase> {
  const { logins, template, statementsFile, tenantTables } = cluster;
  await loadModule();
  const tables = new Set(tenantTables);
  const name = `test_${process.pid}_${(made += 1)}_${Date.now().toString(36)}`;
  await withClient(logins.admin, (client) => client.query(`create database ${name} template ${template}`));
  const here = (login: Logins['app']) => ({ ...login, database: name });
  const own = { admin: here(logins.admin), app: here(logins.app), worker: here(logins.worker) };
  const db = connectTo(own, 10, () => {});
  db.watch = (sql) => {
    if (!seen.has(sql)) {
      seen.set(sql, checkStatement(sql, tables));
      appendFileSync(statementsFile, `${JSON.stringify({ sql, problem: seen.get(sql) })}\n`);
    }
    const problem = seen.get(sql);
    if (problem) throw new Error(`${problem}: ${sql}`);
  };
  const drop = async () => {
    await db.close();
    await withClient(logins.admin, (client) => client.query(`drop database if exists ${name} with (force)`));
  };
  return { db, logins: own, drop };
}
