import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';

import type { Config } from '../config.ts';
import { openObjects } from '../evidence/objects.ts';
import type { Check } from './doctor.ts';

const root = path.resolve(import.meta.dirname, '../..');
const nodeMajor = 24;
const freeMinGb = 1;

/** Looks at what is not the database: Node, folders, port, pages, and the reading of receipts. */
export async function* checkMachine(config: Config): AsyncGenerator<Check> {
  yield checkNode();
  yield checkFolder(config.dataFolder);
  yield checkDisk(config.dataFolder);
  yield await checkPort(config);
  yield await checkObjects(config);
  yield checkPages();
  yield await checkReader();
}

function checkNode(): Check {
  const fits = Number(process.versions.node.split('.')[0]) >= nodeMajor;
  return {
    name: 'Node',
    state: fits ? 'ok' : 'wrong',
    words: fits
      ? process.version
      : `${process.version}; it must be ${nodeMajor}. Run npm ci, which installs it.`,
  };
}

function checkFolder(folder: string): Check {
  const name = 'data folder';
  const probe = path.join(folder, `.doctor-${process.pid}`);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(probe, '');
    rmSync(probe);
    return { name, state: 'ok', words: `${folder} can be written` };
  } catch (error) {
    const words = `${folder} cannot be written (${(error as Error).message}). Change its owner, or set MITRA_DATA to another.`;
    return { name, state: 'wrong', words };
  }
}

function checkDisk(folder: string): Check {
  const name = 'disk space';
  try {
    const { bavail, bsize } = statfsSync(folder);
    const freeGb = (bavail * bsize) / 2 ** 30;
    const words = `${freeGb.toFixed(1)} GB free in the data folder`;
    if (freeGb >= freeMinGb) return { name, state: 'ok', words };
    return { name, state: 'wrong', words: `${words}; at least ${freeMinGb} GB should be.` };
  } catch (error) {
    return { name, state: 'note', words: `unknown (${(error as Error).message})` };
  }
}

async function checkPort({ host, port }: Config): Promise<Check> {
  const name = 'port';
  const problem = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen(port, host, () => server.close(() => resolve(null)));
  });
  if (!problem) return { name, state: 'ok', words: `${port} on ${host} is free` };
  if (problem.code !== 'EADDRINUSE') {
    const words = `Mitra may not listen on ${host}, port ${port} (${problem.message}). Set HOST and PORT.`;
    return { name, state: 'wrong', words };
  }
  if (await isMitra(host, port))
    return { name, state: 'ok', words: `Mitra itself is running at port ${port}` };
  const words = `${port} is taken by another program. Stop that one, or choose another: PORT=${port + 1}.`;
  return { name, state: 'wrong', words };
}

async function isMitra(host: string, port: number): Promise<boolean> {
  try {
    const at = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
    const response = await fetch(`http://${at}:${port}/api/v1/openapi.json`, {
      signal: AbortSignal.timeout(3000),
    });
    const document = (await response.json()) as { info?: { title?: string } };
    return document.info?.title?.includes('Mitra') ?? false;
  } catch {
    return false;
  }
}

async function checkObjects(config: Config): Promise<Check> {
  const name = 'object store';
  try {
    const store = openObjects(config);
    const address = await store.put(randomBytes(32));
    const kept = await store.get(address);
    await store.delete(address);
    if (!kept) throw new Error('what was kept could not be read');
    return {
      name,
      state: 'ok',
      words: config.objectStoreUrl ? 'the bucket keeps pictures' : 'the folder keeps pictures',
    };
  } catch (error) {
    return { name, state: 'wrong', words: `pictures cannot be kept: ${(error as Error).message}` };
  }
}

function checkPages(): Check {
  const missing = ['partner', 'admin'].filter(
    (page) => !existsSync(path.join(root, 'web/dist', page, 'index.html')),
  );
  if (missing.length === 0) return { name: 'pages', state: 'ok', words: 'built' };
  return {
    name: 'pages',
    state: 'wrong',
    words: `the pages are not built (${missing.join(', ')}). Run npm run build.`,
  };
}

/** Reads an empty picture: whether the networks load and the threads start is what matters. */
async function checkReader(): Promise<Check> {
  const name = 'reading receipts';
  try {
    const { default: sharp } = await import('sharp');
    const { createPool } = await import('../evidence/receipt/pool.ts');
    const white = { width: 320, height: 480, channels: 3, background: 'white' } as const;
    const stored = await sharp({ create: white }).jpeg().toBuffer();
    const pool = createPool();
    try {
      const at = performance.now();
      await pool.read({ stored, detail: null }, { currency: 'MYR', timeZone: 'UTC', dateOrder: 'dmy' });
      return {
        name,
        state: 'ok',
        words: `works; an empty picture took ${((performance.now() - at) / 1000).toFixed(1)} s`,
      };
    } finally {
      await pool.close();
    }
  } catch (error) {
    const words = `receipts cannot be read: ${(error as Error).message}. Run npm ci again on this machine.`;
    return { name, state: 'wrong', words };
  }
}
