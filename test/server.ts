import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import path from 'node:path';

import { loadDemo } from '../demo/load.ts';
import { readConfig } from '../src/config.ts';
import { openDatabase } from '../src/db/open.ts';

const program = path.resolve(import.meta.dirname, '../src/cli/mitra.ts');

/** A server in a process of its own, as its operator starts it, on the embedded database of the folder. */
export type ServerProcess = {
  url: string;
  /** Ends it as a power cut would: nothing is said and nothing tidied up. */
  kill(): Promise<void>;
  /** Ends it as Ctrl-C does. */
  stop(): Promise<void>;
};

/** Puts the demo world into the embedded database of the data folder. */
export async function prepareDemo(folder: string): Promise<void> {
  const db = await openDatabase(readConfig({ MITRA_DATA: folder }), { mode: 'share' });
  await loadDemo(db);
  await db.close();
}

/** Starts `mitra start` in demo mode and waits until it answers. `env` may name another database than the folder's. */
export async function startServer(folder: string, env: NodeJS.ProcessEnv = {}): Promise<ServerProcess> {
  const port = await freePort();
  const child = spawn(process.execPath, [program, 'start'], {
    env: {
      ...process.env,
      DATABASE_URL: '',
      MITRA_DATA: folder,
      MITRA_DEMO: '1',
      PORT: String(port),
      LOG_LEVEL: 'error',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  await untilRunning(child, url);
  const end = async (signal: NodeJS.Signals) => {
    const ended = once(child, 'exit');
    if (child.kill(signal)) await ended;
  };
  return { url, kill: () => end('SIGKILL'), stop: () => end('SIGTERM') };
}

async function untilRunning(child: ChildProcess, url: string): Promise<void> {
  let said = '';
  child.stdout!.on('data', (data: Buffer) => (said += data.toString()));
  while (!said.includes(url)) {
    if (child.exitCode !== null)
      throw new Error(`the server ended with exit code ${child.exitCode}: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}
