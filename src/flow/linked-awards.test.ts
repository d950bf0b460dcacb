import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { testApp } from '../../test/app.ts';
import { httpClient, type Client } from '../../test/http.ts';
import { rule } from '../../test/sales.ts';
import { withTenant } from '../db/transact.ts';
import { verifyBook } from '../ledger/verify.ts';
import { programmeById } from '../network/programmes.ts';
import { inboxOf } from '../notify/outbox.ts';
import { replayRules } from '../replay/replay.ts';
import type { RuleDocument } from '../rules/document.ts';
import type { App } from './app.ts';
import { deliverWaitingMessages } from './deliver-messages.ts';

let app: App;
let client: Client;
let world: Awaited<ReturnType<typeof testApp>>['world'];
let close: () => Promise<void>;
let keys = 0;

beforeAll(async () => {
  ({ app, world, close } = await testApp());
  client = httpClient(app);
  await client.signIn('rina', 'dewi', 'sari', 'budi', 'asha', 'zofia');
  for (const document of [direct, indirect, newOutlet, forOwner, forEmployee]) await launch(document);
});
afterAll(() => close());

async function ask(as: string, method: string, route: string, body?: unknown) {
  const answer = await client.ask(route, { as, method, ...(body === undefined ? {} : { body }) });
  return { status: answer.status, body: (await answer.json()) as Record<string, any> };
}
async function launch(document: RuleDocument): Promise<void> {
  const { rule: id, version } = (await ask('rina', 'POST', 'rules', { document })).body;
  const options = { version, waiver: 'a test', from: '2018-01-01T00:00:00+08:00' };
  expect((await ask('rina', 'POST', `rules/${id}/launch`, options)).body).toMatchObject({ state: 'live' });
}
const link = (items: unknown[]) => ask('rina', 'POST', 'links', { items });
const referrer = (subject: string, person: string | null, days = {}) => ({
  link: 'referrer',
  of: 'participant',
  subject,
  person,
  from: '2018-01-01',
  ...days,
});

const pays = (code: string, kind: string, changes: Partial<RuleDocument>) =>
  rule(code, {
    scope: { kinds: [kind] },
    texts: { en: { title: code, award: 'For those who brought you.' } },
    stacking: { group: code, order: 10, mode: 'sum' },
    ...changes,
  });
const once = (units: number): RuleDocument['effects'] => [
  { kind: 'award', leg: 'points', asset: 'points', per: 'activity', units },
];
const direct = pays('referral', 'sale', { to: { link: 'referrer' } });
const indirect = pays('referral-2', 'sale', { to: { link: 'referrer', level: 2 }, effects: once(3) });
const newOutlet = pays('new-outlet', 'order', {
  to: { link: 'referrer', of: 'outlet' },
  effects: once(100),
  limits: [{ of: 'outlet', per: 'programme', asset: 'points', units: 100, over: 'nothing' }],
});
const forOwner = pays('owner', 'delivery', { to: { link: 'owner', of: 'outlet' } });
const forEmployee = pays('employee', 'order', { to: { link: 'employee', of: 'partner' }, effects: once(7) });

/** Budi sold this many packs at Toko Maju. */
const sale = (packs: number, changes: Record<string, unknown> = {}) => ({
  source: 'erp',
  externalKey: `sale-${(keys += 1)}`,
  kind: 'sale',
  participant: 'budi',
  outlet: 'toko-maju',
  occurredAt: '2018-06-10T12:00:00+08:00',
  totalMinor: 250 * packs,
  lines: [{ sku: 'NF-1004', quantityMilli: 1000 * packs, amountMinor: 250 * packs }],
  ...changes,
});
const record = async (activity: unknown) => (await ask('rina', 'POST', 'activities', activity)).body;
async function pointsOf(name: string): Promise<number> {
  const { body } = await ask(name, 'GET', 'wallet');
  return (
    body['balances'].find((one: { asset: { code: string } }) => one.asset.code === 'points')?.available ?? 0
  );
}
async function gained(names: string[], work: () => Promise<unknown>): Promise<number[]> {
  const before = await Promise.all(names.map(pointsOf));
  await work();
  return (await Promise.all(names.map(pointsOf))).map((points, i) => points - before[i]!);
}

