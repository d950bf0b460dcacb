import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { testDatabase } from '../../test/database.ts';
import { newId } from '../shared/id.ts';
import type { TenantId } from '../shared/id.ts';
import { addTenant, findTenant } from './directory.ts';
import { withTenant } from './transact.ts';

describe('withTenant', () => {
  let world: Awaited<ReturnType<typeof testDatabase>>;
  const nusa = newId<TenantId>(new Date());
  beforeAll(async () => {
    world = await testDatabase();
    await addTenant(world.db, { tenant: nusa, code: 'nusa', name: 'Nusa Foods' });
  });
  afterAll(() => world.drop());

  test('finds the tenant', async () => {
    expect((await findTenant(world.db, 'nusa'))?.tenant).toBe(nusa);
    const rows = await withTenant(world.db, nusa, (tx) =>
      tx.query("select 1::bigint as one, date '2020-01-02' as day, array[1,2]::bigint[] as many"),
    );
    expect(rows).toEqual([{ one: 1n, day: '2020-01-02', many: [1n, 2n] }]);
  });
});
