import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { testDatabase } from '../../test/database.ts';
import { rule } from '../../test/sales.ts';
import { world, type World } from '../../test/world.ts';
import type { NewActivity } from '../activity/activity.ts';
import { withTenant, type Tx } from '../db/transact.ts';
import { balancesOf } from '../ledger/read.ts';
import { programmeById } from '../network/programmes.ts';
import { setTargets } from '../progress/targets.ts';
import type { RuleDocument } from '../rules/document.ts';
import { evaluationOf } from '../rules/evaluations.ts';
import { ruleIdOf, saveRules } from '../rules/save-rule.ts';
import type { ParticipantId } from '../shared/id.ts';
import { addDays } from '../shared/time.ts';
import { explainRules } from './explain-award.ts';
import { recordAndPost } from './record-activities.ts';
import { settleEndedGoals } from './settle-ended.ts';
import { goalsOfToday } from './tell-progress.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
let people: World;
let keys = 0;
beforeAll(async () => {
  database = await testDatabase();
  people = await world(database.db);
});
afterAll(() => database.drop());
beforeEach(async () => {
  // Each test has rules of its own: those before, and the demo's, end with the beginning.
  await inNusa(async (tx) => {
    const codes = await tx.query<{ document: RuleDocument }>(
      'select distinct on (r.id) r.document from rule r where r.tenant = $1 order by r.id, r.version desc',
      [tx.tenant],
    );
    await saveRules(
      tx,
      people.programme,
      codes.map(({ document }) => document),
      'test',
      at,
      {
        state: 'retired',
        effectiveFrom: new Date('2000-01-01T00:00:00Z'),
      },
    );
  });
});

const inNusa = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => withTenant(database.db, people.tenant, work);
const at = new Date('2018-12-01T05:00:00Z');
const noon = (day: string) => new Date(`${day}T04:00:00Z`);

/** So many packs sold on a day in Kuala Lumpur. */
function sold(day: string, packs: number, changes: Partial<NewActivity> = {}): NewActivity {
  return {
    source: 'goals',
    externalKey: `sale-${(keys += 1)}`,
    kind: 'receipt',
    programme: people.programme,
    evidence: null,
    participant: people.budi,
    outlet: people.tokoMaju,
    occurredAt: noon(day),
    currency: 'MYR',
    totalMinor: BigInt(packs) * 100n,
    lines: [
      {
        line: 0,
        text: 'x',
        product: people.product('NF-1004'),
        quantityMilli: BigInt(packs) * 1000n,
        amountMinor: BigInt(packs) * 100n,
      },
    ],
    ...changes,
  };
}

const weekly: RuleDocument['goal'] = {
  for: 'participant',
  per: 'week',
  counts: { of: 'quantity' },
  target: 10_000,
};

function goalRule(
  code: string,
  goal: RuleDocument['goal'],
  changes: Partial<RuleDocument> = {},
): RuleDocument {
  return rule(code, {
    goal,
    effects: [{ kind: 'award', leg: 'bonus', asset: 'points', per: 'goal', units: 100 }],
    ...changes,
  });
}

const save = (...documents: RuleDocument[]) =>
  inNusa(async (tx) => {
    for (const saved of await saveRules(tx, people.programme, documents, 'test', at))
      if (!saved.ok) throw new Error(JSON.stringify(saved));
  });
const record = (given: NewActivity[], when = at) =>
  inNusa(async (tx) => recordAndPost(tx, (await programmeById(tx, people.programme))!, given, when));
const pointsOf = async (participant: ParticipantId = people.budi) => {
  const balances = await inNusa((tx) => balancesOf(tx, participant));
  return Number(
    balances.find(({ role, asset }) => role === 'available' && asset.code === 'points')?.balance ?? 0n,
  );
};
async function earned(given: NewActivity[], when = at, participant = people.budi): Promise<number> {
  const before = await pointsOf(participant);
  await record(given, when);
  return (await pointsOf(participant)) - before;
}

