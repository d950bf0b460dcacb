import { afterAll, beforeAll, expect, test } from 'vitest';

import { programme } from '../../demo/world.ts';
import { testApp } from '../../test/app.ts';
import { httpClient, type Client } from '../../test/http.ts';
import { rule } from '../../test/sales.ts';
import { withTenant } from '../db/transact.ts';
import { addProgrammes } from '../network/programmes.ts';
import { saveRules } from '../rules/save-rule.ts';

// A week of Sari's, Budi's and Asha's as the brand and they themselves see it, on Friday the 15th of June 2018.

let client: Client;
let running: Awaited<ReturnType<typeof testApp>>;
const bonus = { kind: 'award', asset: 'points', per: 'goal' } as const;
const goal = { for: 'participant', per: 'week', counts: { of: 'quantity' } } as const;
const texts = (title: string, award: string) => ({ en: { title, award }, uk: { title, award } });

beforeAll(async () => {
  running = await testApp();
  client = httpClient({ ...running.app, now: () => new Date('2018-06-15T04:00:00Z') });
  await client.signIn('sari', 'rina', 'dewi');
  const weekly = rule('weekly', {
    texts: texts('Ten a week', '100 points'),
    goal: { ...goal, target: { individual: true, otherwise: 10_000 } },
    effects: [
      { ...bonus, leg: 'half', at: 50, units: 20 },
      { ...bonus, leg: 'full', units: 100 },
    ],
  });
  const steady = rule('steady', {
    texts: texts('Three weeks', '150 points'),
    goal: { ...goal, target: 4000, inARow: 3 },
    effects: [{ ...bonus, leg: 'streak', units: 150 }],
  });
  await withTenant(running.app.db, running.world.tenant, async (tx) => {
    const at = new Date('2018-01-01T00:00:00Z');
    const saved = await saveRules(tx, running.world.programme, [weekly, steady], 'rina', at);
    if (!saved.every(({ ok }) => ok)) throw new Error(JSON.stringify(saved));
  });
  for (const [who, day, packs] of [
    ['sari', '2018-05-30', 4],
    ['sari', '2018-06-06', 5],
    ['sari', '2018-06-12', 3],
    ['budi', '2018-06-12', 8],
    ['asha', '2018-06-13', 10],
  ] as const)
    await sell(who, day, packs);
});
afterAll(() => running.close());

async function ask(where: string, as: string, method = 'GET', body?: unknown) {
  const answer = await client.ask(where, { as, method, ...(body === undefined ? {} : { body }) });
  const text = (await answer.text()).replaceAll('\u00a0', ' ');
  return { status: answer.status, body: JSON.parse(text) as Record<string, any> };
}

async function sell(participant: string, day: string, packs: number, kind = 'receipt') {
  const sold = await ask('activities', 'rina', 'POST', {
    source: 'till',
    externalKey: `${participant} ${day} ${kind}`,
    kind,
    participant,
    outlet: participant === 'asha' ? 'jinjang-utara' : 'toko-maju',
    occurredAt: `${day}T04:00:00Z`,
    totalMinor: packs * 1000,
    lines: [{ sku: 'NF-1004', quantityMilli: packs * 1000, amountMinor: packs * 1000 }],
  });
  expect(sold.status).toBe(201);
}

test('a seller reads what is missing until when and for what, and how far the streak is', async () => {
  const { body } = await ask('goals?lang=en', 'sari');
  expect(body['items']).toMatchObject([
    {
      rule: { code: 'steady' },
      toGo: '1 piece to go until Sun 17 June',
      inARow: { done: 2, wanted: 3, says: '2 of 3 weeks in a row, then 150 points' },
    },
    { rule: { code: 'weekly' }, percent: 30, toGo: '2 pieces to go until Sun 17 June: 20 points' },
  ]);
  const ukrainian = await ask('goals?lang=uk', 'sari');
  expect(ukrainian.body['items'][1].toGo).toBe('Ще 2 штуки до нд, 17 червня: 20 балів');
});

test('the brand sees how many have reached a goal, are near and are behind, and who', async () => {
  const { body } = await ask('standings?lang=en', 'dewi');
  expect(body['items']).toMatchObject([
    { rule: { code: 'steady' }, reached: 2, near: 1, behind: 0, inARow: 3 },
    { rule: { code: 'weekly' }, reached: 1, near: 1, behind: 1, isWhole: true, hasOwnTargets: true },
  ]);
  const { id } = body['items'][1].rule;
  const people = await ask(`rules/${id}/standings`, 'dewi');
  expect(people.body['items'].map((one: any) => [one.owner.name, one.percent, one.toGo === null])).toEqual([
    ['Asha', 100, true],
    ['Budi', 80, false],
    ['Sari', 30, false],
  ]);
  expect(await ask('standings', 'sari')).toMatchObject({ status: 404 });
});

