import os from 'node:os';

import { withClient } from '../src/db/connect.ts';
import type { Login } from '../src/db/connect.ts';

/** Where figures were measured; without it they mean nothing. */
export type Machine = {
  cpu: string;
  cores: number;
  memoryGb: number;
  /** Processes that wanted a core in the minute before. */
  loadBefore: number;
  system: string;
  node: string;
  postgres: string;
  /** What the database promises and has: fsync, synchronous_commit, full_page_writes, shared_buffers. */
  settings: Record<string, string>;
};

const told = ['fsync', 'synchronous_commit', 'full_page_writes', 'shared_buffers', 'max_wal_size'];

/** Describes this machine and the server behind the login; without one, where no database is measured. */
export async function describeMachine(admin: Login | null): Promise<Machine> {
  const rows = admin ? await readSettings(admin) : [{ name: 'server_version', value: 'not used' }];
  const settings = Object.fromEntries(rows.map(({ name, value }) => [name, value]));
  const { server_version: postgres, ...kept } = settings;
  return {
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
    memoryGb: Math.round(os.totalmem() / 2 ** 30),
    loadBefore: Number(os.loadavg()[0]!.toFixed(2)),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.version,
    postgres: postgres ?? 'unknown',
    settings: kept,
  };
}

function readSettings(admin: Login): Promise<{ name: string; value: string }[]> {
  return withClient(admin, async (client) => {
    const sql = 'select name, current_setting(name) as value from unnest($1::text[]) name';
    return (await client.query<{ name: string; value: string }>(sql, [['server_version', ...told]])).rows;
  });
}
