import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { demoReceipt, photo, testApp } from '../../test/app.ts';
import { httpClient, pictureForm, type Client } from '../../test/http.ts';
import { people } from '../../test/world.ts';
import { recordActivities } from '../activity/record.ts';
import { withTenant } from '../db/transact.ts';
import type { App } from '../flow/app.ts';
import { holdUnits } from '../flow/hold-units.ts';
import { saveSharedWallet } from '../flow/shared-wallet.ts';
import { snapReceipt } from '../flow/snap-receipt.ts';
import { accountId, assetId } from '../ledger/accounts.ts';
import { post } from '../ledger/post.ts';
import { createKey, keyAbilities } from '../network/api-keys.ts';
import { ruleIdOf } from '../rules/save-rule.ts';
import { askReplay } from '../replay/requests.ts';
import { eventId, type Id, type TransferId } from '../shared/id.ts';
import { describeApi } from './describe-api.ts';

const described = await describeApi();

let app: App;
let client: Client;
let world: Awaited<ReturnType<typeof testApp>>['world'];
let close: () => Promise<void>;
const ask: Client['ask'] = (where, options) => client.ask(where, options);

beforeAll(async () => {
  ({ app, world, close } = await testApp());
  client = httpClient(app);
  await client.signIn('sari', 'grace', 'dewi', 'omar');
});
afterAll(() => close());

