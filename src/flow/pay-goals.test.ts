import { afterAll, beforeAll, expect, test } from 'vitest';

import { testDatabase } from '../../test/database.ts';
import { multiplier, rule } from '../../test/sales.ts';
import { world, type World } from '../../test/world.ts';
import type { NewActivity } from '../activity/activity.ts';
import { withTenant, type Tx } from '../db/transact.ts';
import { balancesOf } from '../ledger/read.ts';
import { programmeById } from '../network/programmes.ts';
import { tiersOf } from '../progress/tiers.ts';
import type { RuleDocument } from '../rules/document.ts';
import { saveRules } from '../rules/save-rule.ts';
import type { ParticipantId } from '../shared/id.ts';
import { recordAndPost } from './record-activities.ts';
import { saveProgress } from './save-progress.ts';
import { giveTargets } from './set-targets.ts';
import { settleEndedGoals } from './settle-ended.ts';
import { verifyTenantCounters } from './verify-counters.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
let people: World;
let keys = 0;
const noon = (day: string) => new Date(`${day}T04:00:00Z`);
const inNusa = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => withTenant(database.db, people.tenant, work);

const monthly = (code: string, target: NonNullable<RuleDocument['goal']>['target']): RuleDocument =>
  rule(code, {
    goal: { for: 'participant', per: 'month', counts: { of: 'quantity' }, target },
    effects: [{ kind: 'award', leg: 'status', asset: 'status', per: 'goal', units: 100 }],
  });

beforeAll(async () => {
  database = await testDatabase();
  people = await world(database.db);
  await inNusa(async (tx) => {
    const demo = await tx.query<{ document: RuleDocument }>(
      'select r.document from rule r where r.tenant = $1',
      [tx.tenant],
    );
    await saveRules(
      tx,
      people.programme,
      demo.map(({ document }) => document),
      'test',
      noon('2018-01-01'),
      { state: 'retired', effectiveFrom: new Date('2000-01-01T00:00:00Z') },
    );
    const silver = { kinds: ['receipt'], audience: { tiers: ['silver'] } };
    const rules = [
      rule('a-piece'),
      multiplier('silver-doubles', 200, { scope: silver }),
      monthly('monthly', 10_000),
      monthly('own', { individual: true }),
    ];
    for (const saved of await saveRules(tx, people.programme, rules, 'test', noon('2018-01-01')))
      if (!saved.ok) throw new Error(JSON.stringify(saved));
  });
});
afterAll(() => database.drop());

function sold(participant: ParticipantId, day: string, packs: number): NewActivity {
  const line = { line: 0, text: 'x', product: people.product('NF-1004'), amountMinor: 0n };
  return {
    source: 'earned',
    externalKey: `sale-${(keys += 1)}`,
    kind: 'receipt',
    programme: people.programme,
    evidence: null,
    participant,
    outlet: people.tokoMaju,
    occurredAt: noon(day),
    currency: 'MYR',
    totalMinor: 0n,
    lines: [{ ...line, quantityMilli: BigInt(packs) * 1000n }],
  };
}

const programme = (tx: Tx) => programmeById(tx, people.programme).then((one) => one!);
const record = (given: NewActivity, when: string) =>
  inNusa(async (tx) => recordAndPost(tx, await programme(tx), [given], noon(when)));
const historyOf = async (participant: ParticipantId) => {
  const spans = (await inNusa((tx) => tiersOf(tx, people.programme, [participant]))).get(participant) ?? [];
  return spans.filter(({ reason }) => reason !== 'enrolled').map(({ from, tier }) => `${tier} from ${from}`);
};
const unitsOf = async (participant: ParticipantId, asset: string) => {
  const balances = await inNusa((tx) => balancesOf(tx, participant));
  return Number(balances.find((one) => one.asset.code === asset)?.balance ?? 0n);
};
/** Counts everything again, and once more what is Budi's alone; answers what differs. */
const problems = async () => {
  const [all] = await verifyTenantCounters(database.db, people.tenant);
  const [sample] = await verifyTenantCounters(database.db, people.tenant, [people.budi]);
  return [...all!.problems, ...sample!.problems];
};

test('what goals paid before there were tiers counts for them', async () => {
  await record(sold(people.grace, '2018-01-10', 10), '2018-01-10');
  const tiers = {
    format: 1,
    kind: 'tiers',
    code: 'tiers',
    title: { en: 'Tiers' },
    kinds: ['visit'],
    counts: { of: 'earned', asset: 'status' },
    tiers: [
      { code: 'bronze', title: { en: 'Bronze' }, from: 0 },
      { code: 'silver', title: { en: 'Silver' }, from: 100 },
    ],
    window: { kind: 'calendar-year' },
    lasts: { for: 'P12M', endOf: 'year' },
    downgrade: 'one-step',
    noticeDays: 30,
  };
  const by = { code: 'rina', role: 'manager' } as const;
  const known = await inNusa(programme);
  expect(
    await saveProgress(database.db, people.tenant, known, tiers, by, noon('2018-02-10'), {}),
  ).toMatchObject({
    ok: true,
  });
  expect(await historyOf(people.grace)).toEqual(['silver from 2018-02-01']);
  expect(await problems()).toEqual([]);
});

test('a goal pays at once, and counts for the tier when its month is over', async () => {
  await record(sold(people.budi, '2018-03-10', 10), '2018-03-10');
  expect([await unitsOf(people.budi, 'status'), await historyOf(people.budi)]).toEqual([100, []]);
  await record(sold(people.budi, '2018-03-31', 1), '2018-03-31');
  expect(await unitsOf(people.budi, 'points')).toBe(11);
  await settleEndedGoals(database.db, people.tenant, noon('2018-03-30'));
  expect(await historyOf(people.budi)).toEqual([]);
  // Nights may be missed.
  await settleEndedGoals(database.db, people.tenant, noon('2018-04-05'));
  expect(await historyOf(people.budi)).toEqual(['silver from 2018-04-01']);
  expect(await problems()).toEqual([]);
});

test('what turns out late counts in its month, and what was judged since is judged again', async () => {
  await record(sold(people.asha, '2018-03-10', 9), '2018-03-10');
  await record(sold(people.asha, '2018-04-10', 1), '2018-04-10');
  const late = sold(people.asha, '2018-03-11', 1);
  const stands = [];
  for (const given of [late, { ...late, withdrawn: true }, { ...late, reopened: true }]) {
    await record(given, '2018-04-20');
    const [points, status] = [await unitsOf(people.asha, 'points'), await unitsOf(people.asha, 'status')];
    stands.push([points, status, ...(await historyOf(people.asha))]);
  }
  const silver = [12, 100, 'silver from 2018-04-01'];
  expect(stands).toEqual([silver, [10, 0], silver]);
  expect(await problems()).toEqual([]);
});

test('a target that is set later counts for the tier as well', async () => {
  await record(sold(people.olena, '2018-03-10', 3), '2018-03-10');
  const target = { rule: 'own', owner: 'olena', startsOn: '2018-03-01', value: 3000n, reason: 'on leave' };
  const given = await inNusa(async (tx) =>
    giveTargets(tx, await programme(tx), [target], 'rina', noon('2018-04-20')),
  );
  expect(given).toMatchObject({ ok: true });
  expect(await historyOf(people.olena)).toEqual(['silver from 2018-04-01']);
  expect(await problems()).toEqual([]);
});
