import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { testDatabase } from '../../test/database.ts';
import { multiplier, rule } from '../../test/sales.ts';
import { world, type World } from '../../test/world.ts';
import type { NewActivity } from '../activity/activity.ts';
import { withTenant, type Tx } from '../db/transact.ts';
import { balancesOf } from '../ledger/read.ts';
import { addOutlets, outletIdOf } from '../network/outlets.ts';
import { addParticipants, participantIdOf } from '../network/participants.ts';
import { programmeById } from '../network/programmes.ts';
import type { SegmentDocument, TiersDocument } from '../progress/document.ts';
import { saveDocuments } from '../progress/documents.ts';
import { tiersOf } from '../progress/tiers.ts';
import type { Measure, RuleDocument } from '../rules/document.ts';
import { saveRules } from '../rules/save-rule.ts';
import { addDays } from '../shared/time.ts';
import { recordAndPost } from './record-activities.ts';
import { settleEndedGoals } from './settle-ended.ts';
import { verifyTenantCounters } from './verify-counters.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
let people: World;
beforeAll(async () => {
  database = await testDatabase();
  people = await world(database.db);
  await inNusa(async (tx) => {
    for (const saved of await saveRules(tx, people.programme, rules, 'test', at))
      if (!saved.ok) throw new Error(JSON.stringify(saved));
    for (const saved of await saveDocuments(tx, people.programme, [tiers, segment], 'test', at, {
      today: '2018-12-01',
    }))
      if (!saved.ok) throw new Error(JSON.stringify(saved));
  });
});
afterAll(() => database.drop());

const inNusa = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => withTenant(database.db, people.tenant, work);
const at = new Date('2018-12-01T05:00:00Z');

const goal = (
  code: string,
  goal: RuleDocument['goal'],
  pays: readonly (readonly [percent: number, units: number])[] = [[100, 1000]],
): RuleDocument =>
  rule(code, {
    scope: { kinds: ['receipt', 'order', 'delivery', 'visit'] },
    goal,
    effects: pays.map(([percent, units], i) => ({
      kind: 'award',
      leg: `step-${i}`,
      asset: 'points',
      per: 'goal',
      at: percent,
      units,
    })),
    expires: { after: 'P12M', endOf: 'month' },
  });

const quantity: Measure = { of: 'quantity', kinds: ['receipt'] };
const rules: RuleDocument[] = [
  goal('pieces', { for: 'participant', per: 'week', counts: quantity, target: 10_000 }, [
    [50, 10],
    [100, 100],
  ]),
  goal('in-a-row', { for: 'participant', per: 'week', counts: quantity, target: 6000, inARow: 2 }, [
    [100, 7],
  ]),
  goal('fill', {
    for: 'outlet',
    per: 'week',
    counts: { share: { of: 'quantity', kinds: ['delivery'] }, of: { of: 'quantity', kinds: ['order'] } },
    target: 60,
  }),
  goal(
    'growth',
    { for: 'participant', per: 'week', counts: quantity, target: { percent: 110, ofAverage: 2 } },
    [[100, 3]],
  ),
  goal('range', { for: 'participant', per: 'month', counts: { of: 'skus' }, target: 2 }, [[100, 13]]),
  goal('rolling', { for: 'participant', per: 'week', window: 'P10D', counts: quantity, target: 12_000 }, [
    [50, 2],
    [100, 5],
  ]),
  // What it pays counts for the tier that it asks for.
  {
    ...goal('of-gold', { for: 'participant', per: 'week', counts: quantity, target: 3000 }, [[100, 4]]),
    scope: { kinds: ['receipt'], audience: { tiers: ['gold'] } },
  },
  rule('busy-piece', { scope: { kinds: ['receipt', 'order'], audience: { segments: ['busy'] } } }),
  rule('a-piece'),
  multiplier('silver-more', 150, { scope: { kinds: ['receipt'], audience: { tiers: ['silver'] } } }),
  multiplier('gold-more', 300, { scope: { kinds: ['receipt'], audience: { tiers: ['gold'] } } }),
];

