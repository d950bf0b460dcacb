import { expect, inject, test } from 'vitest';

import { readConfig } from '../src/config.ts';
import { withClient } from '../src/db/connect.ts';
import type { BenchDocument, Figures } from './document.ts';
import { measureLedger } from './ledger/bench-ledger.ts';
import { tableOf } from './table.ts';

/** No absolute speed is asserted: what counts here is that everything was measured and nothing is left behind. */
test('the ledger bench measures every ratio at any size, and leaves no database behind', async () => {
  const { admin } = inject('cluster').logins;
  const { user, password, host, port, database } = admin;
  const config = readConfig({
    DATABASE_URL: `postgres://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`,
    MITRA_SECRET: 'the secret of the test run, and more',
  });
  const measured = await measureLedger(
    { ...config, secret: 'the secret of the test run' },
    { large: 4000, goods: 100, rounds: 1, seconds: 0.05, fillMinutes: 1 },
    true,
  );
  expect(Object.keys(measured.ratios).sort()).toEqual([
    'batchVsFloor',
    'batchVsNaive',
    'batchVsRowLocks',
    'hotVsRandom',
    'readAt20MVs1M',
    'speedAt20MVs1M',
  ]);
  expect(unmeasured(measured)).toEqual([]);
  expect(measured.figures).toMatchObject({
    hotSinglesPerSecond: expect.any(Number),
    hotSinglesP99Ms: expect.any(Number),
    bytesPerTransfer: expect.any(Number),
  });
  // A batch is worth the trouble on any machine.
  expect(measured.ratios['batchVsNaive']).toBeGreaterThan(2);
  expect(measured.sizes).toMatchObject({ transfersAt1M: 200, transfersAt20M: 4000 });
  expect(measured.machine.postgres).toMatch(/^\d+\.\d+/);
  const table = tableOf(measured).join('\n');
  for (const { what } of Object.values(measured.goals)) expect(table).toContain(what);
  const left = await withClient(admin, (client) =>
    client.query('select datname from pg_database where datname like $1', [`mitra_bench_${process.pid}%`]),
  );
  expect(left.rows).toEqual([]);
}, 60_000);

/** What is not a number above zero; CPU time is too coarse at this size and may be missing. */
function unmeasured({ ratios, figures }: BenchDocument): string[] {
  return namesOf({ ...ratios, ...figures }).filter((name) => !/cpu/i.test(name));
}

function namesOf(figures: Figures): string[] {
  return Object.entries(figures).flatMap(([name, value]) => {
    if (value !== null && typeof value === 'object') return namesOf(value).map((inner) => `${name}.${inner}`);
    return value !== null && value > 0 ? [] : [name];
  });
}
