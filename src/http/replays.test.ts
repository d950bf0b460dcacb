import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { testApp } from '../../test/app.ts';
import { httpClient, type Client } from '../../test/http.ts';
import { withTenant } from '../db/transact.ts';
import type { App } from '../flow/app.ts';
import { runAskedReplay } from '../flow/ask-replay.ts';
import { recordAndPost } from '../flow/record-activities.ts';
import { programmeById } from '../network/programmes.ts';
import { replayOf } from '../programme/replays.ts';
import type { ReplayId } from '../replay/requests.ts';
import type { RuleDocument } from '../rules/document.ts';

let app: App;
let client: Client;
let world: Awaited<ReturnType<typeof testApp>>['world'];
let close: () => Promise<void>;

beforeAll(async () => {
  ({ app, world, close } = await testApp());
  client = httpClient(app);
  await client.signIn('rina', 'dewi', 'sari');
  await withTenant(app.db, world.tenant, async (tx) => {
    const programme = (await programmeById(tx, world.programme))!;
    const sale = {
      source: 'test',
      externalKey: 'sale-1',
      kind: 'receipt',
      programme: programme.id,
      evidence: null,
      participant: world.budi,
      outlet: world.tokoMaju,
      occurredAt: new Date('2018-06-05T04:00:00Z'),
      currency: 'MYR',
      totalMinor: 2500n,
      lines: [
        {
          line: 0,
          text: 'x',
          product: world.product('NF-1004'),
          quantityMilli: 1000n,
          amountMinor: 2500n,
        },
      ],
    };
    await recordAndPost(tx, programme, [sale], new Date('2018-06-05T05:00:00Z'));
  });
});
afterAll(() => close());

const file = path.resolve(import.meta.dirname, '../../demo/programme/rules/base.json');
const base = JSON.parse(readFileSync(file, 'utf8')) as RuleDocument;
/** The basic rule, twice as generous. */
const generous = {
  ...base,
  effects: base.effects.map((effect) => ({ ...effect, units: 2 })),
} as RuleDocument;
const june = { from: '2018-06-01', to: '2018-06-30' };

async function ask(where: string, options: Parameters<Client['ask']>[1]) {
  const answer = await client.ask(where, options);
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> & { id: ReplayId } };
}
const post = (body: unknown, as = 'rina') => ask('replays', { as, method: 'POST', body });
const get = (id: string, as = 'rina') => ask(`replays/${id}`, { as });

describe('replays', () => {
  test('are queued, done by the job, told, and kept for a launch', async () => {
    const asked = await post({ rules: [generous], ...june });
    expect(asked).toMatchObject({ status: 202, body: { state: 'waiting', rules: [base.code] } });
    await runAskedReplay(app, world.tenant, asked.body.id);
    expect(await get(asked.body.id, 'dewi')).toMatchObject({
      status: 200,
      body: {
        state: 'done',
        evaluated: 1,
        expected: 1,
        result: {
          totals: [{ asset: 'points', live: 25, proposed: 50 }],
          participants: { winners: 1, most: [{ kind: 'participant', code: 'budi' }] },
          tiers: null,
          notCounted: [],
        },
      },
    });
    const kept = await withTenant(app.db, world.tenant, (tx) => replayOf(tx, world.programme, generous));
    expect(kept).toMatchObject({ by: 'rina', activities: 1, cost: { points: 50 } });
  });

  test('are refused for days of no calendar, and where one rule is proposed twice', async () => {
    for (const [from, to] of [
      ['0001-01-01', '2018-06-30'],
      ['2018-06-01', '9999-12-31'],
      ['2018-02-30', '2018-06-30'],
    ])
      expect(await post({ rules: [generous], from, to })).toMatchObject({ status: 422 });
    expect(await post({ rules: [generous, base], ...june })).toMatchObject({
      status: 422,
      body: { facts: { problem: `two rules ${base.code}` } },
    });
  });

  test('of a rule are listed, the newest first', async () => {
    const listed = async (code: string) =>
      (await ask(`replays?rule=${code}`, { as: 'dewi' })).body as unknown as { items: { id: string }[] };
    const { body } = await post({ rules: [generous], ...june });
    expect((await listed(base.code)).items[0]).toMatchObject({ id: body.id, rules: [base.code] });
    expect((await listed('nobody')).items).toEqual([]);
    await ask(`replays/${body.id}`, { as: 'rina', method: 'DELETE' });
  });

  test('that were ended do nothing', async () => {
    const { body } = await post({ rules: [], ...june });
    const ended = await ask(`replays/${body.id}`, { as: 'rina', method: 'DELETE' });
    expect(ended).toMatchObject({ status: 200, body: { state: 'cancelled' } });
    await runAskedReplay(app, world.tenant, body.id);
    expect(await get(body.id)).toMatchObject({ body: { state: 'cancelled', result: null } });
  });

  test.each([
    ['by a reviewer', { rules: [], ...june }, 'dewi', 403],
    ['by a participant', { rules: [], ...june }, 'sari', 404],
    [
      'of a rule with a mistake',
      { rules: [{ ...base, condition: 'activity.nothing' }], ...june },
      'rina',
      422,
    ],
    ['backwards in time', { rules: [], from: june.to, to: june.from }, 'rina', 422],
    ['of another programme', { programme: 'other', rules: [], ...june }, 'rina', 422],
  ])('are refused: %s', async (_name, body, as, status) => {
    expect((await post(body, as)).status).toBe(status);
  });
});
