import assert from 'node:assert/strict';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { testDatabase } from '../../test/database.ts';
import { rule } from '../../test/sales.ts';
import { world, type World } from '../../test/world.ts';
import type { NewActivity } from '../activity/activity.ts';
import { withTenant, type Tx } from '../db/transact.ts';
import { ensureAssets } from '../ledger/accounts.ts';
import { balancesOf, transferById } from '../ledger/read.ts';
import { verifyBook } from '../ledger/verify.ts';
import { addProgrammes, programmeByCode, type Programme } from '../network/programmes.ts';
import { deliverMessages, inboxOf } from '../notify/outbox.ts';
import type { RuleDocument } from '../rules/document.ts';
import { saveRules } from '../rules/save-rule.ts';
import type { ActivityId } from '../shared/id.ts';
import { inactiveBefore } from './expire-units.ts';
import { recordAndPost } from './record-activities.ts';
import { tellEvent } from './tell-event.ts';
import { tendLedger } from './tend-ledger.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
let people: World;
let warung: Programme;
const inNusa = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => withTenant(database.db, people.tenant, work);
/** A moment by the programme's clock, which is eight hours ahead of UTC. */
const klang = (text: string) => new Date(`${text}+08:00`);

beforeAll(async () => {
  database = await testDatabase();
  people = await world(database.db);
  warung = await inNusa(async (tx) => {
    const frame = { startsOn: '2018-01-01', endsOn: '2018-12-31', timeZone: 'Asia/Kuala_Lumpur' };
    const settings = {
      expiryNoticeDays: 7,
      inactivity: { stars: { after: 'P3M', endOf: 'month' as const } },
    };
    await addProgrammes(tx, [{ code: 'warung', name: 'Warung', currency: 'MYR', ...frame, settings }]);
    const programme = (await programmeByCode(tx, 'warung'))!;
    await ensureAssets(tx, [{ code: 'stars', kind: 'status', scale: 0 }]);
    const rules: [string, Partial<RuleDocument>][] = [
      ['at-once', { expires: { after: 'P1M' } }],
      ['after-returns', { pending: { after: 'P14D' }, expires: { on: '2018-12-31' } }],
      ['on-delivery', { pending: { until: 'delivery' } }],
      ['stars', { effects: [{ kind: 'award', leg: 's', asset: 'stars', per: 'activity', units: 3 }] }],
    ];
    const documents = rules.map(([code, changes]) => rule(code, { scope: { kinds: [code] }, ...changes }));
    await saveRules(tx, programme.id, documents, 'rina', klang('2018-01-01T00:00'));
    return programme;
  });
});
afterAll(() => database.drop());

/** Budi sells ten packs; answers the activity. */
async function sold(kind: string, at: Date, more: Partial<NewActivity> = {}): Promise<ActivityId> {
  const line = { line: 0, text: 'x', product: people.product('NF-1004'), amountMinor: 1000n };
  const given: NewActivity = {
    source: 'test',
    externalKey: kind,
    kind,
    programme: warung.id,
    evidence: null,
    participant: people.budi,
    outlet: people.tokoMaju,
    occurredAt: at,
    currency: 'MYR',
    totalMinor: 1000n,
    lines: [{ ...line, quantityMilli: 10_000n }],
    ...more,
  };
  const [settled] = await inNusa((tx) => recordAndPost(tx, warung, [given], at));
  if (!settled?.ok) throw new Error('the sale is recorded');
  return settled.activity.id;
}
const tend = async (at: Date) => {
  const { activated, expired } = await tendLedger(database.db, people.tenant, at);
  return { activated, expired: Object.fromEntries(expired) };
};
const budiHas = async (role: string, asset = 'points') =>
  (await inNusa((tx) => balancesOf(tx, people.budi))).find(
    (one) => one.role === role && one.asset.code === asset,
  )?.balance ?? 0n;
async function told(): Promise<string[]> {
  await inNusa((tx) => deliverMessages(tx, klang('2018-09-01T00:00')));
  return (await inNusa((tx) => inboxOf(tx, people.budi))).items.map(({ body }) => body);
}

