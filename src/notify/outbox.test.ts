import { afterAll, beforeAll, expect, test } from 'vitest';

import { testDatabase } from '../../test/database.ts';
import { world, type World } from '../../test/world.ts';
import { withClient } from '../db/connect.ts';
import { withTenant, type Tx } from '../db/transact.ts';
import { newId, type Id } from '../shared/id.ts';
import { deliverMessages, inboxOf, markRead, messagesOfCauses, queueMessages } from './outbox.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
let people: World;
beforeAll(async () => {
  database = await testDatabase();
  people = await world(database.db);
});
afterAll(() => database.drop());

const inNusa = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => withTenant(database.db, people.tenant, work);
const at = new Date('2018-02-07T08:00:00Z');
const later = new Date('2018-02-07T08:00:05Z');

function earned(cause: Id<string>, count = 45) {
  return {
    participant: people.sari,
    language: 'id',
    key: 'message.points-earned' as const,
    facts: { count, outlet: 'Toko Maju', balance: 120 },
    cause,
  };
}

test('a message is shown in the language of the reader once it is delivered', async () => {
  const cause = newId<Id<'test'>>(at);
  await inNusa((tx) => queueMessages(tx, [earned(cause)], at));
  expect(await inNusa((tx) => messagesOfCauses(tx, [cause]))).toEqual([]);
  const delivered = await inNusa((tx) => deliverMessages(tx, later));
  expect(delivered).toMatchObject([
    { participant: people.sari, language: 'id', sentAt: later, readAt: null },
  ]);
  expect(delivered[0]!.body).toBe('Anda mendapat 45 poin dari struk Toko Maju. Saldo Anda: 120.');
  expect(await inNusa((tx) => messagesOfCauses(tx, [cause]))).toEqual(delivered);
});

test('the same cause is told once, however often the work runs', async () => {
  const cause = newId<Id<'test'>>(at);
  await inNusa((tx) => queueMessages(tx, [earned(cause), earned(cause)], at));
  await inNusa((tx) => queueMessages(tx, [earned(cause, 99)], later));
  expect(await inNusa((tx) => deliverMessages(tx, later))).toHaveLength(1);
  expect(await inNusa((tx) => deliverMessages(tx, later))).toEqual([]);
});

test('two deliveries at once send each message once', async () => {
  const causes = Array.from({ length: 40 }, () => newId<Id<'test'>>(at));
  await inNusa((tx) =>
    queueMessages(
      tx,
      causes.map((cause) => earned(cause)),
      at,
    ),
  );
  const sent = await Promise.all([1, 2, 3].map(() => inNusa((tx) => deliverMessages(tx, later))));
  expect(sent.flat().map(({ id }) => id)).toHaveLength(40);
  expect(new Set(sent.flat().map(({ id }) => id)).size).toBe(40);
});

test('the inbox shows the newest first, counts what is unread, and goes on where the page ended', async () => {
  const causes = [0, 1, 2].map((minute) => newId<Id<'test'>>(new Date(at.getTime() + minute)));
  for (const [minute, cause] of causes.entries())
    await inNusa((tx) =>
      queueMessages(
        tx,
        [{ ...earned(cause), participant: people.zofia, language: 'pl' }],
        new Date(at.getTime() + minute * 60_000),
      ),
    );
  await inNusa((tx) => deliverMessages(tx, later));
  const first = await inNusa((tx) => inboxOf(tx, people.zofia, { limit: 2 }));
  expect(first.unread).toBe(3);
  expect(first.items.map(({ createdAt }) => createdAt.getMinutes())).toEqual([2, 1]);
  const rest = await inNusa((tx) => inboxOf(tx, people.zofia, { before: first.items[1]!.id }));
  expect(rest.items.map(({ createdAt }) => createdAt.getMinutes())).toEqual([0]);
});

test('a person marks only their own messages as read', async () => {
  const cause = newId<Id<'test'>>(at);
  await inNusa((tx) =>
    queueMessages(tx, [{ ...earned(cause), participant: people.grace, language: 'en' }], at),
  );
  const [message] = await inNusa((tx) => deliverMessages(tx, later));
  await inNusa((tx) => markRead(tx, people.sari, [message!.id], later));
  expect((await inNusa((tx) => inboxOf(tx, people.grace))).unread).toBe(1);
  await inNusa((tx) => markRead(tx, people.grace, [message!.id], later));
  await inNusa((tx) => markRead(tx, people.grace, [message!.id], new Date(later.getTime() + 60_000)));
  const inbox = await inNusa((tx) => inboxOf(tx, people.grace));
  expect(inbox.unread).toBe(0);
  expect(inbox.items[0]!.readAt).toEqual(later);
});

test('a message without its facts is refused where it is queued', async () => {
  const cause = newId<Id<'test'>>(at);
  await expect(
    inNusa((tx) => queueMessages(tx, [{ ...earned(cause), facts: { count: 1 } }], at)),
  ).rejects.toThrow(/outlet/);
});

test('the job that delivers is queued with the messages, whatever they tell of', async () => {
  await inNusa((tx) => queueMessages(tx, [earned(newId<Id<'test'>>(at))], at));
  const { rows } = await withClient(database.logins.admin, (client) =>
    client.query(`select key from graphile_worker._private_jobs`),
  );
  expect(rows).toEqual([{ key: `deliver:${people.tenant}` }]);
});
