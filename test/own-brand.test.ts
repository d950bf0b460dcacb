import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { readProgramme } from '../src/cli/programme-folder.ts';
import { readConfig } from '../src/config.ts';
import { withTenant } from '../src/db/transact.ts';
import { openObjects } from '../src/evidence/objects.ts';
import { createPool } from '../src/evidence/receipt/pool.ts';
import type { App } from '../src/flow/app.ts';
import { applyProgramme } from '../src/flow/apply-programme.ts';
import { createTenant } from '../src/flow/create-tenant.ts';
import { importBalances, readBalances } from '../src/flow/import-balances.ts';
import { makeKey } from '../src/flow/make-key.ts';
import { importNetworkFile, readNetworkFile } from '../src/flow/network-file.ts';
import { networkKinds, type NetworkKind } from '../src/flow/network-fields.ts';
import type { TenantId } from '../src/shared/id.ts';
import { testDatabase } from './database.ts';
import { httpClient } from './http.ts';

/** The files of docs/own-brand.md, so that the page stays true. */
const page = readFileSync(path.resolve(import.meta.dirname, '../docs/own-brand.md'), 'utf8');
const files = new Map(
  [...page.matchAll(/^`([\w./-]+)`\n\n```\w*\n([\s\S]*?)^```$/gm)].map(([, name, text]) => [name!, text!]),
);

