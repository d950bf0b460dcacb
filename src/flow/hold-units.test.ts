import { afterAll, beforeAll, expect, test } from 'vitest';

import { testDatabase } from '../../test/database.ts';
import { world, type World } from '../../test/world.ts';
import { withTenant, type Tx } from '../db/transact.ts';
import { accountId, assetId, ensureAssets, openAccounts } from '../ledger/accounts.ts';
import { post } from '../ledger/post.ts';
import { verifyBook } from '../ledger/verify.ts';
import { addProgrammes, programmeById, programmeIdOf } from '../network/programmes.ts';
import { newId, type AccountId, type Id, type ProgrammeId, type TransferId } from '../shared/id.ts';
import { captureUnits, holdUnits } from './hold-units.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
let people: World;
let warung: ProgrammeId;
const at = new Date('2018-06-21T05:00:00Z');
const inNusa = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => withTenant(database.db, people.tenant, work);

beforeAll(async () => {
  database = await testDatabase();
  people = await world(database.db);
  // It comes after the demo's by code, so it is nowhere the first.
  warung = programmeIdOf(people, 'zz-warung');
  await inNusa(async (tx) => {
    const { startsOn, endsOn, timeZone, currency } = (await programmeById(tx, people.programme))!;
    await addProgrammes(tx, [{ code: 'zz-warung', name: 'Warung', startsOn, endsOn, timeZone, currency }]);
    await ensureAssets(
      tx,
      ['shared', 'local'].map((code) => ({ code, kind: 'points' as const, scale: 0 })),
    );
  });
});
afterAll(() => database.drop());

const issued = (programme: ProgrammeId, asset: string): AccountId =>
  accountId(people.tenant, programme, 'issued', assetId(people.tenant, asset));

/** A programme gives Budi units of an asset. */
async function earn(programme: ProgrammeId, code: string, amount: bigint): Promise<void> {
  await inNusa(async (tx) => {
    const asset = assetId(tx.tenant, code);
    const [debit, credit] = await openAccounts(tx, [
      { asset, owner: programme, role: 'issued' },
      { asset, owner: people.budi, role: 'available' },
    ]);
    const id = newId<TransferId>(at);
    const move = { id, tx: id as Id<string>, asset, debit: debit!, credit: credit!, amount };
    await post(tx, [{ ...move, kind: 'award', effectiveAt: at }], at);
  });
}

const spend = (asset: string, units: bigint, programme?: string) =>
  inNusa(async (tx) => {
    const spender = { participant: people.budi, wallet: null };
    const held = await holdUnits(tx, { spender, asset, units, timesOutAt: null, programme }, at);
    return held.ok ? captureUnits(tx, { hold: held.hold.id, units: null }, at) : held;
  });

async function balanceOf(account: AccountId): Promise<bigint> {
  const rows = await inNusa((tx) =>
    tx.query<{ balance: bigint }>('select balance from account where tenant = $1 and id = $2', [
      tx.tenant,
      account,
    ]),
  );
  return rows[0]?.balance ?? 0n;
}

test('what only one programme gives out goes back to that one, whichever comes first', async () => {
  await earn(warung, 'local', 50n);
  expect(await spend('local', 20n)).toMatchObject({ ok: true, units: 20n });
  expect(await balanceOf(issued(warung, 'local'))).toBe(-30n);
  expect(await balanceOf(issued(people.programme, 'local'))).toBe(0n);
});

test('where several give out the same, the programme that takes it back is named, and the other then owes it', async () => {
  await earn(people.programme, 'shared', 100n);
  await earn(warung, 'shared', 10n);
  expect(await spend('shared', 40n)).toMatchObject({
    refused: 'bad-request',
    facts: { field: 'programme', problem: 'missing' },
  });
  expect(await spend('shared', 40n, 'nowhere')).toMatchObject({ facts: { problem: 'unknown' } });
  expect(await spend('shared', 40n, 'zz-warung')).toMatchObject({ ok: true, units: 40n });
  // Ten were its own; thirty are what the other programme owes it now.
  expect(await balanceOf(issued(warung, 'shared'))).toBe(30n);
  expect(await balanceOf(issued(people.programme, 'shared'))).toBe(-100n);
  expect((await verifyBook(database.db, people.tenant)).firstBad).toBeUndefined();
});
