import { afterAll, beforeAll, expect, test } from 'vitest';

import { catalogue } from '../../demo/catalogue.ts';
import { loadDemo } from '../../demo/load.ts';
import { outlets, participants } from '../../demo/world.ts';
import { testDatabase } from '../../test/database.ts';
import { world, type World } from '../../test/world.ts';
import { withTenant, type Tx } from '../db/transact.ts';
import type { OutletId } from '../shared/id.ts';
import { listAreas } from './areas.ts';
import {
  addOutlets,
  findOutlets,
  openOutlet,
  outletById,
  outletIdOf,
  outletsOfParticipant,
  pageOfOutlets,
  type Outlet,
} from './outlets.ts';
import {
  addParticipants,
  assignOutlets,
  pageOfParticipants,
  participantByCode,
  participantById,
  participantByPhone,
} from './participants.ts';
import { partnerIdOf, partnersByIds } from './partners.ts';
import { addProducts, findProducts, listProducts, productById, productIdOf } from './products.ts';
import { listProgrammes, programmeByCode, programmeById } from './programmes.ts';
import { listStaff, staffByEmail, staffById } from './staff.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
let people: World;
beforeAll(async () => {
  database = await testDatabase();
  people = await world(database.db);
});
afterAll(() => database.drop());

const inNusa = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => withTenant(database.db, people.tenant, work);
const codes = (found: readonly { code: string }[]): string[] => found.map(({ code }) => code);

test('Sari acts for two shops of Toko Maju and is found by her phone', async () => {
  await inNusa(async (tx) => {
    const sari = await participantByPhone(tx, '+601100000001');
    expect(sari).toMatchObject({
      id: people.sari,
      name: 'Sari',
      language: 'id',
      partnerName: 'Toko Maju',
      tier: 'silver',
    });
    expect(await participantById(tx, people.sari)).toEqual(sari);
    expect(await participantByCode(tx, 'sari')).toEqual(sari);
    expect(codes(await outletsOfParticipant(tx, people.sari))).toEqual(['subang-bestari', 'toko-maju']);
    expect(await participantByPhone(tx, '+601199999999')).toBeNull();
  });
});

test('an outlet comes with its owner, its distributor and its area by name', async () => {
  expect(await inNusa((tx) => outletById(tx, people.jinjangUtara))).toMatchObject({
    code: 'jinjang-utara',
    partnerName: 'Kedai Jinjang',
    distributorName: 'Distributor Utara',
    areaName: 'Kepong',
    isOpen: false,
  });
  expect(await inNusa((tx) => openOutlet(tx))).toMatchObject({
    id: people.openOutlet,
    distributor: null,
    isOpen: true,
  });
});

test('adding again under the same code changes nothing', async () => {
  const all = (tx: Tx) => Promise.all([pageOfOutlets(tx, { after: null, limit: 200 }), listProducts(tx)]);
  const before = await inNusa(all);
  await inNusa(async (tx) => {
    await addOutlets(tx, [{ ...outlets[0]!, name: 'Somebody else' }]);
    await addParticipants(tx, [{ ...participants[0]!, name: 'Somebody else' }]);
    await addProducts(tx, [{ ...catalogue[0]!, name: 'Something else' }]);
  });
  await loadDemo(database.db);
  expect(await inNusa(all)).toEqual(before);
  expect(await inNusa((tx) => participantById(tx, people.sari))).toMatchObject({ name: 'Sari' });
});

test('a reference to a code that is not there is a mistake and throws', async () => {
  const lost = { ...outlets[0]!, code: 'lost', partner: 'nobody' };
  await expect(inNusa((tx) => addOutlets(tx, [lost]))).rejects.toThrow(/foreign key/);
});

test('a person can be given further outlets', async () => {
  await inNusa(async (tx) => {
    await assignOutlets(tx, [{ code: 'ivan', outlets: ['slf', 'jin-seng'] }]);
    expect(codes(await outletsOfParticipant(tx, people.ivan))).toEqual(['jin-seng', 'slf']);
  });
});

test('staff are found by e-mail however it is capitalised', async () => {
  await inNusa(async (tx) => {
    const dewi = await staffByEmail(tx, 'Dewi@Nusa.example');
    expect(dewi).toMatchObject({ id: people.dewi, role: 'reviewer', language: 'id' });
    expect(await staffById(tx, people.dewi)).toEqual(dewi);
    expect(codes(await listStaff(tx))).toEqual(['dewi', 'karim', 'rina']);
  });
});

test('a programme has its period, its currency and its settings', async () => {
  await inNusa(async (tx) => {
    const programme = await programmeByCode(tx, 'mitra-warung');
    expect(programme).toMatchObject({ startsOn: '2017-05-01', endsOn: '2030-12-31', currency: 'MYR' });
    expect(programme!.settings.totalMinorMax).toBe(100_000);
    expect(await programmeById(tx, people.programme)).toEqual(programme);
    expect(await listProgrammes(tx)).toEqual([programme]);
  });
});

test('areas form a tree', async () => {
  const areas = await inNusa((tx) => listAreas(tx));
  const parentOf = (code: string) =>
    areas.find((area) => area.id === areas.find((one) => one.code === code)!.parent)?.code;
  expect([parentOf('my-kepong'), parentOf('my-kuala-lumpur'), parentOf('my')]).toEqual([
    'my-kuala-lumpur',
    'my',
    undefined,
  ]);
});

