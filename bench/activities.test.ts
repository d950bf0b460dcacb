import { expect, inject, test } from 'vitest';

import { readConfig } from '../src/config.ts';
import { measureActivities } from './activities/bench-activities.ts';
import type { BenchDocument } from './document.ts';
import { measureQuote } from './quote/bench-quote.ts';
import { measureReplay } from './replay/bench-replay.ts';

/** No absolute speed is asserted: what counts here is that everything was measured. */
function config() {
  const { user, password, host, port, database } = inject('cluster').logins.admin;
  const secret = 'the secret of the test run';
  const url = `postgres://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`;
  return { ...readConfig({ DATABASE_URL: url, MITRA_SECRET: `${secret}, and more` }), secret };
}

function unmeasured({ ratios, figures }: BenchDocument): string[] {
  return Object.entries({ ...ratios, ...figures }).flatMap(([name, value]) =>
    /cpu/i.test(name) || (typeof value === 'number' && value > 0) ? [] : [name],
  );
}

test(
  'activities are measured in batches, over HTTP, and in a large network',
  { timeout: 120_000 },
  async () => {
    const plan = { small: 60, large: 120, rounds: 1, seconds: 0.05, httpSeconds: 0.2 };
    const measured = await measureActivities(config(), plan, true);
    expect(unmeasured(measured)).toEqual([]);
    expect(Object.keys(measured.goals)).toEqual([
      'batchPerSecond',
      'httpPerSecond',
      'httpP99Ms',
      'at2MVs10k',
    ]);
    expect(measured.sizes).toMatchObject({ rules: 200, outletsAt10k: 60, outletsAt2M: 120 });
  },
);

test(
  'quotes are measured over HTTP, alone and while sales are recorded, against the smallest question',
  { timeout: 120_000 },
  async () => {
    const measured = await measureQuote(config(), { outlets: 60, rounds: 1, seconds: 0.2 }, true);
    expect(unmeasured(measured)).toEqual([]);
    expect(Object.keys(measured.goals)).toEqual(['quoteP99Ms', 'quoteWhileRecordingP99Ms']);
    expect(measured.sizes).toMatchObject({ outlets: 60, countedDays: 5400, rules: 200 });
  },
);

test('a replay is measured against a tenth of the history', { timeout: 120_000 }, async () => {
  const measured = await measureReplay(config(), { activities: 200, outlets: 30 }, true);
  expect(unmeasured(measured)).toEqual([]);
  expect(measured.figures).toMatchObject({ activities: 200, rules: 200 });
});
