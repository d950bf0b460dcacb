import { afterAll, beforeAll, expect, test } from 'vitest';

import { testApp } from '../../test/app.ts';
import { httpClient, type Client } from '../../test/http.ts';
import { rule } from '../../test/sales.ts';
import { withTenant } from '../db/transact.ts';
import { saveRules } from '../rules/save-rule.ts';

let client: Client;
let running: Awaited<ReturnType<typeof testApp>>;

beforeAll(async () => {
  running = await testApp();
  client = httpClient({ ...running.app, now: () => new Date('2018-06-15T04:00:00Z') });
  await client.signIn('sari', 'rina', 'dewi');
  const weekly = rule('weekly', {
    goal: {
      for: 'participant',
      per: 'week',
      counts: { of: 'quantity' },
      target: { individual: true, otherwise: 5000 },
    },
    effects: [{ kind: 'award', leg: 'bonus', asset: 'points', per: 'goal', units: 40 }],
  });
  await withTenant(running.app.db, running.world.tenant, async (tx) => {
    const [saved] = await saveRules(
      tx,
      running.world.programme,
      [weekly],
      'rina',
      new Date('2018-01-01T00:00:00Z'),
    );
    if (!saved!.ok) throw new Error(JSON.stringify(saved));
  });
});
afterAll(() => running.close());

async function ask(where: string, as: string, method = 'GET', body?: unknown) {
  const answer = await client.ask(where, { as, method, ...(body === undefined ? {} : { body }) });
  const text = (await answer.text()).replaceAll('\u00a0', ' ');
  return { status: answer.status, body: JSON.parse(text) as Record<string, any> };
}
let keys = 0;
const sell = async (kind: string, occurredAt: string, totalMinor: number, packs = 0) => {
  const sold = await ask('activities', 'rina', 'POST', {
    source: 'pos',
    externalKey: `sale-${(keys += 1)}`,
    kind,
    participant: 'sari',
    outlet: 'toko-maju',
    occurredAt,
    totalMinor,
    lines:
      packs === 0 ? [] : [{ line: 0, sku: 'NF-1004', quantityMilli: packs * 1000, amountMinor: totalMinor }],
  });
  expect(sold).toMatchObject({ status: 201 });
};

test('a participant sees what is done, what is missing and until when', async () => {
  await sell('receipt', '2018-06-12T04:00:00Z', 500, 3);
  const { body } = await ask('goals?lang=en', 'sari');
  expect(body['items']).toMatchObject([
    {
      rule: { code: 'weekly' },
      for: 'participant',
      counts: 'quantity',
      done: 3000,
      target: 5000,
      percent: 60,
      steps: [{ percent: 100, awards: [{ asset: 'points', units: 40 }], isReached: false }],
      says: 'No bonus yet: 2 pieces short of the weekly goal.',
      startsOn: '2018-06-11',
      endsOn: '2018-06-17',
    },
  ]);
  const own = await ask(`participants/${running.world.sari}/goals?lang=en`, 'rina');
  expect(own.body['items']).toEqual(body['items']);
});

test('a target of one’s own pays at once what is reached already', async () => {
  const before = (await ask('wallet', 'sari')).body['balances'][0].available;
  const items = [{ rule: 'weekly', owner: 'sari', startsOn: '2018-06-11', value: 3000, reason: 'on leave' }];
  expect(await ask('targets', 'dewi', 'POST', { items })).toMatchObject({ status: 403 });
  expect(await ask('targets', 'rina', 'POST', { items })).toMatchObject({ status: 200, body: { set: 1 } });
  expect((await ask('wallet', 'sari')).body['balances'][0].available - before).toBe(40);
  expect((await ask('goals?lang=en', 'sari')).body['items'][0].says).toBe('Reached: weekly goal.');
  const wrong = { items: [{ ...items[0]!, rule: 'nothing' }] };
  expect(await ask('targets', 'rina', 'POST', wrong)).toMatchObject({ status: 422 });
});