test('a page of outlets is found as one types: by the code, or by the name from any of its words on', async () => {
  const find = (search: string, after: OutletId | null = null, limit = 10) =>
    inNusa(async (tx) => codes(await pageOfOutlets(tx, { search, after, limit })));
  expect(await find('toko-ma')).toEqual(['toko-maju']);
  expect(await find('maju')).toEqual(['toko-maju']);
  expect(await find('  Tóko  mAJ ')).toEqual(['toko-maju']);
  expect(await find('aju')).toEqual([]);
  expect(await find('!?')).toEqual([]);
  // Each once, although several words of a name may begin so, and page by page the same ones.
  const listed = await find('s');
  const rest = await find('s', outletIdOf(people, listed[1]!));
  expect([new Set(listed).size, [...listed.slice(0, 2), ...rest]]).toEqual([listed.length, listed]);
});

test('a person is found by the beginning of the number, however it is written', async () => {
  const find = (search: string) =>
    inNusa(async (tx) => codes(await pageOfParticipants(tx, { search, after: null, limit: 10 })));
  expect(await find('+60 11-0000 0001')).toEqual(['sari']);
  expect(await find('6011-000')).toContain('sari');
  expect(await find('Sar')).toEqual(['sari']);
});

test('thousands of outlets are read page by page, and an index finds a few of them', async () => {
  const many = Array.from({ length: 5000 }, (_, index) => ({
    ...outlets[0]!,
    code: `w-${String(index).padStart(5, '0')}`,
    name: `Warung Number ${index}`,
  }));
  await withTenant(database.db, people.tenant, async (tx) => {
    await addOutlets(tx, many);
    const seen: string[] = [];
    for (let after: OutletId | null = null; ;) {
      const page: Outlet[] = await pageOfOutlets(tx, { after, limit: 200 });
      seen.push(...codes(page));
      if (page.length < 200) break;
      after = page.at(-1)!.id;
    }
    expect(seen).toEqual(seen.toSorted());
    expect(seen.filter((code) => code.startsWith('w-'))).toEqual(codes(many));
    const [first, second] = [null, outletIdOf(tx, 'w-00431')];
    expect(codes(await pageOfOutlets(tx, { search: 'number 43', after: first, limit: 2 }))).toEqual([
      'w-00043',
      'w-00430',
    ]);
    expect(codes(await pageOfOutlets(tx, { search: 'number 43', after: second, limit: 2 }))).toEqual([
      'w-04310',
      'w-04311',
    ]);
  });
});

test('outlets are found by what is printed, misread letters and all', async () => {
  const printed = {
    name: 'PASAR M1NI JIN SENG',
    address: '379 JALAN PERMAS SATU BANDAR BARU PERMAS JAYA PLENT0NG',
  };
  const found = await inNusa((tx) => findOutlets(tx, printed));
  expect(found[0]).toMatchObject({ code: 'jin-seng', areaName: 'Permas Jaya' });
  expect(found[0]!.nameScore).toBeGreaterThan(0.6);
  expect(found[0]!.addressScore).toBeGreaterThan(found[1]!.addressScore);
});

test('branches of one chain are told apart by the address', async () => {
  const address = 'LOT P.T. 2811, JALAN ANGSA, TAMAN BERKELEY 41150 KLANG, SELANGOR 1214-JINJANG UTARA';
  const found = await inNusa((tx) => findOutlets(tx, { name: '99 SPEED MART S/B', address }, 3));
  expect(found).toHaveLength(3);
  expect(found[0]!.code).toBe('jinjang-utara');
});

test('the open outlet is never a candidate, and nothing resembles nothing', async () => {
  expect(codes(await inNusa((tx) => findOutlets(tx, { name: 'Open outlet', address: '' })))).not.toContain(
    'open',
  );
  expect(await inNusa((tx) => findOutlets(tx, { name: '', address: '' }))).toEqual([]);
  expect(await inNusa((tx) => findProducts(tx, []))).toEqual([]);
  expect(await inNusa((tx) => findProducts(tx, ['', '---']))).toEqual([]);
});

test('every line of a receipt gets its own candidates in one statement', async () => {
  const texts = [
    '261 HELANG MINYAK MASAK 5KG',
    'no such thing qqq',
    '2829 LIFEBUOY COOL FRESH SO',
    '154 AJIN0MOTO 1KG',
  ];
  const found = await inNusa((tx) => findProducts(tx, texts, 2));
  const best = texts.map((_, index) => found.find(({ text }) => text === index)?.product.sku);
  expect([best[0], best[2], best[3]]).toEqual(['NF-3001', 'NF-6001', 'NF-3004']);
  for (const index of texts.keys())
    expect(found.filter(({ text }) => text === index).length).toBeLessThanOrEqual(2);
});

test('a product keeps its aliases, price and focus', async () => {
  const id = productIdOf(people, 'NF-6001');
  expect(await inNusa((tx) => productById(tx, id))).toEqual({
    ...catalogue.find(({ sku }) => sku === 'NF-6001'),
    id,
  });
});

test('nothing of one principal is visible to the other', async () => {
  await withTenant(database.db, people.other.tenant, async (tx) => {
    expect(await participantById(tx, people.sari)).toBeNull();
    expect(await outletById(tx, people.tokoMaju)).toBeNull();
    const partners = [partnerIdOf(tx, 'other-shop'), partnerIdOf(people, 'toko-maju')];
    expect(codes(await partnersByIds(tx, partners))).toEqual(['other-shop']);
    expect(await listProducts(tx)).toEqual([]);
    expect(await findProducts(tx, ['AJINOMOTO 1KG'])).toEqual([]);
    expect(codes(await findOutlets(tx, { name: 'PASAR MINI JIN SENG', address: '' }))).not.toContain(
      'jin-seng',
    );
  });
});
