import { refuse, type Refused } from '../shared/refusal.ts';
import type { Tx } from './transact.ts';

/** A write that its sender may repeat: who asks for what under which key, and the hash of what was asked. */
export type RepeatableRequest = { actor: string; route: string; key: string; contentHash: Buffer };

/** What was answered, kept for a repetition. */
export type KeptAnswer = { status: number; body: unknown };

/**
 * Does the work once per key and keeps its answer in the same transaction: a repetition gets the first answer and
 * changes nothing, the same key with other content is refused. Of two requests at the same time the second waits here
 * for the first.
 */
export async function once(
  tx: Tx,
  request: RepeatableRequest,
  at: Date,
  work: () => Promise<KeptAnswer>,
): Promise<({ ok: true; replayed: boolean } & KeptAnswer) | Refused<'key-reused'>> {
  const id = [tx.tenant, request.actor, request.route, request.key];
  const inserted = await tx.query(
    `insert into idempotency (tenant, actor, route, key, request_hash, status, body, at)
     values ($1, $2, $3, $4, $5, 0, 'null', $6)
     on conflict (tenant, actor, route, key) do nothing returning key`,
    [...id, request.contentHash, at],
  );
  if (inserted.length === 0) return replay(tx, request);
  const answer = await work();
  await tx.query(
    `update idempotency set status = $5, body = $6 where tenant = $1 and actor = $2 and route = $3 and key = $4`,
    [...id, answer.status, JSON.stringify(answer.body)],
  );
  return { ok: true, replayed: false, ...answer };
}

async function replay(tx: Tx, request: RepeatableRequest) {
  const rows = await tx.query<KeptAnswer & { request_hash: Buffer }>(
    `select request_hash, status, body from idempotency
     where tenant = $1 and actor = $2 and route = $3 and key = $4`,
    [tx.tenant, request.actor, request.route, request.key],
  );
  const kept = rows[0]!;
  if (!kept.request_hash.equals(request.contentHash)) return refuse('key-reused');
  return { ok: true as const, replayed: true, status: kept.status, body: kept.body };
}
