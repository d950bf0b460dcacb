import type { Tx } from './transact.ts';

/**
 * Queues a job in the caller's transaction: it runs once that has committed, at least once and up to 8 times. A job is a hint:
 * its verb must be harmless when it runs twice, and it sets its own tenant from the payload, which holds ids and no
 * personal data. Of jobs that wait under one `key` only the newest stays.
 */
export async function enqueue(
  tx: Tx,
  task: string,
  payload: object,
  { key, delayS }: { key?: string; delayS?: number } = {},
): Promise<void> {
  await tx.query(
    'select enqueue_job($1, $2, $3, now() + make_interval(secs => $4))',
    [task, JSON.stringify(payload), key ?? null, delayS ?? 0],
    { name: 'enqueue' },
  );
}
