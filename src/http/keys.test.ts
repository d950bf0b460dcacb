import { afterAll, beforeAll, expect, test } from 'vitest';

import { testApp } from '../../test/app.ts';
import { httpClient, type Client } from '../../test/http.ts';
import { withTenant } from '../db/transact.ts';
import type { App } from '../flow/app.ts';
import { saveDocuments } from '../progress/documents.ts';

let app: App;
let client: Client;
let world: Awaited<ReturnType<typeof testApp>>['world'];
let close: () => Promise<void>;
let sales = 0;

type Body = Record<string, any>;
const ask = (where: string, as: string, body?: unknown, method = body === undefined ? 'GET' : 'POST') =>
  client.ask(where, { as, method, ...(body === undefined ? {} : { body }) });
const answer = async (asked: Promise<Response>) => {
  const response = await asked;
  return { status: response.status, ...((await response.json()) as Body) } as Body;
};
const status = async (asked: Promise<Response>) => (await asked).status;

const all = ['record', 'quote', 'read'];
/** Rina makes a key, and its system may be asked as `name`. */
async function makeKey(name: string, asked: Body = {}): Promise<Body> {
  const made = await answer(ask('keys', 'rina', { name, may: all, ...asked }));
  if (made.status === 201) client.keep(name, made.secret);
  return made;
}

const sale = (more: Body = {}) => ({
  source: 'till',
  externalKey: `sale-${(sales += 1)}`,
  kind: 'receipt',
  participant: 'sari',
  outlet: 'toko-maju',
  occurredAt: '2018-03-21T04:00:00Z',
  totalMinor: 5_000,
  ...more,
});

beforeAll(async () => {
  ({ app, world, close } = await testApp());
  client = httpClient(app);
  await client.signIn('sari', 'rina', 'dewi', 'olga');
});
afterAll(() => close());

test('a manager makes a key, and the system behind it records, asks what became of it, and is asked who it is', async () => {
  const { key, secret } = await makeKey('erp');
  expect(secret).toMatch(/^mitra_[0-9a-f]{32}_[0-9a-f]{64}$/);
  expect(key).toMatchObject({
    name: 'erp',
    state: 'good',
    createdBy: 'Rina',
    lastUsedAt: null,
    outlets: null,
  });
  expect(secret.endsWith(key.ending)).toBe(true);
  const recorded = await answer(ask('activities', 'erp', sale()));
  expect(recorded).toMatchObject({ status: 201, outcome: 'recorded' });
  expect(await answer(ask(`activities/${recorded.activity}`, 'erp'))).toMatchObject({
    id: recorded.activity,
  });
  expect(await status(ask(`activities/${recorded.activity}/explanation`, 'erp'))).toBe(200);
  const told = ask(`activities/${recorded.activity}/events`, 'erp', { event: 'delivery' });
  expect(await answer(told)).toMatchObject({ status: 200, activated: [] });
  expect(await answer(ask('keys/current', 'erp'))).toEqual({
    status: 200,
    name: 'erp',
    may: all,
    programme: null,
    outlets: null,
    expiresAt: null,
  });
  const listed = await answer(ask('keys', 'rina'));
  expect(listed.items.find((one: Body) => one.id === key.id).lastUsedAt).toMatch(/Z$/);
});

test('the key itself is told once and kept nowhere', async () => {
  const { secret } = await makeKey('once');
  const listed = await (await ask('keys', 'rina')).text();
  expect(listed).not.toContain(secret.slice(-20));
  const rows = await withTenant(app.db, world.tenant, (tx) =>
    tx.query<{ row: string }>('select k::text as row from api_key k where k.tenant = $1', [tx.tenant]),
  );
  expect(rows.length).toBeGreaterThan(0);
  for (const { row } of rows) expect(row).not.toContain(secret.slice(-20));
});

