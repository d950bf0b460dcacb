import { afterAll, beforeAll, expect, test } from 'vitest';

import { testApp } from '../../test/app.ts';
import { httpClient, type Client } from '../../test/http.ts';
import { withTenant } from '../db/transact.ts';
import type { App } from '../flow/app.ts';
import { accountId, assetId, openAccounts } from '../ledger/accounts.ts';
import { post } from '../ledger/post.ts';
import { newId, type ParticipantId, type TransferId } from '../shared/id.ts';

let app: App;
let client: Client;
let world: Awaited<ReturnType<typeof testApp>>['world'];
let close: () => Promise<void>;
let keys = 0;

beforeAll(async () => {
  ({ app, world, close } = await testApp());
  client = httpClient(app);
  await client.signIn('sari', 'budi', 'grace', 'rina');
});
afterAll(() => close());

async function send(as: string, where: string, body: unknown): Promise<Record<string, unknown>> {
  const headers = { 'idempotency-key': `k${(keys += 1)}` };
  const answer = await client.ask(where, { as, method: 'POST', body, headers });
  expect(answer.status).toBeLessThan(300);
  return (await answer.json()) as Record<string, unknown>;
}

async function earn(participant: ParticipantId, amount: bigint): Promise<void> {
  await withTenant(app.db, world.tenant, async (tx) => {
    const asset = assetId(tx.tenant, 'points');
    const [credit] = await openAccounts(tx, [{ asset, owner: participant, role: 'available' }]);
    const debit = accountId(tx.tenant, world.programme, 'issued', asset);
    const id = newId<TransferId>(app.now());
    const move = { id, tx: id, asset, debit, credit: credit!, amount, kind: 'award' as const };
    await post(tx, [{ ...move, effectiveAt: app.now() }], app.now());
  });
}

const member = (participant: ParticipantId, isActive = true) => ({
  participant,
  limitUnits: null,
  limitPer: 'month',
  isActive,
});
const toko = (members: unknown[]) => send('rina', 'wallets', { code: 'toko', name: 'Toko', members });

test('what moved on a shared wallet is seen and explained to those who use it, and to no one else', async () => {
  const { id: wallet } = await toko([member(world.sari), member(world.budi)]);
  await earn(world.sari, 40n);
  await send('sari', 'wallet/gifts', { to: { wallet: 'toko' }, units: 40 });
  const { hold } = await send('rina', 'holds', { participant: world.sari, wallet, units: 15 });
  const { transfer } = await send('rina', `holds/${(hold as { id: string }).id}/capture`, {});
  const spend = `transfers/${String(transfer)}`;
  const seenBy = async (as: string) => [
    (await client.ask(spend, { as })).status,
    (await client.ask(`${spend}/explanation`, { as })).status,
  ];
  expect(await seenBy('budi')).toEqual([200, 200]);
  const explained = await (await client.ask(`${spend}/explanation`, { as: 'budi' })).json();
  expect(explained).toMatchObject({ units: { lots: [{ units: 15, earnings: [{ units: 15 }] }] } });
  expect(await seenBy('grace')).toEqual([404, 404]);
  await toko([member(world.budi, false)]);
  expect(await seenBy('budi')).toEqual([404, 404]);
  expect(await seenBy('sari')).toEqual([200, 200]);
});

test('shared wallets come in pages by code: all of them for staff, one’s own for others', async () => {
  for (const code of ['page-b', 'page-a', 'page-c'])
    await send('rina', 'wallets', {
      code,
      name: code,
      members: [member(code === 'page-b' ? world.budi : world.grace)],
    });
  const pages = async (as: string) => {
    const codes: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const answer = await client.ask(`wallets?limit=2${next && `&before=${next}`}`, { as });
      const page = (await answer.json()) as { items: { code: string }[]; next: string | null };
      expect(page.items.length).toBeLessThanOrEqual(2);
      codes.push(...page.items.map(({ code }) => code));
      next = page.next;
    }
    return codes.filter((code) => code.startsWith('page-'));
  };
  expect(await pages('rina')).toEqual(['page-a', 'page-b', 'page-c']);
  expect(await pages('grace')).toEqual(['page-a', 'page-c']);
});
