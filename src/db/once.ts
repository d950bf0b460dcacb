import { refuse, type Refused } from '../shared/refusal.ts';
import type { Tx } from './transact.ts';

/** A write that its sender may repeat: who asks for what under which key, and the hash of what was asked. */
export type RepeatableRequest = { actor: string; route: string; key: string; contentHash: Buffer };

/** What was answered, kept for a repetition. */
export type KeptAnswer = { status: number; body: unknown };

export type OnceAnswer = ({ ok: true; replayed: boolean } & KeptAnswer) | Refused<'key-reused'>;

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
): Promise<OnceAnswer> {
  const [answer] = await onceEach(tx, [request], at, async () => [await work()]);
  return answer!;
}

/**
 * The same for several requests in one transaction. `work` gets the places of those that were not answered before and
 * answers them in order; of one key that comes twice the first is worked on.
 */
export async function onceEach(
  tx: Tx,
  requests: readonly RepeatableRequest[],
  at: Date,
  work: (places: number[]) => Promise<KeptAnswer[]>,
): Promise<OnceAnswer[]> {
  const first = new Map<string, number>();
  for (const [place, request] of requests.entries())
    if (!first.has(nameOf(request))) first.set(nameOf(request), place);
  const unique = [...first.values()].map((place) => requests[place]!);
  const inserted = new Set((await insertKeys(tx, unique, at)).map(nameOf));
  const kept = await readKept(
    tx,
    unique.filter((request) => !inserted.has(nameOf(request))),
  );
  const places = [...first].flatMap(([name, place]) => (inserted.has(name) ? [place] : []));
  const answers = places.length > 0 ? await work(places) : [];
  await keepAnswers(
    tx,
    places.map((place) => requests[place]!),
    answers,
  );
  for (const [i, place] of places.entries()) {
    const request = requests[place]!;
    kept.set(nameOf(request), { ...answers[i]!, contentHash: request.contentHash });
  }
  return requests.map((request, place) => {
    const { status, body, contentHash } = kept.get(nameOf(request))!;
    if (!contentHash.equals(request.contentHash)) return refuse('key-reused');
    const replayed = !inserted.has(nameOf(request)) || first.get(nameOf(request)) !== place;
    return { ok: true, replayed, status, body };
  });
}

type Named = Pick<RepeatableRequest, 'actor' | 'route' | 'key'>;

function nameOf({ actor, route, key }: Named): string {
  return JSON.stringify([actor, route, key]);
}

function namesOf(requests: readonly Named[]): string[][] {
  return [
    requests.map(({ actor }) => actor),
    requests.map(({ route }) => route),
    requests.map(({ key }) => key),
  ];
}

async function insertKeys(tx: Tx, requests: readonly RepeatableRequest[], at: Date): Promise<Named[]> {
  if (requests.length === 0) return [];
  const hashes = requests.map(({ contentHash }) => `\\x${contentHash.toString('hex')}`);
  return tx.query<Named>(
    `insert into idempotency (tenant, actor, route, key, request_hash, status, body, at)
     select $1, r.actor, r.route, r.key, r.hash, 0, 'null', $6
     from unnest($2::uuid[], $3::text[], $4::text[], $5::bytea[]) as r (actor, route, key, hash)
     order by r.actor, r.route collate "C", r.key collate "C"
     on conflict (tenant, actor, route, key) do nothing returning actor, route, key`,
    [tx.tenant, ...namesOf(requests), hashes, at],
  );
}

async function readKept(
  tx: Tx,
  requests: readonly RepeatableRequest[],
): Promise<Map<string, KeptAnswer & { contentHash: Buffer }>> {
  if (requests.length === 0) return new Map();
  const rows = await tx.query<Named & KeptAnswer & { contentHash: Buffer }>(
    `select i.actor, i.route, i.key, i.request_hash as "contentHash", i.status, i.body
     from unnest($2::uuid[], $3::text[], $4::text[]) as r (actor, route, key)
     join idempotency i on i.tenant = $1 and i.actor = r.actor and i.route = r.route and i.key = r.key`,
    [tx.tenant, ...namesOf(requests)],
  );
  return new Map(rows.map((row) => [nameOf(row), row]));
}

async function keepAnswers(
  tx: Tx,
  requests: readonly RepeatableRequest[],
  answers: readonly KeptAnswer[],
): Promise<void> {
  if (requests.length === 0) return;
  await tx.query(
    `update idempotency i set status = r.status, body = r.body
     from unnest($2::uuid[], $3::text[], $4::text[], $5::integer[], $6::jsonb[]) as r (actor, route, key, status, body)
     where i.tenant = $1 and i.actor = r.actor and i.route = r.route and i.key = r.key`,
    [
      tx.tenant,
      ...namesOf(requests),
      answers.map(({ status }) => status),
      answers.map(({ body }) => JSON.stringify(body)),
    ],
  );
}