test('a revoked key is refused from the next request on, and stays in the list with who revoked it', async () => {
  const { key } = await makeKey('lost');
  expect(await status(ask('keys/current', 'lost'))).toBe(200);
  expect(await status(ask(`keys/${key.id}`, 'rina', undefined, 'DELETE'))).toBe(204);
  expect(await status(ask('keys/current', 'lost'))).toBe(401);
  expect(await status(ask('activities', 'lost', sale()))).toBe(401);
  expect(await status(ask(`keys/${key.id}`, 'rina', undefined, 'DELETE'))).toBe(204);
  const { items } = await answer(ask('keys', 'rina'));
  const shown = items.find(({ id }: Body) => id === key.id);
  expect(shown).toMatchObject({ state: 'revoked', createdBy: 'Rina', revokedBy: 'Rina' });
});

test('a key is over at its time', async () => {
  const { key } = await makeKey('trial', { expiresAt: new Date(Date.now() + 60_000).toISOString() });
  expect(await status(ask('keys/current', 'trial'))).toBe(200);
  await withTenant(app.db, world.tenant, (tx) =>
    tx.query('update api_key set expires_at = $3 where tenant = $1 and id = $2', [
      tx.tenant,
      key.id,
      new Date(Date.now() - 1000),
    ]),
  );
  expect(await status(ask('keys/current', 'trial'))).toBe(401);
  const { items } = await answer(ask('keys', 'rina'));
  expect(items.find(({ id }: Body) => id === key.id).state).toBe('over');
});

test.each([
  [{ expiresAt: '2018-01-01T00:00:00Z' }, 'expiresAt'],
  [{ programme: 'nowhere' }, 'programme'],
  [{ outlets: ['toko-maju', 'nowhere'] }, 'outlets'],
  [{ may: [] }, 'may'],
  [{ may: ['everything'] }, 'may.0'],
  [{ name: '  ' }, 'name'],
  [{ tenant: 'other' }, ''],
])('a key with %j is refused', async (asked, field) => {
  expect(await makeKey('wrong', asked)).toMatchObject({ status: 422, facts: { field } });
});

test('only a manager sees, makes and revokes keys, and only those of the tenant', async () => {
  const { key } = await makeKey('guarded');
  for (const [as, code] of [
    ['dewi', 403],
    ['sari', 404],
    ['guarded', 403],
  ] as const) {
    expect(await status(ask('keys', as))).toBe(code);
    expect(await status(ask('keys', as, { name: 'mine', may: all }))).toBe(code);
    expect(await status(ask(`keys/${key.id}`, as, undefined, 'DELETE'))).toBe(code);
  }
  expect((await answer(ask('keys', 'olga'))).items).toEqual([]);
  expect(await status(ask(`keys/${key.id}`, 'olga', undefined, 'DELETE'))).toBe(404);
  expect(await status(ask('keys/current', 'guarded'))).toBe(200);
  expect(await status(ask('keys/current', 'rina'))).toBe(404);
});

test('a key does what it was made for and nothing else', async () => {
  await makeKey('reader', { may: ['read'] });
  await makeKey('writer', { may: ['record'] });
  const { activity } = await answer(ask('activities', 'writer', sale()));
  expect(await status(ask('activities', 'reader', sale()))).toBe(403);
  expect(await status(ask(`activities/${activity}/events`, 'reader', { event: 'delivery' }))).toBe(403);
  expect(await status(ask('quotes', 'reader', { outlet: 'toko-maju', amountMinor: 1 }))).toBe(403);
  expect(await status(ask(`activities/${activity}`, 'reader'))).toBe(200);
  expect(await status(ask(`activities/${activity}`, 'writer'))).toBe(403);
});

