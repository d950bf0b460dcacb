import { afterAll, beforeAll, expect, test } from 'vitest';

import { testDatabase } from '../../test/database.ts';
import { rule } from '../../test/sales.ts';
import { world, type World } from '../../test/world.ts';
import type { NewActivity } from '../activity/activity.ts';
import { withTenant, type Tx } from '../db/transact.ts';
import { balancesOf } from '../ledger/read.ts';
import { programmeById } from '../network/programmes.ts';
import type { DiscountDocument, SegmentDocument } from '../progress/document.ts';
import { saveDocuments } from '../progress/documents.ts';
import { listOverrides } from '../progress/discount-overrides.ts';
import { segmentSizes } from '../progress/segments.ts';
import { saveRules } from '../rules/save-rule.ts';
import type { TransferId } from '../shared/id.ts';
import { explainTransfer } from './explain-transfer.ts';
import { keepSegments } from './keep-segments.ts';
import { quoteDiscount, type QuoteAsked } from './quote-discount.ts';
import { recordAndPost } from './record-activities.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
let people: World;
let keys = 0;
beforeAll(async () => {
  database = await testDatabase();
  people = await world(database.db);
});
afterAll(() => database.drop());

const inNusa = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => withTenant(database.db, people.tenant, work);
const noon = (day: string) => new Date(`${day}T04:00:00Z`);
const at = noon('2018-12-01');
const programme = (tx: Tx) => programmeById(tx, people.programme).then((one) => one!);

/** Over three months: from 100,000.00 on 5 %, from a million on 10 %. */
const volume: DiscountDocument = {
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
    { from: 100_000_000, percent: 10 },
  ],
  mode: { kind: 'discount' },
};

function order(
  outlet: World['slf'],
  day: string,
  totalMinor: number,
  changes: Partial<NewActivity> = {},
): NewActivity {
  return {
    source: 'discounts',
    externalKey: `order-${(keys += 1)}`,
    kind: 'order',
    programme: people.programme,
    evidence: null,
    participant: people.ivan,
    outlet,
    occurredAt: noon(day),
    currency: 'MYR',
    totalMinor: BigInt(totalMinor),
    lines: [],
    ...changes,
  };
}

const record = (...given: NewActivity[]) =>
  inNusa(async (tx) => recordAndPost(tx, await programme(tx), given, at));
const save = (...documents: unknown[]) =>
  inNusa(async (tx) => {
    const options = { today: '2018-12-01', effectiveFrom: '2018-01-01' };
    for (const saved of await saveDocuments(tx, people.programme, documents, 'rina', at, options))
      if (!saved.ok) throw new Error(JSON.stringify(saved));
  });
const ask = (asked: Partial<QuoteAsked>, role: 'manager' | 'operator' = 'operator') =>
  inNusa(async (tx) =>
    quoteDiscount(
      tx,
      await programme(tx),
      { amountMinor: 100_000n, ...asked },
      role === 'manager' ? people.rina : null,
      at,
    ),
  );

test('99k, 100k, 500k and a million in three months give 0, 5, 5 and 10 %, and it falls by itself', async () => {
  await record(order(people.slf, '2018-05-01', 9_900_000));
  await save(volume);
  const percents = [];
  for (const [day, amount] of [
    ['2018-05-02', 100_000],
    ['2018-05-03', 40_000_000],
    ['2018-05-04', 50_000_000],
  ] as const) {
    const quote = await ask({ outlet: 'slf', day });
    percents.push(quote.ok && quote.percent);
    await record(order(people.slf, day, amount));
  }
  for (const day of ['2018-05-05', '2018-08-01', '2018-08-03', '2018-08-04', '2018-08-05']) {
    const quote = await ask({ outlet: 'slf', day });
    percents.push(quote.ok && quote.percent);
  }
  expect(percents).toEqual([0, 5, 5, 10, 10, 5, 5, 0]);
});

test('a quote says which volume counted, which step it reached and what is missing to the next', async () => {
  expect(await ask({ outlet: 'slf', day: '2018-05-03', amountMinor: 1000n })).toEqual({
    ok: true,
    discount: 'volume',
    mode: 'discount',
    percent: 5,
    tablePercent: 5,
    discountMinor: 50n,
    bonus: null,
    volume: 10_000_000n,
    window: { first: '2018-02-03', last: '2018-05-02' },
    reached: { from: 10_000_000, percent: 5 },
    next: { from: 100_000_000, percent: 10, missing: 90_000_000n },
    isOverridden: false,
    currency: 'MYR',
    of: 'total',
  });
  expect(await ask({ outlet: 'nowhere' })).toMatchObject({ refused: 'not-found' });
});