test('targets of one’s own keep every version, and a mistyped code is refused with its place', async () => {
  const { body } = await ask('standings', 'dewi');
  const { id } = body['items'][1].rule;
  const one = { rule: 'weekly', owner: 'budi', startsOn: '2018-06-11', value: 9000, reason: 'remote' };
  for (const value of [9000, 12_000])
    expect(await ask('targets', 'rina', 'POST', { items: [{ ...one, value }] })).toMatchObject({
      status: 200,
    });
  const nobody = { items: [one, { ...one, owner: 'buddi' }] };
  expect(await ask('targets', 'rina', 'POST', nobody)).toMatchObject({
    status: 422,
    body: { facts: { field: 'items[1].owner' } },
  });
  const told = await ask(`rules/${id}/targets`, 'dewi');
  expect(told.body).toMatchObject({
    total: 2,
    items: [
      { owner: { name: 'Budi' }, startsOn: '2018-06-11', version: 2, value: 12_000, setBy: 'rina' },
      { version: 1, value: 9000, reason: 'remote' },
    ],
  });
  const asha = await ask(`rules/${id}/targets?owner=${running.world.asha}`, 'dewi');
  expect(asha.body).toMatchObject({ total: 0, items: [] });
});

const tiers = {
  format: 1,
  kind: 'tiers',
  code: 'tiers',
  title: { en: 'Tiers' },
  kinds: ['receipt'],
  counts: { of: 'quantity' },
  tiers: [
    { code: 'bronze', title: { en: 'Bronze' }, from: 0 },
    { code: 'silver', title: { en: 'Silver' }, from: 15_000 },
    { code: 'gold', title: { en: 'Gold' }, from: 30_000 },
  ],
  window: { kind: 'rolling', last: 'P1M' },
  lasts: { for: 'P1M' },
  downgrade: 'one-step',
  noticeDays: 20,
};

test('a tier says what the next one takes, until when it is safe, and what follows otherwise', async () => {
  expect(await ask('programme/progress', 'rina', 'POST', { document: tiers })).toMatchObject({ status: 200 });
  const { body } = await ask(`participants/${running.world.sari}/tiers?lang=en`, 'sari');
  expect(body).toMatchObject({
    asOf: { tier: 'silver', title: 'Silver' },
    ladder: [{ tier: 'bronze' }, { tier: 'silver', from: 15_000 }, { tier: 'gold' }],
    value: 12_000,
    next: { tier: 'gold', missing: 18_000 },
    isEnding: true,
    says: [
      'Still missing for Gold: 18 pieces.',
      'Still missing to keep Silver after 30 Jun 2018: 7 pieces. Otherwise it is Bronze from 1 Jul 2018 on.',
    ],
    given: [],
  });
  const sizes = await ask('tiers?lang=en', 'dewi');
  expect(sizes.body).toMatchObject({
    document: { code: 'tiers', version: 1, noticeDays: 20 },
    tiers: [{ tier: 'bronze' }, { tier: 'silver' }, { tier: 'gold', members: 1 }],
    ending: [{ participant: { name: 'Sari' }, safeUntil: '2018-06-30' }],
  });
});

test('who gave a tier by hand and why is for the brand’s own people', async () => {
  const given = { tier: 'gold', from: '2018-06-15', until: '2018-06-30', reason: 'opened three shops' };
  await ask(`participants/${running.world.budi}/tier-overrides`, 'rina', 'POST', given);
  const { body } = await ask(`participants/${running.world.budi}/tiers`, 'dewi');
  expect(body['given']).toMatchObject([{ ...given, by: 'rina', title: 'Gold' }]);
});

test('a discount says which volume gives it and what the next step takes', async () => {
  const document = {
    format: 1,
    kind: 'discount',
    code: 'volume',
    title: { en: 'Volume' },
    for: 'outlet',
    kinds: ['order'],
    counts: { of: 'total', currency: 'MYR' },
    window: 'P3M',
    table: [
      { from: 0, percent: 0 },
      { from: 5000, percent: 5 },
      { from: 20_000, percent: 8 },
    ],
    mode: { kind: 'discount' },
  };
  await ask('programme/progress', 'rina', 'POST', { document });
  expect((await ask('discounts', 'sari')).body['items']).toEqual([]);
  await sell('budi', '2018-06-13', 6, 'order');
  const { body } = await ask('discounts?lang=en', 'sari');
  expect(body['items']).toMatchObject([
    {
      code: 'volume',
      owner: 'Toko Maju',
      percent: 5,
      volume: 6000,
      next: { percent: 8, missing: 14_000 },
      why: '5%, because the volume from 15 Mar 2018 to 14 Jun 2018 was RM 60.00. RM 140.00 more give 8%.',
    },
  ]);
  const own = await ask(`participants/${running.world.budi}/discounts?lang=en`, 'dewi');
  expect(own.body['items']).toEqual(body['items']);

  const override = { percent: 8, reason: 'fire in the warehouse' };
  const order = { outlet: 'toko-maju', amountMinor: 1000, override };
  expect(await ask('quotes', 'dewi', 'POST', order)).toMatchObject({ status: 403 });
  expect(await ask('quotes', 'rina', 'POST', order)).toMatchObject({ status: 200 });
  const audit = await ask('discount-overrides', 'dewi');
  expect(audit.body['items']).toMatchObject([
    { owner: 'Toko Maju', by: 'Rina', percent: 8, tablePercent: 5, reason: 'fire in the warehouse' },
  ]);
});

