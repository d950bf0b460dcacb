import type { HttpBindings } from '@hono/node-server';
import type { MiddlewareHandler } from 'hono';
import type { Config } from '../config.ts';
import { refuse } from '../shared/refusal.ts';
import type { Env } from './app.ts';
import { tokenOf } from './identify.ts';
import { answerProblem } from './problem.ts';
import { addressOf, openRates } from './rates.ts';

/** Ends a request with 429 and `Retry-After` when its key, person or address asks more often than the configuration allows. */
export function limitRate({
  rates: asked,
  proxies,
}: Pick<Config, 'rates' | 'proxies'>): MiddlewareHandler<Env> {
  const rates = openRates(asked);
  return async (c, next) => {
    c.set('rates', rates);
    // Absent where a test asks without a socket.
    const { incoming } = (c.env ?? {}) as Partial<HttpBindings>;
    const forwarded = proxies > 0 ? c.req.header('x-forwarded-for') : undefined;
    const address = addressOf(incoming?.socket.remoteAddress, forwarded, proxies);
    const wait = rates.charge(tokenOf(c), address, performance.now());
    if (wait > 0) return answerProblem(c, refuse('rate-limited', { seconds: Math.ceil(wait) }));
    return next();
  };
}