test('a manager saves tiers, and a participant sees hers with reasons', async () => {
  const document = {
    format: 1,
    kind: 'tiers',
    code: 'tiers',
    title: { en: 'Tiers' },
    kinds: ['receipt'],
    counts: { of: 'quantity' },
    tiers: [
      { code: 'bronze', title: { en: 'Bronze', id: 'Perunggu' }, from: 0 },
      { code: 'silver', title: { en: 'Silver', id: 'Perak' }, from: 2000 },
      { code: 'gold', title: { en: 'Gold', id: 'Emas' }, from: 3000 },
    ],
    window: { kind: 'rolling', last: 'P12M' },
    lasts: { for: 'P12M' },
    downgrade: 'recomputed',
    noticeDays: 30,
  };
  expect(await ask('programme/progress', 'dewi', 'POST', { document })).toMatchObject({ status: 403 });
  const saved = await ask('programme/progress', 'rina', 'POST', { document });
  expect(saved).toMatchObject({ status: 200, body: { kind: 'tiers', version: 1, unchanged: false } });
  const tiers = await ask(`participants/${running.world.sari}/tiers?on=2018-06-12&lang=id`, 'sari');
  expect(tiers.body).toMatchObject({
    asOf: { day: '2018-06-12', tier: 'silver', title: 'Perak' },
    history: [
      { tier: 'silver', reason: 'enrolled' },
      { from: '2018-06-13', tier: 'gold', reason: 'reached', value: 3000 },
    ],
    keep: { safeUntil: '2019-06-13', missing: 3000 },
  });
  expect((await ask('me', 'sari')).body['tier']).toBe('gold');
  const given = { tier: 'bronze', from: '2018-06-14', until: '2018-06-30', reason: 'under investigation' };
  expect(await ask(`participants/${running.world.sari}/tier-overrides`, 'rina', 'POST', given)).toMatchObject(
    {
      status: 200,
    },
  );
  expect((await ask(`participants/${running.world.sari}/tiers`, 'sari')).body['asOf'].tier).toBe('bronze');
  const falling = { ...document, tiers: [document.tiers[0], { ...document.tiers[1], from: 0 }] };
  expect(await ask('programme/progress', 'rina', 'POST', { document: falling })).toMatchObject({
    status: 422,
    body: { code: 'rule-invalid' },
  });
});

const volume = {
  format: 1,
  kind: 'discount',
  code: 'volume',
  title: { en: 'Volume discount' },
  for: 'outlet',
  kinds: ['order'],
  counts: { of: 'total', currency: 'MYR' },
  window: 'P3M',
  table: [
    { from: 0, percent: 0 },
    { from: 10_000_000, percent: 5 },
  ],
  mode: { kind: 'discount' },
};

test('an accounting system asks for the discount of an order, and is told why', async () => {
  await ask('programme/progress', 'rina', 'POST', { document: volume });
  await sell('order', '2018-05-01T04:00:00Z', 9_900_000);
  const order = { outlet: 'toko-maju', amountMinor: 100_000 };
  expect((await ask('quotes?lang=en', 'rina', 'POST', order)).body).toMatchObject({
    percent: 0,
    next: { percent: 5, missing: 100_000 },
    why: '0%, because the volume from 15 Mar 2018 to 14 Jun 2018 was RM 99,000.00. RM 1,000.00 more give 5%.',
  });
  await sell('order', '2018-05-02T04:00:00Z', 100_000);
  expect((await ask('quotes', 'rina', 'POST', order)).body).toMatchObject({
    percent: 5,
    discountMinor: 5000,
  });
  const override = { percent: 7, reason: 'a promise' };
  expect(await ask('quotes', 'dewi', 'POST', { ...order, override })).toMatchObject({ status: 403 });
  expect((await ask('quotes', 'rina', 'POST', { ...order, override })).body).toMatchObject({ percent: 7 });
  expect((await ask('discount-overrides', 'rina')).body['items']).toMatchObject([
    { percent: 7, tablePercent: 5, reason: 'a promise', staff: running.world.rina },
  ]);
  expect(await ask('quotes', 'rina', 'POST', { amountMinor: 1 })).toMatchObject({
    status: 422,
    body: { facts: { field: 'outlet', problem: 'missing' } },
  });
  expect(await ask('quotes', 'rina', 'POST', { outlet: 'nowhere', amountMinor: 1 })).toMatchObject({
    status: 404,
  });
});

