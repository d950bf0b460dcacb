import { setTimeout as sleep } from 'node:timers/promises';

import type { Client } from 'pg';

import { withClient } from './connect.ts';
import type { Login } from './connect.ts';
import { DatabaseProblem } from './problem.ts';
import { appRole, ownerRole, workerRole } from './roles.ts';
import { secure } from './secure.ts';
import { jobsSchema } from './migrate.ts';

/** One partition of the transfers. Ids are time-ordered, so a range of ids is a range of time; null: no bound. */
export type Partition = {
  name: string;
  from: Date | null;
  to: Date | null;
  rowsEstimate: number;
  bytes: number;
};

/** Above this many rows the newest partition is worth a new one: its indexes no longer fit into the memory of a small server. */
export const partitionRowsMax = 50_000_000;

/** Some minutes: as long as what reads everything may take. */
const dropTriesMax = 100;
const lockNotAvailable = '55P03';

/** The partitions of the transfers, oldest first. */
export async function readPartitions(client: Client): Promise<Partition[]> {
  const { rows } = await client.query<Omit<Partition, 'from' | 'to'> & { bounds: string }>(
    `select c.relname as name, pg_get_expr(c.relpartbound, c.oid) as bounds, greatest(c.reltuples, 0)::float8 as "rowsEstimate",
       pg_total_relation_size(c.oid)::float8 as bytes
     from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'public.transfer'::regclass`,
  );
  const partitions = rows.map(({ bounds, ...row }) => {
    const [, from, to] = /FROM \((.+)\) TO \((.+)\)/.exec(bounds)!;
    return { ...row, from: timeOfBound(from!), to: timeOfBound(to!) };
  });
  return partitions.sort((one, other) => (one.from?.getTime() ?? 0) - (other.from?.getTime() ?? 0));
}

/**
 * Lets transfers recorded from a time on go into a partition of their own, and answers its name. What came before keeps
 * its partition, also what is recorded late. Posting goes on but for the moment in which the bounds change. Throws
 * DatabaseProblem when the time is not in the future or not after the last split; doing the same again changes nothing.
 */
export async function splitTransfers(admin: Login, from: Date, now: Date): Promise<string> {
  return withClient(admin, async (client) => {
    await client.query(`set role ${ownerRole}`);
    const newest = (await readPartitions(client)).at(-1)!;
    if (newest.from?.getTime() === from.getTime()) return newest.name;
    if (from <= now)
      throw new DatabaseProblem('A partition can only begin in the future: what was recorded has its place.');
    if (newest.from && newest.from > from)
      throw new DatabaseProblem(`There is a partition from ${newest.from.toISOString()} on already.`);
    const name = `transfer_p${from.toISOString().slice(0, 10).replaceAll('-', '')}`;
    const [lowest, bound] = [newest.from && `'${boundAt(newest.from)}'`, `'${boundAt(from)}'`];
    // Whoever cannot have a lock soon must not make everybody queue behind it.
    await client.query("set lock_timeout = '5s'");
    try {
      // Proven beforehand, while posting goes on, so that the new bounds need no look at the rows.
      const inside = `id < ${bound}${lowest ? ` and id >= ${lowest}` : ''}`;
      await client.query(
        `alter table ${newest.name} drop constraint if exists in_new_bounds, add constraint in_new_bounds check (${inside}) not valid`,
      );
      await client.query(`alter table ${newest.name} validate constraint in_new_bounds`);
      await moveBounds(client, { newest: newest.name, name, lowest: lowest ?? 'minvalue', bound });
    } finally {
      await dropProof(client, newest.name);
    }
    await secure(client, { app: appRole, worker: workerRole, jobsSchema });
    return name;
  });
}

// Left behind, it would refuse whatever is recorded from that time on; so it is tried until there is a moment for it.
async function dropProof(client: Client, partition: string): Promise<void> {
  for (let tries = dropTriesMax; (await unfinishedSplit(client)) !== null; tries -= 1) {
    try {
      await client.query(`alter table ${partition} drop constraint if exists in_new_bounds`);
    } catch (error) {
      if ((error as { code?: string }).code !== lockNotAvailable || tries === 0) throw error;
    }
    await sleep(1000);
  }
}

/** The partition that a split which was cut off has left with the proof of its bounds, or null: split again to mend it. */
export async function unfinishedSplit(client: Client): Promise<string | null> {
  const { rows } = await client.query<{ name: string }>(
    "select conrelid::regclass::text as name from pg_constraint where conname = 'in_new_bounds' and contype = 'c' limit 1",
  );
  return rows[0]?.name ?? null;
}

type Bounds = { newest: string; name: string; lowest: string; bound: string };

async function moveBounds(client: Client, { newest, name, lowest, bound }: Bounds): Promise<void> {
  await client.query('begin');
  try {
    await client.query(`alter table transfer detach partition ${newest}`);
    await client.query(
      `alter table transfer attach partition ${newest} for values from (${lowest}) to (${bound})`,
    );
    await client.query(`create table ${name} partition of transfer for values from (${bound}) to (maxvalue)`);
    // As for the first one (0002_ledger.sql).
    await client.query(
      `alter table ${name} alter column debit set (n_distinct = -0.05), alter column credit set (n_distinct = -0.05)`,
    );
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

/** The lowest id of a time: 48 bits of milliseconds and nothing else. */
function boundAt(time: Date): string {
  const hex = time.getTime().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

function timeOfBound(bound: string): Date | null {
  const [id] = /[0-9a-f-]{36}/.exec(bound) ?? [];
  return id ? new Date(Number.parseInt(id.replace('-', '').slice(0, 12), 16)) : null;
}
