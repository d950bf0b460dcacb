import { afterAll, beforeAll, expect, test } from 'vitest';

import { testApp } from '../../test/app.ts';
import { httpClient, type Client } from '../../test/http.ts';
import { people } from '../../test/world.ts';
import { withTenant } from '../db/transact.ts';
import type { App } from '../flow/app.ts';
import { participantRows } from '../network/rows.ts';

let app: App;
let client: Client;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ app, close } = await testApp());
  client = httpClient(app);
  await client.signIn('rina', 'dewi', 'sari', 'omar');
});
afterAll(() => close());

type Done = { code: string; outcome: string; problem?: { code: string; field: string; sentence: string } };

async function bring(kind: string, items: unknown[], headers = {}): Promise<Done[]> {
  const answer = await client.ask(kind, { as: 'rina', method: 'POST', body: { items }, headers });
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { items: Done[] }).items;
}
const inShort = (done: Done[]) =>
  done.map(
    ({ code, outcome, problem }) => `${code} ${problem ? `${problem.field} ${problem.code}` : outcome}`,
  );
const codesFound = async (list: string, search: string, as = 'dewi') => {
  const answer = await client.ask(`${list}?search=${encodeURIComponent(search)}`, { as });
  return ((await answer.json()) as { items: { code: string }[] }).items.map(({ code }) => code);
};

test('a manager brings in a network; each row is answered for itself and the same again changes nothing', async () => {
  const areas = [
    { code: 'kota-baru', name: 'Kota Baru', parent: 'kelantan' },
    { code: 'kelantan', name: 'Kelantan' },
    { code: 'nowhere', name: 'Nowhere', parent: 'no-such-place' },
  ];
  expect(inShort(await bring('areas', areas))).toEqual([
    'kota-baru created',
    'kelantan created',
    'nowhere parent import.unknown',
  ]);
  await bring('partners', [{ code: 'kb-trading', name: 'KB Trading', kind: 'distributor' }]);
  const shop = {
    code: 'kb-1',
    name: 'Kedai Baru',
    partner: 'kb-trading',
    area: 'kota-baru',
    address: 'Jalan 1',
  };
  expect(inShort(await bring('outlets', [{ ...shop, latitude: 6.13, longitude: 102.24 }]))).toEqual([
    'kb-1 created',
  ]);
  const nur = {
    code: 'nur',
    name: 'Nur',
    kind: 'seller',
    phone: '+60129990001',
    partner: 'kb-trading',
    outlets: ['kb-1'],
  };
  expect(inShort(await bring('participants', [nur]))).toEqual(['nur created']);
  expect(inShort(await bring('participants', [nur]))).toEqual(['nur unchanged']);
  const soap = {
    sku: 'KB-1',
    name: 'Soap',
    brand: 'KB',
    category: 'home',
    currency: 'MYR',
    listPriceMinor: 450,
    aliases: ['SBN'],
  };
  expect(inShort(await bring('products', [soap, { ...soap, sku: 'KB-2' }]))).toEqual([
    'KB-1 created',
    'KB-2 created',
  ]);
  expect(inShort(await bring('products', [soap, { sku: 'KB-2', listPriceMinor: 500 }]))).toEqual([
    'KB-1 unchanged',
    'KB-2 updated',
  ]);
  expect(inShort(await bring('areas', areas.slice(0, 2)))).toEqual([
    'kota-baru unchanged',
    'kelantan unchanged',
  ]);
});

test('a row that changes says only what is new, and what was changed is found by its new name', async () => {
  const [maju] = await bring('outlets', [{ code: 'toko-maju', name: 'Toko Jaya', channel: 'modern' }]);
  expect(maju).toEqual({ code: 'toko-maju', outcome: 'updated' });
  expect(await codesFound('outlets', 'toko jaya')).toEqual(['toko-maju']);
  expect(await codesFound('outlets', 'maju')).toEqual([]);
  await bring('participants', [{ code: 'budi', phone: '+60129990002', outlets: ['kb-1', 'toko-maju'] }]);
  expect(await codesFound('participants', '+60129990002')).toEqual(['budi']);
  const [budi] = await withTenant(app.db, people.tenant, (tx) => participantRows(tx, ['budi']));
  expect(budi).toMatchObject({ phone: '+60129990002', outlets: ['kb-1', 'toko-maju'] });
  await bring('participants', [{ code: 'budi', phone: null, outlets: [] }]);
  const [now] = await withTenant(app.db, people.tenant, (tx) => participantRows(tx, ['budi']));
  expect(now).toEqual({ ...budi, phone: null, outlets: [] });
});