test('points are told of before they expire, and expire when their last day is over by the programme’s clock', async () => {
  await sold('at-once', klang('2018-03-10T12:00'));
  expect(await tend(klang('2018-04-03T09:00'))).toEqual({ activated: 0, expired: {} });
  expect(await told()).toEqual(['10 poin Anda kedaluwarsa pada 10 Apr 2018.']);
  // Still the tenth in Klang, though the day is over further east.
  expect(await tend(klang('2018-04-10T23:59'))).toEqual({ activated: 0, expired: {} });
  expect(await tend(klang('2018-04-11T00:01'))).toEqual({ activated: 0, expired: { points: 10n } });
  expect(await tend(klang('2018-04-11T00:20'))).toEqual({ activated: 0, expired: {} });
  expect(await told()).toEqual([
    '10 poin Anda telah kedaluwarsa.',
    '10 poin Anda kedaluwarsa pada 10 Apr 2018.',
  ]);
  expect(await budiHas('available')).toBe(0n);
});

test('points that are pending for a period can be spent once it is over', async () => {
  await sold('after-returns', klang('2018-05-01T12:00'));
  expect([await budiHas('pending'), await budiHas('available')]).toEqual([10n, 0n]);
  expect((await tend(klang('2018-05-15T23:00'))).activated).toBe(0);
  expect((await tend(klang('2018-05-16T00:30'))).activated).toBe(1);
  expect((await tend(klang('2018-05-16T00:30'))).activated).toBe(0);
  expect([await budiHas('pending'), await budiHas('available')]).toEqual([0n, 10n]);
  expect((await told())[0]).toBe('10 poin kini dapat Anda gunakan.');
});

test('a sale that is taken back in its period takes its points with it', async () => {
  const occurred = klang('2018-05-20T12:00');
  await sold('after-returns', occurred, { externalKey: 'returned' });
  await sold('after-returns', occurred, { externalKey: 'returned', withdrawn: true });
  expect(await budiHas('pending')).toBe(0n);
  await tend(klang('2018-06-20T00:30'));
  expect([await budiHas('pending'), await budiHas('available')]).toEqual([0n, 10n]);
});

test('points that wait for an event can be spent when it is told, and never by the clock', async () => {
  const now = klang('2018-06-02T12:00');
  const activity = await sold('on-delivery', klang('2018-06-01T12:00'));
  await tend(klang('2018-08-01T00:30'));
  expect(await budiHas('pending')).toBe(10n);
  const tell = (event: string) => inNusa((tx) => tellEvent(tx, activity, { event, occurredAt: now }, now));
  expect(await tell('payment')).toEqual({ ok: true, activated: [] });
  expect(await tell('delivery')).toMatchObject({
    activated: [{ owner: people.budi, asset: 'points', units: 10n }],
  });
  expect(await tell('delivery')).toEqual({ ok: true, activated: [] });
  expect([await budiHas('pending'), await budiHas('available')]).toEqual([0n, 20n]);
});

test('an event is told neither before it happened nor before its points were earned', async () => {
  const [earned, now] = [klang('2018-06-03T12:00'), klang('2018-06-05T12:00')];
  const activity = await sold('on-delivery', earned, { externalKey: 'early' });
  const tell = (occurredAt: Date) =>
    inNusa((tx) => tellEvent(tx, activity, { event: 'delivery', occurredAt }, now));
  expect(await tell(klang('2018-06-05T12:01'))).toMatchObject({ refused: 'bad-request' });
  const told = await tell(klang('1990-01-01T00:00'));
  assert(told.ok);
  const booked = await inNusa((tx) => transferById(tx, told.activated[0]!.transfer));
  expect(booked!.effectiveAt).toEqual(earned);
});

test('what nobody used for three months expires at the end of the month', async () => {
  await sold('stars', klang('2018-02-10T12:00'));
  const day = (text: string) => inactiveBefore([warung], 'stars', klang(`${text}T09:00`));
  // Last used on 10 February, so unused on 10 May, which is rounded up to 31 May.
  expect(day('2018-05-31')! > klang('2018-02-10T12:00')).toBe(false);
  expect(day('2018-06-01')! > klang('2018-02-10T12:00')).toBe(true);
  expect(inactiveBefore([warung], 'points', klang('2018-06-01T09:00'))).toBeNull();
  const patient = { ...warung, settings: { inactivity: { stars: { after: 'P1Y' } } } };
  const silent = { ...warung, settings: {} };
  const before = (...programmes: Programme[]) =>
    inactiveBefore(programmes, 'stars', klang('2019-06-01T09:00'));
  expect(before(warung, patient)).toEqual(before(patient));
  expect(before(warung, silent)).toBeNull();
  // The demo world was posted just now, and posting time never goes back.
  expect((await tend(klang('2099-12-02T09:00'))).expired).toMatchObject({ stars: 3n });
  expect(await budiHas('available', 'stars')).toBe(0n);
  expect((await verifyBook(database.db, people.tenant)).firstBad).toBeUndefined();
});
