import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { testApp } from '../../test/app.ts';
import { httpClient, type Client } from '../../test/http.ts';
import { rule } from '../../test/sales.ts';
import { withTenant } from '../db/transact.ts';
import type { App } from '../flow/app.ts';
import { programmeByCode } from '../network/programmes.ts';
import { keepReplay } from '../programme/replays.ts';
import type { RuleDocument } from '../rules/document.ts';

let app: App;
let client: Client;
let tenant: Awaited<ReturnType<typeof testApp>>['world']['tenant'];
let close: () => Promise<void>;
beforeAll(async () => {
  const started = await testApp();
  ({ app, close } = started);
  tenant = started.world.tenant;
  client = httpClient(app);
  await client.signIn('rina', 'dewi', 'karim', 'sari', 'olga');
});
afterAll(() => close());

async function ask(as: string, method: string, route: string, body?: unknown, headers = {}) {
  const answer = await client.ask(route, { as, method, headers, ...(body === undefined ? {} : { body }) });
  return { status: answer.status, body: (await answer.json()) as Record<string, any> };
}
const draft = async (document: RuleDocument, more = {}) =>
  (await ask('rina', 'POST', 'rules', { document, ...more })).body as { rule: string; version: number };

describe('rules over HTTP', () => {
  test('are listed with their state and the version that is live', async () => {
    const { status, body } = await ask('dewi', 'GET', 'rules?lang=pl');
    expect(status).toBe(200);
    expect(body['items']).toHaveLength(5);
    expect(body['items']![0]).toMatchObject({
      code: 'base',
      title: 'Punkty za sprzedaż',
      state: 'live',
      version: 1,
      liveVersion: 1,
    });
  });

  test('are drafted, checked, compared, launched and retired', async () => {
    const first = await draft(rule('spring'));
    expect(first).toMatchObject({ version: 1, state: 'draft' });
    const second = await draft(rule('spring', { taxClass: 'bonus' }), { basedOn: 1 });
    expect(second.version).toBe(2);
    expect((await ask('rina', 'POST', 'rules', { document: rule('spring'), basedOn: 1 })).body).toMatchObject(
      {
        status: 409,
        code: 'rule-changed',
      },
    );
    const at = `rules/${first.rule}`;
    expect((await ask('dewi', 'GET', `${at}/difference?from=1&to=2`)).body['items']).toEqual([
      { at: 'taxClass', new: 'bonus' },
    ]);
    expect((await ask('rina', 'POST', `${at}/launch`, { version: 2 })).body).toMatchObject({
      code: 'not-replayed',
      detail: expect.stringContaining('has not been replayed'),
    });
    await withTenant(app.db, tenant, async (tx) =>
      keepReplay(tx, (await programmeByCode(tx, 'mitra-warung'))!.id, rule('spring', { taxClass: 'bonus' }), {
        at: new Date('2018-06-01T00:00:00Z'),
        by: 'rina',
        firstDay: '2018-01-01',
        lastDay: '2018-05-31',
        activities: 12,
        cost: { points: 340 },
      }),
    );
    expect((await ask('dewi', 'GET', at)).body).toMatchObject({
      liveVersion: null,
      replay: { activities: 12, cost: { points: 340 } },
      beyond: null,
    });
    const launched = await ask('rina', 'POST', `${at}/launch`, { version: 2 }, { 'idempotency-key': 'l1' });
    expect(launched).toMatchObject({ status: 200, body: { state: 'live', version: 3 } });
    const again = await ask('rina', 'POST', `${at}/launch`, { version: 2 }, { 'idempotency-key': 'l1' });
    expect(again).toEqual(launched);
    expect(
      (await ask('rina', 'POST', `${at}/retirement`, { version: 3, reason: 'spring is over' })).body,
    ).toMatchObject({ state: 'retired', version: 4 });
    const { body } = await ask('dewi', 'GET', `decisions?rule=${first.rule}`);
    expect(
      (body['items'] as { what: string; by: string }[]).map(({ what, by }) => `${what} by ${by}`),
    ).toEqual(['retired by rina', 'launched by rina', 'drafted by rina', 'drafted by rina']);
  });

  test('are refused with every problem, its place and a sentence', async () => {
    const document = rule('bad', { condition: 'shop == 1', scope: { kinds: ['receipt'] } });
    const { body } = await ask('dewi', 'POST', 'rules/validation', { document });
    expect(body['problems']).toMatchObject([{ at: 'condition', position: { line: 1, column: 1 } }]);
    expect((await ask('rina', 'POST', 'rules', { document })).body).toMatchObject({
      status: 422,
      code: 'rule-invalid',
      facts: { at: 'condition' },
    });
    const inPolish = await ask('dewi', 'POST', 'rules/validation?lang=pl', { document });
    expect(inPolish.body['problems']).toMatchObject([
      { sentence: expect.stringContaining('Nie ma tu „shop”.'), facts: { name: 'shop' } },
    ]);
    expect((await ask('rina', 'POST', 'rules?lang=ru', { document })).body).toMatchObject({
      detail: expect.stringContaining('Здесь нет «shop».'),
      facts: { problem: expect.stringContaining('Здесь нет «shop».') },
    });
  });

  test('are not looked for in a programme of no name', async () => {
    const asked = { programme: 'a\0b', document: rule('r') };
    expect(await ask('dewi', 'POST', 'rules/validation', asked)).toMatchObject({ status: 422 });
  });

  test('are refused where they name what nobody has', async () => {
    const audience = { channels: ['pharmacy', 'farmacy'], participantKinds: ['seller', 'sellr'] };
    const document = rule('bad', { scope: { kinds: ['receipt'], audience } });
    const { body } = await ask('dewi', 'POST', 'rules/validation', { document });
    expect(body['problems']).toMatchObject([
      { at: 'scope.audience.participantKinds', facts: { name: 'sellr' } },
      { at: 'scope.audience.channels', facts: { name: 'farmacy' } },
    ]);
  });

  test('are changed by managers only, and seen by the brand’s own people only', async () => {
    expect((await ask('dewi', 'POST', 'rules', { document: rule('x') })).status).toBe(403);
    expect((await ask('sari', 'GET', 'rules')).status).toBe(404);
    const { rule: id } = await draft(rule('private'));
    for (const [method, route, body] of [
      ['GET', `rules/${id}`, undefined],
      ['GET', `rules/${id}/difference?from=1&to=1`, undefined],
      ['POST', `rules/${id}/launch`, { version: 1, waiver: 'mine' }],
      ['POST', `rules/${id}/decline`, { version: 1, reason: 'mine' }],
      ['POST', `rules/${id}/retirement`, { version: 1, reason: 'mine' }],
    ] as const)
      expect((await ask('olga', method, route, body)).status, route).toBe(404);
    expect((await ask('olga', 'GET', `decisions?rule=${id}`)).body['items']).toEqual([]);
  });
});