test('a segment names its members, and a member its segments', async () => {
  const document = {
    format: 1,
    kind: 'segment',
    code: 'busy',
    title: { en: 'Sold this month' },
    counters: { sales: { kinds: ['receipt'], counts: { of: 'activities' }, last: 'P30D' } },
    condition: 'counted.sales >= 2',
  };
  expect(await ask('programme/progress', 'rina', 'POST', { document })).toMatchObject({ status: 200 });
  const members = await ask('segments/members?segment=busy', 'dewi');
  expect(members.body['items']).toMatchObject([{ code: 'sari', name: 'Sari' }]);
  const own = await ask(`participants/${running.world.sari}/segments`, 'dewi');
  expect(own.body['items']).toMatchObject([{ segment: 'busy', title: 'Sold this month' }]);
});

test('what is wrong with a document is told with its place before it is saved', async () => {
  const segment = {
    format: 1,
    kind: 'segment',
    code: 'x',
    title: { en: 'X' },
    counters: {},
    condition: 'a >',
  };
  const checked = await ask('programme/progress/validation', 'dewi', 'POST', { document: segment });
  expect(checked.body['problems']).toMatchObject([{ at: 'condition' }]);
  const steps = [
    { code: 'a', title: { en: 'A' }, from: 0 },
    { code: 'b', title: { en: 'B' }, from: -1 },
  ];
  const wrong = await ask('programme/progress/validation', 'dewi', 'POST', {
    document: { ...tiers, tiers: steps },
  });
  expect(wrong.body['problems']).toMatchObject([{ at: 'tiers[1].from' }]);
  const fine = await ask('programme/progress/validation', 'dewi', 'POST', { document: tiers });
  expect(fine.body['problems']).toEqual([]);
});

test('staff see what was counted of one participant', async () => {
  const { body } = await ask(`activities?participant=${running.world.budi}`, 'dewi');
  expect(body['items'].map((one: any) => one.participant.name)).toEqual(['Budi', 'Budi']);
  const own = await ask(`activities?participant=${running.world.budi}`, 'sari');
  expect(own.body['items'].every((one: any) => one.participant.name === 'Sari')).toBe(true);
});

test('tiers say whom they would move before they are saved', async () => {
  const move = async (changed: object) => {
    const document = { ...tiers, ...changed };
    return (await ask('programme/progress/validation', 'dewi', 'POST', { document })).body;
  };
  expect((await move({})).tiers).toMatchObject({ isWhole: true, rise: 0 });
  const [bronze, silver, gold] = tiers.tiers;
  // Sari has silver with 12 pieces of 15 in the month, Zofia with none, Asha gold with 10 of 30; Budi's was given by hand.
  const easier = await move({ tiers: [bronze, { ...silver, from: 5000 }, { ...gold, from: 11_000 }] });
  expect(easier.tiers).toMatchObject({ rise: 1, short: 2, shortToday: 3 });
  const harder = await move({ tiers: [bronze, silver, { ...gold, keep: 9000 }] });
  expect(harder.tiers).toMatchObject({ rise: 0, short: 2, shortToday: 3 });
  expect((await move({ kinds: ['visit'] })).tiers).toBeNull();
  const after = await ask(`participants/${running.world.sari}/tiers`, 'sari');
  expect(after.body['asOf'].tier).toBe('silver');
});

test('with a second programme everybody still finds what is theirs', async () => {
  const before = await ask('goals', 'sari');
  const autumn = { ...programme, code: 'autumn', name: 'Autumn' };
  await withTenant(running.app.db, running.world.tenant, (tx) => addProgrammes(tx, [autumn]));
  expect((await ask('goals', 'sari')).body).toEqual(before.body);
  expect((await ask('discounts', 'sari')).body['items']).toHaveLength(1);
  const { sari } = running.world;
  expect((await ask(`participants/${sari}/tiers`, 'sari')).body['ladder']).toHaveLength(3);
  expect((await ask(`participants/${sari}/segments`, 'dewi')).body['items']).toHaveLength(1);
  const { body } = await ask('standings', 'dewi');
  expect(body['items'].map((one: any) => one.programme)).toEqual(['mitra-warung', 'mitra-warung']);
  expect(await ask(`rules/${body['items'][1].rule.id}/standings`, 'dewi')).toMatchObject({ status: 200 });
  expect((await ask('standings?programme=autumn', 'dewi')).body['items']).toEqual([]);
  expect((await ask('me', 'dewi')).body['programmes'].map((one: any) => one.code)).toEqual([
    'autumn',
    'mitra-warung',
  ]);
  const given = { tier: 'silver', from: '2018-06-15', until: '2018-06-30', reason: 'kept by hand' };
  const path = `participants/${sari}/tier-overrides`;
  expect(await ask(path, 'rina', 'POST', given)).toMatchObject({ status: 200 });
});
