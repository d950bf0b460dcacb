import { expect, test } from 'vitest';

import { testApp } from '../../test/app.ts';
import { enqueue } from '../db/enqueue.ts';
import { withTenant } from '../db/transact.ts';
import { runJobs } from './run.ts';
import { tasksOf, timetable } from './tasks.ts';

test('the clock tends every tenant’s book, with the rights of the worker', async () => {
  const { app, world, close } = await testApp();
  const jobs = runJobs(app.db, tasksOf(app));
  const runs = async (tenant: typeof world.tenant) =>
    (
      await withTenant(app.db, tenant, (tx) =>
        tx.query('select 1 from expiry_run where tenant = $1', [tenant]),
      )
    ).length;
  try {
    await withTenant(app.db, world.tenant, (tx) => enqueue(tx, 'tend-ledgers', {}));
    for (const tenant of [world.tenant, world.other.tenant])
      await expect.poll(() => runs(tenant), { timeout: 15_000 }).toBeGreaterThan(0);
  } finally {
    await jobs.stop();
    await close();
  }
});

test('the timetable names jobs that there are', async () => {
  const { app, close } = await testApp();
  const tasks = Object.keys(tasksOf(app));
  for (const line of timetable.split('\n')) expect(tasks).toContain(line.split(' ')[5]);
  await close();
});
