import { afterAll, beforeAll, expect, test } from 'vitest';

import { testDatabase } from '../../test/database.ts';
import { multiplier, rule } from '../../test/sales.ts';
import { world, type World } from '../../test/world.ts';
import type { NewActivity } from '../activity/activity.ts';
import { withClient } from '../db/connect.ts';
import { addTenant } from '../db/directory.ts';
import { withTenant, type Tx } from '../db/transact.ts';
import { balancesOf } from '../ledger/read.ts';
import { participantById } from '../network/participants.ts';
import { addProgrammes, programmeById } from '../network/programmes.ts';
import type { TiersDocument } from '../progress/document.ts';
import { saveDocuments } from '../progress/documents.ts';
import { overrideTier, tiersOf } from '../progress/tiers.ts';
import type { RuleDocument } from '../rules/document.ts';
import { saveRules } from '../rules/save-rule.ts';
import { newId, type ParticipantId, type TenantId } from '../shared/id.ts';
import { recordAndPost } from './record-activities.ts';
import { saveProgress } from './save-progress.ts';
import { beginTiers, moveEverybody, settleEndedGoals } from './settle-ended.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
let people: World;
let keys = 0;
const at = new Date('2018-12-01T05:00:00Z');

const tiers: TiersDocument = {
  format: 1,
  kind: 'tiers',
  code: 'tiers',
  title: { en: 'Tiers' },
  kinds: ['receipt'],
  counts: { of: 'quantity' },
  tiers: [
    { code: 'bronze', title: { en: 'Bronze', id: 'Perunggu' }, from: 0 },
    { code: 'silver', title: { en: 'Silver', id: 'Perak' }, from: 10_000 },
    { code: 'gold', title: { en: 'Gold', id: 'Emas' }, from: 30_000 },
  ],
  window: { kind: 'calendar-year' },
  lasts: { for: 'P12M', endOf: 'year' },
  downgrade: 'one-step',
  noticeDays: 30,
};

beforeAll(async () => {
  database = await testDatabase();
  people = await world(database.db);
  await inNusa(async (tx) => {
    const stored = await tx.query<{ document: RuleDocument }>(
      'select r.document from rule r where r.tenant = $1',
      [tx.tenant],
    );
    const start = { state: 'retired', effectiveFrom: new Date('2000-01-01T00:00:00Z') } as const;
    await saveRules(
      tx,
      people.programme,
      stored.map(({ document }) => document),
      'test',
      at,
      start,
    );
    const gold = multiplier('gold-doubles', 200, {
      scope: { kinds: ['receipt'], audience: { tiers: ['gold'] } },
    });
    for (const saved of await saveRules(tx, people.programme, [rule('a-piece'), gold], 'test', at))
      if (!saved.ok) throw new Error(JSON.stringify(saved));
    for (const saved of await saveDocuments(tx, people.programme, [tiers], 'rina', at, {
      today: '2018-12-01',
    }))
      if (!saved.ok) throw new Error(JSON.stringify(saved));
  });
});
afterAll(() => database.drop());

const inNusa = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => withTenant(database.db, people.tenant, work);
const noon = (day: string) => new Date(`${day}T04:00:00Z`);

function sold(
  participant: ParticipantId,
  day: string,
  packs: number,
  changes: Partial<NewActivity> = {},
): NewActivity {
  return {
    source: 'tiers',
    externalKey: `sale-${(keys += 1)}`,
    kind: 'receipt',
    programme: people.programme,
    evidence: null,
    participant,
    outlet: people.tokoMaju,
    occurredAt: noon(day),
    currency: 'MYR',
    totalMinor: 100n,
    lines: [
      {
        line: 0,
        text: 'x',
        product: people.product('NF-1004'),
        quantityMilli: BigInt(packs) * 1000n,
        amountMinor: 100n,
      },
    ],
    ...changes,
  };
}

const record = (given: NewActivity[], when: Date) =>
  inNusa(async (tx) => recordAndPost(tx, (await programmeById(tx, people.programme))!, given, when));
const pointsOf = async (participant: ParticipantId) => {
  const balances = await inNusa((tx) => balancesOf(tx, participant));
  return Number(
    balances.find(({ role, asset }) => role === 'available' && asset.code === 'points')?.balance ?? 0n,
  );
};
const historyOf = async (participant: ParticipantId) => {
  const spans = (await inNusa((tx) => tiersOf(tx, people.programme, [participant]))).get(participant) ?? [];
  return spans.map(({ from, tier, reason, safeUntil }) => [from, tier, reason, safeUntil]);
};
const told = async (participant: ParticipantId) =>
  (
    await inNusa((tx) =>
      tx.query<{ key: string }>(
        'select key from message where tenant = $1 and participant = $2 order by created_at, id',
        [tx.tenant, participant],
      ),
    )
  ).map(({ key }) => key);

