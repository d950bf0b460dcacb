import { afterAll, beforeAll, expect, test } from 'vitest';

import { testDatabase } from '../../test/database.ts';
import { rule } from '../../test/sales.ts';
import { world, type World } from '../../test/world.ts';
import type { NewActivity } from '../activity/activity.ts';
import { withTenant, type Tx } from '../db/transact.ts';
import { balancesOf } from '../ledger/read.ts';
import { programmeById } from '../network/programmes.ts';
import { saveDocuments } from '../progress/documents.ts';
import type { RuleDocument } from '../rules/document.ts';
import { saveRules } from '../rules/save-rule.ts';
import type { ParticipantId } from '../shared/id.ts';
import { recordAndPost } from './record-activities.ts';
import { goalsOfToday } from './tell-progress.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
let people: World;
let keys = 0;
const noon = (day: string) => new Date(`${day}T04:00:00Z`);
const inNusa = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => withTenant(database.db, people.tenant, work);

const segment = (code: string, condition: string) => ({
  format: 1,
  kind: 'segment',
  code,
  title: { en: code },
  counters: { packs: { kinds: ['receipt'], counts: { of: 'quantity' }, last: 'P10D' } },
  condition,
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
    { code: 'silver', title: { en: 'Silver' }, from: 20_000 },
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
    const forThem = (code: string, units: number) =>
      rule(`for-${code}`, {
        scope: { kinds: ['visit'], audience: { segments: [code] } },
        effects: [{ kind: 'award', leg: 'visit', asset: 'points', per: 'activity', units }],
      });
    const documents = [segment('busy', 'counted.packs >= 5000'), tiers];
    for (const saved of [
      ...(await saveRules(
        tx,
        people.programme,
        [forThem('busy', 10), forThem('silvers', 3)],
        'test',
        noon('2018-01-01'),
      )),
      ...(await saveDocuments(
        tx,
        people.programme,
        [...documents, segment('silvers', 'participant.tier == "silver"')],
        'test',
        noon('2018-01-01'),
        { today: '2018-01-01' },
      )),
    ])
      if (!saved.ok) throw new Error(JSON.stringify(saved));
  });
});
afterAll(() => database.drop());

function did(participant: ParticipantId, kind: string, day: string, packs = 0): NewActivity {
  const line = { line: 0, text: 'x', product: people.product('NF-1004'), amountMinor: 0n };
  return {
    source: 'segments',
    externalKey: `done-${(keys += 1)}`,
    kind,
    programme: people.programme,
    evidence: null,
    participant,
    outlet: people.tokoMaju,
    occurredAt: noon(day),
    currency: 'MYR',
    totalMinor: 0n,
    lines: packs > 0 ? [{ ...line, quantityMilli: BigInt(packs) * 1000n }] : [],
  };
}

const recordAt = (when: string, ...given: NewActivity[]) =>
  inNusa(async (tx) => recordAndPost(tx, (await programmeById(tx, people.programme))!, given, noon(when)));
const record = (...given: NewActivity[]) => recordAt('2018-06-30', ...given);
const pointsOf = async (participant: ParticipantId) => {
  const balances = await inNusa((tx) => balancesOf(tx, participant));
  return Number(balances.find(({ asset }) => asset.code === 'points')?.balance ?? 0n);
};

test('what turns out late changes the segments of its time, and what was judged since is judged again', async () => {
  const visits = ['2018-03-10', '2018-03-20', '2018-03-21'].map((day) => did(people.budi, 'visit', day));
  await record(...visits);
  const points = [await pointsOf(people.budi)];
  const late = did(people.budi, 'receipt', '2018-03-10', 5);
  for (const given of [
    late,
    { ...late, occurredAt: noon('2018-03-15') },
    { ...did(people.budi, 'receipt', '2018-03-15', 4), externalKey: late.externalKey },
    late,
    { ...late, withdrawn: true },
  ]) {
    await record(given);
    points.push(await pointsOf(people.budi));
  }
  // On the 10th itself nobody is busy yet, and after ten days it is over: of the visits one or two count.
  expect(points).toEqual([0, 10, 20, 0, 10, 0]);
  const versions = await inNusa((tx) =>
    tx.query<{ reason: string }>(
      `select reason from activity where tenant = $1 and participant = $2 and kind = 'visit' and version > 1`,
      [tx.tenant, people.budi],
    ),
  );
  // 1, 1, 2, 1, 1: only what is judged otherwise is judged again.
  expect(versions.map(({ reason }) => reason)).toEqual(Array(6).fill('segments-changed'));
});

test('of what is recorded together each is judged by the segments that follow from all', async () => {
  await record(
    did(people.asha, 'visit', '2018-04-03'),
    did(people.asha, 'receipt', '2018-04-02', 3),
    did(people.asha, 'receipt', '2018-04-01', 2),
  );
  expect(await pointsOf(people.asha)).toBe(10);
});

test('what was recorded long ago and corrected to a later day is judged again as well', async () => {
  const visit = did(people.ivan, 'visit', '2018-01-05');
  await recordAt('2018-01-05', visit);
  await recordAt('2018-05-20', { ...visit, occurredAt: noon('2018-05-20') });
  await recordAt('2018-05-21', did(people.ivan, 'receipt', '2018-05-15', 5));
  expect(await pointsOf(people.ivan)).toBe(10);
});

test('a goal for a segment is shown to its members only', async () => {
  const goal = rule('busy-visits', {
    scope: { kinds: ['visit'], audience: { segments: ['busy'] } },
    goal: { for: 'participant', per: 'month', counts: { of: 'activities' }, target: 5 },
    effects: [{ kind: 'award', leg: 'visits', asset: 'points', per: 'goal', units: 1 }],
  });
  await inNusa((tx) => saveRules(tx, people.programme, [goal], 'test', noon('2018-01-01')));
  await record(did(people.grace, 'receipt', '2018-06-10', 5));
  const shown = async (participant: ParticipantId, day: string) => {
    const goals = await inNusa(async (tx) =>
      goalsOfToday(tx, (await programmeById(tx, people.programme))!, participant, 'en', noon(day)),
    );
    return goals.map((one) => one.rule.code);
  };
  expect(await shown(people.grace, '2018-06-10')).toEqual([]);
  expect(await shown(people.grace, '2018-06-11')).toEqual(['busy-visits']);
  expect(await shown(people.zofia, '2018-06-11')).toEqual([]);
});

test('a segment that asks for the tier follows it', async () => {
  await record(did(people.olena, 'visit', '2018-05-20'));
  const late = did(people.olena, 'receipt', '2018-05-01', 20);
  await record(late);
  expect(await pointsOf(people.olena)).toBe(3);
  await record({ ...late, withdrawn: true });
  expect(await pointsOf(people.olena)).toBe(0);
});
