import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { openBucket, openFolder } from './objects.ts';
import type { ObjectStore } from './objects.ts';

const receipt = Buffer.from('a picture of a receipt');
const address = createHash('sha256').update(receipt).digest('hex');

function keepsItsPromise(open: () => ObjectStore): void {
  test('gives back what was put, under the hash of its content, as often as it is put', async () => {
    const store = open();
    expect(await store.has(address)).toBe(false);
    expect(await store.get(address)).toBeNull();
    expect(await store.put(receipt)).toBe(address);
    expect(await store.put(receipt)).toBe(address);
    expect(await store.has(address)).toBe(true);
    expect(await store.get(address)).toEqual(receipt);
  });

  test('forgets what was deleted, and does not mind deleting nothing', async () => {
    const store = open();
    await store.put(receipt);
    await store.delete(address);
    await store.delete(address);
    expect(await store.get(address)).toBeNull();
  });

  test('takes nothing but an address', async () => {
    await expect(open().get('../secret')).rejects.toThrow('not the address');
    await expect(open().delete(`${address}/..`)).rejects.toThrow('not the address');
  });
}

describe('objects in a folder', () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(path.join(tmpdir(), 'mitra-objects-'))));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  keepsItsPromise(() => openFolder(folder));

  test('twenty writers of one object leave one file and nothing half-written', async () => {
    const store = openFolder(folder);
    await Promise.all(Array.from({ length: 20 }, () => store.put(receipt)));
    expect(readdirSync(path.join(folder, address.slice(0, 2)))).toEqual([address.slice(2)]);
  });

  test('notices that an object was changed on the disk', async () => {
    const store = openFolder(folder);
    await store.put(receipt);
    writeFileSync(path.join(folder, address.slice(0, 2), address.slice(2)), 'another picture');
    await expect(store.get(address)).rejects.toThrow('other content');
    await store.delete(address);
  });
});

describe('objects in a bucket', () => {
  const secret = 'a secret';
  let server: Server;
  let url: string;
  const kept = new Map<string, Buffer>();
  const fails = { next: 0 };

  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const body = Buffer.concat(await request.toArray());
      const key = request.url!;
      const status = fails.next > 0 ? 503 : statusOf(request, body);
      fails.next = Math.max(0, fails.next - 1);
      if (status === 200 && request.method === 'PUT') kept.set(key, body);
      if (status === 200 && request.method === 'DELETE') kept.delete(key);
      response.writeHead(status).end(request.method === 'GET' && status === 200 ? kept.get(key) : undefined);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://KEY:${encodeURIComponent(secret)}@127.0.0.1:${(server.address() as AddressInfo).port}/pictures/mitra?region=ap-southeast-3`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  function statusOf(request: IncomingMessage, body: Buffer): number {
    if (!isSigned(request, secret)) return 403;
    const digest = request.headers['x-amz-content-sha256'];
    if (request.method === 'PUT')
      return digest === createHash('sha256').update(body).digest('hex') ? 200 : 400;
    if (request.method === 'DELETE') return 200;
    return kept.has(request.url!) ? 200 : 404;
  }

  keepsItsPromise(() => openBucket(url));

  test('waits out a store that is busy for a moment', async () => {
    fails.next = 2;
    expect(await openBucket(url).put(receipt)).toBe(address);
  });

  test('says what the store said when it refuses', async () => {
    const other = url.replace(encodeURIComponent(secret), 'wrong');
    await expect(openBucket(other).put(receipt)).rejects.toThrow('answered 403 to PUT');
  });

  test('refuses an address without key, secret or bucket', () => {
    for (const wrong of ['https://host/bucket', 'https://KEY:SECRET@host/', 'bucket'])
      expect(() => openBucket(wrong)).toThrow('OBJECT_STORE_URL must look like');
  });
});

/** Signature Version 4 worked out once more from the request as it arrived. */
function isSigned(request: IncomingMessage, secret: string): boolean {
  const [, day, region, names, signature] =
    /Credential=KEY\/(\d{8})\/([^/]+)\/s3\/aws4_request, *SignedHeaders=([^,]+), *Signature=([0-9a-f]+)/.exec(
      request.headers.authorization ?? '',
    ) ?? [];
  if (!names) return false;
  const headers = names.split(';').map((name) => `${name}:${request.headers[name]}\n`);
  const canonical = [
    request.method,
    request.url,
    '',
    headers.join(''),
    names,
    request.headers['x-amz-content-sha256'],
  ];
  const digest = createHash('sha256').update(canonical.join('\n')).digest('hex');
  const toSign = [
    'AWS4-HMAC-SHA256',
    request.headers['x-amz-date'],
    `${day}/${region}/s3/aws4_request`,
    digest,
  ];
  const key = [day!, region!, 's3', 'aws4_request'].reduce<Buffer | string>(
    (key, part) => createHmac('sha256', key).update(part).digest(),
    `AWS4${secret}`,
  );
  return createHmac('sha256', key).update(toSign.join('\n')).digest('hex') === signature;
}
