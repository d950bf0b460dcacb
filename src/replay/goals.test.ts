import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { testDatabase } from '../../test/database.ts';
import { world, type World } from '../../test/world.ts';
import type { NewActivity } from '../activity/activity.ts';
import { withTenant, type Tx } from '../db/transact.ts';
import { recordAndPost } from '../flow/record-activities.ts';
import { settleEndedGoals } from '../flow/settle-ended.ts';
import { giveTargets } from '../flow/set-targets.ts';
import { ensureAssets } from '../ledger/accounts.ts';
import { programmeById, type Programme } from '../network/programmes.ts';
import { counterIdOf } from '../progress/counter.ts';
import type { TiersDocument } from '../progress/document.ts';
import { saveDocuments } from '../progress/documents.ts';
import { countedByTiers } from '../progress/tiers.ts';
import type { Goal, RuleDocument } from '../rules/document.ts';
import { saveRules } from '../rules/save-rule.ts';
import { replayRules, type ReplayResult } from './replay.ts';

// A whole programme, its history with everything that goes wrong in life, and the book that came of it.

let database: Awaited<ReturnType<typeof testDatabase>>;
let people: World;
let programme: Programme;

const inNusa = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => withTenant(database.db, people.tenant, work);
const now = new Date('2018-10-01T00:00:00Z');

function rule(code: string, changes: Partial<RuleDocument>): RuleDocument {
  return {
    format: 1,
    code,
    texts: { en: { title: code, award: `${code} pays.` } },
    scope: { kinds: ['order'] },
    effects: [{ kind: 'award', leg: 'main', asset: 'points', per: 'quantity', stepMilli: 1000, units: 1 }],
    rounding: { mode: 'down', at: 'activity' },
    stacking: { group: code, order: 1, mode: 'sum' },
    ...changes,
  };
}
const packs = { of: 'quantity' } as const;
function goal(code: string, changes: Partial<Goal>, more: Partial<RuleDocument> = {}): RuleDocument {
  return rule(code, {
    goal: { for: 'participant', per: 'week', counts: packs, target: 12_000, ...changes },
    effects: [{ kind: 'award', leg: 'goal', asset: 'points', per: 'goal', units: 7 }],
    ...more,
  });
}
const budget = (of: 'rule' | 'participant', units: number, over: 'partial' | 'nothing') => ({
  limits: [{ of, per: 'month' as const, asset: 'points', units, over }],
});
const status = (units: number) =>
  rule('b-status', {
    effects: [{ kind: 'award', leg: 'main', asset: 'status', per: 'quantity', stepMilli: 1000, units }],
  });
const silver = rule('c-silver', {
  scope: { kinds: ['order'], audience: { tiers: ['silver', 'gold'] } },
  ...budget('rule', 150, 'partial'),
});
const rules: RuleDocument[] = [
  rule('a-budget', budget('rule', 150, 'partial')),
  status(1),
  silver,
  goal('goal-row', { inARow: 2, target: 8000 }),
  goal('goal-own', { per: 'month', target: { individual: true } }),
  goal('goal-growth', { target: { percent: 120, ofAverage: 2 } }),
  goal('goal-year', { per: 'month', target: { percent: 150, of: 'last-year' } }),
  goal('goal-window', { per: 'month', window: 'P10D', target: 25_000 }),
  goal('goal-outlet', { for: 'outlet', counts: { of: 'skus' }, target: 4 }),
  goal('goal-partner', { for: 'partner', per: 'month', target: 60_000 }),
  goal(
    'goal-fill',
    { counts: { share: { ...packs, kinds: ['delivery'] }, of: { ...packs, kinds: ['order'] } }, target: 40 },
    { scope: { kinds: ['order', 'delivery'] } },
  ),
  goal('limit-budget', { target: 9000 }, budget('rule', 60, 'partial')),
  goal('limit-whole', { for: 'outlet', target: 9000 }, budget('rule', 21, 'nothing')),
  goal('limit-own', { per: 'day', target: 6000 }, budget('participant', 16, 'partial')),
  goal('limit-row', { inARow: 2, target: 8000 }, budget('rule', 20, 'partial')),
];
const tiers: TiersDocument = {
  format: 1,
  kind: 'tiers',
  code: 'tiers',
  title: { en: 'Tiers' },
  kinds: ['order'],
  counts: { of: 'earned', asset: 'status' },
  tiers: [
    { code: 'bronze', title: { en: 'Bronze' }, from: 0 },
    { code: 'silver', title: { en: 'Silver' }, from: 120 },
    { code: 'gold', title: { en: 'Gold' }, from: 500 },
  ],
  window: { kind: 'calendar-year' },
  lasts: { for: 'P12M', endOf: 'year' },
  downgrade: 'one-step',
  noticeDays: 30,
};

