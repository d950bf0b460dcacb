import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { testDatabase } from '../../test/database.ts';
import { withClient } from '../db/connect.ts';
import { addTenant } from '../db/directory.ts';
import { enqueue } from '../db/enqueue.ts';
import { withTenant, type Db } from '../db/transact.ts';
import { newId } from '../shared/id.ts';
import type { TenantId } from '../shared/id.ts';
import { runJobs } from './run.ts';

describe('jobs', () => {
  const nusa = newId<TenantId>(new Date());
  let world: Awaited<ReturnType<typeof testDatabase>>;
  beforeAll(async () => {
    world = await testDatabase();
    await addTenant(world.db, { tenant: nusa, code: 'nusa', name: 'Nusa Foods' });
  });
  afterAll(() => world.drop());

  const queued = async () => {
    const { rows } = await withClient(world.logins.admin, (client) =>
      client.query('select count(*)::int as n from graphile_worker._private_jobs'),
    );
    return rows[0].n as number;
  };

  test('run once the transaction that queued them has committed, as the worker, with their payload', async () => {
    const seen: unknown[] = [];
    const jobs = runJobs(world.db, {
      'read-evidence': async (db, payload: { tenant: TenantId; evidence: string }) => {
        const rows = await withTenant(db, payload.tenant, (tx) => tx.query('select current_user as role'));
        seen.push({ ...payload, ...rows[0] });
      },
    });
    try {
      await withTenant(world.db, nusa, async (tx) => {
        await enqueue(tx, 'read-evidence', { tenant: nusa, evidence: 'sari-1' });
      });
      await expect.poll(() => seen).toEqual([{ tenant: nusa, evidence: 'sari-1', role: 'mitra_worker' }]);
    } finally {
      await jobs.stop();
    }
    expect(await queued()).toBe(0);
  });

  test('are not queued by a transaction that is rolled back', async () => {
    const rolledBack = withTenant(world.db, nusa, async (tx) => {
      await enqueue(tx, 'read-evidence', { tenant: nusa });
      throw new Error('changed my mind');
    });
    await expect(rolledBack).rejects.toThrow('changed my mind');
    expect(await queued()).toBe(0);
  });

  test('wait once under one key', async () => {
    for (const evidence of ['sari-1', 'sari-2'])
      await withTenant(world.db, nusa, (tx) =>
        enqueue(tx, 'tidy', { evidence }, { key: 'tidy', delayS: 3600 }),
      );
    expect(await queued()).toBe(1);
    await withClient(world.logins.admin, (client) =>
      client.query('delete from graphile_worker._private_jobs'),
    );
  });

  test('that take long are not taken for those of a process that is gone', { timeout: 20_000 }, async () => {
    let begun = 0;
    const jobs = runJobs(world.db, {
      read: async () => {
        begun += 1;
        await new Promise((resolve) => setTimeout(resolve, 8000));
      },
    });
    try {
      await withTenant(world.db, nusa, (tx) => enqueue(tx, 'read', {}));
      await expect.poll(queued, { timeout: 12_000 }).toBe(0);
      expect(begun).toBe(1);
    } finally {
      await jobs.stop();
    }
  });

  test('of the timetable are queued once by however many runners, also what was due while none ran', async () => {
    await withClient(world.logins.admin, (client) =>
      client.query(
        `insert into graphile_worker._private_known_crontabs (identifier, known_since, last_execution)
         values ('nightly', now() - interval '2 days', now() - interval '25 hours')`,
      ),
    );
    const seen: unknown[] = [];
    const nightly = async (db: Db) => {
      const [row] = await withTenant(db, nusa, (tx) => tx.query('select current_user as role'));
      seen.push(row);
    };
    const hour = (new Date().getUTCHours() + 23) % 24;
    const runners = [1, 2].map(() => runJobs(world.db, { nightly }, `0 ${hour} * * * nightly ?fill=1d`));
    try {
      await expect.poll(() => seen, { timeout: 10_000 }).toEqual([{ role: 'mitra_worker' }]);
    } finally {
      await Promise.all(runners.map((jobs) => jobs.stop()));
    }
    expect(seen).toHaveLength(1);
    expect(await queued()).toBe(0);
  });

  test('that fail do not hold up the others, and are tried again later', async () => {
    const seen: string[] = [];
    const jobs = runJobs(world.db, {
      read: async (_db, { evidence }: { evidence: string }) => {
        if (evidence === 'torn') throw new Error('cannot be read');
        seen.push(evidence);
      },
    });
    try {
      await withTenant(world.db, nusa, async (tx) => {
        for (const evidence of ['torn', 'sari-3']) await enqueue(tx, 'read', { evidence });
      });
      await expect.poll(() => seen).toEqual(['sari-3']);
    } finally {
      await jobs.stop();
    }
    const { rows } = await withClient(world.logins.admin, (client) =>
      client.query('select attempts, max_attempts, last_error from graphile_worker._private_jobs'),
    );
    expect(rows).toMatchObject([{ attempts: 1, max_attempts: 8, last_error: 'cannot be read' }]);
    await withClient(world.logins.admin, (client) =>
      client.query('delete from graphile_worker._private_jobs'),
    );
  });

  test('of a process that was killed are taken over within seconds', async () => {
    await withTenant(world.db, nusa, (tx) => enqueue(tx, 'read', { evidence: 'sari-4' }));
    await withClient(world.logins.admin, (client) =>
      client.query(
        `update graphile_worker._private_jobs set locked_by = 'pool-gone', locked_at = now() - interval '1 minute', attempts = 1`,
      ),
    );
    const seen: string[] = [];
    const jobs = runJobs(world.db, {
      read: async (_db, { evidence }: { evidence: string }) => void seen.push(evidence),
    });
    try {
      await expect.poll(() => seen, { timeout: 5000 }).toEqual(['sari-4']);
    } finally {
      await jobs.stop();
    }
  });

  test('go on after every connection was cut', async () => {
    const seen: string[] = [];
    const jobs = runJobs(world.db, {
      read: async (_db, { evidence }: { evidence: string }) => void seen.push(evidence),
    });
    try {
      await withTenant(world.db, nusa, (tx) => enqueue(tx, 'read', { evidence: 'before' }));
      await expect.poll(() => seen).toEqual(['before']);
      await withClient(world.logins.admin, (client) =>
        client.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where datname = current_database() and pid <> pg_backend_pid()`,
        ),
      );
      await withTenant(world.db, nusa, (tx) => enqueue(tx, 'read', { evidence: 'after' })).catch(() =>
        withTenant(world.db, nusa, (tx) => enqueue(tx, 'read', { evidence: 'after' })),
      );
      await expect.poll(() => seen, { timeout: 15_000 }).toContain('after');
    } finally {
      await jobs.stop();
    }
  });

  test('cannot be seen or taken by the role that serves people', async () => {
    await expect(world.db.pool.query('select * from graphile_worker._private_jobs')).rejects.toThrow(
      'permission denied',
    );
  });
});