test('what is wrong is refused with its field and a sentence, and the rows beside it are taken', async () => {
  const base = { name: 'X', kind: 'seller', partner: 'kb-trading' };
  const wrong = [
    { ...base, code: 'p-1', phone: '0123456789' },
    { ...base, code: 'p-2', phone: '+601100000001' },
    { ...base, code: 'p-3', kind: 'king' },
    { ...base, code: 'p-4', partner: 'no-such' },
    { ...base, code: 'p-5', outlets: ['kb-1', 'no-such'] },
    { ...base, code: 'p 6' },
    { ...base, code: 'p-7', name: 'X\u0000' },
    { ...base, code: 'p-8', name: 'a\ud800' },
    { ...base, code: 'p\u0000' },
    { ...base, code: `${'x'.repeat(59)}\u{1f600}` },
    { ...base, code: 'p-9', name: 'x'.repeat(121) },
    { ...base, code: 'p-10', name: ' ' },
    { code: 'p-11', name: 'X' },
    { ...base, code: 'p-12' },
    { ...base, code: 'p-12' },
    { ...base, code: 'p-13', phone: '+60129990013', language: '??' },
    { ...base, code: 'p-14', phone: '+60129990014' },
    { ...base, code: 'p-15', phone: '+60129990014' },
  ];
  const headers = { 'accept-language': 'id', 'idempotency-key': 'wrong-1' };
  const done = await bring('participants', wrong, headers);
  expect(inShort(done)).toEqual([
    'p-1 phone import.bad-phone',
    'p-2 phone import.phone-taken',
    'p-3 kind import.not-one-of',
    'p-4 partner import.unknown',
    'p-5 outlets import.unknown',
    'p 6 code import.bad-code',
    'p-7 name import.bad-text',
    'p-8 name import.bad-text',
    'p  code import.bad-text',
    `${'x'.repeat(59)}\ufffd code import.bad-code`,
    'p-9 name import.too-long',
    'p-10 name import.missing',
    'p-11 kind import.missing',
    'p-12 created',
    'p-12 code import.twice',
    'p-13 language import.bad-language',
    'p-14 created',
    'p-15 phone import.phone-taken',
  ]);
  expect(done[1]!.problem!.sentence).toBe('Nomor telepon +601100000001 sudah milik sari.');

  const shop = { name: 'X', partner: 'kb-trading', area: 'kota-baru' };
  const places = [
    { ...shop, code: 'o-1', latitude: 90.1, longitude: 0 },
    { ...shop, code: 'o-2', latitude: 1 },
    { ...shop, code: 'o-3', address: 'two\nlines' },
  ];
  expect(inShort(await bring('outlets', places))).toEqual([
    'o-1 latitude import.bad-degrees',
    'o-2 longitude import.missing',
    'o-3 address import.bad-text',
  ]);
  const goods = { name: 'X', brand: 'X', category: 'x', currency: 'MYR' };
  const products = [
    { ...goods, sku: 's-1', currency: 'XXY' },
    { ...goods, sku: 's-2', listPriceMinor: 1.5 },
    { ...goods, sku: 's-3', aliases: [''] },
    { ...goods, sku: '' },
  ];
  expect(inShort(await bring('products', products))).toEqual([
    's-1 currency import.bad-currency',
    's-2 listPriceMinor import.bad-amount',
    's-3 aliases import.missing',
    ' sku import.missing',
  ]);
});

test('areas lie within each other and never in a circle', async () => {
  const area = (code: string, parent: string | null) => ({ code, name: code, parent });
  expect(
    inShort(await bring('areas', [area('a', 'b'), area('b', 'c'), area('c', null), area('d', 'd')])),
  ).toEqual(['a created', 'b created', 'c created', 'd parent import.area-loop']);
  expect(inShort(await bring('areas', [area('c', 'a')]))).toEqual(['c parent import.area-loop']);
  expect(inShort(await bring('areas', [area('c', 'a'), area('b', null)]))).toEqual([
    'c updated',
    'b updated',
  ]);
  const deep = Array.from({ length: 45 }, (_, i) => area(`deep-${i}`, i === 0 ? null : `deep-${i - 1}`));
  const done = await bring('areas', deep);
  expect(done.filter(({ outcome }) => outcome === 'created')).toHaveLength(40);
});

test('a key repeats the answer, also while others bring in the same', async () => {
  const headers = { 'idempotency-key': 'bring-1' };
  const items = [{ code: 'once', name: 'Once' }];
  expect(inShort(await bring('areas', items, headers))).toEqual(['once created']);
  expect(inShort(await bring('areas', items, headers))).toEqual(['once created']);
  const other = { as: 'rina', method: 'POST', headers, body: { items: [{ code: 'other', name: 'Other' }] } };
  expect((await client.ask('areas', other)).status).toBe(422);
  const both = await Promise.all([1, 2].map(() => bring('areas', [{ code: 'race', name: 'Race' }])));
  expect(both.flatMap(inShort).toSorted()).toEqual(['race created', 'race unchanged']);
});

test('only managers may, within their own tenant, and lists of the wrong shape are refused whole', async () => {
  const body = { items: [{ code: 'sari', name: 'Mine' }] };
  const ask = async (as: string, given: unknown = body) =>
    (await client.ask('participants', { as, method: 'POST', body: given })).status;
  expect([await ask('dewi'), await ask('sari'), await ask('omar')]).toEqual([403, 404, 404]);
  expect(await ask('rina', { items: [] })).toBe(422);
  expect(await ask('rina', { items: [{ code: 'sari', colour: 'red' }] })).toBe(422);
  expect(await ask('rina', { items: Array.from({ length: 1001 }, () => ({ code: 'x' })) })).toBe(422);
  const [sari] = await withTenant(app.db, people.tenant, (tx) => participantRows(tx, ['sari']));
  expect(sari!.name).toBe('Sari');
});