describe('a programme over HTTP', () => {
  test('is read as documents, planned, and applied again without a change', async () => {
    const { body: documents } = await ask('rina', 'GET', 'programme/documents');
    const plan = (await ask('dewi', 'POST', 'programme/plan', documents)).body;
    expect(plan).toEqual({ programme: [], rules: [], others: [], unchanged: 5 });
    const applied = await ask('rina', 'PUT', 'programme/documents', { documents, launch: true });
    expect(applied).toEqual({ status: 200, body: { plan, rules: [] } });
  });

  test('needs a second person above the bound that a controller set', async () => {
    const { body: documents } = await ask('karim', 'GET', 'programme/documents');
    const frame = documents['programme'];
    const bounded = {
      programme: { ...frame, settings: { ...frame.settings, launchAlone: { points: 100 } } },
      rules: documents['rules'],
    };
    const put = (as: string, given: unknown) =>
      ask(as, 'PUT', 'programme/documents', { documents: given, launch: true, waiver: 'a test' });
    expect((await put('rina', bounded)).body).toMatchObject({ status: 403, code: 'bound-fixed' });
    expect((await put('karim', bounded)).status).toBe(200);
    const { rule: id } = await draft(rule('summer'));
    const launch = (as: string, version: number) =>
      ask(as, 'POST', `rules/${id}/launch`, { version, waiver: 'new' });
    expect((await launch('rina', 1)).body).toMatchObject({
      state: 'proposed',
      beyond: { asset: 'points', units: null, limit: 100 },
    });
    expect((await launch('rina', 2)).body).toMatchObject({ status: 403, code: 'second-person' });
    expect((await launch('karim', 2)).body).toMatchObject({ state: 'live', version: 3 });
  });

  test('is refused as a whole where one document is wrong', async () => {
    const { body: documents } = await ask('rina', 'GET', 'programme/documents');
    const rules = [...(documents['rules'] as RuleDocument[]), rule('bad', { condition: '1' })];
    expect((await ask('rina', 'POST', 'programme/plan', { ...documents, rules })).body).toMatchObject({
      status: 422,
      facts: { field: 'rules/bad, condition' },
    });
  });
});

describe('experiments over HTTP', () => {
  test('are listed, and told with the size of their groups', async () => {
    const experiment = {
      name: 'autumn',
      of: 'outlet',
      treatmentPercent: 50,
      measure: { of: 'total', currency: 'MYR' },
    } as const;
    const { rule: id } = await draft(rule('tried', { experiment }));
    await ask('rina', 'POST', `rules/${id}/launch`, { version: 1, waiver: 'tried out on half of the shops' });
    await ask('karim', 'POST', `rules/${id}/launch`, { version: 2 });
    const { body } = await ask('dewi', 'GET', 'experiments');
    expect(body['items']).toMatchObject([
      { name: 'autumn', treatmentPercent: 50, rules: [{ code: 'tried' }], until: null },
    ]);
    const told = (await ask('dewi', 'GET', 'experiments/autumn')).body;
    expect(told).toMatchObject({ verdict: 'too-small', groupSizeMin: 100, looks: [] });
    expect(told['groups'].treated.count + told['groups'].heldOut.count).toBeGreaterThan(10);
    for (const as of ['sari', 'olga'])
      expect((await ask(as, 'GET', 'experiments/autumn')).body).toMatchObject({ status: 404 });
  });
});
