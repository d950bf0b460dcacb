import { randomInt } from 'node:crypto';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { testDatabase, type TestDatabase } from './database.ts';
import { proveRaces } from './proof/races.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

test('T38: however transactions interleave, they answer and post as if they came one after the other', async () => {
  const proven = await proveRaces(database, { seed: randomInt(2 ** 31), rounds: 20 });
  expect(proven['interleavings']).toBeGreaterThanOrEqual(200);
}, 120_000);

test('without the lock on the book a race is lost, and it is seen', async () => {
  const withoutLock = (sql: string) => sql.replace(/from chain(.*) for update/, 'from chain$1');
  await expect(proveRaces(database, { seed: 1, rounds: 50 }, withoutLock)).rejects.toThrow('--seed 1');
});
