import { afterAll, beforeAll, expect, test } from 'vitest';

import { testApp } from '../../test/app.ts';
import { httpClient, type Client } from '../../test/http.ts';
import { withTenant } from '../db/transact.ts';
import type { App } from '../flow/app.ts';
import { deliverWaitingMessages } from '../flow/deliver-messages.ts';
import { accountId, assetId, openAccounts } from '../ledger/accounts.ts';
import { post } from '../ledger/post.ts';
import { verifyBook } from '../ledger/verify.ts';
import { newId, type ParticipantId, type TransferId } from '../shared/id.ts';

let app: App;
let client: Client;
let world: Awaited<ReturnType<typeof testApp>>['world'];
let close: () => Promise<void>;
let keys = 0;

beforeAll(async () => {
  ({ app, world, close } = await testApp());
  client = httpClient(app);
  await client.signIn('sari', 'budi', 'grace', 'karim', 'dewi', 'rina');
});
afterAll(() => close());

type Answer = { status: number; body: Record<string, unknown> };
/** Writes as somebody under a key of its own, or under the one that is given. */
async function send(as: string, where: string, body: unknown, key: string | null = `k${(keys += 1)}`) {
  const headers: Record<string, string> = key === null ? {} : { 'idempotency-key': key };
  const answer = await client.ask(where, { as, method: 'POST', body, headers });
  return { status: answer.status, body: await answer.json() } as Answer;
}
const read = async <T>(as: string, where: string) => (await (await client.ask(where, { as })).json()) as T;
const messages = async (as: string) =>
  (await read<{ items: { body: string }[] }>(as, 'messages')).items.map(({ body }) => body);

async function earn(participant: ParticipantId, amount: bigint, expiresOn?: string): Promise<void> {
  await withTenant(app.db, world.tenant, async (tx) => {
    const asset = assetId(tx.tenant, 'points');
    const [credit] = await openAccounts(tx, [{ asset, owner: participant, role: 'available' }]);
    const debit = accountId(tx.tenant, world.programme, 'issued', asset);
    const id = newId<TransferId>(app.now());
    const move = { id, tx: id, asset, debit, credit: credit!, amount, kind: 'award' as const };
    expect(await post(tx, [{ ...move, expiresOn, effectiveAt: app.now() }], app.now())).toMatchObject([
      { ok: true },
    ]);
  });
}
const availableOf = async (as: string) =>
  (await read<{ balances: { asset: { code: string }; available: number }[] }>(as, 'wallet')).balances.find(
    ({ asset }) => asset.code === 'points',
  )?.available ?? 0;

test('a gift goes from one to the other with its last day, once per key, and both are told', async () => {
  await earn(world.sari, 100n, '2031-06-30');
  const [sari, budi] = [await availableOf('sari'), await availableOf('budi')];
  const gift = { to: { person: '+601100000002' }, units: 30 };
  const first = await send('sari', 'wallet/gifts', gift, 'gift-1');
  expect(first).toMatchObject({ status: 201, body: { available: sari - 30 } });
  expect(await send('sari', 'wallet/gifts', gift, 'gift-1')).toEqual(first);
  expect([await availableOf('sari'), await availableOf('budi')]).toEqual([sari - 30, budi + 30]);
  const { expiry } = await read<{ expiry: unknown[] }>('budi', 'wallet');
  expect(expiry).toContainEqual({ expiresOn: '2031-06-30', units: 30 });
  await deliverWaitingMessages(app, world.tenant);
  expect((await messages('sari'))[0]).toBe('Anda memberikan 30 poin kepada Budi.');
  expect((await messages('budi'))[0]).toBe('Sari memberi Anda 30 poin.');
  expect(await send('sari', 'wallet/gifts', { ...gift, units: 31 }, 'gift-1')).toMatchObject({
    status: 422,
    body: { code: 'key-reused' },
  });
});

test.each([
  ['bad-request', { to: { person: 'budi' }, units: 1 }, null],
  ['unknown-recipient', { to: { person: '+60999' }, units: 1 }, 'a'],
  ['unknown-recipient', { to: { wallet: 'nobody' }, units: 1 }, 'b'],
  ['gift-to-self', { to: { person: 'sari' }, units: 1 }, 'c'],
  ['below-floor', { to: { person: 'budi' }, units: 1_000_000 }, 'd'],
  ['unknown-asset', { to: { person: 'budi' }, units: 1, asset: 'status' }, 'e'],
])('refuses %s: %j', async (code, gift, key) => {
  const before = await availableOf('sari');
  const answer = await send('sari', 'wallet/gifts', gift, key);
  expect([answer.status, answer.body['code']]).toEqual([422, code]);
  expect(await availableOf('sari')).toBe(before);
});

