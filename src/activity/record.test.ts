import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { testDatabase } from '../../test/database.ts';
import { world, type World } from '../../test/world.ts';
import { withTenant, type Tx } from '../db/transact.ts';
import { timeOf } from '../shared/id.ts';
import type { NewActivity } from './activity.ts';
import { aheadMsMax, linesMax } from './check.ts';
import { activitiesByVersion, activityById, activityVersions, listActivities } from './read.ts';
import { recordActivities } from './record.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
let people: World;
beforeAll(async () => {
  database = await testDatabase();
  people = await world(database.db);
});
afterAll(() => database.drop());

const inNusa = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => withTenant(database.db, people.tenant, work);
const at = new Date('2018-03-21T05:00:00Z');
const later = new Date('2018-03-22T05:00:00Z');
let keys = 0;

/** Sari sold two packs of a catalogue product and something else. */
function sold(changes: Partial<NewActivity> = {}): NewActivity {
  return {
    source: 'test',
    externalKey: `sale-${(keys += 1)}`,
    kind: 'receipt',
    programme: people.programme,
    evidence: null,
    participant: people.sari,
    outlet: people.tokoMaju,
    occurredAt: new Date('2018-03-21T04:00:00Z'),
    currency: 'MYR',
    totalMinor: 1250n,
    lines: [
      { line: 0, text: 'PLASTIC BAG', product: null, quantityMilli: 1000n, amountMinor: 20n },
      {
        line: 1,
        text: 'SOMETHING',
        product: people.product('NF-1001'),
        quantityMilli: 2000n,
        amountMinor: 1230n,
      },
    ],
    ...changes,
  };
}

async function record(activity: NewActivity, when = at) {
  const [answer] = await inNusa((tx) => recordActivities(tx, [activity], when));
  if (!answer!.ok) throw new Error(`${answer!.refused} ${JSON.stringify(answer!.facts)}`);
  return answer!;
}