test('only a manager gives another discount, with a reason that is written down', async () => {
  const override = { percent: 12, reason: 'agreed with the board' };
  const asked = { outlet: 'slf', day: '2018-05-03', override };
  expect(await ask(asked)).toMatchObject({ refused: 'not-allowed' });
  expect(await ask(asked, 'manager')).toMatchObject({ percent: 12, tablePercent: 5, isOverridden: true });
  const kept = await inNusa((tx) => listOverrides(tx, people.programme, { before: null, limit: 10 }));
  expect(kept).toMatchObject([
    {
      percent: 12,
      tablePercent: 5,
      reason: 'agreed with the board',
      staff: people.rina,
      subject: people.slf,
    },
  ]);
});

test('the same table pays a bonus later instead, also where the volume turns out late', async () => {
  await save({ ...volume, mode: { kind: 'bonus', kinds: ['order'], asset: 'points', unitMinor: 100 } });
  const pointsOf = async () => {
    const balances = await inNusa((tx) => balancesOf(tx, people.yongCen as string as typeof people.ivan));
    return Number(balances.find(({ asset }) => asset.code === 'points')?.balance ?? 0n);
  };
  await record(order(people.yongCen, '2018-06-10', 100_000));
  expect(await pointsOf()).toBe(0);
  const before = order(people.yongCen, '2018-06-01', 10_000_000);
  await record(before);
  expect(await pointsOf()).toBe(50);
  const [paid] = await inNusa((tx) =>
    tx.query<{ id: TransferId }>(
      'select id from transfer where tenant = $1 and amount = 50 order by id desc limit 1',
      [people.tenant],
    ),
  );
  const explained = (await inNusa((tx) => explainTransfer(tx, paid!.id, 'en', null)))!;
  expect(explained.rule!.steps.map((step) => step.replaceAll('\u00a0', ' '))).toEqual([
    '5%, because the volume from 10 Mar 2018 to 9 Jun 2018 was RM 100,000.00.',
    '5 % of RM 1,000.00, one for every RM 1.00: 50',
  ]);
  await record({ ...before, withdrawn: true });
  expect(await pointsOf()).toBe(0);
  expect(await ask({ outlet: 'yong-cen', day: '2018-06-11' })).toMatchObject({
    mode: 'bonus',
    discountMinor: 0n,
    bonus: { asset: 'points', units: 0n },
  });
});

test('who belongs to a segment follows from what they did, and rules are for its members', async () => {
  const busy: SegmentDocument = {
    format: 1,
    kind: 'segment',
    code: 'busy',
    title: { en: 'Busy owners' },
    counters: { visits: { kinds: ['visit'], counts: { of: 'activities' }, last: 'P30D' } },
    condition: 'counted.visits >= 2 && participant.kind == "owner"',
  };
  await save(busy);
  const forBusy = rule('for-busy', {
    scope: { kinds: ['visit'], audience: { segments: ['busy'] } },
    effects: [{ kind: 'award', leg: 'visit', asset: 'points', per: 'activity', units: 7 }],
  });
  const [saved] = await inNusa((tx) => saveRules(tx, people.programme, [forBusy], 'rina', at));
  expect(saved).toMatchObject({ ok: true });
  const visit = (day: string) => order(people.tokoMaju, day, 0, { kind: 'visit', participant: people.budi });
  const points = [];
  for (const day of ['2018-11-27', '2018-11-28', '2018-11-29', '2018-11-30']) {
    const [settled] = await record(visit(day));
    points.push(settled!.ok && Number(settled!.points));
  }
  expect(points).toEqual([0, 0, 7, 7]);
  const sizes = () => inNusa((tx) => segmentSizes(tx, people.programme));
  expect(await sizes()).toEqual(new Map([['busy', 1]]));
  await keepSegments(database.db, people.tenant, noon('2019-02-01'));
  expect(await sizes()).toEqual(new Map());
});

test('a document that cannot work is refused with its place', async () => {
  const refused = async (document: unknown) => {
    const options = { today: '2018-12-01' };
    const [saved] = await inNusa((tx) =>
      saveDocuments(tx, people.programme, [document], 'rina', at, options),
    );
    return saved!.ok ? null : saved!.refused === 'rule-invalid' && saved!.problems[0]!.at;
  };
  const falling = [
    { from: 100, percent: 5 },
    { from: 50, percent: 10 },
  ];
  expect(await refused({ ...volume, table: falling })).toBe('table');
  expect(await refused({ ...volume, window: 'three months' })).toBe('window');
  const segment = { format: 1, kind: 'segment', code: 's', title: { en: 's' }, counters: {} };
  for (const condition of [
    'counted.nothing > 1',
    'participant.code.matches("(a+)+")',
    '1 + 1',
    'participant.type == "x"',
  ])
    expect(await refused({ ...segment, condition })).toBe('condition');
});
