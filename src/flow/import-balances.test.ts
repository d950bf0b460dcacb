import { afterAll, beforeAll, expect, test } from 'vitest';

import { testDatabase } from '../../test/database.ts';
import { world, type World } from '../../test/world.ts';
import { withTenant, type Tx } from '../db/transact.ts';
import { accountId, assetId } from '../ledger/accounts.ts';
import { balancesOf, expiryOf } from '../ledger/read.ts';
import { verifyBook } from '../ledger/verify.ts';
import { programmeById } from '../network/programmes.ts';
import { tiersOf } from '../progress/tiers.ts';
import { importBalances, readBalances, type Imported } from './import-balances.ts';
import { saveProgress } from './save-progress.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
let people: World;
beforeAll(async () => {
  database = await testDatabase();
  people = await world(database.db);
});
afterAll(() => database.drop());

const inNusa = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => withTenant(database.db, people.tenant, work);
const at = new Date('2018-06-21T05:00:00Z');
async function bring(text: string): Promise<Imported> {
  const read = readBalances(text);
  if (!read.ok) throw new Error(JSON.stringify(read.facts));
  return importBalances(database.db, people.tenant, read.rows, at);
}
const has = async (participant: World['sari'], asset = 'points') =>
  (await inNusa((tx) => balancesOf(tx, participant))).find(
    (one) => one.role === 'available' && one.asset.code === asset,
  )?.balance ?? 0n;

const file = `External_Key;Participant;Asset;Units;Expires_On;Earned_On;Joined_On;Tier
old-1;+601100000001;points;1200;2018-12-31;2017-03-04;2015-02-01;gold
old-2;sari;points;300;;;;
old-3;budi;MYR;12.50;;;;
old-4;nobody;points;5;;;;
old-5;budi;points;0;;;;
old-6;budi;points;1.5;;;;
old-7;budi;points;5;2018-06-20;;;
old-8;budi;points;5;2018-02-30;;;
old-9;budi;gold;5;;;;
;budi;points;5;;;;
old-2;sari;points;300;;;;
old-2;sari;points;301;;;;
old-10;budi;points;5;;2018-06-22;;
old-11;budi;points;5;;;;top tier
`;

test('balances of another system are booked with their last day, and each wrong row says why', async () => {
  const done = await bring(file);
  expect(done).toMatchObject({ rows: 14, imported: 3, replayed: 1, units: { points: 1500n, MYR: 1250n } });
  expect(done.problems.map(({ line, key }) => [line, key])).toEqual([
    [5, 'opening.unknown-participant'],
    [6, 'opening.bad-units'],
    [7, 'opening.bad-units'],
    [8, 'opening.expired'],
    [9, 'opening.bad-day'],
    [10, 'opening.unknown-asset'],
    [11, 'opening.missing'],
    [13, 'opening.key-differs'],
    [14, 'opening.in-future'],
    [15, 'opening.bad-tier'],
  ]);
  expect([await has(people.sari), await has(people.budi, 'MYR'), await has(people.budi)]).toEqual([
    1500n,
    1250n,
    0n,
  ]);
  const account = accountId(people.tenant, people.sari, 'available', assetId(people.tenant, 'points'));
  expect(await inNusa((tx) => expiryOf(tx, account))).toEqual([{ expiresOn: '2018-12-31', units: 1200n }]);
  const [sari] = await inNusa((tx) =>
    tx.query('select tier, joined_on as "joinedOn" from participant where tenant = $1 and id = $2', [
      tx.tenant,
      people.sari,
    ]),
  );
  expect(sari).toEqual({ tier: 'gold', joinedOn: '2015-02-01' });
});

test('the same file twice counts once, also at the same time', async () => {
  const [one, other] = await Promise.all([bring(file), bring(file)]);
  expect([one.imported, one.replayed, other.imported, other.replayed]).toEqual([0, 4, 0, 4]);
  const fresh = 'external_key,participant,asset,units\nnew-1,grace,points,7\n';
  const both = await Promise.all([bring(fresh), bring(fresh)]);
  expect(both.map(({ imported }) => imported).toSorted()).toEqual([0, 1]);
  expect([await has(people.sari), await has(people.grace)]).toEqual([1500n, 7n]);
  expect((await verifyBook(database.db, people.tenant)).firstBad).toBeUndefined();
});

test.each([
  ['', 'external_key'],
  ['participant,asset,units\n', 'external_key'],
  ['external_key,participant,asset,units,colour\n', 'colour'],
])('a file with the columns %j is refused', (text, field) => {
  expect(readBalances(text)).toMatchObject({ ok: false, refused: 'bad-request', facts: { field } });
});

test('the tier that people bring with them counts where tiers are computed already', async () => {
  const tiers = {
    format: 1,
    kind: 'tiers',
    code: 'tiers',
    title: { en: 'Tiers' },
    kinds: ['receipt'],
    counts: { of: 'quantity' },
    tiers: [
      { code: 'bronze', title: { en: 'Bronze' }, from: 0 },
      { code: 'silver', title: { en: 'Silver' }, from: 1000 },
    ],
    window: { kind: 'rolling', last: 'P1Y' },
    lasts: { kind: 'since-joining', every: 'P1Y' },
    downgrade: 'recomputed',
    noticeDays: 30,
  };
  const programme = (await inNusa((tx) => programmeById(tx, people.programme)))!;
  const by = { code: 'rina', role: 'manager' } as const;
  expect(await saveProgress(database.db, people.tenant, programme, tiers, by, at, {})).toMatchObject({
    ok: true,
  });
  const olena = async () =>
    (await inNusa((tx) => tiersOf(tx, people.programme, [people.olena]))).get(people.olena);
  expect(await olena()).toMatchObject([{ tier: 'bronze', safeUntil: null }]);
  await bring(
    'external_key,participant,asset,units,joined_on,tier\ntier-1,olena,points,1,2018-02-01,silver\n',
  );
  const [enrolled] = (await olena())!;
  expect(enrolled).toMatchObject({ tier: 'silver', reason: 'enrolled' });
  expect(enrolled!.safeUntil!.slice(5)).toBe('01-31');
});