test('refuses gift-limit: no more in a day than the programme allows, however many at once', async () => {
  const limit = (units: number | null) =>
    withTenant(app.db, world.tenant, (tx) =>
      tx.query(
        `update programme set settings = case when $2::int is null then settings - 'giftUnitsPerDayMax'
           else settings || jsonb_build_object('giftUnitsPerDayMax', $2::int) end where tenant = $1`,
        [tx.tenant, units],
      ),
    );
  await limit(50);
  const gift = { to: { person: 'budi' }, units: 5 };
  const answers = await Promise.all(Array.from({ length: 8 }, () => send('sari', 'wallet/gifts', gift)));
  // 30 were given before.
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(4);
  expect(answers.find(({ status }) => status !== 201)!.body).toMatchObject({ code: 'gift-limit' });
  await limit(null);
});

test('units are held, captured in part, released, and given back', async () => {
  await earn(world.sari, 200n);
  const before = await availableOf('sari');
  const asked = { participant: world.sari, units: 100 };
  const held = await send('rina', 'holds', asked, 'hold-1');
  expect(held).toMatchObject({ status: 201, body: { open: 100, hold: { kind: 'hold', units: 100 } } });
  expect(await send('rina', 'holds', asked, 'hold-1')).toEqual(held);
  const { id } = held.body['hold'] as { id: string };
  const captured = await send('rina', `holds/${id}/capture`, { units: 60 }, 'capture-1');
  expect(captured).toMatchObject({ status: 200, body: { open: 40 } });
  expect(await send('rina', `holds/${id}/capture`, { units: 60 }, 'capture-1')).toEqual(captured);
  expect((await send('rina', `holds/${id}/capture`, { units: 41 })).body).toMatchObject({
    code: 'hold-exceeded',
  });
  expect((await send('rina', `holds/${id}/release`, {})).body).toMatchObject({ open: 0 });
  expect((await send('rina', `holds/${id}/release`, {})).body).toMatchObject({ code: 'already-resolved' });
  expect(await availableOf('sari')).toBe(before - 60);
  const spend = String(captured.body['transfer']);
  expect((await send('rina', `transfers/${spend}/refund`, { units: 20 })).body).toMatchObject({ units: 20 });
  expect((await send('rina', `transfers/${spend}/refund`, {})).body).toMatchObject({ units: 40 });
  expect((await send('rina', `transfers/${spend}/refund`, {})).body).toMatchObject({
    code: 'reversal-exceeded',
  });
  expect(await availableOf('sari')).toBe(before);
  expect((await send('sari', 'holds', asked)).status).toBe(404);
  expect((await send('dewi', 'holds', asked)).status).toBe(403);
  expect((await send('rina', 'holds', { ...asked, asset: 'gold' })).body).toMatchObject({
    code: 'unknown-asset',
  });
});

test('a hold that would be over before it begins is refused', async () => {
  const asked = { participant: world.sari, units: 1, timesOutAt: new Date(Date.now() - 1000).toISOString() };
  expect((await send('rina', 'holds', asked)).body).toMatchObject({ code: 'bad-request' });
});

test('a crowd of holds shares a few batches: as many are held as there are units, and the others are refused', async () => {
  await earn(world.budi, BigInt(100 - ((await availableOf('budi')) % 100)));
  const batches = () =>
    withTenant(app.db, world.tenant, async (tx) => {
      const [row] = await tx.query<{ n: bigint }>('select count(*) as n from batch where tenant = $1', [
        tx.tenant,
      ]);
      return Number(row!.n);
    });
  const [before, available] = [await batches(), await availableOf('budi')];
  const asked = { participant: world.budi, units: available / 100 };
  const keys = Array.from({ length: 300 }, (_, i) => `crowd-${i}`);
  const all = () => Promise.all(keys.map((key) => send('rina', 'holds', asked, key)));
  const answers = await all();
  const held = answers.filter(({ status }) => status === 201);
  expect(held).toHaveLength(100);
  const refused = answers.filter(({ status }) => status !== 201);
  expect(new Set(refused.map(({ status, body }) => `${status} ${String(body['code'])}`))).toEqual(
    new Set(['422 below-floor']),
  );
  expect(await all()).toEqual(answers);
  const release = ({ body }: Answer) =>
    send('rina', `holds/${(body['hold'] as { id: string }).id}/release`, {});
  // Two at once of one hold: the second takes what the first has left.
  const steps = await Promise.all([...held, held[0]!].map(release));
  expect(steps.filter(({ status }) => status === 200)).toHaveLength(100);
  expect(steps.at(-1)!.body).toMatchObject({ code: 'already-resolved' });
  expect(await availableOf('budi')).toBe(available);
  expect((await batches()) - before).toBeLessThan(60);
  expect((await verifyBook(app.db, world.tenant)).firstBad).toBeUndefined();
});

