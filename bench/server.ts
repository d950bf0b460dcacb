import { spawn, type ChildProcess } from 'node:child_process';
import http from 'node:http';
import path from 'node:path';
import { createInterface } from 'node:readline';

import type { Login } from '../src/db/connect.ts';
import type { Base } from './scratch.ts';

/** Requests under way at the same time. */
export const requestsAtOnce = 64;

/** A server as in life, in a process of its own, with its jobs. */
export async function startServer(
  base: Base,
  dataFolder: string,
): Promise<{ url: URL; stop(): Promise<void> }> {
  const child = spawn(process.execPath, [path.resolve(import.meta.dirname, '../bin/mitra.js'), 'start'], {
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
      MITRA_RATE_ADDRESS: '1000000',
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

/** A request below `/api/v1`, and the status that it must be answered with. A body is sent as JSON. */
export type Call = { method: 'GET' | 'POST'; path: string; body?: unknown; status: number };

/** Sends calls, `atOnce` at a time, for some seconds. Answers the seconds it took and how long each was under way. */
export async function sendCalls(
  url: URL,
  token: string,
  { next, seconds, atOnce = requestsAtOnce }: { next: () => Call; seconds: number; atOnce?: number },
): Promise<{ seconds: number; latenciesMs: number[] }> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: atOnce });
  const latenciesMs: number[] = [];
  const started = performance.now();
  const until = started + seconds * 1000;
  const loop = async () => {
    while (performance.now() < until) {
      const call = next();
      const body = call.body === undefined ? '' : JSON.stringify(call.body, asNumber);
      const sent = performance.now();
      const status = await send(url, agent, token, call, body);
      if (status !== call.status) throw new Error(`${call.path} was answered ${status}`);
      latenciesMs.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, loop));
  agent.destroy();
  return { seconds: (performance.now() - started) / 1000, latenciesMs };
}

const asNumber = (_key: string, value: unknown) => (typeof value === 'bigint' ? Number(value) : value);

function send(
  url: URL,
  agent: http.Agent,
  token: string,
  { method, path: where }: Call,
  body: string,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = http.request(
      {
        agent,
        host: url.hostname,
        port: url.port,
        path: `/api/v1/${where}`,
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === ''
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
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
