import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

import { Logger, run } from 'graphile-worker';
import type { LogFunctionFactory, Runner, WorkerEvents } from 'graphile-worker';
import type { Client } from 'pg';

import { openClient, openPool, openPlainPool } from '../db/connect.ts';
import { jobsSchema } from '../db/migrate.ts';
import type { Db } from '../db/transact.ts';
import { log } from '../log.ts';

/** One job: it gets the database as the worker's role, and the payload it was queued with. */
export type Task = (db: Db, payload: never) => Promise<void>;

export type Jobs = {
  /** Takes no new job, lets the running ones finish, and lets go of the database. */
  stop(): Promise<void>;
};

/** Jobs that run at the same time in one process. */
const concurrency = 4;
/** A lost process's jobs are free again after about this long. */
const sweepEveryMs = 5000;
// Session-level locks: (lockClass, hash of the id under which a runner marks its jobs). Whoever has it is alive.
const lockClass = 7_264_200;

/**
 * Runs queued jobs until stopped. A job runs at least once: one whose process was killed is given to another within
 * seconds, one that throws is tried up to 8 times with growing pauses and then stays parked with its error. When the
 * database goes away the runner waits and begins again. `timetable` says in crontab's way which jobs the clock queues; they
 * are queued once, whichever runner does it.
 */
export function runJobs(db: Db, tasks: Readonly<Record<string, Task>>, timetable = ''): Jobs {
  const stopping = new AbortController();
  const pool = openPool(db.workerLogin, concurrency + 1, onLost);
  // The queue's own connections read int8 as text, as its library expects.
  const queuePool = openPlainPool(db.workerLogin, concurrency + 3, onLost);
  const asWorker: Db = { ...db, pool };
  const taskList = Object.fromEntries(
    Object.entries(tasks).map(([name, task]) => [
      name,
      (payload: unknown) => task(asWorker, payload as never),
    ]),
  );
  const ended = keepRunning();
  return {
    async stop() {
      stopping.abort();
      await ended;
      await Promise.all([pool.end(), queuePool.end()]);
    },
  };

  async function keepRunning(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await runOnceConnected();
      } catch (error) {
        log.warn({ problem: (error as Error).message }, 'jobs wait for the database');
      }
      await sleep(1000, undefined, { signal: stopping.signal }).catch(() => {});
    }
  }

  /** Runs jobs for as long as the connection that proves this runner alive is there. */
  async function runOnceConnected(): Promise<void> {
    const leaving = new AbortController();
    const alive = await openClient(db.workerLogin, () => leaving.abort());
    alive.once('end', () => leaving.abort());
    const events = new EventEmitter() as WorkerEvents;
    let own = '';
    events.once('pool:create', ({ workerPool }) => {
      own = workerPool.id;
      alive
        .query('select pg_advisory_lock($1, hashtext($2))', [lockClass, workerPool.id])
        .catch(() => leaving.abort());
    });
    let runner: Runner | undefined;
    try {
      runner = await run({
        pgPool: queuePool,
        schema: jobsSchema,
        taskList,
        concurrency,
        events,
        crontab: timetable,
        noHandleSignals: true,
        pollInterval: 1000,
        logger: new Logger(logFactory),
      });
      const over = runner.promise.catch(() => {}).finally(() => leaving.abort());
      await keepFreeing(alive, () => own, AbortSignal.any([leaving.signal, stopping.signal]));
      await runner.stop().catch(() => {});
      await over;
    } finally {
      await alive.end().catch(() => {});
    }
  }
}

async function keepFreeing(alive: Client, own: () => string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await freeLostJobs(alive, own());
    await sleep(sweepEveryMs, undefined, { signal }).catch(() => {});
  }
}

/**
 * Frees the jobs of runners that are gone: nobody has the lock that a living runner holds. `own` is left out, for a
 * session is always given a lock that it has itself.
 */
async function freeLostJobs(alive: Client, own: string): Promise<void> {
  const { rows } = await alive.query<{ locked_by: string }>(
    `select distinct locked_by from ${jobsSchema}._private_jobs 
     where locked_at < now() - interval '2 seconds' and locked_by <> $1`,
    [own],
  );
  for (const { locked_by: runner } of rows) {
    const freed = await alive.query<{ gone: boolean }>(
      'select pg_try_advisory_lock($1, hashtext($2)) as gone',
      [lockClass, runner],
    );
    if (!freed.rows[0]!.gone) continue;
    await alive.query(`select ${jobsSchema}.force_unlock_workers(array[$1])`, [runner]);
    await alive.query('select pg_advisory_unlock($1, hashtext($2))', [lockClass, runner]);
    log.warn({ runner }, 'jobs of a process that is gone are taken over');
  }
}

function onLost(error: Error): void {
  log.warn({ problem: error.message }, 'a database connection was lost');
}

const logFactory: LogFunctionFactory = () => (level, message, meta) => {
  // Completed jobs are the usual case and would fill the log.
  if (level === 'error') log.error({ job: (meta?.['job'] as { id?: string } | undefined)?.id }, message);
  else if (level === 'warning') log.warn(message);
  else log.trace(message);
};