let database: Awaited<ReturnType<typeof testDatabase>>;
let app: App;
let tenant: TenantId;
const folder = mkdtempSync(path.join(tmpdir(), 'mitra-test-'));
beforeAll(async () => {
  database = await testDatabase();
  const config = { ...readConfig({ MITRA_DATA: folder }), demo: true };
  app = { config, db: database.db, objects: openObjects(config), ocr: createPool(), now: () => new Date() };
});
afterAll(async () => {
  await app.ocr.close();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

const acme = { code: 'acme', name: 'Acme Indonesia', manager: 'Ayu@acme.example' };
const create = (asked = acme) => createTenant(app.db, asked, new Date());

async function bring(kind: NetworkKind, text: string) {
  const read = readNetworkFile(kind, text);
  if (!read.ok) throw new Error(JSON.stringify(read.facts));
  return importNetworkFile(app.db, tenant, kind, read.rows);
}
const inShort = (done: Awaited<ReturnType<typeof bring>>) =>
  done.map((one) => `${one.line} ${one.code} ${one.outcome === 'refused' ? one.key : one.outcome}`);

test('a tenant is made with its first manager; the same again changes nothing, and others do not get in so', async () => {
  const made = await create();
  if (!made.ok) throw new Error(JSON.stringify(made));
  expect(made).toMatchObject({ created: true, manager: { code: 'ayu', role: 'manager' } });
  tenant = made.tenant.tenant;
  expect(await create()).toEqual({ ...made, created: false });
  const field = async (asked: typeof acme) => {
    const refused = await create(asked);
    return refused.ok ? null : refused.facts?.['field'];
  };
  expect(await field({ ...acme, name: 'Another' })).toBe('name');
  expect(await field({ ...acme, manager: 'eve@acme.example' })).toBe('manager');
  expect(await field({ ...acme, code: 'Acme Indonesia' })).toBe('code');
  expect(await field({ ...acme, manager: 'ayu' })).toBe('manager');
});

test('a tenant that is made later changes nothing for those who sign in without naming one', async () => {
  await createTenant(app.db, { ...acme, code: 'aaa', name: 'Another' }, new Date());
  const body = { email: acme.manager, code: '000000' };
  const client = httpClient(app);
  const { demoCode } = (await (
    await client.ask('auth/otp', { method: 'POST', body: { email: body.email } })
  ).json()) as { demoCode: string };
  const session = await client.ask('auth/sessions', { method: 'POST', body: { ...body, code: demoCode } });
  expect(((await session.json()) as { token: string }).token.split('.')[0]).toBe(tenant);
});

test('before there is a programme, doors say so', async () => {
  const client = httpClient(app);
  const asked = await client.ask('auth/otp', { method: 'POST', body: { email: acme.manager } });
  const { demoCode: code } = (await asked.json()) as { demoCode: string };
  const session = await client.ask('auth/sessions', { method: 'POST', body: { email: acme.manager, code } });
  client.keep('ayu', ((await session.json()) as { token: string }).token);
  const me = await client.ask('me', { as: 'ayu' });
  expect([me.status, (await me.json()) as unknown]).toMatchObject([409, { code: 'no-programme' }]);
  const read = readBalances('external_key,participant,asset,units\na,wati,points,1\n');
  if (!read.ok) throw new Error('the file is in order');
  const done = await importBalances(app.db, tenant, read.rows, new Date());
  expect(done.problems.map(({ key }) => key)).toEqual(['refusal.no-programme']);
});

test('the files of docs/own-brand.md lead to the points it tells of', async () => {
  for (const [name, text] of files) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  const programme = readProgramme(path.join(folder, 'acme'));
  if (!programme.ok) throw new Error(JSON.stringify(programme.problems));
  const launched = { launch: true, waiver: 'First rules' };
  const by = { code: 'ayu', role: 'manager' } as const;
  const applied = await withTenant(app.db, tenant, (tx) =>
    applyProgramme(tx, programme.documents, by, new Date(), launched),
  );
  expect(applied).toMatchObject({ ok: true });
  for (const outcome of ['created', 'unchanged'])
    for (const kind of networkKinds) {
      const done = kind === 'staff' ? [] : await bring(kind, files.get(`${kind}.csv`)!);
      expect(
        done.map((one) => one.outcome).every((one) => one === outcome),
        kind,
      ).toBe(true);
    }
  const asked = {
    name: 'Till',
    may: ['record'],
    programme: null,
    outlets: ['sinar-1'],
    expiresAt: null,
  } as const;
  const key = await withTenant(app.db, tenant, (tx) => makeKey(tx, asked, null, new Date()));
  if (!key.ok) throw new Error(JSON.stringify(key.facts));
  const client = httpClient(app);
  client.keep('till', key.text);
  const told = /-d '(\{\n {2}"source"[\s\S]*?)'\n\{/.exec(page)![1]!;
  const body = told.replace(`'$(date -Iseconds)'`, new Date().toISOString());
  const sale = await client.ask('activities', { as: 'till', method: 'POST', body });
  expect(await sale.json()).toMatchObject({ outcome: 'recorded', points: 9 });
});

test('rows of a file that are wrong are told with their lines', async () => {
  const outlets = `Code;Name;Partner;Area;Latitude;Longitude
sinar-1;"Warung
Sinar Dua";warung-sinar;jakarta;;
sinar-2;Dua;warung-sinar;jakarta;-6,2;106,8
sinar-3;Tiga;warung-sinar;bogor;;
sinar-4;Empat;warung-sinar;jakarta;;;extra
sinar-5;Lima;warung-sinar;jakarta;-6.2;106.8
sinar-5;Lima;warung-sinar;jakarta;-6.2;106.8
;Enam;warung-sinar;jakarta;;
`;
  expect(inShort(await bring('outlets', outlets))).toEqual([
    '2 sinar-1 import.bad-text',
    '4 sinar-2 import.bad-degrees',
    '5 sinar-3 import.unknown',
    '6  import.too-many-cells',
    '7 sinar-5 created',
    '8 sinar-5 import.twice',
    '9  import.missing',
  ]);
  const products = 'sku,is_focus\nAC-1,yes\n';
  expect(inShort(await bring('products', products))).toEqual(['2 AC-1 updated']);
  expect(inShort(await bring('products', products.replace('yes', 'maybe')))).toEqual([
    '2 AC-1 import.bad-flag',
  ]);
});

test('colleagues come in by file, each with an address of their own', async () => {
  const staff = `code,name,email,role
ayu,Ayu Lestari,AYU@acme.example,manager
bima,Bima,bima@acme.example,controller
citra,Citra,bima@acme.example,reviewer
dian,Dian,dian,reviewer
eko,Eko,eko@acme.example,king
`;
  expect(inShort(await bring('staff', staff))).toEqual([
    '2 ayu updated',
    '3 bima created',
    '4 citra import.email-taken',
    '5 dian import.bad-email',
    '6 eko import.not-one-of',
  ]);
  expect(inShort(await bring('staff', staff)).slice(0, 2)).toEqual(['2 ayu unchanged', '3 bima unchanged']);
});

test('a code that comes twice is refused also where a file takes several transactions', async () => {
  const rows = Array.from({ length: 1500 }, (_, i) => `p-${i % 1400},P ${i},retailer`);
  const done = await bring('partners', `code,name,kind\n${rows.join('\n')}\n`);
  const count = (outcome: string) => done.filter((one) => one.outcome === outcome).length;
  expect([count('created'), count('refused')]).toEqual([1400, 100]);
});

test.each([
  ['', 'code'],
  ['name,parent\n', 'code'],
  ['code,name,colour\n', 'colour'],
  ['code,name,Name\n', 'name'],
])('a file with the columns %j is refused', (text, field) => {
  expect(readNetworkFile('areas', text)).toMatchObject({
    ok: false,
    refused: 'bad-request',
    facts: { field },
  });
});
