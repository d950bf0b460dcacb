import { randomUUID } from 'node:crypto';
import { OpenAPIHono } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { compress } from 'hono/compress';
import { HTTPException } from 'hono/http-exception';
import type { App } from '../flow/app.ts';
import { log } from '../log.ts';
import { refuse } from '../shared/refusal.ts';
import type { Env } from './app.ts';
import { apiPage } from './api-page.ts';
import { equip, keyOrSignedIn } from './identify.ts';
import { keepable } from './keepable.ts';
import { bodyLimited } from './limit-body.ts';
import { limitRate } from './limit-rate.ts';
import { isDatabaseAway, metrics, observe, operations } from './operations.ts';
import { answerProblem } from './problem.ts';
import { publishedKeys } from './published-keys.ts';
import { actionRoutes } from './routes/actions.ts';
import { activityRoutes } from './routes/activities.ts';
import { activityKindRoutes } from './routes/activity-kinds.ts';
import { booksRoutes } from './routes/books.ts';
import { experimentRoutes } from './routes/experiments.ts';
import { evidenceRoutes } from './routes/evidence.ts';
import { keyRoutes } from './routes/keys.ts';
import { ledgerRoutes } from './routes/ledger.ts';
import { linkRoutes } from './routes/links.ts';
import { membershipRoutes } from './routes/memberships.ts';
import { networkImportRoutes } from './routes/network-import.ts';
import { networkRoutes } from './routes/network.ts';
import { openingRoutes } from './routes/opening.ts';
import { programmeRoutes } from './routes/programme.ts';
import { quoteRoutes } from './routes/quotes.ts';
import { replayRoutes } from './routes/replays.ts';
import { progressRoutes } from './routes/progress.ts';
import { ruleNameRoutes } from './routes/rule-names.ts';
import { ruleVersionRoutes } from './routes/rule-versions.ts';
import { ruleRoutes } from './routes/rules.ts';
import { signInRoutes } from './routes/sign-in.ts';
import { standingRoutes } from './routes/standings.ts';
import { unitRoutes } from './routes/units.ts';
import { walletRoutes } from './routes/wallets.ts';
import { guard, pages } from './web.ts';

export const apiBase = '/api/v1';

/** Everything that answers HTTP: the API below `/api/v1`, its page, the pages for people, and the operator's doors. */
export function api(app: App): OpenAPIHono<Env> {
  const router = new OpenAPIHono<Env>();
  router.use(observe(metrics(app)));
  router.use(guard);
  router.use(compress());
  router.use(equip(app));
  router.route('/', operations());
  router.use(`${apiBase}/*`, decodablePath);
  router.use(`${apiBase}/*`, limitRate(app.config));
  router.use(`${apiBase}/*`, bodyLimited);
  router.use(`${apiBase}/*`, keepable);
  router.route(apiBase, signInRoutes);
  router.route(apiBase, networkRoutes);
  router.route(apiBase, networkImportRoutes);
  router.route(apiBase, linkRoutes);
  router.route(apiBase, activityRoutes);
  router.route(apiBase, activityKindRoutes);
  router.route(apiBase, evidenceRoutes);
  router.route(apiBase, ledgerRoutes);
  router.route(apiBase, booksRoutes);
  router.route(apiBase, ruleRoutes);
  router.route(apiBase, replayRoutes);
  router.route(apiBase, ruleVersionRoutes);
  router.route(apiBase, ruleNameRoutes);
  router.route(apiBase, programmeRoutes);
  router.route(apiBase, experimentRoutes);
  router.route(apiBase, progressRoutes);
  router.route(apiBase, membershipRoutes);
  router.route(apiBase, quoteRoutes);
  router.route(apiBase, standingRoutes);
  router.route(apiBase, unitRoutes);
  router.route(apiBase, walletRoutes);
  router.route(apiBase, openingRoutes);
  router.route(apiBase, actionRoutes);
  router.route(apiBase, keyRoutes);
  describe(router);
  router.route('/', apiPage());
  router.route('/', publishedKeys());
  // Strangers are told to sign in before they are told that a path does not exist.
  router.all(`${apiBase}/*`, async (c) => {
    await keyOrSignedIn(c);
    return answerProblem(c, refuse('not-found'));
  });
  router.route('/', pages());
  router.notFound((c) => answerProblem(c, refuse('not-found')));
  router.onError((error, c) => {
    if (error instanceof HTTPException)
      return error.res ?? answerProblem(c, refuse('bad-request', { problem: error.message }));
    if (isDatabaseAway(error))
      return c.json({ title: 'The database cannot be reached', status: 503, code: 'unavailable' }, 503, {
        'retry-after': '2',
      });
    // What went wrong is for the log; the caller gets the number under which it stands there.
    const incident = randomUUID();
    log.error({ incident, err: error }, 'a request failed');
    return c.json({ title: 'Something went wrong on our side', status: 500, code: 'failed', incident }, 500);
  });
  return router;
}

const decodablePath: MiddlewareHandler<Env> = async (c, next) => {
  try {
    const path = decodeURIComponent(new URL(c.req.url).pathname);
    if (!path.includes('\0')) return await next();
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
  }
  // Nothing can be named by what is no text.
  return answerProblem(c, refuse('not-found'));
};

function describe(router: OpenAPIHono<Env>): void {
  router.openAPIRegistry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' });
  router.openAPIRegistry.registerComponent('securitySchemes', 'cookie', {
    type: 'apiKey',
    in: 'cookie',
    name: 'mitra_session',
  });
  router.doc31(`${apiBase}/openapi.json`, {
    openapi: '3.1.0',
    info: {
      title: 'Mitra',
      version: '1',
      description:
        'Turn proofs of sales into verified activities, rewards and answers to “why?”. Times are ISO 8601 in UTC, amounts integers of the smallest part. Every refusal is a problem document (RFC 9457) whose `code` is stable. Repeat a write safely with an `Idempotency-Key`.',
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }, { cookie: [] }],
  });
}
