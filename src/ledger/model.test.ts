import { randomInt } from 'node:crypto';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { testDatabase, type TestDatabase } from '../../test/database.ts';
import { proveModel } from '../../test/proof/model.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

test('T2: in 2,000 sequences of whatever can be asked, the ledger answers and counts as its model does', async () => {
  const { sequences, ...answers } = await proveModel(database, { seed: randomInt(2 ** 31), rounds: 2000 });
  expect(sequences).toBeGreaterThanOrEqual(2000);
  // A proof that never meets a refusal says little.
  for (const code of ['below-floor', 'id-reused', 'already-resolved', 'hold-exceeded', 'reversal-exceeded'])
    expect(answers[code], code).toBeGreaterThan(20);
}, 300_000);
