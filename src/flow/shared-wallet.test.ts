import assert from 'node:assert/strict';

import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { testDatabase } from '../../test/database.ts';
import { world, type World } from '../../test/world.ts';
import { withTenant, type Tx } from '../db/transact.ts';
import { accountId, assetId, ensureAssets } from '../ledger/accounts.ts';
import { post } from '../ledger/post.ts';
import { verifyBook } from '../ledger/verify.ts';
import { limitPeriod, walletByCode, walletById } from '../network/wallets.ts';
import { newId, type ParticipantId, type TransferId } from '../shared/id.ts';
import { giveUnits } from './give-units.ts';
import { captureUnits, holdUnits, releaseUnits } from './hold-units.ts';
import { refundSpend } from './refund-spend.ts';
import { saveSharedWallet, tellSharedWallet } from './shared-wallet.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
let people: World;
let wallets = 0;
beforeAll(async () => {
  database = await testDatabase();
  people = await world(database.db);
});
afterAll(() => database.drop());

const inNusa = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => withTenant(database.db, people.tenant, work);
const noon = new Date('2018-06-20T04:00:00Z');

test.each([
  ['day', '2018-06-20', '2018-06-20', '2018-06-20'],
  ['week', '2018-06-20', '2018-06-18', '2018-06-24'],
  ['week', '2018-06-18', '2018-06-18', '2018-06-24'],
  ['week', '2018-06-24', '2018-06-18', '2018-06-24'],
  ['month', '2018-02-20', '2018-02-01', '2018-02-28'],
] as const)('the %s around %s', (per, day, startsOn, endsOn) => {
  expect(limitPeriod(day, per)).toEqual({ startsOn, endsOn });
});

const member = (participant: ParticipantId, limitUnits: bigint | null) => ({
  participant,
  limitUnits,
  limitPer: 'day' as const,
  isActive: true,
});

/** A wallet with 100 points in it, of which Sari may spend 50 a day and Budi as much as there is. */
async function openWallet(limit: bigint | null = 50n) {
  const code = `w-${(wallets += 1)}`;
  const members = [member(people.sari, limit), member(people.budi, null)];
  return inNusa(async (tx) => {
    const saved = await saveSharedWallet(tx, { code, name: code, asset: 'points', members }, noon);
    assert(saved.ok);
    const asset = assetId(tx.tenant, 'points');
    const debit = accountId(tx.tenant, people.programme, 'issued', asset);
    const credit = accountId(tx.tenant, saved.wallet.id, 'available', asset);
    const id = newId<TransferId>(noon);
    const move = {
      id,
      tx: id,
      asset,
      debit,
      credit,
      amount: 100n,
      kind: 'bonus' as const,
      effectiveAt: noon,
    };
    const [answer] = await post(tx, [move], noon);
    assert(answer!.ok);
    return saved.wallet;
  });
}
const hold = (
  wallet: Awaited<ReturnType<typeof openWallet>>,
  participant: ParticipantId,
  units: bigint,
  at = noon,
) => {
  const spender = { participant, wallet: wallet.id };
  return inNusa((tx) => holdUnits(tx, { spender, asset: 'points', units, timesOutAt: null }, at));
};

test('a limit counts by the day of the programme’s clock and begins anew', async () => {
  const wallet = await openWallet();
  expect(await hold(wallet, people.sari, 50n)).toMatchObject({ ok: true });
  expect(await hold(wallet, people.sari, 1n)).toMatchObject({ refused: 'limit-exceeded' });
  // Seven in the evening in UTC is three in the morning of the next day in Klang.
  expect(await hold(wallet, people.sari, 10n, new Date('2018-06-20T19:00:00Z'))).toMatchObject({ ok: true });
});

test('a wallet takes gifts of its own asset only: another could never be spent from it', async () => {
  const members = [member(people.sari, null)];
  const answer = await inNusa(async (tx) => {
    await ensureAssets(tx, [{ code: 'miles', kind: 'points', scale: 0 }]);
    const saved = await saveSharedWallet(tx, { code: 'miles', name: 'Miles', asset: 'miles', members }, noon);
    assert(saved.ok);
    return giveUnits(tx, people.budi, { to: { wallet: 'miles' }, asset: 'points', units: 1n }, noon);
  });
  expect(answer).toMatchObject({ refused: 'unknown-asset' });
});

