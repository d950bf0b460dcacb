import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import { once } from '../db/once.ts';
import { withTenant, type Tx } from '../db/transact.ts';
import type { SignedIn } from '../flow/sign-in.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
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

/**
 * Does a write once for the request's Idempotency-Key, which a movement of units must have, and answers a repetition as
 * the first time, also when it was refused. What `work` answers is plain JSON. Ends the request with the refusal.
 */
export async function onceAsked<Done extends { ok: true }>(
  c: Context<Env>,
  by: SignedIn,
  route: string,
  given: unknown,
  work: (tx: Tx, at: Date) => Promise<Done | Refused>,
): Promise<Done> {
  const key = keyOf(c);
  if (key === null)
    return endWith(c, refuse('bad-request', { field: 'Idempotency-Key', problem: 'missing' }));
  const contentHash = createHash('sha256').update(JSON.stringify(given)).digest();
  const { db, now } = c.get('app');
  const answer = await withTenant(db, by.tenant, async (tx) => {
    const at = now();
    const kept = await once(tx, { actor: by.id, route, key, contentHash }, at, async () => ({
      status: 200,
      body: await work(tx, at),
    }));
    return kept.ok ? (kept.body as Done | Refused) : kept;
  });
  return answer.ok ? answer : endWith(c, answer);
}

/** Like `onceAsked` where the request has a key. Without one the write is done: for writes that a repetition does not repeat. */
export async function onceIfAsked<Done extends { ok: true }>(
  c: Context<Env>,
  by: SignedIn,
  route: string,
  given: unknown,
  work: (tx: Tx, at: Date) => Promise<Done | Refused>,
): Promise<Done> {
  if (keyOf(c) !== null) return onceAsked(c, by, route, given, work);
  const { db, now } = c.get('app');
  const answer = await withTenant(db, by.tenant, (tx) => work(tx, now()));
  return answer.ok ? answer : endWith(c, answer);
}