// A seed of its own, so that a failure can be looked at again.
let seed = 11;
const chance = (limit: number): number => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
  return (seed >> 8) % limit;
};

function happened(key: number): NewActivity {
  const who = [
    [people.sari, people.tokoMaju],
    [people.budi, people.tokoMaju],
    [people.olena, people.slf],
    [people.ivan, people.subangPerdana],
    [people.zofia, people.pjSs6],
  ] as const;
  const [participant, outlet] = who[chance(who.length)]!;
  const before = chance(6) === 0;
  return {
    source: 'test',
    externalKey: `order-${key}`,
    kind: chance(4) === 0 ? 'delivery' : 'order',
    programme: people.programme,
    evidence: null,
    participant,
    outlet,
    // Local days, so that some lie on the other side of midnight in UTC.
    occurredAt: new Date(
      Date.UTC(before ? 2017 : 2018, 6 + chance(2), 1 + chance(28), chance(24), chance(60)),
    ),
    currency: 'MYR',
    totalMinor: 1000n,
    lines: [
      {
        line: 0,
        text: 'x',
        product: people.product(`NF-100${1 + chance(4)}`),
        quantityMilli: BigInt(1 + chance(9)) * 1000n,
        amountMinor: 1000n,
      },
    ],
  };
}

beforeAll(async () => {
  database = await testDatabase();
  people = await world(database.db);
  programme = (await inNusa((tx) => programmeById(tx, people.programme)))!;
  const early = new Date('2017-01-01T00:00:00Z');
  await inNusa(async (tx) => {
    await ensureAssets(tx, [{ code: 'status', kind: 'status', scale: 0 }]);
    const saved = [
      ...(await saveRules(tx, people.programme, rules, 'test', early)),
      ...(await saveDocuments(tx, people.programme, [tiers], 'test', early, { today: '2017-01-01' })),
    ];
    for (const one of saved) if (!one.ok) throw new Error(JSON.stringify(one));
    const own = ['sari', 'budi', 'olena'].map((owner, i) => ({
      rule: 'goal-own',
      owner,
      startsOn: '2018-07-01',
      value: BigInt(40_000 + 10_000 * i),
      reason: 'agreed',
    }));
    const given = await giveTargets(tx, programme, own, 'test', early);
    if (!given.ok) throw new Error(JSON.stringify(given));
  });
  await arrive(260);
  await settleEndedGoals(database.db, people.tenant, now);
});
afterAll(() => database.drop());

/** Things arrive in batches, late and out of order; one in eight is corrected, some of those are withdrawn. */
async function arrive(count: number): Promise<void> {
  const known: NewActivity[] = [];
  let at = Date.UTC(2018, 8, 1);
  for (let key = 0; key < count;) {
    const batch: NewActivity[] = [];
    for (let size = 1 + chance(12); size > 0; size -= 1) {
      const old = known.length > 10 && chance(8) === 0 ? known[chance(known.length)]! : null;
      if (!old) batch.push(happened((key += 1)));
      else if (!batch.some((one) => one.externalKey === old.externalKey)) {
        const { participant, outlet, kind, externalKey } = old;
        batch.push(
          chance(3) === 0
            ? { ...old, withdrawn: true }
            : { ...happened(0), participant, outlet, kind, externalKey },
        );
      }
    }
    known.push(...batch.filter((one) => !one.withdrawn));
    at += 1000;
    const settled = await inNusa((tx) => recordAndPost(tx, programme, batch, new Date(at)));
    if (!settled.every(({ ok }) => ok)) throw new Error('an order was not recorded');
  }
}

type Options = { documents?: RuleDocument[]; threads?: number; from?: string };
function replay({ documents = [], threads = 2, from = '2017-01-01' }: Options = {}): Promise<ReplayResult> {
  const request = { tenant: people.tenant, programme, documents, firstDay: from, lastDay: '2018-09-30' };
  return replayRules(database.db, request, { now, login: database.logins.worker, threads });
}

/** What stands in the book, by rule and asset, and by owner and asset. */
async function booked(): Promise<
  Record<'rules' | 'owners', { name: string; asset: string; units: bigint }[]>
