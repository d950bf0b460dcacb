import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { TestProject } from 'vitest/node';

import { loginOf, withClient } from '../src/db/connect.ts';
import { openEmbedded } from '../src/db/embedded.ts';
import { loginsFor, setUp, type Logins } from '../src/db/open.ts';

/** A cluster with the migrated template that every test database is copied from. */
export type Cluster = { logins: Logins; template: string; statementsFile: string; tenantTables: string[] };

/**
 * One cluster per run: the embedded one in a temporary folder, or TEST_DATABASE_URL (a role that may create roles and
 * databases). It is migrated once into a template that every test database is copied from.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { cluster, close } = await openCluster();
  project.provide('cluster', cluster);
  return close;
}

/** The same for a program that is no test run. */
export async function openCluster(): Promise<{ cluster: Cluster; close: () => Promise<void> }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'mitra-test-'));
  // The embedded server runs as a service user when tests run as root.
  chmodSync(folder, 0o755);
  const external = process.env['TEST_DATABASE_URL'];
  // Tests need no disk to be flushed; the tests of crashes start servers of their own. Hundreds of small databases need
  // not be looked at every few seconds.
  const settings = { fsync: 'off', max_connections: '200', autovacuum_naptime: '1min' };
  const embedded = external ? null : await openEmbedded(folder, 'hold', { settings });
  if (embedded) endWithThisProcess(folder);
  const admin = external ? loginOf(external) : embedded!.admin;
  const template = `mitra_template_${process.pid}`;
  await withClient(admin, (client) => client.query(`create database ${template}`));
  const logins = await setUp(loginsFor({ ...admin, database: template }, 'the secret of the test run'));
  const statementsFile = path.join(folder, 'statements.jsonl');
  writeFileSync(statementsFile, '');
  const tenantTables = await withClient(logins.admin, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant'
       where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v') and not c.relispartition
         and c.relname <> 'tenant'`,
    );
    return rows.map((row) => row.name);
  });
  const close = async () => {
    await withClient(admin, (client) => client.query(`drop database ${template} with (force)`));
    await embedded?.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { cluster: { logins: { ...logins, admin }, template, statementsFile, tenantTables }, close };
}

/** A process that is killed cannot stop the embedded server of its folder; this small companion waits for its end and does. */
export function endWithThisProcess(folder: string): void {
  const script =
    'while kill -0 "$1" 2>/dev/null; do sleep 1; done; ' +
    'kill -QUIT "$(head -n 1 "$2/postgres/postmaster.pid" 2>/dev/null)" 2>/dev/null; sleep 1; rm -rf "$2"';
  const args = ['-c', script, 'sh', String(process.pid), folder];
  spawn('/bin/sh', args, { detached: true, stdio: 'ignore', cwd: '/' })
    .once('error', () => {})
    .unref();
}