test('what is refused of a wallet changes nothing of it', async () => {
  const { id, code, name } = await openWallet();
  const members = [member(people.sari, null)];
  const save = (asked: { asset: string; members: typeof members; code?: string }) =>
    inNusa((tx) => saveSharedWallet(tx, { code, name: 'Another', ...asked }, noon));
  await inNusa((tx) => ensureAssets(tx, [{ code: 'rank', kind: 'status', scale: 0 }]));
  await inNusa((tx) => ensureAssets(tx, [{ code: 'miles', kind: 'points', scale: 0 }]));
  expect(await save({ asset: 'miles', members })).toMatchObject({ refused: 'unknown-asset' });
  expect(await save({ asset: 'points', members: [...members, ...members] })).toMatchObject({
    refused: 'bad-request',
    facts: { field: 'members' },
  });
  expect(await inNusa((tx) => walletById(tx, id))).toMatchObject({ name, asset: 'points' });
  expect(await save({ asset: 'rank', members, code: 'rank' })).toMatchObject({ refused: 'unknown-asset' });
  expect(await inNusa((tx) => walletByCode(tx, 'rank'))).toBeNull();
});

type Step = { what: 'hold' | 'capture' | 'release' | 'refund'; isSari: boolean; units: bigint; ref: number };
const step = fc.record<Step>({
  what: fc.constantFrom('hold', 'hold', 'capture', 'release', 'refund'),
  isSari: fc.boolean(),
  units: fc.bigInt({ min: 1n, max: 40n }),
  ref: fc.nat({ max: 9 }),
});

/** Plain sums beside the book: what is in the wallet, what is held, and what each has used. */
async function play(steps: readonly Step[]): Promise<void> {
  const wallet = await openWallet();
  const holds: { id: TransferId; open: bigint; isSari: boolean }[] = [];
  const spends: { id: TransferId; left: bigint; isSari: boolean }[] = [];
  let available = 100n;
  const used = new Map([
    [true, 0n],
    [false, 0n],
  ]);
  const use = (isSari: boolean, units: bigint) => {
    used.set(isSari, used.get(isSari)! + units);
    available -= units;
  };
  for (const { what, isSari, units, ref } of steps) {
    if (what === 'hold') {
      const answer = await hold(wallet, isSari ? people.sari : people.budi, units);
      const fits = units <= available && (!isSari || used.get(true)! + units <= 50n);
      assert.equal(answer.ok, fits);
      if (!answer.ok) continue;
      holds.push({ id: answer.hold.id, open: units, isSari });
      use(isSari, units);
    } else if (what === 'refund') {
      const spend = spends[ref % (spends.length || 1)];
      if (!spend) continue;
      const because = newId(noon);
      const answer = await inNusa((tx) => refundSpend(tx, { spend: spend.id, units, because }, noon));
      assert.equal(answer.ok, units <= spend.left);
      if (!answer.ok) continue;
      spend.left -= units;
      use(spend.isSari, -units);
    } else {
      const one = holds[ref % (holds.length || 1)];
      if (!one) continue;
      const verb = what === 'capture' ? captureUnits : releaseUnits;
      const answer = await inNusa((tx) => verb(tx, { hold: one.id, units }, noon));
      assert.equal(answer.ok, units <= one.open);
      if (!answer.ok) continue;
      one.open -= units;
      if (what === 'capture') spends.push({ id: answer.transfer, left: units, isSari: one.isSari });
      else use(one.isSari, -units);
    }
    const story = (await inNusa((tx) => tellSharedWallet(tx, wallet.id, null, noon)))!;
    assert.equal(story.available, available);
    assert.deepEqual(
      story.members.map((member) => member.used),
      [used.get(false), used.get(true)],
    );
  }
}

test('whatever is held, captured, released and given back, balance and allowances say what plain sums say', async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 16 }), play), { numRuns: 25 });
  expect((await verifyBook(database.db, people.tenant)).firstBad).toBeUndefined();
}, 60_000);
