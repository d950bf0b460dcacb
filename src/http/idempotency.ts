import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import { once, onceEach, type RepeatableRequest } from '../db/once.ts';
import { withTenantTogether, type Outcome } from '../db/together.ts';
import { withTenant, type Db, type Tx } from '../db/transact.ts';
import type { App } from '../flow/app.ts';
import type { Integrator, SignedIn } from '../flow/sign-in.ts';
import { gatherByName } from '../shared/gather.ts';
import type { TenantId } from '../shared/id.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import type { Env } from './app.ts';
import { endWith } from './problem.ts';

type Asker = Pick<SignedIn | Integrator, 'id' | 'tenant'>;

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
  by: Asker,
  route: string,
  given: unknown,
  work: (tx: Tx, at: Date) => Promise<Done | Refused>,
): Promise<Done> {
  const request = requestOf(c, by, route, given);
  const { db, now } = c.get('app');
  const answer = await withTenant(db, by.tenant, async (tx) => {
    const at = now();
    const kept = await once(tx, request, at, async () => ({ status: 200, body: await work(tx, at) }));
    return kept.ok ? (kept.body as Done | Refused) : kept;
  });
  return answer.ok ? answer : endWith(c, answer);
}

type Call<Asked> = { request: RepeatableRequest; asked: Asked };

/** Calls that one transaction does: the book is locked for so long. */
const callsMax = 500;

/**
 * `onceAsked` for a busy door: requests of a tenant that arrive while others are worked on share the next transaction.
 * `work` answers each in order; none of them can fail because of another.
 */
export function onceTogether<Asked, Done extends { ok: true }>(
  route: string,
  work: (tx: Tx, asked: Asked[], at: Date) => Promise<(Done | Refused)[]>,
): (c: Context<Env>, by: Asker, given: unknown, asked: Asked) => Promise<Done> {
  const queues = new WeakMap<Db, (tenant: string, call: Call<Asked>) => Promise<Outcome<Done | Refused>>>();

  async function answerAll(tx: Tx, calls: readonly Call<Asked>[], at: Date): Promise<(Done | Refused)[]> {
    const requests = calls.map(({ request }) => request);
    const kept = await onceEach(tx, requests, at, async (places) => {
      const asked = places.map((place) => calls[place]!.asked);
      return (await work(tx, asked, at)).map((body) => ({ status: 200, body }));
    });
    return kept.map((one) => (one.ok ? (one.body as Done | Refused) : one));
  }

  function openQueue({ db, now }: App) {
    const queue = gatherByName(
      (tenant, calls: Call<Asked>[]) =>
        withTenantTogether(db, tenant as TenantId, calls, (tx, some) => answerAll(tx, some, now())),
      { sizeMax: callsMax },
    );
    queues.set(db, queue);
    return queue;
  }

  return async (c, by, given, asked) => {
    const request = requestOf(c, by, route, given);
    const app = c.get('app');
    const outcome = await (queues.get(app.db) ?? openQueue(app))(by.tenant, { request, asked });
    if ('failed' in outcome) throw outcome.failed;
    return outcome.done.ok ? outcome.done : endWith(c, outcome.done);
  };
}

function requestOf(c: Context<Env>, by: Asker, route: string, given: unknown): RepeatableRequest {
  const key = keyOf(c);
  if (key === null)
    return endWith(c, refuse('bad-request', { field: 'Idempotency-Key', problem: 'missing' }));
  // The same for another programme is something else.
  const asked = JSON.stringify([c.req.query('programme') ?? null, given]);
  const contentHash = createHash('sha256').update(asked).digest();
  return { actor: by.id, route, key, contentHash };
}

/** Like `onceAsked` where the request has a key. Without one the write is done: for writes that a repetition does not repeat. */
export async function onceIfAsked<Done extends { ok: true }>(
  c: Context<Env>,
  by: Asker,
  route: string,
  given: unknown,
  work: (tx: Tx, at: Date) => Promise<Done | Refused>,
): Promise<Done> {
  if (keyOf(c) !== null) return onceAsked(c, by, route, given, work);
  const { db, now } = c.get('app');
  const answer = await withTenant(db, by.tenant, (tx) => work(tx, now()));
  return answer.ok ? answer : endWith(c, answer);
}
