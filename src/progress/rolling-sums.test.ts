import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { testDatabase } from '../../test/database.ts';
import { world, type World } from '../../test/world.ts';
import { withTenant } from '../db/transact.ts';
import { nameId, type Id } from '../shared/id.ts';
import { addDays } from '../shared/time.ts';
import type { CounterId } from './counter.ts';
import { addCounts, latestName, sumName } from './counters.ts';
import { sumsByPeriod } from './evaluate-sums.ts';
import { rollingSums } from './rolling-sums.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
let people: World;
beforeAll(async () => {
  database = await testDatabase();
  people = await world(database.db);
});
afterAll(() => database.drop());

const count = fc.record({
  day: fc.integer({ min: 0, max: 120 }).map((days) => addDays('2017-12-20', days)),
  item: fc.constantFrom('', '', 'NF-1003', 'NF-1004'),
  value: fc.constantFrom(-2n, 1n, 2n, 5n),
});

test('the database adds up over a window what plain arithmetic does', async () => {
  let runs = 0;
  const periods = fc.constantFrom('day', 'week', 'month', 'quarter', 'year');
  const windows = fc.constantFrom('P1D', 'P2W', 'P30D', 'P1M', 'P3M', 'P1Y');
  await fc.assert(
    fc.asyncProperty(fc.array(count, { maxLength: 30 }), periods, windows, async (given, per, window) => {
      const run = String((runs += 1));
      const [counter, subject] = [nameId<CounterId>(run, 'counter'), nameId<Id<string>>(run, 'sari')];
      // Of what is counted once, nothing is taken away that was not there.
      const counts = given.map((one) => (one.item === '' ? one : { ...one, value: 1n }));
      const asked = { counter, subject, per, window, from: null, to: null };
      const found = await withTenant(database.db, people.tenant, async (tx) => {
        await addCounts(
          tx,
          counts.map((one) => ({ counter, subject, ...one })),
        );
        return rollingSums(tx, [asked]);
      });
      const { sums, latest } = sumsByPeriod(counts, { per, window }, { kinds: ['receipt'] });
      expect(found.sums.get(sumName(asked)) ?? new Map()).toEqual(sums);
      expect(found.sums.get(latestName(asked)) ?? new Map()).toEqual(latest);
    }),
    { numRuns: 60 },
  );
});
