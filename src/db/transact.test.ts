import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { testDatabase } from '../../test/database.ts';
import { newId } from '../shared/id.ts';
import type { TenantId } from '../shared/id.ts';
import { withClient } from './connect.ts';
import { addTenant, findTenant, listTenants } from './directory.ts';
import { withTenantTogether } from './together.ts';
import { withTenant } from './transact.ts';
import type { Tx } from './transact.ts';

let world: Awaited<ReturnType<typeof testDatabase>>;
const nusa = newId<TenantId>(new Date());
const other = newId<TenantId>(new Date());

const addArea = (tx: Tx, code: string) =>
  tx.query('insert into area (tenant, id, code, name) values ($1, $2, $3, $3)', [
    tx.tenant,
    newId(new Date()),
    code,
  ]);
const listAreas = async (tx: Tx) => {
  const rows = await tx.query<{ code: string }>('select code from area where tenant = $1 order by code', [
    tx.tenant,
  ]);
  return rows.map((row) => row.code);
};

beforeAll(async () => {
  world = await testDatabase();
  await addTenant(world.db, { tenant: nusa, code: 'nusa', name: 'Nusa Foods' });
  await addTenant(world.db, { tenant: other, code: 'other', name: 'Other Brand' });
  await withTenant(world.db, nusa, (tx) => addArea(tx, 'johor'));
  await withTenant(world.db, other, (tx) => addArea(tx, 'penang'));
});
afterAll(() => world.drop());

describe('the directory', () => {
  test('knows tenants by code, and adds one once', async () => {
    await addTenant(world.db, { tenant: newId<TenantId>(new Date()), code: 'nusa', name: 'Nusa again' });
    expect(await findTenant(world.db, 'nusa')).toEqual({ tenant: nusa, code: 'nusa', name: 'Nusa Foods' });
    expect(await findTenant(world.db, 'nobody')).toBeNull();
    expect((await listTenants(world.db)).map((tenant) => tenant.code)).toEqual(['nusa', 'other']);
  });
});

describe('withTenant', () => {
  test('hands out amounts as bigint, days as text, moments as Date', async () => {
    const rows = await withTenant(world.db, nusa, (tx) =>
      tx.query(`select 9007199254740993::bigint as amount, array[1, null]::bigint[] as amounts, date '2018-02-28' as day,
        array[date '2018-02-28'] as days, timestamptz '2018-02-28 12:00+08' as moment, current_setting('timezone') as zone`),
    );
    expect(rows).toEqual([
      {
        amount: 9007199254740993n,
        amounts: [1n, null],
        day: '2018-02-28',
        days: ['2018-02-28'],
        moment: new Date('2018-02-28T04:00:00Z'),
        zone: 'UTC',
      },
    ]);
  });

  test('keeps nothing when the work throws', async () => {
    const work = withTenant(world.db, nusa, async (tx) => {
      await addArea(tx, 'kedah');
      throw new Error('changed my mind');
    });
    await expect(work).rejects.toThrow('changed my mind');
    expect(await withTenant(world.db, nusa, listAreas)).toEqual(['johor']);
  });

  test('a savepoint takes back its own work only', async () => {
    const seen = await withTenant(world.db, nusa, async (tx) => {
      await addArea(tx, 'selangor');
      await expect(
        tx.savepoint(async () => {
          await addArea(tx, 'perak');
          await tx.savepoint(() => addArea(tx, 'selangor'));
        }),
      ).rejects.toThrow('duplicate key');
      await tx.savepoint(() => addArea(tx, 'perlis'));
      const areas = await listAreas(tx);
      await tx.query('delete from area where tenant = $1 and code = any ($2)', [
        tx.tenant,
        ['selangor', 'perlis'],
      ]);
      return areas;
    });
    expect(seen).toEqual(['johor', 'perlis', 'selangor']);
  });

  test('takes a UUID and nothing else', async () => {
    for (const wrong of ['', 'nusa', "'; drop table area; --", nusa.toUpperCase(), `${nusa} `])
      await expect(withTenant(world.db, wrong as TenantId, listAreas)).rejects.toThrow('named by its UUID');
  });

  test('a transaction that was kept is of no use after its work', async () => {
    const kept = await withTenant(world.db, nusa, async (tx) => tx);
    await expect(kept.query('select 1')).rejects.toThrow('not used after its work');
  });
});

const cut = (pid: unknown) =>
  withClient(world.logins.admin, (client) => client.query('select pg_terminate_backend($1)', [pid]));