> {
  return inNusa(async (tx) => ({
    rules: await tx.query(
      `select r.code as name, x.code as asset, sum(t.amount * case when t.reverses is null then 1 else -1 end)::bigint as units
       from transfer t
       join account a on a.tenant = $1 and a.id = t.credit
       join asset x on x.tenant = $1 and x.id = a.asset
       join settlement s on s.tenant = $1 and s.goal = t.cause and s.turn = 1
       join rule r on r.tenant = $1 and r.id = s.rule and r.version = s.version
       where t.tenant = $1 group by 1, 2 having sum(t.amount * case when t.reverses is null then 1 else -1 end) <> 0
       order by r.code collate "C", x.code`,
      [people.tenant],
    ),
    owners: await tx.query(
      `select a.owner::text as name, x.code as asset, sum(a.balance)::bigint as units from account a
       join asset x on x.tenant = $1 and x.id = a.asset
       where a.tenant = $1 and a.role = 'available' and a.balance <> 0 and x.code in ('points', 'status')
       group by 1, 2 order by 1, 2`,
      [people.tenant],
    ),
  }));
}

describe('a replay of the live rules', () => {
  test('pays for goals of every kind exactly what is in the book', async () => {
    const { rules: goals, owners } = await booked();
    const result = await replay();
    const replayed = result.by.rule.filter(({ name }) => /^(goal|limit)-/.test(name));
    expect(replayed).toEqual(
      goals.map(({ name, asset, units }) => ({ name, asset, live: units, proposed: units })),
    );
    // Each of them has paid: none is left out of the comparison.
    expect(goals.map(({ name }) => name)).toEqual(
      rules.flatMap(({ code, goal: one }) => (one ? [code] : [])).toSorted(),
    );
    for (const { asset, live, proposed } of result.totals) {
      expect(proposed).toBe(live);
      expect(live).toBe(
        owners.filter((one) => one.asset === asset).reduce((sum, { units }) => sum + units, 0n),
      );
    }
    expect(result.tiers).toMatchObject({ day: '2018-10-01', moves: [], named: [] });
    // Limits have bound, and tiers have changed on the way.
    expect(result.exhausted.map((one) => one.rule)).toEqual(
      expect.arrayContaining(['a-budget', 'limit-budget', 'limit-row', 'limit-whole']),
    );
    expect(result.by.rule.find(({ name }) => name === 'c-silver')?.live).toBeGreaterThan(0n);
  });

  test('looks back as far as goals do, and tells only the days that were asked for', async () => {
    const whole = await replay({ threads: 1 });
    const some = await replay({ from: '2018-08-01', threads: 3 });
    const ofDays = ({ by }: ReplayResult) => by.day.filter(({ name }) => name >= '2018-08-06');
    expect(ofDays(some)).toEqual(ofDays(whole));
    expect(some.versions).toBe(whole.versions);
  });
});

describe('a replay of other rules', () => {
  test('tells whose tier would be another one', async () => {
    const years = await inNusa((tx) =>
      tx.query<{ code: string; live: string; most: bigint }>(
        `select p.code, p.tier as live, max(y.units)::bigint as most from participant p
         join (select d.subject, sum(d.value) as units from counter_day d where d.tenant = $1 and d.counter = $2
           group by d.subject, extract(year from d.day)) y on y.subject = p.id
         where p.tenant = $1 group by 1, 2 order by p.code collate "C"`,
        [people.tenant, counterIdOf(people.programme, countedByTiers(tiers))],
      ),
    );
    const tierOf = (units: bigint) => tiers.tiers.findLast(({ from }) => units >= BigInt(from))!.code;
    const thrice = years.map(({ code, live, most }) => ({ code, live, proposed: tierOf(3n * most) }));
    const moved = thrice.filter(({ live, proposed }) => live !== proposed);
    expect(moved.length).toBeGreaterThan(1);
    const result = await replay({ documents: [status(3)] });
    const named = result.tiers!.named.map(({ code, live, proposed }) => ({ code, live, proposed }));
    expect(named.toSorted((one, other) => (one.code < other.code ? -1 : 1))).toEqual(moved);
    expect(result.tiers!.moves.reduce((sum, { participants }) => sum + participants, 0)).toBe(moved.length);
    expect(result.notCounted).toEqual([{ what: 'tiers', codes: ['c-silver', 'tier'] }]);
  });

  test('says what it cannot tell', async () => {
    const unset = goal('goal-unset', { target: { individual: true } });
    const message = { kind: 'message', leg: 'm', texts: { en: 'Well done!' } } as const;
    const told = await replay({
      documents: [unset, rule('note', { effects: [message] })],
      from: '2018-09-01',
    });
    expect(told.notCounted).toEqual([
      { what: 'grants', codes: ['note'] },
      { what: 'targets', codes: ['goal-unset'] },
    ]);
  });
});
