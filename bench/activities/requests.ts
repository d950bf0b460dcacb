import { spawn, type ChildProcess } from 'node:child_process';
import http from 'node:http';
import path from 'node:path';
import { createInterface } from 'node:readline';

import type { Login } from '../../src/db/connect.ts';
import { programmeCode } from './network.ts';
import { salesMaker } from './sales.ts';
import type { Base } from '../scratch.ts';

/** Requests under way at the same time. */
export const requestsAtOnce = 64;

/** A server as in life, in a process of its own, with its jobs. */
export async function startServer(
  base: Base,
  dataFolder: string,
): Promise<{ url: URL; stop(): Promise<void> }> {
  const child = spawn(process.execPath, [path.resolve(import.meta.dirname, '../../bin/mitra.js'), 'start'], {
    env: {
      ...process.env,
      DATABASE_URL: addressOf(base.logins.admin),
      DATABASE_APP_URL: addressOf(base.logins.app),
      DATABASE_WORKER_URL: addressOf(base.logins.worker),
      MITRA_DATA: dataFolder,
      MITRA_SECRET: 'of a server that lives for one benchmark',
      PORT: '0',
      LOG_LEVEL: 'error',
      // One sender is measured here, at full speed: its requests are counted, and never too many.
      MITRA_RATE_PERSON: '1000000',
      MITRA_RATE_KEY: '1000000',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const stop = () => stopped(child);
  for await (const line of createInterface(child.stdout)) {
    const url = /running at (\S+)/.exec(line)?.[1];
    if (url) return { url: new URL(url), stop };
  }
  throw new Error('the server did not start');
}

async function stopped(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

function addressOf({ host, port, user, password, database }: Login): string {
  return `postgres://${user}:${encodeURIComponent(password)}@${encodeURIComponent(host)}:${port}/${database}`;
}

/** Posts single activities, so many at once, for some time. Answers the seconds and how long each took. */
export async function sendSingles(
  url: URL,
  token: string,
  { outlets, seed, seconds }: { outlets: number; seed: number; seconds: number },
): Promise<{ seconds: number; latenciesMs: number[] }> {
  const sales = salesMaker(outlets, seed);
  const agent = new http.Agent({ keepAlive: true, maxSockets: requestsAtOnce });
  const latenciesMs: number[] = [];
  const started = performance.now();
  const until = started + seconds * 1000;
  const asText = (_key: string, value: unknown) => (typeof value === 'bigint' ? Number(value) : value);
  const loop = async () => {
    while (performance.now() < until) {
      const body = JSON.stringify(sales(1)[0], asText);
      const sent = performance.now();
      const status = await request(url, agent, token, body);
      if (status !== 201) throw new Error(`the server answered ${status}`);
      latenciesMs.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: requestsAtOnce }, loop));
  agent.destroy();
  return { seconds: (performance.now() - started) / 1000, latenciesMs };
}

function request(url: URL, agent: http.Agent, token: string, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = http.request(
      {
        agent,
        host: url.hostname,
        port: url.port,
        path: `/api/v1/activities?programme=${programmeCode}`,
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
        },
      },
      (answer) => {
        answer.resume();
        answer.once('end', () => resolve(answer.statusCode!));
      },
    );
    sent.once('error', reject);
    sent.end(body);
  });
}