test('of requests that arrive together each gets its own answer, and a key is answered once', async () => {
  await earn(world.sari, 10n);
  const before = await availableOf('sari');
  const good = { participant: world.sari, units: 4 };
  const answers = await Promise.all([
    send('rina', 'holds', good, 'together-1'),
    send('rina', 'holds', { ...good, participant: world.tenant }, 'together-2'),
    send('rina', 'holds', good, 'together-1'),
    send('rina', 'holds', { ...good, units: 5 }, 'together-1'),
    send('rina', 'holds', { ...good, asset: 'gold' }, 'together-3'),
    send('rina', 'holds', { ...good, wallet: world.sari }, 'together-4'),
    send('rina', 'holds', { ...good, units: before + 1 }, 'together-5'),
    send('rina', 'holds', { ...good, units: 6 }, 'together-6'),
  ]);
  // Who of those with one key comes first decides what it stands for.
  const [one, , same, other] = answers;
  expect(same).toEqual(one);
  const codes = answers.map(({ status, body }) => body['code'] ?? status);
  expect([codes[0], codes[3]].toSorted()).toEqual([201, 'key-reused']);
  expect([codes[1], ...codes.slice(4)]).toEqual([
    'not-found',
    'unknown-asset',
    'not-found',
    'below-floor',
    201,
  ]);
  const held = Number((codes[0] === 201 ? one : other)!.body['open']);
  expect(await availableOf('sari')).toBe(before - held - 6);
});

test('an id in capitals means the same person: what is opened for them is their own account', async () => {
  const asked = { participant: world.asha.toUpperCase(), units: 10 };
  expect((await send('rina', 'holds', asked)).body).toMatchObject({ code: 'below-floor' });
  await earn(world.asha, 10n);
  expect(await send('rina', 'holds', asked)).toMatchObject({ status: 201, body: { open: 10 } });
  expect((await verifyBook(app.db, world.tenant)).firstBad).toBeUndefined();
});

test('a shared wallet: everybody spends from one balance, each within an own limit, however many at once', async () => {
  const member = (participant: ParticipantId, limitUnits: number | null) => ({
    participant,
    limitUnits,
    limitPer: 'month',
  });
  const setUp = {
    code: 'toko-maju',
    name: 'Toko Maju',
    members: [member(world.sari, 50), member(world.budi, null)],
  };
  const opened = await send('rina', 'wallets', setUp, null);
  expect(opened).toMatchObject({ status: 200, body: { available: 0, name: 'Toko Maju' } });
  const id = String(opened.body['id']);
  await earn(world.sari, 300n);
  expect((await send('sari', 'wallet/gifts', { to: { wallet: 'toko-maju' }, units: 200 })).status).toBe(201);

  const hold = (participant: ParticipantId, units: number) =>
    send('rina', 'holds', { participant, wallet: id, units });
  const answers = await Promise.all(Array.from({ length: 12 }, () => hold(world.sari, 10)));
  const held = answers.filter(({ status }) => status === 201);
  expect(held).toHaveLength(5);
  expect(answers.find(({ status }) => status !== 201)!.body).toMatchObject({ code: 'limit-exceeded' });
  expect((await hold(world.grace, 1)).body).toMatchObject({ code: 'not-a-member' });
  // Budi may spend as much as there is: 150 are left.
  expect((await hold(world.budi, 151)).body).toMatchObject({ code: 'below-floor' });
  expect((await hold(world.budi, 40)).status).toBe(201);

  const first = (held[0]!.body['hold'] as { id: string }).id;
  const captured = await send('rina', `holds/${first}/capture`, {});
  const second = (held[1]!.body['hold'] as { id: string }).id;
  await send('rina', `holds/${second}/release`, {});
  const story = await read<{ available: number; held: number; members: unknown[] }>('sari', `wallets/${id}`);
  expect(story).toMatchObject({ available: 120, held: 70 });
  expect(story.members).toMatchObject([
    { name: 'Budi', used: 40, left: null },
    { name: 'Sari', used: 40, left: 10 },
  ]);
  await send('rina', `transfers/${String(captured.body['transfer'])}/refund`, {});
  expect(await read('sari', `wallets/${id}`)).toMatchObject({
    members: [{}, { name: 'Sari', used: 30, left: 20 }],
  });
  const { items } = await read<{ items: { kind: string; units: number; member: { name: string } | null }[] }>(
    'budi',
    `wallets/${id}/statement`,
  );
  const moved = items
    .filter(({ units }) => units !== 0)
    .map(({ kind, units, member: who }) => [kind, units, who?.name]);
  // What would have expired first is a leg of its own.
  expect(moved.toSorted((a, b) => Number(a[1]) - Number(b[1]))).toEqual([
    ['capture', -10, 'Sari'],
    ['refund', 10, 'Sari'],
    ['gift', 50, 'Sari'],
    ['gift', 150, 'Sari'],
  ]);
  expect((await client.ask(`wallets/${id}`, { as: 'grace' })).status).toBe(404);
  // A lower limit holds from the next spend on; what was used stays used.
  await send('rina', 'wallets', { ...setUp, members: [member(world.sari, 20)] }, null);
  expect((await hold(world.sari, 1)).body).toMatchObject({ code: 'limit-exceeded' });
  expect((await verifyBook(app.db, world.tenant)).firstBad).toBeUndefined();
});