describe('links', () => {
  test('are set by managers, with the days for which they hold, and read by the brand’s own people', async () => {
    const items = [referrer('budi', 'sari'), referrer('sari', 'asha', { until: '2018-06-30' })];
    expect((await ask('dewi', 'POST', 'links', { items })).status).toBe(403);
    expect(await link(items)).toMatchObject({ status: 200, body: { set: 2 } });
    const told = (await ask('dewi', 'GET', 'links?of=participant&subject=sari')).body['items'];
    expect(told).toMatchObject([
      { link: 'referrer', person: { code: 'asha' }, from: '2018-01-01', until: '2018-07-01' },
    ]);
    expect((await ask('dewi', 'GET', 'links?person=sari')).body['items']).toMatchObject([
      { subject: { name: 'Budi' } },
    ]);
    expect((await ask('sari', 'GET', 'links?person=sari')).status).toBe(404);
  });

  test('join nobody to themselves or in a circle, and name who is not there', async () => {
    expect((await link([referrer('budi', 'budi')])).body).toMatchObject({
      status: 422,
      code: 'link-to-self',
    });
    const circle = [referrer('zofia', 'budi'), referrer('asha', 'budi')];
    expect((await link(circle)).body).toMatchObject({ code: 'link-in-circle', facts: { field: 'items[1]' } });
    expect((await ask('dewi', 'GET', 'links?of=participant&subject=zofia')).body['items']).toEqual([]);
    // Once Asha no longer stands above Sari, Sari may refer Asha.
    expect((await link([referrer('asha', 'sari', { from: '2018-07-01' })])).status).toBe(200);
    expect((await link([referrer('nobody', 'sari')])).body).toMatchObject({
      code: 'bad-request',
      facts: { field: 'items[0].subject' },
    });
  });
});

