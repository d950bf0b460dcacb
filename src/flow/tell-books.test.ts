import { afterAll, beforeAll, expect, test } from 'vitest';

import { testDatabase } from '../../test/database.ts';
import { world, type World } from '../../test/world.ts';
import type { NewActivity } from '../activity/activity.ts';
import { withTenant, type Tx } from '../db/transact.ts';
import { showExplanation } from '../http/show-ledger.ts';
import { transfersOfCause } from '../ledger/read.ts';
import { verifyBook } from '../ledger/verify.ts';
import { programmeById } from '../network/programmes.ts';
import { explainTransfer } from './explain-transfer.ts';
import { recordAndPost } from './record-activities.ts';
import { closeBooks, tellClosedPeriods, tellTrialBalance } from './tell-books.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
let people: World;
beforeAll(async () => {
  database = await testDatabase();
  people = await world(database.db);
});
afterAll(() => database.drop());

const inNusa = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => withTenant(database.db, people.tenant, work);
const july5 = new Date('2018-07-05T04:00:00Z');
// Midnight of 1 July in Kuala Lumpur.
const july = new Date('2018-06-30T16:00:00Z');

function sale(externalKey: string, ringgit: number): NewActivity {
  const amountMinor = BigInt(ringgit) * 100n;
  return {
    source: 'test',
    externalKey,
    kind: 'receipt',
    programme: people.programme,
    evidence: null,
    participant: people.budi,
    outlet: people.tokoMaju,
    occurredAt: new Date('2018-06-20T04:00:00Z'),
    currency: 'MYR',
    totalMinor: amountMinor,
    lines: [{ line: 0, text: 'x', product: people.product('NF-1004'), quantityMilli: 1000n, amountMinor }],
  };
}

async function record(activity: NewActivity, at: Date) {
  const [settled] = await inNusa(async (tx) =>
    recordAndPost(tx, (await programmeById(tx, people.programme))!, [activity], at),
  );
  if (!settled?.ok) throw new Error(JSON.stringify(settled));
  return settled;
}

const availableIn = (from: string, to: string) =>
  inNusa(async (tx) => {
    const told = await tellTrialBalance(tx, { from, to, by: 'business' }, july5);
    if (!told.ok) throw new Error(told.refused);
    const row = told.rows.find(({ asset, role }) => asset.code === 'points' && role === 'available');
    return row?.credits ?? 0n;
  });

test('a sale that is learned of after its period was closed earns by its date and is booked in the open one', async () => {
  const early = await record(sale('early', 50), july5);
  const june = await availableIn('2018-06-01', '2018-06-30');
  expect(june).toBe(early.points);

  const closed = await inNusa((tx) => closeBooks(tx, { before: '2018-07-01', by: people.karim }, july5));
  expect(closed).toMatchObject({ ok: true, before: july, day: '2018-07-01', closedByName: 'Karim' });
  expect(await inNusa(tellClosedPeriods)).toMatchObject([{ day: '2018-07-01' }]);
  const again = await inNusa((tx) => closeBooks(tx, { before: '2018-06-01', by: people.karim }, july5));
  expect(again).toEqual({ ok: false, refused: 'period-closed', facts: { closedBefore: '2018-07-01' } });

  const late = await record(sale('late', 50), july5);
  expect(late.points).toBe(early.points);
  const transfers = await inNusa((tx) => transfersOfCause(tx, late.activity.id));
  expect(transfers.map(({ kind }) => kind)).toContain('sell-out');
  for (const { effectiveAt } of transfers) expect(effectiveAt).toEqual(july);
  expect(await availableIn('2018-06-01', '2018-06-30')).toBe(june);
  expect(await availableIn('2018-07-01', '2018-07-31')).toBe(late.points);

  const award = transfers.find(({ kind }) => kind === 'award')!;
  const told = (await inNusa((tx) => explainTransfer(tx, award.id, 'en', null)))!;
  expect(showExplanation(told, 'en').reasons).toContain(
    'It happened on 20 Jun 2018, when the books were closed up to 1 Jul 2018; so it is booked under that date.',
  );
  for (const language of ['id', 'hi', 'ru', 'uk', 'pl'] as const)
    expect(showExplanation(told, language).reasons).toHaveLength(2);
  expect(told).toMatchObject({
    bookedLate: { happenedOn: '2018-06-20', bookedOn: '2018-07-01' },
  });
  const [before] = await inNusa((tx) => transfersOfCause(tx, early.activity.id));
  expect(await inNusa((tx) => explainTransfer(tx, before!.id, 'en', null))).toMatchObject({
    bookedLate: null,
  });

  // So does a correction of what was booked in time, and both repeat without effect.
  const corrected = await record(sale('early', 80), july5);
  expect(corrected.points).not.toBe(0n);
  expect((await record(sale('late', 50), july5)).points).toBe(0n);
  expect(await availableIn('2018-06-01', '2018-06-30')).toBe(june);
  expect((await verifyBook(database.db, people.tenant)).firstBad).toBeUndefined();
});

test('days the wrong way round are refused', async () => {
  const asked = { from: '2018-07-02', to: '2018-07-01', by: 'posted' as const };
  expect(await inNusa((tx) => tellTrialBalance(tx, asked, july5))).toMatchObject({ refused: 'bad-request' });
});
