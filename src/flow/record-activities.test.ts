import { afterAll, beforeAll, expect, test } from 'vitest';

import { testDatabase } from '../../test/database.ts';
import { world, type World } from '../../test/world.ts';
import type { NewActivity } from '../activity/activity.ts';
import { withTenant, type Tx } from '../db/transact.ts';
import { accountId, assetId } from '../ledger/accounts.ts';
import { post } from '../ledger/post.ts';
import { balancesOf } from '../ledger/read.ts';
import { verifyBook } from '../ledger/verify.ts';
import { programmeById } from '../network/programmes.ts';
import { evaluationOf } from '../rules/evaluations.ts';
import { newId, type ParticipantId, type TransferId } from '../shared/id.ts';
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
const at = new Date('2018-06-21T05:00:00Z');

/** A sale of one product that is no focus product, outside every special month, by somebody of bronze. */
function sold(ringgit: number, changes: Partial<NewActivity> = {}): NewActivity {
  const amountMinor = BigInt(ringgit) * 100n;
  return {
    source: 'test',
    externalKey: `sale-${(keys += 1)}`,
    kind: 'receipt',
    programme: people.programme,
    evidence: null,
    participant: people.budi,
    outlet: people.tokoMaju,
    occurredAt: new Date('2018-06-20T04:00:00Z'),
    currency: 'MYR',
    totalMinor: amountMinor,
    lines: [{ line: 0, text: 'x', product: people.product('NF-1004'), quantityMilli: 1000n, amountMinor }],
    ...changes,
  };
}

const settle = (...given: NewActivity[]) =>
  inNusa(async (tx) => recordAndPost(tx, (await programmeById(tx, people.programme))!, given, at));
const record = async (...given: NewActivity[]) =>
  (await settle(...given)).map((one) => {
    if (!one.ok) throw new Error(JSON.stringify(one));
    return one;
  });
const pointsOf = async (participant: ParticipantId = people.budi) => {
  const balances = await inNusa((tx) => balancesOf(tx, participant));
  return Number(balances.find(({ role, asset }) => role === 'available' && asset.code === 'points')!.balance);
};
async function spend(units: number): Promise<void> {
  await inNusa(async (tx) => {
    const asset = assetId(tx.tenant, 'points');
    const debit = accountId(tx.tenant, people.budi, 'available', asset);
    const credit = accountId(tx.tenant, people.programme, 'issued', asset);
    const id = newId<TransferId>(at);
    const move = { id, tx: id, asset, debit, credit, amount: BigInt(units), kind: 'redeem' as const };
    expect(await post(tx, [{ ...move, effectiveAt: at }], at)).toMatchObject([{ ok: true }]);
  });
}
/** The points that recording these adds. */
async function earned(...given: NewActivity[]): Promise<number> {
  const before = await pointsOf();
  const settled = await record(...given);
  const change = (await pointsOf()) - before;
  expect(settled.reduce((sum, { points }) => sum + Number(points), 0)).toBe(change);
  return change;
}
const day = (date: number) => ({ occurredAt: new Date(Date.UTC(2018, 5, date, 4)) });

test('a sale earns once, however often it is said', async () => {
  const given = sold(25, day(1));
  expect([
    await earned(given),
    await earned(given),
    await earned({ ...given, lines: [...given.lines] }),
  ]).toEqual([25, 0, 0]);
});

test('a correction posts only the difference, there and back and withdrawn and reopened', async () => {
  const given = sold(25, day(2));
  const more = { ...sold(40, day(2)), externalKey: given.externalKey };
  const less = { ...sold(10, day(2)), externalKey: given.externalKey };
  const changes = [
    await earned(given),
    await earned(more),
    await earned(less),
    await earned(given),
    await earned({ ...given, withdrawn: true }),
    await earned(given),
    await earned({ ...given, reopened: true }),
  ];
  expect(changes).toEqual([25, 15, -30, 15, -25, 0, 25]);
});

test('a correction gives back what the day’s limit of 150 points had counted', async () => {
  const big = sold(140, day(3));
  expect([await earned(big), await earned(sold(30, day(3)))]).toEqual([140, 10]);
  expect(await earned({ ...sold(100, day(3)), externalKey: big.externalKey })).toBe(-40);
  expect(await earned(sold(60, day(3)))).toBe(40);
});

test('moved to another person, the points go from one to the other', async () => {
  const given = sold(25, day(4));
  expect(await earned(given)).toBe(25);
  const before = await pointsOf(people.olena);
  await record({ ...given, participant: people.olena, outlet: people.slf });
  expect(await pointsOf(people.olena)).toBe(before + 25);
});

test('of several versions in one batch the newest counts', async () => {
  const given = sold(25, day(5));
  expect(await earned(given, { ...sold(30, day(5)), externalKey: given.externalKey })).toBe(30);
  const [settled] = await record({ ...sold(7, day(5)), externalKey: given.externalKey });
  expect(settled).toMatchObject({ activity: { version: 3 }, points: -23n });
  const evaluation = await inNusa((tx) => evaluationOf(tx, settled!.activity));
  expect(evaluation!.uses.map(({ units }) => units)).toEqual([7n]);
});

test('many at once against one day’s limit earn no more than the limit', async () => {
  const before = await pointsOf();
  await Promise.all(Array.from({ length: 20 }, () => record(sold(20, day(6)))));
  expect((await pointsOf()) - before).toBe(150);
});

test('two sales of one person withdrawn together take back no more than is there', async () => {
  const sales = [sold(25, day(7)), sold(25, day(8))];
  await record(...sales);
  const before = await pointsOf();
  await spend(before - 30);
  const taken = await record(...sales.map((one) => ({ ...one, withdrawn: true })));
  // Which of the two finds less than it gave is decided by their ids.
  expect(taken.map(({ points }) => Number(points)).toSorted((a, b) => a - b)).toEqual([-25, -5]);
  expect(await pointsOf()).toBe(0);
});

test('what cannot be recorded is refused and does not touch the others', async () => {
  const nobody = newId<ParticipantId>(at);
  const settled = await settle(sold(25, day(9)), sold(25, { participant: nobody }), sold(25, { kind: '?' }));
  expect(settled).toMatchObject([
    { ok: true, points: 25n },
    { refused: 'activity-invalid', facts: { field: 'participant' } },
    { refused: 'activity-invalid', facts: { field: 'kind' } },
  ]);
});

test('a hundred activities take no more statements than a few, also when they are corrected', async () => {
  let statements = 0;
  const { watch } = database.db;
  database.db.watch = (sql) => {
    statements += 1;
    watch?.(sql);
  };
  const sales = Array.from({ length: 100 }, (_, i) => sold(25, day(1 + (i % 20))));
  await record(...sales);
  expect(statements).toBeLessThan(30);
  statements = 0;
  await record(...sales.map((one) => ({ ...one, withdrawn: true })));
  database.db.watch = watch!;
  expect(statements).toBeLessThan(45);
});

test('after all of it the book is sound', async () => {
  expect(await verifyBook(database.db, people.tenant)).toMatchObject({ ok: true });
});
