import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';

import { expect, test } from 'vitest';

import { proveCrashes } from './proof/crash.ts';

// It starts a cluster of its own, so the run on an external server has nothing to add; it finds processes in /proc.
const isElsewhere = Boolean(process.env['TEST_DATABASE_URL']) || !existsSync('/proc');

test.skipIf(isElsewhere)(
  'T3: application and database killed ten times under eight writers: nothing acknowledged is lost, nothing half-posted',
  { timeout: 300_000 },
  async () => {
    const proven = await proveCrashes({ seed: randomInt(2 ** 31), rounds: 10 });
    expect(proven['lost']).toBe(0);
    expect(proven['acknowledged']).toBeGreaterThan(200);
  },
);