describe('recordActivities', () => {
  test('keeps what happened, with the product as the catalogue has it', async () => {
    const given = sold();
    const { outcome, activity } = await record(given);
    expect(outcome).toBe('first');
    expect(activity).toMatchObject({
      version: 1,
      recordedAt: at,
      withdrawn: false,
      reason: null,
      totalMinor: 1250n,
    });
    expect(activity.lines).toEqual([
      { ...given.lines[0], sku: null, category: null, isFocus: false },
      { ...given.lines[1], sku: 'NF-1001', category: 'beverages', isFocus: true },
    ]);
    expect(await inNusa((tx) => activityById(tx, activity.id))).toEqual(activity);
    expect(timeOf(activity.id)).toEqual(at);
  });

  test('keeps what was paid with points, which is part of what it says', async () => {
    const given = sold({ pointsMinor: 300n });
    const { activity } = await record(given);
    expect((await inNusa((tx) => activityById(tx, activity.id)))!.pointsMinor).toBe(300n);
    expect((await record({ ...given, pointsMinor: 0n })).outcome).toBe('corrected');
    const [refused] = await inNusa((tx) => recordActivities(tx, [sold({ pointsMinor: -1n })], at));
    expect(refused).toMatchObject({ refused: 'activity-invalid', facts: { field: 'pointsMinor' } });
  });

  test('the same again is a replay, whenever and in whatever order of lines it comes', async () => {
    const given = sold();
    const first = await record(given);
    const again = await record({ ...given, lines: given.lines.toReversed() }, later);
    expect(again).toEqual({ ...first, outcome: 'replayed' });
  });

  test('other content is a new version that points to the one before', async () => {
    const given = sold();
    const first = await record(given);
    const corrected = await record({ ...given, totalMinor: 999n, reason: 'Dewi read 9.99' }, later);
    expect(corrected).toMatchObject({ outcome: 'corrected', previousVersion: 1 });
    expect(corrected.activity).toMatchObject({
      id: first.activity.id,
      version: 2,
      totalMinor: 999n,
      recordedAt: later,
    });
    const back = await record(given, later);
    expect(back).toMatchObject({ outcome: 'corrected', previousVersion: 2 });
    const versions = await inNusa((tx) => activityVersions(tx, first.activity.id));
    expect(versions.map(({ version, totalMinor, reason }) => [version, totalMinor, reason])).toEqual([
      [1, 1250n, null],
      [2, 999n, 'Dewi read 9.99'],
      [3, 1250n, null],
    ]);
  });

  test('what is withdrawn stays withdrawn when the old message comes again, until it is reopened', async () => {
    const given = sold();
    await record(given);
    const withdrawn = await record({ ...given, withdrawn: true, reason: 'not a sale' }, later);
    expect(withdrawn.activity).toMatchObject({ version: 2, withdrawn: true, reason: 'not a sale' });
    expect(await record({ ...given, withdrawn: true }, later)).toMatchObject({ outcome: 'replayed' });
    expect(await record(given, later)).toMatchObject({
      outcome: 'replayed',
      activity: { version: 2, withdrawn: true },
    });
    expect(await record({ ...given, reopened: true }, later)).toMatchObject({
      outcome: 'corrected',
      activity: { version: 3, withdrawn: false },
    });
  });

  test('thirty at once are one activity', async () => {
    const given = sold();
    const answers = await Promise.all(Array.from({ length: 30 }, () => record(given)));
    expect(answers.filter(({ outcome }) => outcome === 'first')).toHaveLength(1);
    expect(new Set(answers.map(({ activity }) => activity.id)).size).toBe(1);
    expect(await inNusa((tx) => activityVersions(tx, answers[0]!.activity.id))).toHaveLength(1);
  });

  test('batches that meet in other orders do not block each other', async () => {
    const batch = Array.from({ length: 20 }, () => sold());
    const both = [batch, batch.toReversed()].map((one) => inNusa((tx) => recordActivities(tx, one, at)));
    const outcomes = (await Promise.all(both)).flat().map((one) => one.ok && one.outcome);
    expect(outcomes.filter((outcome) => outcome === 'first')).toHaveLength(20);
  });

  test('one batch answers in order, also for the same key twice and for what is refused', async () => {
    const given = sold();
    const answers = await inNusa((tx) =>
      recordActivities(
        tx,
        [given, { ...given, kind: 'Not a kind' }, given, { ...given, totalMinor: 1n }],
        at,
      ),
    );
    expect(answers).toMatchObject([
      { ok: true, outcome: 'first', activity: { version: 1, totalMinor: 1250n } },
      { ok: false, refused: 'activity-invalid', facts: { field: 'kind' } },
      { ok: true, outcome: 'replayed', activity: { version: 1 } },
      { ok: true, outcome: 'corrected', activity: { version: 2, totalMinor: 1n } },
    ]);
  });

  test('the same key of two tenants is two activities', async () => {
    const given = sold();
    const { activity } = await record(given);
    await withTenant(database.db, people.other.tenant, async (tx) => {
      expect(await activityById(tx, activity.id)).toBeNull();
      expect(await listActivities(tx, { limit: 10 })).toEqual([]);
    });
  });

  const nothing = { line: 0, text: '', product: null, quantityMilli: 0n, amountMinor: 0n };
  test.each<[string, Partial<NewActivity>, string]>([
    ['no source', { source: '' }, 'source'],
    ['a key that cannot be kept', { externalKey: 'a\0' }, 'externalKey'],
    ['a day that is none', { occurredAt: new Date('nonsense') }, 'occurredAt'],
    ['tomorrow and later', { occurredAt: new Date(at.getTime() + aheadMsMax + 1) }, 'occurredAt'],
    ['another century', { occurredAt: new Date('1999-12-31') }, 'occurredAt'],
    ['a currency that is none', { currency: 'RM' }, 'currency'],
    ['more money than there is', { totalMinor: 10n ** 18n }, 'totalMinor'],
    ['a line twice', { lines: [nothing, nothing] }, 'lines[1].line'],
    [
      'too many lines',
      { lines: Array.from({ length: linesMax + 1 }, (_, line) => ({ ...nothing, line })) },
      'lines',
    ],
    [
      'more goods than there are',
      { lines: [{ ...nothing, quantityMilli: 10n ** 18n }] },
      'lines[0].quantityMilli',
    ],
  ])('refuses activity-invalid: %s', async (_name, changes, field) => {
    const answers = await inNusa((tx) => recordActivities(tx, [sold(changes)], at));
    expect(answers).toEqual([{ ok: false, refused: 'activity-invalid', facts: { field } }]);
  });
});

describe('reading', () => {
  test('pages of one person, the newest first, each in its newest version', async () => {
    const mine = Array.from({ length: 5 }, () => sold({ participant: people.zofia }));
    for (const [minute, given] of mine.entries())
      await record(given, new Date(at.getTime() + minute * 60_000));
    await record({ ...mine[1]!, totalMinor: 7n }, later);
    await record({ ...mine[0]!, participant: people.grace }, later);
    const first = await inNusa((tx) => listActivities(tx, { participant: people.zofia, limit: 3 }));
    const before = first.at(-1)!.id;
    const rest = await inNusa((tx) => listActivities(tx, { participant: people.zofia, before, limit: 3 }));
    expect([...first, ...rest].map(({ version, totalMinor }) => [version, totalMinor])).toEqual([
      [1, 1250n],
      [1, 1250n],
      [1, 1250n],
      [2, 7n],
    ]);
  });

  test('exactly the versions asked for', async () => {
    const given = sold();
    const { activity } = await record(given);
    await record({ ...given, totalMinor: 1n }, later);
    const wanted = [1, 2, 3].map((version) => ({ id: activity.id, version }));
    const found = await inNusa((tx) => activitiesByVersion(tx, wanted));
    expect(found.map(({ version }) => version).sort()).toEqual([1, 2]);
  });
});
