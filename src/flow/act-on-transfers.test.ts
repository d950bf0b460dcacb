import { afterAll, beforeAll, expect, test } from 'vitest';

import { testDatabase } from '../../test/database.ts';
import { rule } from '../../test/sales.ts';
import { world, type World } from '../../test/world.ts';
import type { NewActivity } from '../activity/activity.ts';
import { withTenant, type Tx } from '../db/transact.ts';
import { transfersOfCause, balancesOf, type BookedTransfer } from '../ledger/read.ts';
import { verifyBook } from '../ledger/verify.ts';
import { programmeById } from '../network/programmes.ts';
import { saveRules } from '../rules/save-rule.ts';
import type { TransferId } from '../shared/id.ts';
import { actOnTransfers, tryOnTransfers, type ActionAsked } from './act-on-transfers.ts';
import { explainTransfer } from './explain-transfer.ts';
import { giveUnits } from './give-units.ts';
import { captureUnits, holdUnits } from './hold-units.ts';
import { recordAndPost } from './record-activities.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
let people: World;
const inNusa = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => withTenant(database.db, people.tenant, work);
const at = new Date('2018-06-21T05:00:00Z');

beforeAll(async () => {
  database = await testDatabase();
  people = await world(database.db);
  const pending = rule('slow', { scope: { kinds: ['order'] }, pending: { until: 'delivery' } });
  await inNusa((tx) => saveRules(tx, people.programme, [pending], 'rina', new Date('2018-01-01T00:00:00Z')));
});
afterAll(() => database.drop());

let keys = 0;
/** Budi sells; answers the transfer that pays his points for it. */
async function sold(ringgit: number, changes: Partial<NewActivity> = {}): Promise<BookedTransfer> {
  const amountMinor = BigInt(ringgit) * 100n;
  const given: NewActivity = {
    source: 'test',
    externalKey: `sale-${(keys += 1)}`,
    kind: 'receipt',
    programme: people.programme,
    evidence: null,
    participant: people.budi,
    outlet: people.tokoMaju,
    occurredAt: new Date(Date.UTC(2018, 5, keys, 4)),
    currency: 'MYR',
    totalMinor: amountMinor,
    lines: [{ line: 0, text: 'x', product: people.product('NF-1004'), quantityMilli: 1000n, amountMinor }],
    ...changes,
  };
  return inNusa(async (tx) => {
    const programme = (await programmeById(tx, people.programme))!;
    const [settled] = await recordAndPost(tx, programme, [given], at);
    if (!settled?.ok) throw new Error('the sale is recorded');
    const caused = await transfersOfCause(tx, settled.activity.id);
    return caused.find(({ kind, asset }) => kind === 'award' && asset.code === 'points')!;
  });
}
/** Budi buys something; answers the transfer that pays. */
async function spent(units: bigint): Promise<TransferId> {
  return inNusa(async (tx) => {
    const spender = { participant: people.budi, wallet: null };
    const held = await holdUnits(tx, { spender, asset: 'points', units, timesOutAt: null }, at);
    if (!held.ok) throw new Error(held.refused);
    const done = await captureUnits(tx, { hold: held.hold.id, units: null }, at);
    if (!done.ok) throw new Error(done.refused);
    return done.transfer;
  });
}
const has = async (role: string) =>
  (await inNusa((tx) => balancesOf(tx, people.budi))).find(
    (one) => one.role === role && one.asset.code === 'points',
  )?.balance ?? 0n;
const act = (kind: ActionAsked['kind'], ids: TransferId[], apply = true) => {
  const asked = { kind, which: { ids }, reason: 'the paper was copied' };
  return apply
    ? inNusa((tx) => actOnTransfers(tx, people.karim, asked, { apply, at }))
    : tryOnTransfers(database.db, people.tenant, people.karim, asked, at);
};
const explain = (id: TransferId, reader: World['sari'] | null = null) =>
  inNusa(async (tx) => (await explainTransfer(tx, id, 'en', reader))!);

