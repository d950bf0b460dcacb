import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { App } from '../flow/app.ts';
import { api } from './api.ts';

/** A slow or silent sender loses its connection after this time. */
const headersTimeoutMs = 15_000;
const requestTimeoutMs = 60_000;
/** How long a stop waits for requests under way. */
const drainMs = 5000;

export type WebServer = { url: string; stop(): Promise<void> };

/** Serves pages and API until stopped; refuses with the system's error when the port is taken. */
export async function serveWeb(app: App): Promise<WebServer> {
  const server = createServer(
    { headersTimeout: headersTimeoutMs, requestTimeout: requestTimeoutMs, connectionsCheckingInterval: 5000 },
    getRequestListener(api(app).fetch, { overrideGlobalObjects: false }),
  );
  await listen(server, app.config.port, app.config.host);
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : app.config.port;
  const host = app.config.host === '0.0.0.0' || app.config.host === '::' ? 'localhost' : app.config.host;
  return { url: `http://${host}:${port}`, stop: () => stop(server) };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function stop(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const late = setTimeout(() => server.closeAllConnections(), drainMs);
  await closed;
  clearTimeout(late);
}