test('many transfers are cancelled by a controller: first told, then done once, and by nobody else', async () => {
  await earn(world.sari, 70n);
  const { items } = await read<{ items: { transfer: string; kind: string }[] }>('sari', 'statement?limit=1');
  const asked = {
    action: 'cancel',
    which: { ids: [items[0]!.transfer] },
    reason: 'paid twice',
    apply: false,
  };
  const before = await availableOf('sari');
  expect((await send('dewi', 'transfers/actions', asked)).status).toBe(403);
  const told = await send('karim', 'transfers/actions', asked, null);
  expect(told).toMatchObject({ status: 200, body: { action: null, done: [{ units: 70 }], refused: [] } });
  expect(await availableOf('sari')).toBe(before);
  expect((await send('karim', 'transfers/actions', { ...asked, apply: true }, null)).status).toBe(422);
  const done = await send('karim', 'transfers/actions', { ...asked, apply: true }, 'act-1');
  expect(done.body).toMatchObject({ done: [{ units: 70 }], refused: [] });
  expect(await send('karim', 'transfers/actions', { ...asked, apply: true }, 'act-1')).toEqual(done);
  expect(await availableOf('sari')).toBe(before - 70);

  const filter = { kind: 'award', postedFrom: '2018-01-01T00:00:00Z', postedUntil: '2018-01-02T00:00:00Z' };
  const from = (after: string) =>
    send('karim', 'transfers/actions', { ...asked, which: { filter, after } }, null);
  const id = '00000000-0000-7000-8000-000000000000';
  expect(await from(`2018-01-01T10:00:00.000Z_${id}`)).toMatchObject({ status: 200, body: { next: null } });
  for (const wrong of ['', 'yesterday', `2018-13-01T10:00:00.000Z_${id}`])
    expect((await from(wrong)).status).toBe(422);
});

test('balances of another system come in by the list, each wrong one with a sentence in the reader’s language', async () => {
  const item = { externalKey: 'http-1', participant: 'grace', units: '25', expiresOn: '2031-01-31' };
  const bring = (items: unknown[]) => send('rina', 'opening-balances?lang=uk', { items }, null);
  const answer = await bring([item, { ...item, externalKey: 'http-2', participant: 'nobody' }, item]);
  expect(answer).toMatchObject({ status: 200, body: { rows: 3, imported: 1, replayed: 1 } });
  expect(answer.body['problems']).toMatchObject([{ item: 1, code: 'opening.unknown-participant' }]);
  expect(JSON.stringify(answer.body['problems'])).toMatch(/[іїєґ]/);
  expect(await availableOf('grace')).toBe(25);
});

test('an event that nothing waits for changes nothing, and one of an unknown activity is not there', async () => {
  const unknown = '00000000-0000-7000-8000-000000000000';
  expect((await send('rina', `activities/${unknown}/events`, { event: 'delivery' })).status).toBe(404);
  expect(await messages('grace')).toEqual([]);
});