test('a sale lifts the tier in its own transaction, from the next day on', async () => {
  const day = noon('2018-03-05');
  await record([sold(people.budi, '2018-03-05', 31)], day);
  expect(await historyOf(people.budi)).toEqual([
    ['2018-03-05', 'bronze', 'enrolled', null],
    ['2018-03-06', 'gold', 'reached', '2019-12-31'],
  ]);
  expect((await inNusa((tx) => participantById(tx, people.budi)))!.tier).toBe('gold');
  expect(await told(people.budi)).toEqual(['message.tier-up']);
  expect(await pointsOf(people.budi)).toBe(31);
  await record([sold(people.budi, '2018-03-06', 10)], noon('2018-03-06'));
  expect(await pointsOf(people.budi)).toBe(31 + 20);
});

test('what turns out late changes the tier of its time, and what was judged since is judged again', async () => {
  await record([sold(people.olena, '2018-04-10', 5)], noon('2018-04-10'));
  expect(await pointsOf(people.olena)).toBe(5);
  const late = sold(people.olena, '2018-04-01', 40);
  await record([late], noon('2018-04-11'));
  expect(await pointsOf(people.olena)).toBe(40 + 10);
  await record([{ ...late, withdrawn: true }], noon('2018-04-12'));
  expect(await pointsOf(people.olena)).toBe(5);
  expect((await inNusa((tx) => participantById(tx, people.olena)))!.tier).toBe('bronze');
});

test('a tier that is not earned again ends with a message before, one step at a time', async () => {
  await record([sold(people.zofia, '2018-05-05', 35)], noon('2018-05-05'));
  await record([sold(people.zofia, '2019-05-05', 5)], noon('2019-05-05'));
  for (const day of ['2019-11-30', '2019-12-02', '2019-12-31', '2020-01-01', '2021-01-01'])
    await settleEndedGoals(database.db, people.tenant, noon(day));
  expect((await historyOf(people.zofia)).slice(-3)).toEqual([
    ['2018-05-06', 'gold', 'reached', '2019-12-31'],
    ['2020-01-01', 'silver', 'one-step', '2020-12-31'],
    ['2021-01-01', 'bronze', 'one-step', null],
  ]);
  expect(await told(people.zofia)).toEqual([
    'message.tier-up',
    'message.tier-notice',
    'message.tier-down',
    'message.tier-down',
  ]);
});

test('a tier given by hand counts for its days, and what was computed comes back', async () => {
  const override = {
    participant: people.ivan,
    tier: 'gold',
    from: '2018-06-10',
    until: '2018-06-20',
    reason: 'won the contest in May',
  };
  await inNusa((tx) => overrideTier(tx, people.programme, override, 'rina', noon('2018-06-01')));
  await moveEverybody(database.db, people.tenant, people.programme, noon('2018-06-30'));
  const before = await pointsOf(people.ivan);
  await record([sold(people.ivan, '2018-06-15', 1), sold(people.ivan, '2018-06-25', 1)], noon('2018-06-30'));
  expect((await pointsOf(people.ivan)) - before).toBe(2 + 1);
  expect((await historyOf(people.ivan)).slice(-2)).toEqual([
    ['2018-06-10', 'gold', 'override', '2018-06-20'],
    ['2018-06-21', 'bronze', 'override-ended', null],
  ]);
});

// Comes before the others in order of code.
async function tenantThatFails(): Promise<TenantId> {
  const tenant = newId<TenantId>(at);
  await addTenant(database.db, { tenant, code: 'aaa', name: 'Aaa' });
  return tenant;
}
const nowhere = {
  code: 'nowhere',
  name: 'Nowhere',
  startsOn: '2018-01-01',
  endsOn: '2018-12-31',
  timeZone: 'Nowhere/Land',
  currency: 'MYR',
};

test('a version of the tiers that begins later is applied to everybody on its day, whichever tenant fails', async () => {
  await record([sold(people.grace, '2018-07-01', 5)], noon('2018-07-01'));
  const easier = { ...tiers, tiers: [tiers.tiers[0]!, { ...tiers.tiers[1]!, from: 5000 }, tiers.tiers[2]!] };
  const options = { today: '2018-07-02', effectiveFrom: '2018-08-01' };
  await inNusa((tx) => saveDocuments(tx, people.programme, [easier], 'rina', at, options));
  await withTenant(database.db, await tenantThatFails(), (tx) => addProgrammes(tx, [nowhere]));
  const tierAt = async (day: string) => {
    await beginTiers(database.db, noon(day));
    return (await inNusa((tx) => participantById(tx, people.grace)))!.tier;
  };
  expect([await tierAt('2018-07-15'), await tierAt('2018-08-01')]).toEqual(['bronze', 'silver']);
});

test('what is brought up to date after saving is made up for by a job where the process ends before', async () => {
  const known = (await inNusa((tx) => programmeById(tx, people.programme)))!;
  const document = { ...tiers, noticeDays: 31 };
  const by = { code: 'rina', role: 'manager' as const };
  const saved = await saveProgress(database.db, people.tenant, known, document, by, noon('2018-09-01'), {});
  expect(saved).toMatchObject({ ok: true, unchanged: false });
  const { rows } = await withClient(database.logins.admin, (client) =>
    client.query(`select key from graphile_worker._private_jobs where key like 'bring-up-to-date:%'`),
  );
  expect(rows).toEqual([{ key: `bring-up-to-date:${people.tenant}:${people.programme}` }]);
});
