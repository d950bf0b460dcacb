import { afterAll, beforeAll, expect, test } from 'vitest';

import { testApp } from '../../test/app.ts';
import { httpClient, type Client } from '../../test/http.ts';

let client: Client;
let running: Awaited<ReturnType<typeof testApp>>;
const now = new Date('2019-12-31T04:00:00Z');
const steps = (gold: number) => [
  { code: 'bronze', title: { en: 'Bronze' }, from: 0 },
  { code: 'silver', title: { en: 'Silver' }, from: 2000 },
  { code: 'gold', title: { en: 'Gold' }, from: gold },
];
const document = {
  format: 1,
  kind: 'tiers',
  code: 'tiers',
  title: { en: 'Tiers' },
  kinds: ['receipt'],
  counts: { of: 'quantity' },
  tiers: steps(5000),
  window: { kind: 'rolling', last: 'P3M' },
  lasts: { for: 'P6M' },
  downgrade: 'recomputed',
  noticeDays: 30,
};

beforeAll(async () => {
  running = await testApp();
  client = httpClient({ ...running.app, now: () => now });
  await client.signIn('rina', 'dewi');
  for (const [at, packs] of [
    ['2018-06-12T04:00:00Z', 5],
    ['2018-11-20T04:00:00Z', 3],
  ] as const) {
    const sold = await ask('activities', 'rina', 'POST', {
      source: 'pos',
      externalKey: at,
      kind: 'receipt',
      participant: 'budi',
      outlet: 'toko-maju',
      occurredAt: at,
      totalMinor: 100,
      lines: [{ line: 0, sku: 'NF-1004', quantityMilli: packs * 1000, amountMinor: 100 }],
    });
    if (sold.status !== 201) throw new Error(JSON.stringify(sold));
  }
});
afterAll(() => running.close());

const membership = () => `participants/${running.world.budi}/membership`;

async function ask(where: string, as: string, method = 'GET', body?: unknown) {
  const answer = await client.ask(where, { as, method, ...(body === undefined ? {} : { body }) });
  return { status: answer.status, body: (await answer.json()) as Record<string, any> };
}

/** The tiers that Budi had under these tiers, from the day on which he reached gold. */
async function historyUnder(changes: object): Promise<string[]> {
  const saved = await ask('programme/progress', 'rina', 'POST', {
    document: { ...document, ...changes },
    effectiveFrom: '2018-01-01',
  });
  expect(saved).toMatchObject({ status: 200 });
  const { body } = await ask(`participants/${running.world.budi}/tiers`, 'rina');
  const history = body['history'] as Record<string, string>[];
  expect(history[1]).toMatchObject({ from: '2018-06-13', tier: 'gold', reason: 'reached' });
  return history.slice(2).map(({ from, tier, reason }) => `${from} ${tier} ${reason}`);
}

test('a manager says since when somebody takes part and which day their contract has', async () => {
  const days = { joinedOn: '2018-01-31', contractOn: '2017-10-01' };
  expect(await ask(membership(), 'dewi', 'POST', days)).toMatchObject({ status: 403 });
  expect(await ask(membership(), 'rina', 'POST', days)).toMatchObject({ status: 200, body: days });
  const later = { joinedOn: '2020-01-01' };
  expect(await ask(membership(), 'rina', 'POST', later)).toMatchObject({ status: 422 });
  expect(await ask(membership(), 'dewi')).toMatchObject({ status: 200, body: days });
});

// Five packs in June reach gold; three in November suffice for silver.
test.each([
  [
    'from the start of the tier',
    { for: 'P6M' },
    ['2018-12-14 silver recomputed', '2019-06-14 bronze recomputed'],
  ],
  [
    'by the day of joining',
    { kind: 'since-joining', every: 'P6M' },
    ['2018-07-31 gold kept', '2019-01-31 silver recomputed', '2019-07-31 bronze recomputed'],
  ],
  [
    'by the day of the contract',
    { kind: 'since-contract', every: 'P6M' },
    ['2018-10-01 bronze recomputed', '2018-11-21 silver reached', '2019-04-01 bronze recomputed'],
  ],
  ['on a fixed day', { until: '11-30' }, ['2018-12-01 silver recomputed', '2019-12-01 bronze recomputed']],
  [
    'with the quarter',
    { for: 'P1M', endOf: 'quarter' },
    [
      '2018-10-01 bronze recomputed',
      '2018-11-21 silver reached',
      '2019-01-01 silver kept',
      '2019-04-01 bronze recomputed',
    ],
  ],
])('a tier ends %s', async (_name, lasts, wanted) => {
  expect(await historyUnder({ lasts })).toEqual(wanted);
});

test.each([
  ['one-step', ['2019-07-01 silver one-step', '2019-10-01 bronze one-step']],
  ['recomputed', ['2019-07-01 bronze recomputed']],
  ['none', ['2019-07-01 gold kept', '2019-10-01 gold kept']],
])('when a tier ends with nothing sold: %s', async (downgrade, wanted) => {
  const lasts = { for: 'P1M', endOf: 'quarter' };
  // Half a year counts: the sale of November keeps gold once, in December.
  const window = { kind: 'rolling', last: 'P6M' };
  const history = await historyUnder({ lasts, window, downgrade, tiers: steps(3000) });
  expect(history.filter((one) => one > '2019-06')).toEqual(wanted);
});

test.each([
  ['a year', { kind: 'calendar-year' }, 'gold kept'],
  ['cycles from joining', { kind: 'since-joining', every: 'P1Y' }, 'gold kept'],
  ['cycles from the contract', { kind: 'since-contract', every: 'P1Y' }, 'silver recomputed'],
  ['a rolling window', { kind: 'rolling', last: 'P7M' }, 'gold kept'],
  ['cycles of the tier itself', { kind: 'since-tier-start', every: 'P1Y' }, 'silver recomputed'],
])('what counts for a tier may be that of %s', async (_name, window, wanted) => {
  expect(await historyUnder({ window, lasts: { until: '12-31' } })).toContain(`2019-01-01 ${wanted}`);
});
