import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';

import { proveExpressions } from '../../test/proof/expressions.ts';

test('compiled expressions say what the interpreter says, values and faults alike', async () => {
  const rounds = 4000;
  const seen = await proveExpressions({ seed: randomInt(2 ** 31), rounds });
  // A generator of which most is refused, or nothing fails, would prove little.
  expect(seen['compared']).toBeGreaterThan(rounds * 0.8);
  expect(seen['missing']).toBeGreaterThan(rounds * 0.02);
  expect(seen['problems']).toBeGreaterThan(rounds * 0.002);
});