test('a spend opens the earnings that paid for it with their rules, and an earning what used it', async () => {
  const [first, second] = [await sold(20), await sold(30)];
  const spend = await spent(35n);
  const { units } = await explain(spend);
  expect(units.lots).toMatchObject([
    {
      units: 35n,
      earnings: [
        { transfer: first.id, units: 20n, rule: 'Points for sales' },
        { transfer: second.id, units: 15n, rule: 'Points for sales' },
      ],
    },
  ]);
  expect((await explain(second.id)).units).toMatchObject({
    uses: [{ transfer: spend, units: 15n, kind: 'capture' }],
    left: [{ units: 15n }],
  });
  // Both parties of a gift see their own side only.
  const given = await inNusa((tx) =>
    giveUnits(tx, people.budi, { to: { person: 'asha' }, asset: 'points', units: 5n }, at),
  );
  const [gift] = given.ok ? await inNusa((tx) => transfersOfCause(tx, given.gift)) : [];
  const seen = async (reader: World['sari']) => (await explain(gift!.id, reader)).units;
  expect(await seen(people.budi)).toMatchObject({
    lots: [{ earnings: [{ transfer: second.id }] }],
    uses: [],
    left: [],
  });
  expect(await seen(people.asha)).toMatchObject({ lots: [], left: [{ units: 5n }] });
});

test('trying tells what would become of each and leaves everything as it is', async () => {
  const award = await sold(10);
  const before = await has('available');
  const unknown = people.sari as string as TransferId;
  const tried = await act('cancel', [award.id, unknown], false);
  expect(tried).toMatchObject({
    action: null,
    acted: [{ ok: true, units: 10n }, { refused: 'unknown-transfer' }],
  });
  expect(await has('available')).toBe(before);
});

test('what was earned, spent, held or given is cancelled, each once, with who did it and why', async () => {
  const before = await has('available');
  const award = await sold(40);
  const spend = await spent(15n);
  const hold = await inNusa((tx) =>
    holdUnits(
      tx,
      { spender: { participant: people.budi, wallet: null }, asset: 'points', units: 5n, timesOutAt: null },
      at,
    ),
  );
  const ids = [spend, hold.ok ? hold.hold.id : spend, award.id];
  const done = await act('cancel', ids);
  expect(done.acted).toMatchObject([{ units: 15n }, { units: 5n }, { units: 40n }]);
  expect(await has('available')).toBe(before);
  const again = await act('cancel', ids);
  expect(again.acted).toMatchObject([
    { refused: 'reversal-exceeded' },
    { refused: 'already-resolved' },
    { refused: 'reversal-exceeded' },
  ]);
  const [posted] = await inNusa((tx) => transfersOfCause(tx, done.action!));
  expect(await explain(posted!.id)).toMatchObject({
    byHand: { name: 'Karim', reason: 'the paper was copied' },
  });
});

test('pending points are activated, and what is left of an earning expires', async () => {
  const pending = await sold(10, { kind: 'order' });
  const award = await sold(25);
  await spent(3n);
  const [before, waits] = [await has('available'), await has('pending')];
  expect((await act('activate', [pending.id, award.id])).acted).toMatchObject([
    { ok: true, units: waits },
    { refused: 'link-mismatch' },
  ]);
  expect((await act('activate', [pending.id])).acted).toMatchObject([{ refused: 'already-resolved' }]);
  const { acted } = await act('expire', [award.id]);
  expect(acted).toMatchObject([{ ok: true }]);
  expect((await explain(award.id)).units.left).toEqual([]);
  expect(await has('available')).toBe(before + waits - (acted[0]!.ok ? acted[0]!.units : 0n));
  expect((await act('expire', [award.id])).acted).toMatchObject([{ refused: 'reversal-exceeded' }]);
});

test('a filter finds the transfers of a kind, a person and a time', async () => {
  const award = await sold(12);
  const filter = {
    kind: 'award' as const,
    from: award.at,
    until: new Date(award.at.getTime() + 1),
    asset: award.asset.id,
  };
  const asked = (owner: World['sari']): ActionAsked => ({
    kind: 'cancel',
    which: { filter: { ...filter, owner }, after: null },
    reason: 'x',
  });
  const tryFor = (owner: World['sari']) =>
    tryOnTransfers(database.db, people.tenant, people.karim, asked(owner), at);
  expect(await tryFor(people.budi)).toMatchObject({
    acted: [{ transfer: award.id, units: 12n }],
    next: null,
  });
  expect((await tryFor(people.grace)).acted).toEqual([]);
  expect((await verifyBook(database.db, people.tenant)).firstBad).toBeUndefined();
});
