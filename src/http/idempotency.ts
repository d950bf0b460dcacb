import type { Context } from 'hono';
import { refuse } from '../shared/refusal.ts';
import type { Env } from './app.ts';
import { endWith } from './problem.ts';

export const keyLengthMax = 255;

/** The request's Idempotency-Key, or null when it has none. Ends the request when the key is empty, too long or odd. */
export function keyOf(c: Context<Env>): string | null {
  const key = c.req.header('idempotency-key');
  if (key === undefined) return null;
  if (key.length === 0 || key.length > keyLengthMax || !/^[\x20-\x7e]+$/.test(key)) {
    return endWith(
      c,
      refuse('bad-request', { field: 'Idempotency-Key', problem: `1 to ${keyLengthMax} plain characters` }),
    );
  }
  return key;
}