const tiers: TiersDocument = {
  format: 1,
  kind: 'tiers',
  code: 'tiers',
  title: { en: 'Tiers' },
  kinds: ['receipt'],
  counts: { of: 'earned', asset: 'points' },
  tiers: [
    { code: 'bronze', title: { en: 'Bronze' }, from: 0 },
    { code: 'silver', title: { en: 'Silver' }, from: 10 },
    { code: 'gold', title: { en: 'Gold' }, from: 25 },
  ],
  window: { kind: 'rolling', last: 'P14D' },
  lasts: { for: 'P7D' },
  downgrade: 'recomputed',
  noticeDays: 2,
};

const segment: SegmentDocument = {
  format: 1,
  kind: 'segment',
  code: 'busy',
  title: { en: 'Busy' },
  counters: { packs: { kinds: ['receipt', 'delivery'], counts: { of: 'quantity' }, last: 'P7D' } },
  condition: 'counted.packs >= 8000 || participant.tier == "gold" && counted.packs >= 4000',
};

type Sale = {
  kind: string;
  who: number;
  where: number;
  day: number;
  packs: number;
  sku: number;
  fate: string;
};
const sale: fc.Arbitrary<Sale> = fc.record({
  kind: fc.constantFrom('receipt', 'receipt', 'receipt', 'order', 'delivery'),
  who: fc.nat(1),
  where: fc.nat(1),
  day: fc.nat(34),
  packs: fc.integer({ min: 1, max: 9 }),
  sku: fc.nat(2),
  fate: fc.constantFrom('stays', 'stays', 'corrected', 'withdrawn', 'reopened'),
});
const skus = ['NF-1003', 'NF-1004', 'NF-3001'];
let runs = 0;

/** The versions of each sale in their order, by people and shops of this run. */
function storiesOf(run: string, sales: readonly Sale[]): NewActivity[][] {
  return sales.map(({ kind, who, where, day, packs, sku, fate }, i) => {
    const given = (quantity: number, changes: Partial<NewActivity> = {}): NewActivity => ({
      source: 'order-test',
      externalKey: `${run}-${i}`,
      kind,
      programme: people.programme,
      evidence: null,
      participant: participantIdOf(people, `${run}-${who}`),
      outlet: outletIdOf(people, `${run}-${where}`),
      occurredAt: new Date(`${addDays('2018-03-05', day)}T04:00:00Z`),
      currency: 'MYR',
      totalMinor: 100n,
      lines: [
        {
          line: 0,
          text: 'x',
          product: people.product(skus[sku]!),
          quantityMilli: BigInt(quantity) * 1000n,
          amountMinor: 100n,
        },
      ],
      ...changes,
    });
    const first = given(packs);
    if (fate === 'corrected') return [first, given(10 - packs)];
    if (fate === 'withdrawn') return [first, { ...first, withdrawn: true }];
    if (fate === 'reopened') return [first, { ...first, withdrawn: true }, { ...first, reopened: true }];
    return [first];
  });
}

/**
 * Enrols two people and two shops under names of this run, and records everything in the order that `turns` gives: the
 * first batches in these nights, each before what the night brings about, and the others long after.
 */
