import { once } from 'node:events';
import { connect } from 'node:net';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { testApp } from '../../test/app.ts';
import { serveWeb, type WebServer } from './serve.ts';

// What the platform's own HTTP client will not send: the raw rows of the bad requests.
let server: WebServer;
let close: () => Promise<void>;

beforeAll(async () => {
  const made = await testApp();
  server = await serveWeb({ ...made.app, config: { ...made.app.config, port: 0 } });
  close = async () => {
    await server.stop();
    await made.close();
  };
});
afterAll(() => close());

/** Sends raw bytes and answers the status line, or 'closed' when the server hangs up without one. */
async function send(raw: string): Promise<number | 'closed'> {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.write(raw);
  let answer = '';
  socket.on('data', (data: Buffer) => (answer += data.toString('latin1')));
  socket.on('error', () => {});
  while (!answer.includes('\r\n') && !socket.closed) await new Promise((resolve) => setTimeout(resolve, 10));
  socket.destroy();
  return answer ? Number(answer.split(' ')[1]) : 'closed';
}

const evidence = 'POST /api/v1/evidence HTTP/1.1\r\nHost: mitra.example\r\n';

test('TRACE is not there', async () => {
  expect([400, 404, 405, 501]).toContain(await send('TRACE / HTTP/1.1\r\nHost: mitra.example\r\n\r\n'));
});

test('two lengths for one request are refused', async () => {
  const raw = `${evidence}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nX`;
  expect(await send(raw)).toBe(400);
});

test('a header of 64 KiB is refused', async () => {
  expect(await send(`GET / HTTP/1.1\r\nHost: mitra.example\r\nX-Long: ${'x'.repeat(65_536)}\r\n\r\n`)).toBe(
    431,
  );
});

test(
  'headers that come one byte a second lose the connection within a minute',
  { timeout: 60_000 },
  async () => {
    expect([408, 'closed']).toContain(await send('GET / HTTP/1.1\r\nHost: mi'));
  },
);

test('T7: a body without a declared length ends with 413 soon after the limit', async () => {
  const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
  const raw = `POST /api/v1/auth/otp HTTP/1.1\r\nHost: mitra.example\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(40)}`;
  expect([413, 'closed']).toContain(await send(raw));
});

test('a body in chunks is read as one that declares its length', async () => {
  const chunked = await fetch(`${server.url}/api/v1/auth/otp`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: new Blob(['{"tenant":"nobody",', '"phone":"+601100000001"}']).stream(),
    duplex: 'half',
  } as RequestInit);
  expect(chunked.status).toBe(202);
});

test('a request to delete needs no body', async () => {
  const answer = await fetch(`${server.url}/api/v1/auth/sessions/current`, { method: 'DELETE' });
  expect(answer.status).toBe(401);
});
