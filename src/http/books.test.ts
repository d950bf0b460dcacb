import { execFileSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { testApp } from '../../test/app.ts';
import { httpClient, type Client } from '../../test/http.ts';
import { withTenant } from '../db/transact.ts';
import type { App } from '../flow/app.ts';
import { publicKeysOf, readPublicKeys, signingKeyOf } from '../flow/signing-keys.ts';
import { checkStatement, statementType, type StatementDocument } from '../flow/statement-document.ts';
import { verifyBooks } from '../flow/verify-books.ts';
import { accountId, ensureAssets, openAccounts } from '../ledger/accounts.ts';
import { post } from '../ledger/post.ts';
import { log } from '../log.ts';
import { signDocument } from '../shared/jws.ts';
import { eventId, type TransferId } from '../shared/id.ts';

let app: App;
let client: Client;
let world: Awaited<ReturnType<typeof testApp>>['world'];
let close: () => Promise<void>;
const ask: Client['ask'] = (where, options) => client.ask(where, options);

beforeAll(async () => {
  ({ app, world, close } = await testApp());
  client = httpClient(app);
  await client.signIn('sari', 'budi', 'rina', 'karim', 'dewi');
  // Late in the evening of 31 March in Kuala Lumpur, and early on 1 April: both are 31 March in UTC.
  await earn('2018-03-31T15:30:00Z', 30n);
  await earn('2018-03-31T16:30:00Z', 12n);
});
afterAll(() => close());

async function earn(happened: string, amount: bigint): Promise<void> {
  await withTenant(app.db, world.tenant, async (tx) => {
    const [asset] = await ensureAssets(tx, [{ code: 'points', kind: 'points', scale: 0 }]);
    const accounts = [
      { asset: asset!.id, owner: world.programme, role: 'issued' as const },
      { asset: asset!.id, owner: world.sari, role: 'available' as const },
    ];
    await openAccounts(tx, accounts);
    const effectiveAt = new Date(happened);
    const id = eventId<TransferId>(effectiveAt, 'books', String(amount));
    const [debit, credit] = accounts.map(({ owner, role }) => accountId(tx.tenant, owner, role, asset!.id));
    const move = { id, tx: id, asset: asset!.id, debit: debit!, credit: credit!, amount, effectiveAt };
    await post(tx, [{ ...move, kind: 'award', expiresOn: '2019-03-31' }], app.now());
  });
}

const exportAs = async (as: string, query: string, where = 'statement/export') => {
  const answer = await ask(`${where}?${query}`, { as });
  expect(answer.status).toBe(200);
  return answer;
};

describe('a signed statement', () => {
  test('tells a period by days of the programme, with balances, expiry and the head of the chain', async () => {
    const answer = await exportAs('sari', 'by=business&from=2018-04-01&to=2018-04-30');
    expect(answer.headers.get('content-type')).toBe('application/jose');
    const name = 'attachment; filename="statement-sari-points-2018-04-30.jws"';
    expect(answer.headers.get('content-disposition')).toBe(name);
    const checked = checkStatement(await answer.text(), publicKeysOf(app.config));
    expect(checked).toMatchObject({
      ok: true,
      statement: {
        tenant: { code: 'nusa' },
        participant: { code: 'sari' },
        asset: { code: 'points', scale: 0 },
        period: { from: '2018-04-01', to: '2018-04-30', timeZone: 'Asia/Kuala_Lumpur', by: 'business' },
        opening: { available: 30 },
        movements: [{ kind: 'award', role: 'available', units: 12, balanceAfter: 42 }],
        closing: { available: 42 },
        expiry: [{ expiresOn: '2019-03-31', units: 42 }],
        chain: { hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
      },
    });
    const plain = await exportAs('sari', 'by=business&from=2018-04-01&to=2018-04-30&format=json');
    expect(await plain.json()).toMatchObject({ opening: { available: 30 }, closing: { available: 42 } });
    const { head } = (await (await ask('chain', { as: 'dewi' })).json()) as { head: object };
    expect(checked).toMatchObject({ statement: { chain: head } });
  });

  test('is checked by a stranger with nothing but the published keys and the standard', async () => {
    const signed = await (await exportAs('sari', '')).text();
    const published = await ask('/.well-known/jwks.json');
    expect(published.headers.get('content-type')).toBe('application/jwk-set+json');
    const { keys } = (await published.json()) as { keys: { kid: string }[] };
    const [head, body, signature] = signed.split('.') as [string, string, string];
    const header = JSON.parse(Buffer.from(head, 'base64url').toString());
    expect(header).toEqual({ alg: 'EdDSA', kid: keys[0]!.kid, typ: statementType });
    const jwk = keys.find(({ kid }) => kid === header.kid)!;
    const key = createPublicKey({ key: jwk as { kid: string; kty: string }, format: 'jwk' });
    const isRight = verify(null, Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url'));
    expect(isRight).toBe(true);
    const statement = JSON.parse(Buffer.from(body, 'base64url').toString()) as StatementDocument;
    expect(statement.closing).toEqual({ available: 42, debt: 0, pending: 0 });
  });

  test('is checked by openssl', () =>
    withFolder(async (folder) => {
      const signed = await (await exportAs('sari', '')).text();
      const [head, body, signature] = signed.split('.') as [string, string, string];
      const [pem, data, sig] = ['key.pem', 'data', 'signature'].map((name) => path.join(folder, name)) as [
        string,
        string,
        string,
      ];
      const { kty, crv, x } = publicKeysOf(app.config)[0]!;
      writeFileSync(
        pem,
        createPublicKey({ key: { kty, crv, x }, format: 'jwk' }).export({ type: 'spki', format: 'pem' }),
      );
      writeFileSync(data, `${head}.${body}`);
      writeFileSync(sig, Buffer.from(signature, 'base64url'));
      const args = ['pkeyutl', '-verify', '-pubin', '-inkey', pem, '-rawin', '-in', data, '-sigfile', sig];
      const told = openssl(args);
      expect(told ?? 'Signature Verified Successfully').toContain('Signature Verified Successfully');
    }));

  test('that was changed, signed by another, or something else is not believed', async () => {
    const signed = await (await exportAs('sari', '')).text();
    const keys = publicKeysOf(app.config);
    const [head, body, signature] = signed.split('.') as [string, string, string];
    const statement = JSON.parse(Buffer.from(body, 'base64url').toString()) as StatementDocument;
    const richer = { ...statement, closing: { available: 4200 } };
    const forged = [head, Buffer.from(JSON.stringify(richer)).toString('base64url'), signature].join('.');
    const own = generateKeyPairSync('ed25519').privateKey;
    const problemOf = (text: string) => {
      const checked = checkStatement(text, keys);
      return checked.ok ? 'none' : checked.problem;
    };
    expect(problemOf(forged)).toBe('wrong-signature');
    expect(problemOf(signDocument(own, statementType, richer))).toBe('unknown-key');
    expect(problemOf('a letter')).toBe('not-signed-document');
    expect(problemOf('')).toBe('not-signed-document');
    const unsigned = Buffer.from('{"alg":"none","typ":"mitra-statement+jws"}').toString('base64url');
    expect(problemOf(`${unsigned}.${body}.`)).toBe('not-signed-document');
    const key = signingKeyOf(app.config);
    expect(problemOf(signDocument(key, statementType, richer))).toBe('does-not-add-up');
    expect(problemOf(signDocument(key, statementType, { hello: 1 }))).toBe('not-understood');
    expect(problemOf(signDocument(key, 'mitra-offer+jws', statement))).toBe('other-kind');
  });

  test('stays good after the key was changed, and keys are read in every usual form', async () => {
    const signed = await (await exportAs('sari', '')).text();
    const old = signingKeyOf(app.config).export({ type: 'pkcs8', format: 'pem' }).toString();
    const fresh = generateKeyPairSync('ed25519')
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString();
    const changed = { ...app.config, signingKey: `${fresh}${old}`.replaceAll('\n', '\\n') };
    const keys = publicKeysOf(changed);
    expect(keys).toHaveLength(2);
    expect(signingKeyOf(changed).export({ type: 'pkcs8', format: 'pem' })).toBe(fresh);
    expect(checkStatement(signed, keys).ok).toBe(true);
    expect(checkStatement(signed, readPublicKeys(JSON.stringify({ keys }), 'a file')).ok).toBe(true);
    expect(checkStatement(signed, readPublicKeys(JSON.stringify(keys[1]), 'a file')).ok).toBe(true);
    expect(checkStatement(signed, readPublicKeys(old, 'a file')).ok).toBe(true);
    expect(() => readPublicKeys('{"keys":[]}', 'a file')).toThrow('a file holds no Ed25519 key');
    expect(() => readPublicKeys('hello', 'a file')).toThrow('a file must hold Ed25519 keys');
  });

  test('is for its owner and for staff', async () => {
    const where = `participants/${world.sari}/statement/export`;
    const signed = await (await exportAs('dewi', 'asset=points', where)).text();
    expect(checkStatement(signed, publicKeysOf(app.config))).toMatchObject({
      statement: { participant: { code: 'sari' } },
    });
    expect((await ask(where, { as: 'budi' })).status).toBe(404);
    const none = checkStatement(await (await exportAs('budi', '')).text(), publicKeysOf(app.config));
    expect(none).toMatchObject({ ok: true, statement: { movements: [], closing: {} } });
    expect((await ask('statement/export?asset=gold', { as: 'sari' })).status).toBe(404);
    expect((await ask('statement/export?from=2018-05-01&to=2018-04-01', { as: 'sari' })).status).toBe(422);
    expect((await ask('statement/export?from=yesterday', { as: 'sari' })).status).toBe(422);
  });
});

describe('the books', () => {
  test('tell a trial balance by days of the programme, as JSON and as CSV', async () => {
    const answer = await ask('trial-balance?from=2018-04-01&to=2018-04-30', { as: 'karim' });
    const told = (await answer.json()) as { rows: { asset: { code: string } }[] };
    expect(told).toMatchObject({ from: '2018-04-01', timeZone: 'Asia/Kuala_Lumpur', by: 'business' });
    expect(told.rows.filter(({ asset }) => asset.code === 'points')).toMatchObject([
      { role: 'available', account: null, owner: null, opening: 30, debits: 0, credits: 12, closing: 42 },
      { role: 'issued', owner: expect.any(String), opening: -30, debits: 12, credits: 0, closing: -42 },
    ]);
    const csv = await ask('trial-balance?to=2018-03-31&format=csv', { as: 'rina' });
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const [head, ...lines] = (await csv.text()).split('\r\n');
    expect(head).toBe('asset,scale,role,account,owner,opening,debits,credits,closing');
    expect(lines).toContain('points,0,available,,,0,0,30,30');
  });

  test('are closed by managers and controllers only', async () => {
    const before = { before: '2018-04-01' };
    const closeAs = (as: string, body: object) => ask('periods', { as, method: 'POST', body });
    expect((await closeAs('dewi', before)).status).toBe(403);
    expect((await closeAs('sari', before)).status).toBe(404);
    expect((await ask('trial-balance', { as: 'dewi' })).status).toBe(403);
    const closed = await closeAs('karim', before);
    expect(closed.status).toBe(200);
    const period = await closed.json();
    expect(period).toMatchObject({ ...before, beforeAt: '2018-03-31T16:00:00.000Z', closedBy: 'Karim' });
    expect(await (await closeAs('rina', before)).json()).toEqual(period);
    expect(await (await ask('periods', { as: 'rina' })).json()).toEqual({ items: [period] });
    expect(await (await closeAs('karim', { before: '2018-03-01' })).json()).toMatchObject({
      code: 'period-closed',
    });
    expect(await (await closeAs('karim', { before: '2099-01-01' })).json()).toMatchObject({
      code: 'period-not-over',
    });
    for (const day of ['soon', '0001-01-01', '9999-12-31'])
      expect((await closeAs('karim', { before: day })).status).toBe(422);
  });

  test('are verified at night; the head and what was found are told', async () => {
    const { level } = log;
    log.level = 'silent';
    await verifyBooks(app.db, app.now());
    await verifyBooks(app.db, new Date(app.now().getTime() + 1000));
    log.level = level;
    const chain = await (await ask('chain', { as: 'dewi' })).json();
    expect(chain).toMatchObject({
      head: { seq: 3, hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
      verified: { isFull: false, seq: 3, problem: null },
    });
  });
});

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'mitra-openssl-'));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What it says, or null where it is not installed. */
function openssl(args: string[]): string | null {
  try {
    return execFileSync('openssl', args, { encoding: 'utf8' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