describe('a rule that pays who is linked', () => {
  test('D24: pays each level for a sale, tells each in their language, and explains each their own share', async () => {
    const first = sale(10);
    let activity = '';
    expect(
      await gained(['budi', 'sari', 'asha'], async () => {
        const recorded = await record(first);
        expect(recorded).toMatchObject({ outcome: 'recorded', points: 0 });
        activity = recorded['activity'];
      }),
    ).toEqual([0, 10, 3]);
    await deliverWaitingMessages(app, world.tenant);
    const told = async (id: typeof world.sari) =>
      (await withTenant(app.db, world.tenant, (tx) => inboxOf(tx, id, { limit: 1 }))).items[0]?.body;
    expect(await told(world.sari)).toMatch(/^Budi di Toko Maju.* menghasilkan poin untuk Anda: \+10\./);
    expect(await told(world.asha)).toMatch(/Budi.*\+3/);

    const seen = async (as: string) =>
      (await ask(as, 'GET', `activities/${activity}/explanation?lang=en`)).body;
    expect((await seen('sari'))['rules']).toMatchObject([
      {
        rule: { code: 'referral' },
        to: 'Sari',
        steps: ['10 pieces × 1 = 10', 'Paid to Sari (referrer, level 1) for what Budi did.'],
      },
    ]);
    expect((await seen('asha'))['rules']).toMatchObject([{ rule: { code: 'referral-2' }, to: 'Asha' }]);
    expect((await seen('budi'))['rules']).toHaveLength(2);
    expect((await seen('zofia'))['code']).toBe('not-found');

    const [line] = (await ask('asha', 'GET', 'statement')).body['items'];
    expect((await ask('asha', 'GET', `transfers/${line.transfer}/explanation?lang=en`)).body).toMatchObject({
      rule: { code: 'referral-2' },
      steps: [expect.any(String), 'Paid to Asha (referrer, level 2) for what Budi did.'],
      activity: null,
    });
  });

  test('a correction takes back from whoever was paid, whoever is linked today', async () => {
    const first = sale(10);
    await record(first);
    await link([referrer('budi', 'zofia', { from: '2018-06-11' })]);
    const corrected = { ...sale(4), externalKey: first.externalKey };
    const people = ['budi', 'sari', 'asha', 'zofia'];
    expect(await gained(people, () => record(corrected))).toEqual([0, -6, 0, 0]);
    await deliverWaitingMessages(app, world.tenant);
    const [newest] = (await withTenant(app.db, world.tenant, (tx) => inboxOf(tx, world.sari, { limit: 1 })))
      .items;
    expect(newest!.body).toMatch(/^Poin Anda dari Budi di Toko Maju.* dikoreksi: -6\./);
    expect(await gained(people, () => record({ ...corrected, withdrawn: true }))).toEqual([0, -4, -3, 0]);
    const later = sale(2, { occurredAt: '2018-06-12T12:00:00+08:00' });
    expect(await gained(people, () => record(later))).toEqual([0, 0, 0, 2]);
    // Somebody else is said to have sold it, whom nobody referred.
    expect(await gained(people, () => record({ ...later, participant: 'olena', outlet: 'slf' }))).toEqual([
      0, 0, 0, -2,
    ]);
  });

  test('nobody linked on the day: nobody is paid, and the reason says so', async () => {
    const { activity, points } = await record(sale(1, { participant: 'zofia', outlet: 'pj-ss6' }));
    expect(points).toBe(0);
    const { body } = await ask('zofia', 'GET', `activities/${activity}/explanation?lang=pl`);
    expect(body['rules'].map((one: any) => one.reason)).toMatchObject([
      {
        code: 'nobody-linked',
        text: 'Nikt nie jest tu powiązany jako referrer (poziom 1), więc nikt nie dostaje.',
      },
      { code: 'nobody-linked' },
    ]);
  });

  test('D27, D34: the first order of an outlet pays who recommended it, every order the company’s employee', async () => {
    await link([
      { link: 'referrer', of: 'outlet', subject: 'toko-maju', person: 'zofia', from: '2018-01-01' },
      { link: 'employee', of: 'partner', subject: 'toko-maju', person: 'asha', from: '2018-01-01' },
    ]);
    const order = () => record(sale(1, { kind: 'order' }));
    expect(await gained(['zofia', 'asha', 'budi'], order)).toEqual([100, 7, 0]);
    expect(await gained(['zofia', 'asha', 'budi'], order)).toEqual([0, 7, 0]);
  });

  test('a limit of the participant is one of whoever is paid', async () => {
    await link([{ link: 'owner', of: 'outlet', subject: 'toko-maju', person: 'asha', from: '2018-01-01' }]);
    const limits: RuleDocument['limits'] = [
      { of: 'participant', per: 'programme', asset: 'points', units: 5, over: 'partial' },
    ];
    await launch({ ...forOwner, code: 'owner-capped', limits, scope: { kinds: ['visit'] } });
    const visit = (participant: string) => record(sale(3, { kind: 'visit', participant }));
    expect(await gained(['asha'], () => visit('budi'))).toEqual([3]);
    expect(await gained(['asha'], () => visit('sari'))).toEqual([2]);
  });

  test('a multiplier multiplies what its own payee earned', async () => {
    await launch(
      pays('double', 'sale', {
        to: { link: 'referrer' },
        effects: [
          {
            kind: 'multiply',
            leg: 'more',
            asset: 'points',
            groups: ['referral', 'referral-2'],
            percent: 200,
          },
        ],
      }),
    );
    const given = sale(5, { occurredAt: '2018-06-05T12:00:00+08:00' });
    expect(await gained(['sari', 'asha'], () => record(given))).toEqual([10, 3]);
  });

  test('is tried without recording, and replayed over events of which nobody asked then', async () => {
    const { source: _s, externalKey: _k, ...imagined } = sale(2);
    const lines = imagined.lines.map((one) => one);
    const tried = await ask('dewi', 'POST', 'rules/evaluate', { ...imagined, lines });
    expect(tried.body['awards']).toContainEqual(
      expect.objectContaining({ rule: 'referral', units: 2, to: world.sari }),
    );
    const late = pays('late', 'sale', { to: { link: 'employee', of: 'partner' }, effects: once(1) });
    const programme = (await withTenant(app.db, world.tenant, (tx) => programmeById(tx, world.programme)))!;
    const { participants } = await replayRules(
      app.db,
      { tenant: world.tenant, programme, documents: [late], firstDay: '2018-06-01', lastDay: '2018-06-30' },
      { now: app.now(), login: app.db.workerLogin, threads: 1 },
    );
    expect(participants.most).toMatchObject([{ personName: 'Asha' }]);
  });

  test('links that several set at once in another order do not wait for each other for ever', async () => {
    const items = ['auditor', 'trainer'].flatMap((name) =>
      ['sari', 'asha'].map((subject) => ({ ...referrer(subject, 'zofia'), link: name })),
    );
    const set = [items, items.toReversed(), items, items.toReversed()].map(link);
    expect((await Promise.all(set)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });

  test('the book is in order', async () => {
    expect((await verifyBook(app.db, world.tenant)).ok).toBe(true);
  });
});