test('a quote costs little more than a request that does nothing', async () => {
  const [empty, quote]: [number[], number[]] = [[], []];
  const time = async (into: number[], work: () => Promise<unknown>) => {
    const start = performance.now();
    await work();
    into.push(performance.now() - start);
  };
  for (let i = 0; i < 40; i += 1) {
    await time(empty, () => ask('me', 'rina'));
    await time(quote, () => ask('quotes', 'rina', 'POST', { outlet: 'toko-maju', amountMinor: 100_000 }));
  }
  const at = (ms: number[], share: number) => ms.toSorted((a, b) => a - b)[Math.floor(share * ms.length)]!;
  if (process.env['MITRA_TELL_TIMES'])
    console.log([at(empty, 0.5), at(empty, 0.99)], [at(quote, 0.5), at(quote, 0.99)]);
  expect(at(quote, 0.5)).toBeLessThan(10 * at(empty, 0.5));
});

test('staff see segments with their sizes and members', async () => {
  const document = {
    format: 1,
    kind: 'segment',
    code: 'buyers',
    title: { en: 'Who ordered' },
    counters: { orders: { kinds: ['order'], counts: { of: 'activities' }, last: 'P90D' } },
    condition: 'counted.orders >= 1',
  };
  await ask('programme/progress', 'rina', 'POST', { document });
  expect((await ask('segments?lang=pl', 'rina')).body['items']).toEqual([
    { code: 'buyers', version: 1, title: 'Who ordered', condition: 'counted.orders >= 1', members: 1 },
  ]);
  const members = await ask('segments/members?segment=buyers', 'rina');
  expect(members.body['items']).toMatchObject([{ participant: running.world.sari }]);
  expect(await ask('segments', 'sari')).toMatchObject({ status: 404 });
  expect(
    (await ask('programme/progress', 'rina')).body['items'].map((one: { code: string }) => one.code),
  ).toEqual(['tiers', 'volume', 'buyers']);
});

test('a text that no database keeps is refused, wherever it stands', async () => {
  const target = { rule: 'weekly', owner: 'sari', startsOn: '2018-06-01', value: 5 };
  for (const reason of ['a\0b', 'half \ud800 a character'])
    expect(await ask('targets', 'rina', 'POST', { items: [{ ...target, reason }] })).toMatchObject({
      status: 422,
      body: { code: 'bad-request' },
    });
  expect((await ask('segments/members?segment=%00', 'rina')).status).toBe(422);
  const whole = { ...target, reason: 'whole \ud83c\udf89, and a \\u0000 that is spelt out' };
  expect(await ask('targets', 'rina', 'POST', { items: [whole] })).toMatchObject({ status: 200 });
});

test('a bonus tells what was counted, and an award from which activity it comes', async () => {
  await client.signIn('budi');
  const sale = {
    source: 'pos',
    kind: 'receipt',
    participant: 'budi',
    outlet: 'toko-maju',
    totalMinor: 600,
  };
  const packs = (quantityMilli: number) => [{ sku: 'NF-1004', quantityMilli, amountMinor: 600 }];
  const on = (externalKey: string, quantityMilli: number) => ({
    ...sale,
    externalKey,
    occurredAt: '2018-06-13T04:00:00Z',
    lines: packs(quantityMilli),
  });
  await ask('activities', 'rina', 'POST', on('bonus-1', 4000));
  const second = await ask('activities', 'rina', 'POST', on('bonus-2', 2500));
  expect(second.body['points']).toBe(46);
  const explained = async () => {
    const { body } = await ask('statement', 'budi');
    const items = body['items'] as { transfer: string }[];
    return Promise.all(
      items.map(
        async ({ transfer }) => (await ask(`transfers/${transfer}/explanation?lang=en`, 'budi')).body,
      ),
    );
  };
  const bonus = (await explained()).find(({ rule }) => rule?.code === 'weekly')!;
  expect(bonus).toMatchObject({
    reasons: ['Reached: weekly goal.'],
    steps: ['11 Jun 2018 to 17 Jun 2018: 6.5 pieces; needed: 5 pieces', '100% of the goal is reached: 40'],
    activity: null,
  });
  const award = (await explained()).find(({ activity }) => activity?.id === second.body['activity'])!;
  expect(award).toMatchObject({
    activity: { outlet: { code: 'toko-maju' }, lines: [{ product: { sku: 'NF-1004' } }] },
  });

  const corrected = await ask('activities', 'rina', 'POST', on('bonus-2', 500));
  expect(corrected.body['points']).toBe(-40);
  const taken = (await explained()).find(
    ({ rule, transfer }) => rule?.code === 'weekly' && transfer.kind === 'clawback',
  )!;
  expect(taken['reasons']).toEqual(['Taken back after a correction', 'Reached: weekly goal.']);
});
