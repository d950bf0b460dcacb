import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { testDatabase } from '../../test/database.ts';
import { nameId, type TenantId } from '../shared/id.ts';
import { arrayBytes } from './array-binary.ts';
import { withTenant } from './transact.ts';

let world: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  world = await testDatabase();
});
afterAll(() => world.drop());

const nusa = nameId<TenantId>('nusa');

function throughDatabase(type: string, values: readonly unknown[]): Promise<unknown[]> {
  return withTenant(world.db, nusa, async (tx) => {
    const rows = await tx.query<{ value: unknown }>(
      `select u.value from unnest($1::${type}[]) with ordinality u (value, place) order by place`,
      [values],
    );
    return rows.map(({ value }) => value);
  });
}

const moment = fc.date({
  min: new Date('1900-01-01'),
  max: new Date('2200-01-01'),
  noInvalidDate: true,
});

test.each<['uuid' | 'bigint' | 'timestamptz', fc.Arbitrary<unknown>]>([
  ['uuid', fc.uuid()],
  ['bigint', fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
  ['timestamptz', moment],
])('an array of %s comes to the database as it is, byte by byte', async (type, value) => {
  const some = fc.array(fc.option(value, { freq: 5 }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(some, async (values) => {
      expect(arrayBytes(type, values)).not.toBeNull();
      expect(await throughDatabase(type, values)).toEqual(values);
    }),
    { numRuns: 50 },
  );
});

test('what is not of the type goes as text, and the database says what is wrong', async () => {
  expect(arrayBytes('uuid', ['not-a-uuid'])).toBeNull();
  expect(arrayBytes('bigint', [2n ** 63n])).toBeNull();
  expect(arrayBytes('timestamptz', [new Date(NaN)])).toBeNull();
  await expect(throughDatabase('uuid', ['zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz'])).rejects.toThrow(
    'invalid input syntax for type uuid',
  );
  // What the database understands by itself still arrives.
  const upper = 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11';
  expect(await throughDatabase('uuid', [upper])).toEqual([upper.toLowerCase()]);
  expect(await throughDatabase('timestamptz', ['2018-03-21T12:00:00+08:00'])).toEqual([
    new Date('2018-03-21T04:00:00Z'),
  ]);
});