async function play(
  sales: readonly Sale[],
  turns: readonly number[],
  size: number,
  nights: readonly string[] = [],
): Promise<unknown> {
  const run = `run-${(runs += 1)}`;
  await inNusa(async (tx) => {
    const names = [0, 1].map((i) => `${run}-${i}`);
    await addOutlets(
      tx,
      names.map((code) => ({
        code,
        name: code,
        address: '',
        partner: 'toko-maju',
        distributor: null,
        area: 'my-kepong',
      })),
    );
    await addParticipants(
      tx,
      names.map((code) => ({
        code,
        kind: 'seller' as const,
        name: code,
        phone: null,
        language: 'en',
        partner: 'toko-maju',
        outlets: [],
      })),
    );
  });
  const stories = storiesOf(run, sales).map((versions) => [...versions]);
  const given: NewActivity[] = [];
  for (const turn of turns) {
    const left = stories.filter((versions) => versions.length > 0);
    if (left.length === 0) break;
    given.push(left[turn % left.length]!.shift()!);
  }
  given.push(...stories.flat());
  const all = [...given];
  const record = (batch: NewActivity[], when = at) =>
    inNusa(async (tx) => recordAndPost(tx, (await programmeById(tx, people.programme))!, batch, when));
  for (const night of nights) {
    const when = new Date(`${night}T15:00:00Z`);
    // What happens tomorrow may be told today, and nothing later: clocks are wrong, but not by more.
    const isKnown = ({ occurredAt }: NewActivity) => occurredAt.getTime() < when.getTime() + 86_400_000;
    const batch = given.filter(isKnown).slice(0, size);
    given.splice(0, given.length, ...given.filter((one) => !batch.includes(one)));
    await record(batch, when);
    await settleEndedGoals(database.db, people.tenant, when);
  }
  for (let i = 0; i < given.length; i += size) await record(given.slice(i, i + size));
  await settleEndedGoals(database.db, people.tenant, at);
  const before = await stateOf(run);
  await record(all);
  await settleEndedGoals(database.db, people.tenant, at);
  expect(await stateOf(run)).toEqual(before);
  return before;
}

async function stateOf(run: string): Promise<unknown> {
  return inNusa(async (tx) => {
    const owners = [0, 1].flatMap((i) => [
      participantIdOf(tx, `${run}-${i}`),
      outletIdOf(tx, `${run}-${i}`) as string as ReturnType<typeof participantIdOf>,
    ]);
    const state = [];
    for (const owner of owners) {
      // An account that was opened and stands at nothing is as good as none.
      const balances = (await balancesOf(tx, owner)).filter(
        ({ asset, balance }) => asset.code === 'points' && balance !== 0n,
      );
      const lots = await tx.query(
        `select l.expires_on, l.earned from lot l join account a on a.tenant = $1 and a.id = l.account
         where l.tenant = $1 and a.owner = $2 and l.earned > 0 order by l.expires_on`,
        [tx.tenant, owner],
      );
      const goals = await tx.query(
        `select distinct on (s.goal) r.code, s.first_day, s.document ->> 'asked' as asked
         from settlement s join rule r on r.tenant = $1 and r.id = s.rule and r.version = s.version
         where s.tenant = $1 and s.subject = $2 order by s.goal, s.turn desc`,
        [tx.tenant, owner],
      );
      const brought = goals.filter(({ asked }) => asked !== '[]').map((one) => JSON.stringify(one));
      // Whoever was looked at once is enrolled in the lowest tier from then on; nobody else has it otherwise.
      const all = [...(await tiersOf(tx, people.programme, [owner])).values()].flat();
      const spans = all.filter(({ reason }) => reason !== 'enrolled');
      state.push({ spans, points: balances.map(({ balance }) => balance), lots, goals: brought.toSorted() });
    }
    return state;
  });
}

test(
  'goals, streaks, shares, growth, windows, tiers, segments and balances do not depend on the order in which activities arrive',
  { timeout: 60_000 },
  async () => {
    const turns = fc.array(fc.nat(30), { minLength: 40, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(sale, { minLength: 5, maxLength: 18 }),
        turns,
        turns,
        fc.integer({ min: 1, max: 9 }),
        async (sales, one, other, size) => {
          const nights = ['2018-03-14', '2018-03-26', '2018-04-10'];
          expect(await play(sales, one, size)).toEqual(await play(sales, other, 3, nights));
        },
      ),
      { numRuns: 4 },
    );
    const [verified] = await verifyTenantCounters(database.db, people.tenant);
    expect(verified).toMatchObject({ programme: 'mitra-warung', problems: [] });
    expect(verified!.rows).toBeGreaterThan(50);
  },
);
