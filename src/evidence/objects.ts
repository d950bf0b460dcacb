import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

import { AwsClient } from 'aws4fetch';

import { ConfigProblem } from '../config.ts';
import type { Config } from '../config.ts';

/**
 * Bytes kept under the SHA-256 of their content, in hex. The same bytes are kept once, an address never changes its
 * content, and what is read back is what was written: other bytes throw.
 */
export type ObjectStore = {
  /** Keeps the bytes, durably when it returns, and answers their address. */
  put(bytes: Uint8Array): Promise<string>;
  /** The bytes, or null when there are none at this address. */
  get(address: string): Promise<Buffer | null>;
  has(address: string): Promise<boolean>;
  /** Removes the bytes for good; harmless when there are none. */
  delete(address: string): Promise<void>;
};

/** The store of this installation: OBJECT_STORE_URL, else the folder `objects` in the data folder. */
export function openObjects(config: Config): ObjectStore {
  return config.objectStoreUrl
    ? openBucket(config.objectStoreUrl)
    : openFolder(path.join(config.dataFolder, 'objects'));
}

const addressPattern = /^[0-9a-f]{64}$/;

function addressOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** An address becomes a path or a URL, so anything else must not pass. */
function checked(address: string): string {
  if (!addressPattern.test(address)) throw new Error(`not the address of an object: ${address.slice(0, 80)}`);
  return address;
}

function whole(address: string, bytes: Buffer): Buffer {
  if (addressOf(bytes) !== address) throw new Error(`the object ${address} has other content than was kept`);
  return bytes;
}

/** Keeps objects in a folder, spread over 256 folders by the first byte of their address. */
export function openFolder(folder: string): ObjectStore {
  const fileOf = (address: string) => path.join(folder, checked(address).slice(0, 2), address.slice(2));
  return {
    async put(bytes) {
      const address = addressOf(bytes);
      const file = fileOf(address);
      if (!(await exists(file))) await writeDurably(file, bytes);
      return address;
    },
    async get(address) {
      const bytes = await readFile(fileOf(address)).catch(nullWhenMissing);
      return bytes && whole(address, bytes);
    },
    async has(address) {
      return exists(fileOf(address));
    },
    async delete(address) {
      await rm(fileOf(address), { force: true });
    },
  };
}

/** Written beside and renamed: a crash leaves the whole object or none, and never half of one under its address. */
async function writeDurably(file: string, bytes: Uint8Array): Promise<void> {
  const folder = path.dirname(file);
  await mkdir(folder, { recursive: true });
  const part = path.join(folder, `.${randomUUID()}`);
  try {
    const handle = await open(part, 'wx', 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return; // Folders cannot be opened there.
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    (error) => nullWhenMissing(error) !== null,
  );
}

function nullWhenMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}

const requestLimitMs = 20_000;

/** Keeps objects in a bucket of any S3-compatible store: https://KEY:SECRET@host/bucket/prefix?region=eu-central-1 */
export function openBucket(url: string): ObjectStore {
  const { base, client } = readBucketUrl(url);
  const request = async (method: string, address: string, body?: Uint8Array): Promise<Response> => {
    const response = await client.fetch(`${base}/${checked(address)}`, {
      method,
      signal: AbortSignal.timeout(requestLimitMs),
      // The address is the digest that the signature covers, so the store itself refuses bytes that changed on the way.
      ...(body ? { body: Buffer.from(body), headers: { 'x-amz-content-sha256': address } } : {}),
    });
    if (response.ok || response.status === 404) return response;
    const told = await response.text();
    throw new Error(`the object store answered ${response.status} to ${method}: ${told.slice(0, 300)}`);
  };
  return {
    async put(bytes) {
      const address = addressOf(bytes);
      const response = await request('PUT', address, bytes);
      await response.body?.cancel();
      if (!response.ok) throw new Error('the object store has no such bucket');
      return address;
    },
    async get(address) {
      const response = await request('GET', address);
      if (!response.ok) return response.body?.cancel().then(() => null) ?? null;
      return whole(address, Buffer.from(await response.arrayBuffer()));
    },
    async has(address) {
      return (await request('HEAD', address)).ok;
    },
    async delete(address) {
      await (await request('DELETE', address)).body?.cancel();
    },
  };
}

function readBucketUrl(text: string): { base: string; client: AwsClient } {
  const url = URL.canParse(text) ? new URL(text) : null;
  const folder = url?.pathname.replace(/\/+$/, '') ?? '';
  if (!url || !/^https?:$/.test(url.protocol) || !url.username || !url.password || folder === '')
    throw new ConfigProblem(
      'OBJECT_STORE_URL must look like https://KEY:SECRET@host/bucket?region=eu-central-1.',
    );
  const client = new AwsClient({
    accessKeyId: decodeURIComponent(url.username),
    secretAccessKey: decodeURIComponent(url.password),
    region: url.searchParams.get('region') ?? 'us-east-1',
    service: 's3',
    retries: 3,
  });
  return { base: `${url.origin}${folder}`, client };
}