describe('T11: nobody sees or changes what belongs to another tenant or partner', () => {
  let own: Record<string, string>;

  beforeAll(async () => {
    const snapped = await snapReceipt(
      app,
      { tenant: world.tenant, participant: world.sari },
      photo(demoReceipt('fy-eagle.jpg')),
    );
    if (!snapped.ok) throw new Error(snapped.refused);
    const at = new Date('2018-03-21T04:00:00Z');
    own = await withTenant(app.db, world.tenant, async (tx) => {
      const [recorded] = await recordActivities(
        tx,
        [
          {
            source: 'test',
            externalKey: 'sale-1',
            kind: 'receipt',
            programme: world.programme,
            evidence: null,
            participant: world.sari,
            outlet: world.tokoMaju,
            occurredAt: at,
            currency: 'MYR',
            totalMinor: 1000n,
            lines: [],
          },
        ],
        app.now(),
      );
      const asset = assetId(tx.tenant, 'points');
      const transfer = eventId<TransferId>(at, 'test', 'transfer');
      const accounts = {
        debit: accountId(tx.tenant, world.programme, 'issued', asset),
        credit: accountId(tx.tenant, world.sari, 'available', asset),
      };
      const move = {
        id: transfer,
        tx: eventId<Id<'tx'>>(at, 'test'),
        asset,
        ...accounts,
        amount: 5n,
        kind: 'award' as const,
        effectiveAt: at,
      };
      await post(tx, [move], app.now());
      const days = { firstDay: '2018-01-01', lastDay: '2018-03-31', documents: [] };
      const activity = recorded!.ok ? recorded!.activity.id : '';
      const spender = { participant: world.sari, wallet: null };
      const held = await holdUnits(tx, { spender, asset: 'points', units: 2n, timesOutAt: null }, app.now());
      const member = { participant: world.sari, limitUnits: null, limitPer: 'day' as const, isActive: true };
      const shop = { code: 'shop', name: 'Shop', asset: 'points', members: [member] };
      const saved = await saveSharedWallet(tx, shop, app.now());
      const scope = { may: keyAbilities, programme: null, outlets: null };
      const { key, text } = await createKey(tx, { name: 'Till', ...scope, expiresAt: null }, world.rina, at);
      client.keep('till', text);
      return {
        holds: held.ok ? held.hold.id : '',
        wallets: saved.ok ? saved.wallet.id : '',
        evidence: snapped.evidence,
        activities: activity,
        transfers: transfer,
        participants: world.sari,
        outlets: world.tokoMaju,
        products: world.product('NF-1003'),
        rules: ruleIdOf(tx, world.programme, 'base'),
        keys: key.id,
        replays: await askReplay(tx, { programme: world.programme, askedBy: world.rina, ...days }, app.now()),
      };
    });
  });

  async function state(): Promise<string> {
    const counts = [
      'evidence',
      'verification',
      'activity',
      'transfer',
      'message',
      'participant',
      'rule',
      'replay',
      'wallet',
      'api_key',
    ].map((table) => `(select count(*) from ${table} where tenant = $1) as ${table}`);
    const both = [];
    for (const tenant of [world.tenant, world.other.tenant]) {
      both.push(
        await withTenant(app.db, tenant, (tx) => tx.query(`select ${counts.join(', ')}`, [tx.tenant])),
      );
    }
    return JSON.stringify(both, (_key, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    );
  }

  const operations = Object.entries(described.paths).flatMap(([route, methods]) =>
    Object.keys(methods).map((method) => ({
      method: method.toUpperCase(),
      route: route.replace('/api/v1/', ''),
    })),
  );
  const withId = operations.filter(({ route }) => route.includes('{id}'));
  const open = ['auth/otp', 'auth/sessions', 'demo/people'];
  const bodies: Record<string, unknown> = {
    replays: { rules: [], from: '2018-01-01', to: '2018-03-31' },
    'evidence/{id}/review': { decision: 'approve', reason: 'mine' },
    periods: { before: '2018-01-01' },
    targets: {
      items: [{ rule: 'x', owner: 'sari', startsOn: '2018-01-01', value: 1, reason: 'mine' }],
    },
    quotes: { outlet: 'toko-maju', amountMinor: 1 },
    'participants/{id}/tier-overrides': {
      tier: 'gold',
      from: '2018-01-01',
      until: '2018-01-02',
      reason: 'mine',
    },
    'participants/{id}/membership': { joinedOn: '2018-01-01' },
    'programme/progress': { document: {} },
    'programme/progress/validation': { document: {} },
    rules: { document: {} },
    'activity-kinds': { kind: 'shelf-photo' },
    links: {
      items: [{ link: 'referrer', of: 'participant', subject: 'budi', person: 'sari', from: '2018-01-01' }],
    },
    'rules/validation': { document: {} },
    'rules/{id}/launch': { version: 1, waiver: 'mine' },
    'rules/{id}/decline': { version: 1, reason: 'mine' },
    'rules/{id}/retirement': { version: 1, reason: 'mine' },
    'programme/plan': { programme: {}, rules: [] },
    'programme/documents': { documents: { programme: {}, rules: [] } },
    'rules/evaluate': { kind: 'receipt', participant: 'sari', outlet: 'toko-maju', totalMinor: 1 },
    'wallet/gifts': { to: { person: 'budi' }, units: 1 },
    holds: { participant: people.sari, units: 1 },
    wallets: {
      code: 'x',
      name: 'X',
      members: [{ participant: people.sari, limitUnits: 1, limitPer: 'day' }],
    },
    'transfers/actions': { action: 'cancel', which: { ids: [people.sari] }, reason: 'mine', apply: false },
    'opening-balances': { items: [{ externalKey: 'x', participant: 'budi', units: '1' }] },
    'holds/{id}/capture': {},
    'holds/{id}/release': {},
    'transfers/{id}/refund': {},
    'activities/{id}/events': { event: 'delivery' },
    keys: { name: 'mine', may: ['read'] },
    areas: { items: [{ code: 'mine' }] },
    partners: { items: [{ code: 'mine' }] },
    outlets: { items: [{ code: 'toko-maju', name: 'Mine' }] },
    participants: { items: [{ code: 'sari', name: 'Mine' }] },
    products: { items: [{ sku: 'NF-1003', name: 'Mine' }] },
  };
  /** What a list must be asked of. */
  const queries: Record<string, string> = { 'GET replays': '?rule=base' };
  const whereOf = (method: string, route: string, id: string) =>
    route.replace('{id}', id) + (queries[`${method} ${route}`] ?? '');
  const keyDoors = [
    'POST activities',
    'GET activities/{id}',
    'GET activities/{id}/explanation',
    'POST activities/{id}/events',
    'POST quotes',
    'GET keys/current',
  ];

  test('the list of operations is not empty', () => expect(withId.length).toBeGreaterThan(8));

  test.each(operations.filter(({ route }) => !open.includes(route)))(
    '$method $route answers 401 to strangers',
    async ({ method, route }) => {
      const before = await state();
      const answer = await ask(whereOf(method, route, world.sari), { method, ...bodyFor(method, route) });
      expect(answer.status).toBe(401);
      expect(await state()).toBe(before);
    },
  );

  test.each(operations.filter(({ route }) => !open.includes(route)))(
    '$method $route answers 403 to an API key that may do everything, unless it is one of the doors for keys',
    async ({ method, route }) => {
      const before = await state();
      if (keyDoors.includes(`${method} ${route}`)) return;
      const id = own[route.split('/')[0]!] ?? world.sari;
      const answer = await ask(whereOf(method, route, id), { as: 'till', method, ...bodyFor(method, route) });
      expect(answer.status).toBe(403);
      expect(await state()).toBe(before);
    },
  );

  function bodyFor(method: string, route: string): { body?: unknown } {
    if (method === 'GET' || method === 'DELETE') return {};
    if (route === 'evidence') return { body: pictureForm(demoReceipt('ligamas.jpg')) };
    return { body: bodies[route] ?? { ids: [] } };
  }

  test.each(withId)(
    '$method $route answers 404 to another tenant, as to an unknown id, and changes nothing',
    async ({ method, route }) => {
      const before = await state();
      const id = own[route.split('/')[0]!]!;
      const body = method === 'GET' ? undefined : bodies[route];
      const forOmar = { as: 'omar', method, ...(body === undefined ? {} : { body }) };
      const answer = await ask(route.replace('{id}', id), forOmar);
      const unknown = await ask(route.replace('{id}', '00000000-0000-7000-8000-000000000000'), forOmar);
      expect(answer.status).toBe(404);
      expect(await answer.text()).toBe(await unknown.text());
      expect(await state()).toBe(before);
    },
  );

  test.each(withId.filter(({ route }) => !route.startsWith('products')))(
    'abuse 54: $method $route answers 404 to a participant of another partner',
    async ({ method, route }) => {
      const before = await state();
      const body = method === 'GET' ? undefined : bodies[route];
      const answer = await ask(route.replace('{id}', own[route.split('/')[0]!]!), {
        as: 'grace',
        method,
        ...(body === undefined ? {} : { body }),
      });
      expect(answer.status).toBe(404);
      expect(await state()).toBe(before);
    },
  );

  test('the owner is answered', async () => {
    for (const [room, id] of Object.entries(own)) {
      if (room === 'participants' || room === 'keys') continue;
      const as = ['holds', 'rules', 'replays'].includes(room) ? 'dewi' : 'sari';
      expect((await ask(`${room}/${id}`, { as })).status, room).toBe(200);
    }
    expect((await ask(`participants/${world.sari}/wallet`, { as: 'dewi' })).status).toBe(200);
  });

  test('lists show one’s own only', async () => {
    for (const route of ['evidence', 'activities', 'outlets', 'wallets']) {
      const listed = JSON.stringify(await (await ask(route, { as: 'omar' })).json());
      for (const id of Object.values(own)) expect(listed, route).not.toContain(id);
    }
  });
});