test('a weekly goal pays with the sale that completes it, once a week', async () => {
  await save(goalRule('weekly', weekly));
  const gains = [];
  for (const [day, packs] of [
    ['2018-03-12', 7],
    ['2018-03-18', 2],
    ['2018-03-14', 1],
    ['2018-03-15', 50],
    ['2018-03-19', 9],
    ['2018-03-20', 1],
  ] as const)
    gains.push(await earned([sold(day, packs)]));
  expect(gains).toEqual([0, 0, 100, 0, 0, 100]);
});

test('what is missing is said in the reader’s language', async () => {
  await save(goalRule('weekly-said', weekly));
  const [first] = await record([sold('2018-04-03', 8)]);
  const [second] = await record([sold('2018-04-04', 2)]);
  const told = await inNusa(async (tx) => {
    const said = [];
    for (const one of [first!, second!]) {
      if (!one.ok) throw new Error(one.refused);
      const evaluation = await evaluationOf(tx, one.activity);
      for (const language of ['en', 'id', 'pl'] as const)
        said.push(
          explainRules(evaluation, [], language).find((each) => each.title === 'weekly-said')!.reason,
        );
    }
    return said;
  });
  expect(told).toEqual([
    'No bonus yet: 2 pieces short of the weekly goal.',
    'Belum ada bonus: kurang 2 buah untuk target mingguan.',
    'Premii jeszcze nie ma: do celu tygodniowego brakuje 2 sztuk.',
    'Reached: weekly goal.',
    'Tercapai: target mingguan.',
    'Osiągnięto: cel tygodniowy.',
  ]);
});

test('a correction below the target takes the bonus back, and there and back again is nothing', async () => {
  await save(goalRule('corrected', weekly));
  const sale = sold('2018-05-08', 10);
  const fewer = { ...sold('2018-05-08', 9), externalKey: sale.externalKey };
  const gains = [];
  for (const given of [sale, fewer, sale, { ...sale, withdrawn: true }, { ...sale, reopened: true }, sale])
    gains.push(await earned([given]));
  expect(gains).toEqual([100, -100, 100, -100, 100, 0]);
});

test('a share of 80 % pays only after three weeks in a row, and never twice', async () => {
  const shop = people.slf as string as ParticipantId;
  const share: RuleDocument['goal'] = {
    for: 'outlet',
    per: 'week',
    counts: { share: { of: 'quantity', kinds: ['delivery'] }, of: { of: 'quantity', kinds: ['order'] } },
    target: 80,
    inARow: 3,
  };
  await save(goalRule('fill-rate', share, { scope: { kinds: ['order', 'delivery'] } }));
  const gains = [];
  for (const [week, percent] of [82, 81, 79, 83, 84, 85].entries()) {
    const monday = addDays('2018-07-02', 7 * week);
    const before = await pointsOf(shop);
    await record(
      [
        sold(monday, 100, { kind: 'order', outlet: people.slf }),
        sold(monday, percent, { kind: 'delivery', outlet: people.slf }),
      ],
      noon(monday),
    );
    for (const job of [1, 2])
      await settleEndedGoals(database.db, people.tenant, noon(addDays(monday, 6 + job)));
    gains.push((await pointsOf(shop)) - before);
  }
  expect(gains).toEqual([0, 0, 0, 0, 0, 100]);

  // It turns out that more was delivered in the third week: now each three of the six are in a row.
  const late = sold('2018-07-16', 1, { kind: 'delivery', outlet: people.slf });
  const before = await pointsOf(shop);
  await record([late]);
  expect((await pointsOf(shop)) - before).toBe(100);
  await record([{ ...late, withdrawn: true }]);
  expect((await pointsOf(shop)) - before).toBe(0);
});

test('two people at 110 % of different targets earn the same', async () => {
  await save(
    goalRule(
      'own',
      { ...weekly, target: { individual: true } },
      {
        effects: [
          { kind: 'award', leg: 'full', asset: 'points', per: 'goal', units: 100 },
          { kind: 'award', leg: 'more', asset: 'points', per: 'goal', at: 110, units: 30 },
        ],
      },
    ),
  );
  await inNusa((tx) =>
    setTargets(
      tx,
      [
        [people.budi, 10_000n],
        [people.asha, 100_000n],
      ].map(([subject, value]) => ({
        rule: ruleIdOf(tx, people.programme, 'own'),
        subject: subject as ParticipantId,
        startsOn: '2018-01-01',
        value: value as bigint,
        reason: 'plan of 2018',
      })),
      'rina',
      at,
    ),
  );
  expect(await earned([sold('2018-06-05', 11)])).toBe(130);
  expect(await earned([sold('2018-06-05', 110, { participant: people.asha })], at, people.asha)).toBe(130);
});

