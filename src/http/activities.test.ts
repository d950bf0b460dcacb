import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { testApp } from '../../test/app.ts';
import { httpClient, type Client } from '../../test/http.ts';
import { withTenant } from '../db/transact.ts';
import type { App } from '../flow/app.ts';
import { deliverWaitingMessages } from '../flow/deliver-messages.ts';
import { verifyBook } from '../ledger/verify.ts';
import { inboxOf } from '../notify/outbox.ts';

let app: App;
let client: Client;
let world: Awaited<ReturnType<typeof testApp>>['world'];
let close: () => Promise<void>;
let keys = 0;

beforeAll(async () => {
  ({ app, world, close } = await testApp());
  client = httpClient(app);
  await client.signIn('rina', 'dewi', 'sari');
});
afterAll(() => close());

/** Budi's shop sold one product for 25 ringgit: 25 points of the basic rule. */
const sale = (changes: Record<string, unknown> = {}) => ({
  source: 'nusa-erp',
  externalKey: `sale-${(keys += 1)}`,
  kind: 'receipt',
  participant: 'budi',
  outlet: 'toko-maju',
  occurredAt: `2018-06-${String(1 + (keys % 28)).padStart(2, '0')}T12:00:00+08:00`,
  totalMinor: 2500,
  lines: [{ sku: 'NF-1004', quantityMilli: 1000, amountMinor: 2500 }],
  ...changes,
});

type Told = { outcome: string; activity: string; version: number; points: number; problem: { code: string } };
async function send(body: unknown, headers: Record<string, string> = {}, as = 'rina') {
  const answer = await client.ask('activities', { as, method: 'POST', body, headers });
  return { status: answer.status, body: (await answer.json()) as Told & { items: Told[]; code: string } };
}

describe('POST /activities', () => {
  test('records a sale once, corrects it, and answers a repetition as such', async () => {
    const given = sale();
    const first = await send(given);
    expect(first).toMatchObject({ status: 201, body: { outcome: 'recorded', version: 1, points: 25 } });
    expect(await send(given)).toMatchObject({ status: 200, body: { outcome: 'replayed', points: 0 } });
    const corrected = { ...given, totalMinor: 1000, lines: [{ ...given.lines[0], amountMinor: 1000 }] };
    expect(await send(corrected)).toMatchObject({
      status: 201,
      body: { outcome: 'corrected', activity: first.body.activity, version: 2, points: -15 },
    });
    expect(await send({ ...corrected, withdrawn: true })).toMatchObject({ body: { points: -10 } });
  });

  test('answers an array one by one; bad ones do not sink the others', async () => {
    const good = sale();
    const { status, body } = await send([
      good,
      sale({ participant: 'nobody' }),
      sale({ lines: [{ sku: 'NF-0000', quantityMilli: 1000, amountMinor: 1 }] }),
      sale({ source: 'evidence' }),
      { ...sale(), totalMinor: 'much' },
      sale({ occurredAt: '1999-01-01T00:00:00Z' }),
      good,
      sale(),
    ]);
    expect(status).toBe(200);
    expect(body.items.map((one) => one.problem?.code ?? one.outcome)).toEqual([
      'recorded',
      'activity-invalid',
      'activity-invalid',
      'activity-invalid',
      'bad-request',
      'activity-invalid',
      'replayed',
      'recorded',
    ]);
    expect(await send(sale({ outlet: 'nowhere' }))).toMatchObject({
      status: 422,
      body: { code: 'activity-invalid', facts: { field: 'outlet' } },
    });
  });

  test('of several at once the first get what a limit has left', async () => {
    const items = Array.from({ length: 8 }, () =>
      sale({
        participant: 'sari',
        occurredAt: '2018-07-02T12:00:00+08:00',
        lines: [{ sku: 'NF-1004', quantityMilli: 1000, amountMinor: 4000 }],
      }),
    );
    const { body } = await send(items);
    const base = await Promise.all(
      body.items.map(async ({ activity }) => {
        const explained = await client.ask(`activities/${activity}/explanation`, { as: 'rina' });
        const { rules } = (await explained.json()) as {
          rules: { rule: { code: string }; awards: { units: number }[] }[];
        };
        return rules.find(({ rule }) => rule.code === 'base')!.awards[0]?.units ?? 0;
      }),
    );
    expect(base).toEqual([40, 40, 40, 30, 0, 0, 0, 0]);
  });

  test('a request with a key is answered once, and its key cannot carry other content', async () => {
    const given = [sale(), sale()];
    const first = await send(given, { 'idempotency-key': 'feed-1' });
    expect(await send(given, { 'idempotency-key': 'feed-1' })).toEqual(first);
    expect(await send([sale()], { 'idempotency-key': 'feed-1' })).toMatchObject({
      status: 422,
      body: { code: 'key-reused' },
    });
  });

  test('sixty single requests at once share transactions, and each sale is paid once', async () => {
    let begun = 0;
    const watch = app.db.watch;
    app.db.watch = (sql) => {
      if (sql.includes('insert into activity_key')) begun += 1;
      watch?.(sql);
    };
    const sales = Array.from({ length: 30 }, () => sale({ participant: 'olena', outlet: 'slf' }));
    const answers = await Promise.all([...sales, ...sales].map((one) => send(one)));
    app.db.watch = watch!;
    const outcomes = answers.map(({ body }) => body.outcome);
    expect(outcomes.filter((outcome) => outcome === 'recorded')).toHaveLength(30);
    expect(outcomes.filter((outcome) => outcome === 'replayed')).toHaveLength(30);
    expect(begun).toBeLessThan(30);
    await deliverWaitingMessages(app, world.tenant);
    const { items } = await withTenant(app.db, world.tenant, (tx) => inboxOf(tx, world.olena));
    expect(items.filter(({ key }) => key === 'message.activity-earned')).toHaveLength(30);
  });

  test('refuses who may not, what is no JSON, and an unknown programme', async () => {
    expect((await send(sale(), {}, 'dewi')).status).toBe(403);
    expect((await send(sale(), {}, 'sari')).status).toBe(404);
    expect((await send('no json')).status).toBe(422);
    expect((await send([])).status).toBe(422);
    const other = await client.ask('activities?programme=other', {
      as: 'rina',
      method: 'POST',
      body: sale(),
    });
    expect(other.status).toBe(422);
  });

  test('after all of it the book is sound', async () => {
    expect(await verifyBook(app.db, world.tenant)).toMatchObject({ ok: true });
  });
});
