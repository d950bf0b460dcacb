import type { Facts, TextKey } from '../../web/texts/say.ts';
import { enqueue } from '../db/enqueue.ts';
import type { Tx } from '../db/transact.ts';
import { newId, type Id, type ParticipantId } from '../shared/id.ts';
import { text } from './texts.ts';

export type MessageId = Id<'message'>;

/** Something to tell somebody: the sentence by key, and the facts in plain JSON. */
export type NewMessage = {
  participant: ParticipantId;
  language: string;
  key: TextKey;
  facts: Facts;
  /** What happened, by id: one cause is told to one person once under the same key. */
  cause: Id<string> | null;
};

/** A message as delivered. */
export type Message = {
  id: MessageId;
  participant: ParticipantId;
  channel: 'in-app';
  language: string;
  key: TextKey;
  body: string;
  createdAt: Date;
  sentAt: Date;
  readAt: Date | null;
};

/** The most messages that one delivery writes, so that it ends soon and lets others in. */
export const deliveredMax = 500;
const inboxMax = 100;

const columns = `m.id, m.participant, m.channel, m.language, m.key, m.body, m.created_at as "createdAt",
  m.sent_at as "sentAt", m.read_at as "readAt"`;

/**
 * Writes messages into the outbox, in the transaction of what caused them, and queues the job that delivers them: they go
 * out once it has committed. Call it after the book is locked where it is, for a tenant's deliveries are one job.
 */
export async function queueMessages(tx: Tx, messages: readonly NewMessage[], at: Date): Promise<void> {
  if (messages.length === 0) return;
  // Said once here so that a missing fact stops the work that has it, and not a delivery that cannot mend it.
  for (const message of messages) text(message.language, message.key, message.facts);
  // JSON writes control characters as escapes, so one of them can part documents; arrays of texts cost far more.
  const written = tx.query(
    `insert into message (tenant, id, participant, channel, key, facts, language, cause, created_at)
     select $1, r.id, r.participant, 'in-app', r.key, r.facts::jsonb, r.language, r.cause, $2
     from rows from (unnest($3::uuid[]), unnest($4::uuid[]), unnest($5::uuid[]), unnest($6::text[]), unnest($7::text[]),
       string_to_table($8::text, E'\\x1e')) as r (id, participant, cause, key, language, facts)
     on conflict (tenant, cause, participant, key) do nothing`,
    [
      tx.tenant,
      at,
      messages.map(() => newId<MessageId>(at)),
      messages.map(({ participant }) => participant),
      messages.map(({ cause }) => cause),
      messages.map(({ key }) => key),
      messages.map(({ language }) => language),
      messages.map(({ facts }) => JSON.stringify(facts)).join('\x1e'),
    ],
    { name: 'outbox-queue' },
  );
  const job = enqueue(tx, 'deliver-messages', { tenant: tx.tenant }, { key: `deliver:${tx.tenant}` });
  await Promise.all([written, job]);
}

/**
 * Delivers what waits in the outbox, oldest first: in the app that means to say it and to show it. Two deliveries at
 * once share the work; a message goes out once. Answers what was delivered; fewer than `deliveredMax` means all.
 */
export async function deliverMessages(tx: Tx, at: Date): Promise<Message[]> {
  const waiting = await tx.query<{ id: MessageId; language: string; key: TextKey; facts: Facts }>(
    `select id, language, key, facts from message
     where tenant = $1 and sent_at is null order by id limit $2 for update skip locked`,
    [tx.tenant, deliveredMax],
  );
  if (waiting.length === 0) return [];
  const said = waiting.map(({ id, language, key, facts }) => ({ id, body: text(language, key, facts) }));
  return tx.query<Message>(
    `update message m set body = r.body, sent_at = $3
     from jsonb_to_recordset($2::jsonb) as r (id uuid, body text)
     where m.tenant = $1 and m.id = r.id and m.sent_at is null
     returning ${columns}`,
    [tx.tenant, JSON.stringify(said), at],
  );
}

/** What a person was told, newest first, and how much of all of it is unread. `before` is the last id already shown. */
export async function inboxOf(
  tx: Tx,
  participant: ParticipantId,
  page: { before?: MessageId; limit?: number } = {},
): Promise<{ items: Message[]; unread: number }> {
  const items = await tx.query<Message>(
    `select ${columns} from message m
     where m.tenant = $1 and m.participant = $2 and m.sent_at is not null and ($3::uuid is null or m.id < $3)
     order by m.id desc limit $4`,
    [tx.tenant, participant, page.before ?? null, Math.min(page.limit ?? inboxMax, inboxMax)],
  );
  const counted = await tx.query<{ unread: number }>(
    `select count(*)::int as unread from message
     where tenant = $1 and participant = $2 and sent_at is not null and read_at is null`,
    [tx.tenant, participant],
  );
  return { items, unread: counted[0]!.unread };
}

/** Marks a person's own messages as read; those of others and those already read stay as they are. */
export async function markRead(
  tx: Tx,
  participant: ParticipantId,
  ids: readonly MessageId[],
  at: Date,
): Promise<void> {
  await tx.query(
    `update message set read_at = $4
     where tenant = $1 and participant = $2 and id = any($3::uuid[]) and sent_at is not null and read_at is null`,
    [tx.tenant, participant, ids, at],
  );
}

/** What was told because of these things, oldest first; only what was delivered. */
export async function messagesOfCauses(tx: Tx, causes: readonly Id<string>[]): Promise<Message[]> {
  return tx.query<Message>(
    `select ${columns} from message m
     where m.tenant = $1 and m.cause = any($2::uuid[]) and m.sent_at is not null order by m.id`,
    [tx.tenant, causes],
  );
}
