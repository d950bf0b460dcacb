import { afterAll, beforeAll, expect, test } from 'vitest';

import { outlets } from '../../demo/world.ts';
import { testApp } from '../../test/app.ts';
import { httpClient, type Client } from '../../test/http.ts';
import { withTenant } from '../db/transact.ts';
import { addOutlets } from '../network/outlets.ts';

type Row = { id: string; code: string; name: string };
type Page = { items: Row[]; next: string | null };

let client: Client;
let running: Awaited<ReturnType<typeof testApp>>;

beforeAll(async () => {
  running = await testApp();
  const many = Array.from({ length: 3000 }, (_, index) => ({
    ...outlets[0]!,
    code: `kedai-${index}`,
    name: `Kedai Runcit Nombor ${index}`,
  }));
  await withTenant(running.app.db, running.world.tenant, (tx) => addOutlets(tx, many));
  client = httpClient(running.app);
  await client.signIn('sari', 'dewi', 'omar');
});
afterAll(() => running.close());

const answer = async <T = Page>(where: string, as = 'dewi') =>
  (await (await client.ask(where, { as })).json()) as T;
const codes = ({ items }: Page) => items.map(({ code }) => code);

test('thousands of outlets are answered page by page, each once and in order of code', async () => {
  expect((await answer('outlets')).items).toHaveLength(50);
  const seen: string[] = [];
  let next: string | null = null;
  do {
    const page: Page = await answer(`outlets?limit=200${next ? `&before=${next}` : ''}`);
    seen.push(...codes(page));
    next = page.next;
  } while (next);
  expect(seen.length).toBe(3000 + outlets.length);
  expect(seen).toEqual([...new Set(seen)].toSorted());
  expect((await client.ask('outlets?limit=201', { as: 'dewi' })).status).toBe(422);
  expect((await client.ask('outlets?before=kedai-1', { as: 'dewi' })).status).toBe(422);
});

test('outlets are found by code and by a part of the name, page by page too', async () => {
  expect(codes(await answer('outlets?search=kedai-2999'))).toEqual(['kedai-2999']);
  expect(codes(await answer('outlets?search=nombor%20177'))).toEqual(
    ['', 0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((last) => `kedai-177${last}`),
  );
  const first = await answer('outlets?search=Runcit&limit=3');
  const second = await answer(`outlets?search=Runcit&limit=3&before=${first.next}`);
  const both = await answer('outlets?search=Runcit&limit=6');
  expect([...codes(first), ...codes(second)]).toEqual(codes(both));
  expect(await answer('outlets?search=nowhere')).toEqual({ items: [], next: null });
});

test('outlets and people are asked for by their codes, and a person by the number', async () => {
  expect(codes(await answer('outlets?code=kedai-7'))).toEqual(['kedai-7']);
  expect(codes(await answer('outlets?code=kedai-7&code=toko-maju&code=nowhere')).toSorted()).toEqual([
    'kedai-7',
    'toko-maju',
  ]);
  expect(codes(await answer('participants?search=%2B601100000001'))).toEqual(['sari']);
  const [budi] = (await answer('participants?code=budi')).items;
  expect(await answer<Row>(`participants/${budi!.id}`)).toEqual(budi);
});

test('Sari finds only the shops she acts for, and another tenant nothing of this one', async () => {
  expect(codes(await answer('outlets', 'sari'))).toEqual(['subang-bestari', 'toko-maju']);
  expect(codes(await answer('outlets?search=maj', 'sari'))).toEqual(['toko-maju']);
  expect(codes(await answer('outlets?code=kedai-7', 'sari'))).toEqual([]);
  const { next } = await answer('outlets?limit=1', 'sari');
  expect(codes(await answer(`outlets?limit=1&before=${next}`, 'sari'))).toEqual(['toko-maju']);
  expect(codes(await answer('outlets?search=kedai', 'omar'))).toEqual([]);
  expect((await client.ask('participants?search=sari', { as: 'sari' })).status).toBe(404);
});
