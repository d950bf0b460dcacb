import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { testDatabase } from '../../test/database.ts';
import { arrayLiteral } from './array-literal.ts';

let world: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  world = await testDatabase();
});
afterAll(() => world.drop());

async function throughDatabase(type: string, values: readonly unknown[]): Promise<unknown[]> {
  const { rows } = await world.db.pool.query<{ value: unknown }>(
    `select u.value from unnest($1::${type}[]) with ordinality u (value, place) order by place`,
    [arrayLiteral(values)],
  );
  return rows.map(({ value }) => value);
}

const orNull = <T>(values: fc.Arbitrary<T>) => fc.array(fc.option(values, { freq: 5 }), { maxLength: 8 });

// PostgreSQL has no text with a zero byte or half a surrogate pair in it.
const text = fc.string({ unit: 'grapheme' }).filter((one) => !one.includes('\0'));

test.each<[string, fc.Arbitrary<unknown>]>([
  ['text', fc.oneof(text, fc.constantFrom('', 'null', '{}', 'a,b', '"', '\\', '\\"', ' ', '\n', '\t'))],
  ['bigint', fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
  ['integer', fc.integer()],
  ['float8', fc.double({ noNaN: true, noDefaultInfinity: true }).map((one) => (one === 0 ? 0 : one))],
  ['boolean', fc.boolean()],
  ['uuid', fc.uuid()],
  ['timestamptz', fc.date({ min: new Date('1900-01-01'), max: new Date('2200-01-01'), noInvalidDate: true })],
  ['bytea', fc.uint8Array().map((bytes) => Buffer.from(bytes))],
])('an array of %s comes to the database as it is', async (type, value) => {
  await fc.assert(
    fc.asyncProperty(orNull(value), async (values) => {
      expect(await throughDatabase(type, values)).toEqual(values);
    }),
    { numRuns: 50 },
  );
});

test('what is not plain is left to the driver', () => {
  expect(arrayLiteral(['a', ['b']])).toBeNull();
  expect(arrayLiteral([{}])).toBeNull();
  expect(arrayLiteral([undefined, null])).toBe('{null,null}');
});
