import { afterAll, beforeAll, expect, test } from 'vitest';

import { testDatabase, type TestDatabase } from './database.ts';
import { proveDoors } from './proof/redeem-doors.ts';
import { proveRedemptions } from './proof/redeem.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

test('T1: of 1,000 redemptions at once from two processes of a balance worth 100, exactly 100 are accepted, 20 times', async () => {
  const proven = await proveRedemptions(database, { seed: 1, rounds: 20 });
  expect(proven).toEqual({ rounds: 20, redemptions: 20_000, accepted: 2000, refused: 18_000 });
}, 120_000);

test('T1: the same over HTTP from two servers, 300 at once, a third of them sent twice', async () => {
  const proven = await proveDoors(database, { seed: 1, rounds: 1, calls: 300 });
  expect(proven).toMatchObject({ requests: 300, repeated: 100, accepted: 30, refused: 270 });
}, 120_000);
