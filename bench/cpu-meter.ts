import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

import type { Client } from 'pg';

/** CPU time that each backend of a database used so far, by process id; null where nobody can tell. */
export type CpuReading = Map<number, number> | null;

/**
 * Reads the CPU time of the backends that serve this client's database, the client's own left out. Answers null where the
 * server runs on another machine, and on systems without /proc.
 */
export async function readCpu(client: Client): Promise<CpuReading> {
  const perSecond = ticksPerSecond();
  if (perSecond === null) return null;
  const { rows } = await client.query<{ pid: number }>(
    `select pid from pg_stat_activity
     where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()`,
  );
  const reading = new Map<number, number>();
  for (const { pid } of rows) {
    const ticks = readTicks(pid);
    if (ticks === null) return null;
    reading.set(pid, ticks / perSecond);
  }
  return reading;
}

/** CPU-seconds used between two readings; a backend that began in between counts from its beginning. */
export function cpuBetween(before: CpuReading, after: CpuReading): number | null {
  if (!before || !after) return null;
  return [...after].reduce((sum, [pid, seconds]) => sum + seconds - (before.get(pid) ?? 0), 0);
}

let ticks: number | null | undefined;

function ticksPerSecond(): number | null {
  ticks ??= process.platform === 'linux' ? askTicks() : null;
  return ticks;
}

function askTicks(): number | null {
  try {
    return Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' })) || null;
  } catch {
    return null;
  }
}

/** utime and stime of proc(5); null where the process is none of PostgreSQL's. */
function readTicks(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name stands in brackets and may hold anything.
    const end = stat.lastIndexOf(')');
    if (!stat.slice(0, end).includes('postgres')) return null;
    const fields = stat.slice(end + 2).split(' ');
    return Number(fields[11]) + Number(fields[12]);
  } catch {
    return null;
  }
}