test('a key of one outlet records, corrects and reads what is of this outlet', async () => {
  await makeKey('erp-of-all');
  await makeKey('till', { outlets: ['toko-maju'] });
  const elsewhere = sale({ outlet: 'slf' });
  const { activity } = await answer(ask('activities', 'erp-of-all', elsewhere));
  const own = sale();
  const sent = await answer(
    ask('activities', 'till', [own, sale({ outlet: 'slf' }), { ...elsewhere, outlet: 'toko-maju' }]),
  );
  expect(sent.items.map(({ outcome }: Body) => outcome)).toEqual(['recorded', 'refused', 'refused']);
  expect(sent.items[1].problem).toMatchObject({ code: 'not-allowed', facts: { field: 'outlet' } });
  expect(await answer(ask('activities', 'till', { ...own, totalMinor: 4_000 }))).toMatchObject({
    status: 201,
    outcome: 'corrected',
  });
  expect(await status(ask('activities', 'till', { ...elsewhere, withdrawn: true }))).toBe(403);
  const hidden = await ask(`activities/${activity}`, 'till');
  const unknown = await ask('activities/00000000-0000-7000-8000-000000000000', 'till');
  expect([hidden.status, await hidden.text()]).toEqual([404, await unknown.text()]);
  expect(await status(ask(`activities/${activity}/events`, 'till', { event: 'delivery' }))).toBe(404);
});

test('a key of one programme needs not name it and may name no other', async () => {
  const { programme } = (await answer(ask('me', 'rina'))) as { programme: { id: string } };
  const code = await withTenant(app.db, world.tenant, async (tx) => {
    const rows = await tx.query<{ code: string }>(
      'select code from programme where tenant = $1 and id = $2',
      [tx.tenant, programme.id],
    );
    return rows[0]!.code;
  });
  await makeKey('one', { programme: code });
  expect(await status(ask('activities', 'one', sale()))).toBe(201);
  expect(await status(ask(`activities?programme=${code}`, 'one', sale()))).toBe(201);
  expect(await status(ask('activities?programme=another', 'one', sale()))).toBe(403);
});

test('a key asks for discounts, of its outlets only where it has some, and overrides none', async () => {
  await withTenant(app.db, world.tenant, async (tx) => {
    const document = {
      format: 1,
      kind: 'discount',
      code: 'volume',
      title: { en: 'Volume' },
      for: 'outlet',
      kinds: ['order'],
      counts: { of: 'total', currency: 'MYR' },
      window: 'P3M',
      table: [{ from: 0, percent: 3 }],
      mode: { kind: 'discount' },
    };
    const options = { today: '2018-12-01', effectiveFrom: '2018-01-01' };
    const [saved] = await saveDocuments(tx, world.programme, [document], 'rina', app.now(), options);
    expect(saved).toMatchObject({ ok: true });
  });
  await makeKey('accounting', { may: ['quote'] });
  await makeKey('counter', { may: ['quote'], outlets: ['toko-maju'] });
  const quote = { outlet: 'toko-maju', amountMinor: 1_000 };
  for (const as of ['accounting', 'counter'])
    expect(await answer(ask('quotes', as, quote))).toMatchObject({
      status: 200,
      percent: 3,
      discountMinor: 30,
    });
  expect(await status(ask('quotes', 'accounting', { ...quote, outlet: 'slf' }))).toBe(200);
  expect(await status(ask('quotes', 'counter', { ...quote, outlet: 'slf' }))).toBe(403);
  expect(await status(ask('quotes', 'counter', { ...quote, partner: 'nusa' }))).toBe(403);
  const override = { percent: 50, reason: 'a friend' };
  expect(await status(ask('quotes', 'accounting', { ...quote, override }))).toBe(403);
});

test('what is no key of ours is a stranger', async () => {
  const { secret } = await makeKey('true');
  const other = world.other.tenant.replaceAll('-', '');
  for (const wrong of [
    `${secret.slice(0, -1)}${secret.endsWith('0') ? '1' : '0'}`,
    secret.slice(0, -1),
    secret.toUpperCase(),
    secret.replace(/_[0-9a-f]{32}_/, `_${other}_`),
    'mitra_',
  ]) {
    client.keep('false', wrong);
    expect(await status(ask('keys/current', 'false'))).toBe(401);
  }
});

test('a key that another process is noting as used opens its door without waiting for it', async () => {
  const { key } = await makeKey('twice');
  await withTenant(app.db, world.tenant, async (tx) => {
    await tx.query('select 1 from api_key where tenant = $1 and id = $2 for update', [tx.tenant, key.id]);
    expect(await status(ask('keys/current', 'twice'))).toBe(200);
  });
  expect(await status(ask('keys/current', 'twice'))).toBe(200);
});
