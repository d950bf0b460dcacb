import { afterAll, beforeAll, expect, test } from 'vitest';

import { testApp } from '../../test/app.ts';
import { httpClient, type Client } from '../../test/http.ts';
import type { App } from '../flow/app.ts';
import { serveWeb } from './serve.ts';
import { addressOf, openLimiter, openRates } from './rates.ts';

let app: App;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ app, close } = await testApp());
});
afterAll(() => close());

test('a bucket gives so many at once, fills evenly, and a refusal costs nothing', () => {
  const limit = openLimiter({ perSecond: 2, burstSeconds: 5 });
  const taken = (atMs: number, times: number) =>
    Array.from({ length: times }, () => limit('sari', atMs)).filter((wait) => wait === 0).length;
  expect(taken(1000, 30)).toBe(10);
  expect(limit('sari', 1000)).toBeCloseTo(0.5);
  expect(limit('sari', 1400)).toBeCloseTo(0.1);
  expect(taken(1500, 30)).toBe(1);
  expect(taken(4500, 30)).toBe(6);
  expect(taken(60_000, 30)).toBe(10);
  expect(limit('budi', 4500)).toBe(0);
});

test('a limiter forgets who asked least recently, and with 0 there is no limit', () => {
  const limit = openLimiter({ perSecond: 1, burstSeconds: 1 }, 2);
  expect([limit('a', 0), limit('b', 0), limit('a', 0) > 0]).toEqual([0, 0, true]);
  expect([limit('c', 0), limit('b', 0) > 0, limit('a', 0)]).toEqual([0, true, 0]);
  const open = openLimiter({ perSecond: 0, burstSeconds: 10 });
  expect(Array.from({ length: 1000 }, () => open('a', 0)).every((wait) => wait === 0)).toBe(true);
});

test('a flood of guessed tokens shuts its address, and not those at the address who are known', () => {
  const rates = openRates({ perKey: 1, perPerson: 1, perAddress: 1 });
  expect(rates.charge('good', '10.0.0.1', 0)).toBe(0);
  rates.know('good', { id: 'sari', kind: 'participant' });
  for (let guess = 0; guess < 20; guess += 1) rates.charge(`guess-${guess}`, '10.0.0.1', 0);
  expect(rates.charge('guess', '10.0.0.1', 0)).toBeGreaterThan(0);
  expect(rates.charge('guess', '10.0.0.2', 0)).toBe(0);
  const known = Array.from({ length: 20 }, () => rates.charge('good', '10.0.0.1', 0));
  expect(known.filter((wait) => wait === 0)).toHaveLength(10);
  rates.forget('good');
  expect(rates.charge('good', '10.0.0.3', 0)).toBe(0);
});

test('one person has one bucket, however often they sign in', () => {
  const rates = openRates({ perKey: 1, perPerson: 1, perAddress: 1 });
  for (const token of ['phone', 'tablet']) rates.know(token, { id: 'sari', kind: 'participant' });
  const waits = Array.from({ length: 20 }, (_, n) => rates.charge(n % 2 ? 'phone' : 'tablet', '', 0));
  expect(waits.filter((wait) => wait === 0)).toHaveLength(10);
});

test.each([
  ['10.0.0.1', undefined, 0, '10.0.0.1'],
  ['::ffff:10.0.0.1', undefined, 0, '10.0.0.1'],
  ['2001:db8:1:2:3:4:5:6', undefined, 0, '2001:db8:1:2'],
  ['2001:DB8::6', undefined, 0, '2001:db8:0:0'],
  ['fe80::1%eth0', undefined, 0, 'fe80:0:0:0'],
  ['::1', undefined, 0, '0:0:0:0'],
  // Whoever asks may write what they like in front of what our own proxies add.
  ['10.0.0.1', '1.1.1.1, 2.2.2.2', 0, '10.0.0.1'],
  ['10.0.0.1', '1.1.1.1, 2.2.2.2', 1, '2.2.2.2'],
  ['10.0.0.1', '1.1.1.1, 2.2.2.2', 2, '1.1.1.1'],
  ['10.0.0.1', undefined, 1, '10.0.0.1'],
])('%s behind %s with %i proxies counts as %s', (socket, forwarded, proxies, address) => {
  expect(addressOf(socket, forwarded, proxies)).toBe(address);
});

const limited = (rates: Partial<App['config']['rates']>): App => ({
  ...app,
  config: { ...app.config, rates: { ...app.config.rates, ...rates } },
});

async function askOften(client: Client, as: string, where = 'products'): Promise<Response[]> {
  const answers = [];
  for (let n = 0; n < 30; n += 1)
    answers.push(await client.ask(where, { as, headers: { 'accept-language': 'id' } }));
  return answers;
}
const refused = (answers: Response[]) => answers.filter(({ status }) => status === 429);

test('who asks too often is told in their language to wait, and how long; others are not', async () => {
  const client = httpClient(limited({ perPerson: 1 }));
  await client.signIn('sari', 'rina');
  const late = refused(await askOften(client, 'sari'));
  expect(late.length).toBeGreaterThan(15);
  expect(late[0]!.headers.get('content-type')).toContain('application/problem+json');
  expect(Number(late[0]!.headers.get('retry-after'))).toBe(1);
  expect(await late[0]!.json()).toMatchObject({
    status: 429,
    code: 'rate-limited',
    detail: 'Permintaan Anda terlalu sering. Coba lagi dalam 1 detik.',
  });
  expect((await client.ask('products', { as: 'rina' })).status).toBe(200);
});

test('an API key has a limit of its own', async () => {
  const client = httpClient(limited({ perKey: 1 }));
  await client.signIn('rina');
  for (const name of ['till', 'erp']) {
    const made = await client.ask('keys', { as: 'rina', method: 'POST', body: { name, may: ['read'] } });
    client.keep(name, ((await made.json()) as { secret: string }).secret);
  }
  expect(refused(await askOften(client, 'till', 'keys/current')).length).toBeGreaterThan(15);
  expect((await client.ask('keys/current', { as: 'erp' })).status).toBe(200);
  expect(refused(await askOften(client, 'rina'))).toHaveLength(0);
});

test('guessing is limited by address, before the database is asked; pages and the doors of operators are not limited', async () => {
  const { config } = limited({ perAddress: 1 });
  const server = await serveWeb({ ...app, config: { ...config, port: 0 } });
  try {
    const seen: string[] = [];
    app.db.watch = (sql) => seen.push(sql);
    const statusOf = async (where: string, headers = {}) => {
      const answer = await fetch(`${server.url}${where}`, { headers });
      await answer.text();
      return answer.status;
    };
    const statuses = [];
    for (let n = 0; n < 40; n += 1) {
      const authorization = `Bearer 00000000-0000-7000-8000-000000000000.${n}`;
      statuses.push(await statusOf('/api/v1/me', { authorization }));
    }
    expect(statuses.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 401));
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(20);
    expect(seen).toHaveLength(statuses.filter((status) => status === 401).length);
    for (const open of ['/health', '/ready', '/metrics', '/']) expect(await statusOf(open)).not.toBe(429);
  } finally {
    delete app.db.watch;
    await server.stop();
  }
});
