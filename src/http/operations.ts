import { Hono, type MiddlewareHandler } from 'hono';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { routePath } from 'hono/route';
import type { App } from '../flow/app.ts';
import { bookStates, type BookState } from '../flow/verify-books.ts';
import type { Env } from './app.ts';

type Metrics = { registry: Registry; requests: Counter; seconds: Histogram };

/** How old what `/metrics` says of the books may be: it is asked of the database. */
const booksEveryMs = 30_000;

/** The metrics of one server: the process's own, requests by route and status, and how the books stand. */
export function metrics(app: App): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const labelNames = ['method', 'route', 'status'];
  const requests = new Counter({
    name: 'mitra_http_requests_total',
    help: 'Requests answered',
    labelNames,
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'mitra_http_request_seconds',
    help: 'Time to answer',
    labelNames,
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  });
  watchBooks(app, registry);
  return { registry, requests, seconds };
}

function watchBooks(app: App, registry: Registry): void {
  let readAt = -Infinity;
  let states: Promise<BookState[]>;
  const read = () => {
    if (performance.now() - readAt > booksEveryMs) {
      readAt = performance.now();
      // Without the database the other metrics are wanted all the more.
      states = bookStates(app.db).catch(() => []);
    }
    return states;
  };
  const shared = { labelNames: ['tenant'], registers: [registry] };
  const wrong: Gauge = new Gauge({
    ...shared,
    name: 'mitra_book_wrong',
    help: '1: verifying found something wrong in the book, and no look at the whole of it was right since',
    async collect() {
      for (const { tenant, isWrong } of await read()) wrong.set({ tenant }, isWrong ? 1 : 0);
    },
  });
  const verified: Gauge = new Gauge({
    ...shared,
    name: 'mitra_book_verified_timestamp_seconds',
    help: 'When the book was verified last, in Unix time',
    async collect() {
      for (const { tenant, verifiedAt } of await read())
        if (verifiedAt) verified.set({ tenant }, verifiedAt.getTime() / 1000);
    },
  });
}

/** Counts and times each request under its route's pattern, so that ids do not become labels. */
export function observe(measured: Metrics): MiddlewareHandler<Env> {
  return async (c, next) => {
    const started = performance.now();
    c.set('metrics', measured.registry);
    await next();
    const labels = { method: c.req.method, route: routePath(c, -1) || 'none', status: String(c.res.status) };
    measured.requests.inc(labels);
    measured.seconds.observe(labels, (performance.now() - started) / 1000);
  };
}

/** The operator's doors: is the process up, can it serve, what has it done. */
export function operations(): Hono<Env> {
  const router = new Hono<Env>();
  router.get('/health', (c) => c.json({ status: 'up' }));
  router.get('/ready', async (c) => {
    try {
      await c.get('app').db.pool.query('select 1');
      return c.json({ status: 'ready' });
    } catch {
      return c.json({ status: 'waiting', for: 'database' }, 503, { 'retry-after': '2' });
    }
  });
  router.get('/metrics', async (c) => {
    const registry = c.get('metrics');
    return c.body(await registry.metrics(), 200, { 'content-type': registry.contentType });
  });
  return router;
}

/** True for errors that mean that the database is gone or going, and that the request may be repeated. */
export function isDatabaseAway(error: Error): boolean {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return (
    [
      'ECONNREFUSED',
      'ECONNRESET',
      'EPIPE',
      'ENOTFOUND',
      '57P01',
      '57P02',
      '57P03',
      '08006',
      '08001',
      '53300',
    ].includes(code) || /Connection terminated|timeout exceeded when trying to connect/.test(error.message)
  );
}