describe('a lost connection', () => {
  test('inside a transaction fails that transaction, and the process and the next one go on', async () => {
    const work = withTenant(world.db, nusa, async (tx) => {
      await addArea(tx, 'sabah');
      const [row] = await tx.query('select pg_backend_pid() as pid');
      await cut(row!['pid']);
      // Idle inside the transaction when it happens: nobody is waiting for an answer.
      await new Promise((resolve) => setTimeout(resolve, 100));
      return listAreas(tx);
    });
    await expect(work).rejects.toThrow(/terminat|connection/i);
    expect(await withTenant(world.db, nusa, listAreas)).toEqual(['johor']);
  });

  test('in the pool is replaced without anybody noticing', async () => {
    const [row] = await withTenant(world.db, nusa, (tx) => tx.query('select pg_backend_pid() as pid'));
    await cut(row!['pid']);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await withTenant(world.db, nusa, listAreas)).toEqual(['johor']);
  });

  test('twenty at once, all cut in the middle: twenty failures, no more', async () => {
    const work = Array.from({ length: 20 }, () =>
      withTenant(world.db, nusa, async (tx) => {
        const [row] = await tx.query('select pg_backend_pid() as pid');
        await cut(row!['pid']);
        return tx.query('select pg_sleep(0.1)');
      }),
    );
    const settled = await Promise.allSettled(work);
    expect(settled.map((result) => result.status)).toEqual(Array(20).fill('rejected'));
    expect(await withTenant(world.db, nusa, listAreas)).toEqual(['johor']);
  });
});

/** Runs statements as the program's role, past the check for tenants, in one transaction that is rolled back. */
async function behind(tenant: string | null, ...statements: string[]) {
  const client = await world.db.pool.connect();
  try {
    await client.query('begin');
    if (tenant !== null) await client.query(`set local app.tenant = '${tenant}'`);
    let rows: unknown[] = [];
    for (const statement of statements) rows = (await client.query(statement)).rows;
    return rows;
  } finally {
    await client.query('rollback');
    client.release();
  }
}

describe('T12: the wall of row-level security', () => {
  test('shows own rows only, though no condition asks for it', async () => {
    expect(await behind(nusa, 'select code from area')).toEqual([{ code: 'johor' }]);
    expect(await behind(other, 'select code from area')).toEqual([{ code: 'penang' }]);
    expect(await behind(nusa, `select code from area where tenant = '${other}'`)).toEqual([]);
  });

  test('shows and takes nothing when no tenant was set', async () => {
    expect(await behind(null, 'select code from area')).toEqual([]);
    await expect(
      behind(null, `insert into area (tenant, id, code, name) values ('${nusa}', '${other}', 'x', 'x')`),
    ).rejects.toThrow('row-level security');
  });

  test('changes and takes no row of another tenant', async () => {
    expect(
      await behind(nusa, `update area set name = 'stolen' where code = 'penang' returning code`),
    ).toEqual([]);
    expect(await behind(nusa, `delete from area returning code`)).toEqual([{ code: 'johor' }]);
    const smuggled = behind(
      nusa,
      `insert into area (tenant, id, code, name) values ('${other}', '${nusa}', 'x', 'x')`,
    );
    await expect(smuggled).rejects.toThrow('row-level security');
    await expect(behind(nusa, `update area set tenant = '${other}'`)).rejects.toThrow('row-level security');
  });

  test('cannot be left by changing the role', async () => {
    for (const role of ['postgres', 'mitra_owner', 'mitra_worker'])
      await expect(behind(nusa, `set role ${role}`)).rejects.toThrow(/permission denied|does not exist/);
    await expect(behind(nusa, 'set row_security = off', 'select code from area')).rejects.toThrow(
      'row-level security',
    );
    await expect(behind(nusa, 'alter table area disable row level security')).rejects.toThrow(
      'must be owner',
    );
  });

  test('the setting does not stay on the connection for the next one', async () => {
    await withTenant(world.db, nusa, listAreas);
    const all = await Promise.all(
      Array.from({ length: 10 }, () => world.db.pool.query('select code from area')),
    );
    expect(all.flatMap((result) => result.rows)).toEqual([]);
  });
});

/** Waits until two have come this far. */
function gateForTwo(): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let come = 0;
  return () => {
    come += 1;
    if (come === 2) resolve();
    return promise;
  };
}

test('of two transactions that wait for each other both get done', async () => {
  await withTenant(world.db, nusa, (tx) => addArea(tx, 'perak'));
  const rename = (tx: Tx, code: string, name: string) =>
    tx.query('update area set name = name || $3 where tenant = $1 and code = $2', [tx.tenant, code, name]);
  const gate = gateForTwo();
  const both = Promise.all(
    [
      ['johor', 'perak'],
      ['perak', 'johor'],
    ].map(([first, second]) =>
      withTenantTogether(world.db, nusa, [1], async (tx) => {
        await rename(tx, first!, '+');
        await gate();
        await rename(tx, second!, '+');
        return ['done'];
      }),
    ),
  );
  expect(await both).toEqual([[{ done: 'done' }], [{ done: 'done' }]]);
  const rows = await withTenant(world.db, nusa, (tx) =>
    tx.query<{ name: string }>("select name from area where tenant = $1 and code in ('johor', 'perak')", [
      tx.tenant,
    ]),
  );
  expect(rows.map(({ name }) => name).toSorted()).toEqual(['johor++', 'perak++']);
});

test('who writes the same row second does the work again, and sees what the first one wrote', async () => {
  const gate = gateForTwo();
  const add = () =>
    withTenantTogether(world.db, nusa, [1], async (tx) => {
      const known = await listAreas(tx);
      await gate();
      if (!known.includes('kedah')) await addArea(tx, 'kedah');
      return [known.includes('kedah')];
    });
  const answers = (await Promise.all([add(), add()])).flat();
  expect(answers).toContainEqual({ done: false });
  expect(answers).toContainEqual({ done: true });
});