test('of many at once the one that completes the goal pays it, and only that one', async () => {
  await save(goalRule('together', { ...weekly, target: 12_000 }));
  const before = await pointsOf();
  await Promise.all(
    Array.from({ length: 12 }, (_, i) =>
      record([sold(`2018-09-${String(3 + (i % 6)).padStart(2, '0')}`, 1)]),
    ),
  );
  expect((await pointsOf()) - before).toBe(100);
});

test('a budget is shared by goals, and given back when one is not reached any more', async () => {
  const limits = [{ of: 'rule', per: 'programme', asset: 'points', units: 150, over: 'partial' }] as const;
  await save(goalRule('budgeted', weekly, { limits: [...limits] }));
  const first = sold('2018-10-02', 10);
  expect(await earned([first])).toBe(100);
  const second = sold('2018-10-02', 10, { participant: people.asha });
  expect(await earned([second], at, people.asha)).toBe(50);
  expect(await earned([{ ...first, withdrawn: true }])).toBe(-100);
  expect(await earned([sold('2018-10-09', 10)])).toBe(100);
});

test('over a rolling window a goal says which days were counted, and a correction of them takes it back', async () => {
  const rolling = { ...weekly, per: 'month', window: 'P14D', target: 20_000 } as const;
  await save(goalRule('rolling', rolling));
  const gains = [await earned([sold('2017-08-25', 12)])];
  // Of what counted in August, and what no longer does: where the two weeks before a day stand.
  const stands = async (day: string) => {
    const [own] = await inNusa(async (tx) =>
      goalsOfToday(tx, (await programmeById(tx, people.programme))!, people.budi, 'en', noon(day)),
    );
    return [Number(own!.done), own!.says];
  };
  expect(await stands('2017-09-02')).toEqual([12_000, 'No bonus yet: 8 pieces short of the monthly goal.']);
  expect(await stands('2017-09-20')).toEqual([0, 'No bonus yet: 20 pieces short of the monthly goal.']);
  const sale = sold('2017-09-05', 8);
  gains.push(await earned([sale]));
  // It is lower again, and still paid once.
  gains.push(await earned([sold('2017-09-20', 1)]));
  const [kept] = await inNusa((tx) =>
    tx.query<{ document: { considered: { steps: unknown[] }[] } }>(
      `select document from settlement where tenant = $1 and rule = $2 and first_day = '2017-09-01'`,
      [tx.tenant, ruleIdOf(tx, people.programme, 'rolling')],
    ),
  );
  expect(await stands('2017-09-30')).toEqual([20_000, 'Reached: monthly goal.']);
  const facts = { from: '2017-08-23', to: '2017-09-05', done: 20, target: 20 };
  expect(kept!.document.considered[0]!.steps).toContainEqual(
    expect.objectContaining({ code: 'goal-counted', facts: expect.objectContaining(facts) }),
  );
  gains.push(await earned([{ ...sale, withdrawn: true }]));
  expect(gains).toEqual([0, 100, 0, -100]);
});

test('an edit in the middle of a week keeps what was done and judges from the next week on', async () => {
  await save(goalRule('edited', weekly));
  await record([sold('2018-11-05', 7)], noon('2018-11-05'));
  await inNusa((tx) => {
    const easier = goalRule('edited', { ...weekly, target: 5000 });
    return saveRules(tx, people.programme, [easier], 'rina', noon('2018-11-06'));
  });
  const gains = [];
  for (const day of ['2018-11-07', '2018-11-08', '2018-11-12'])
    gains.push(await earned([sold(day, 2)], noon(day)));
  gains.push(await earned([sold('2018-11-13', 3)], noon('2018-11-13')));
  expect(gains).toEqual([0, 100, 0, 100]);
});
