import { randomInt } from 'node:crypto';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { testDatabase, type TestDatabase } from './database.ts';
import { simulate } from './proof/simulate.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

test('T4, T21: a shop with a bad connection, its messages doubled, shuffled, lost and sent again, ends as one in peace', async () => {
  const known = await simulate(database, { seed: 1, rounds: 10 });
  expect(known).toMatchObject({ lives: 10 });
  expect(known['faults']).toBeGreaterThan(20);
  const seed = randomInt(2 ** 31);
  console.info(`simulated from the random seed ${seed}`);
  await simulate(database, { seed, rounds: 2 });
}, 180_000);
