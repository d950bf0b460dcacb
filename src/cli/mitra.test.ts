import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { statementType } from '../flow/statement-document.ts';
import { publicJwkOf, signDocument } from '../shared/jws.ts';

const program = path.resolve(import.meta.dirname, '../../bin/mitra.js');

// It runs on the embedded server; the run on an external one has nothing to add.
const isExternal = Boolean(process.env['TEST_DATABASE_URL']);

describe.skipIf(isExternal)('the program', { timeout: 120_000 }, () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'mitra-cli-'));
    chmodSync(folder, 0o755);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const begin = (args: string[], env: NodeJS.ProcessEnv = {}): ChildProcess =>
    spawn(process.execPath, [program, ...args], {
      env: { ...process.env, LOG_LEVEL: 'warn', MITRA_DATA: folder, PORT: '0', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });

  async function outcome(child: ChildProcess): Promise<{ code: number; out: string; err: string }> {
    const [out, err] = ['', ''].map(() => [] as Buffer[]) as [Buffer[], Buffer[]];
    child.stdout!.on('data', (part: Buffer) => out.push(part));
    child.stderr!.on('data', (part: Buffer) => err.push(part));
    const [code] = (await once(child, 'close')) as [number];
    return { code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() };
  }

  const run = (args: string[], env?: NodeJS.ProcessEnv) => outcome(begin(args, env));

  async function untilRunning(child: ChildProcess): Promise<string> {
    let told = '';
    for await (const part of child.stdout!.iterator({ destroyOnReturn: false })) {
      told += part;
      const url = /running at (\S+)/.exec(told)?.[1];
      if (url) return url;
    }
    throw new Error(`it ended instead: ${told}`);
  }

  test('tells a newcomer what there is', async () => {
    const { code, out } = await run(['--help']);
    expect(code).toBe(0);
    for (const word of ['demo', 'start', 'snap', 'doctor', 'MITRA_DATA', 'npm run demo'])
      expect(out).toContain(word);
    expect((await run(['verify', '--help'])).out).toContain('Usage: npx mitra verify');
  });

  test('says what it does not understand, with exit code 2', async () => {
    expect(await run(['strat'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('no command "strat"'),
    });
    expect(await run(['verify', '--jsn'])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/'--jsn'.*Usage:/s),
    });
    expect(await run(['start', '--services=web,mail'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('"mail"'),
    });
  });

  test('takes the rules of a programme’s folder for a replay, each once', async () => {
    const folder = path.resolve(import.meta.dirname, '../../demo/programme');
    const days = ['--from', '2018-01-01', '--to', '2018-01-31'];
    const { code, err } = await run(['replay', folder, path.join(folder, 'rules/base.json'), ...days]);
    expect(code).toBe(2);
    expect(err).toContain('There are two rules base.');
  });

  test('says in words what a person can mend, with exit code 1 and no stack trace', async () => {
    const { code, out, err } = await run(['verify', '--json'], {
      DATABASE_URL: 'postgres://sari:x@127.0.0.1:1/shop',
    });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^The database "shop" at 127\.0\.0\.1:1 .*Look at DATABASE_URL\.\n$/);
  });

  test('checks a signed statement with the keys it is given, and no database', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const person = { id: 'x', code: 'sari', name: 'Sari' };
    const signed = signDocument(privateKey, statementType, {
      version: 1,
      issuedAt: '2018-04-01T00:00:00.000Z',
      tenant: person,
      programme: null,
      participant: person,
      asset: { code: 'MYR', kind: 'money', scale: 2 },
      period: { from: null, to: '2018-03-31', timeZone: 'UTC', by: 'posted' },
      opening: { available: 0 },
      movements: [],
      closing: { available: 0 },
      expiry: [],
      chain: null,
    });
    const [file, keys] = ['statement.jws', 'keys.json'].map((name) => path.join(folder, name)) as [
      string,
      string,
    ];
    writeFileSync(file, `${signed}\n`);
    writeFileSync(keys, JSON.stringify({ keys: [publicJwkOf(publicKey)] }));
    const nowhere = { DATABASE_URL: 'postgres://sari:x@127.0.0.1:1/shop' };
    const { code, out } = await run(['verify', '--statement', file, '--key', keys], nowhere);
    expect({ code, out }).toMatchObject({
      code: 0,
      out: expect.stringContaining('about      MYR of Sari (sari)'),
    });
    writeFileSync(
      file,
      signed.replace(/.(?=\.[^.]*$)/, (letter) => (letter === 'A' ? 'B' : 'A')),
    );
    expect(await run(['verify', '--statement', file, '--key', keys, '--json'], nowhere)).toMatchObject({
      code: 1,
      out: expect.stringContaining('"problem": "wrong-signature"'),
    });
    expect(await run(['verify', '--statement', file], nowhere)).toMatchObject({
      code: 2,
      err: expect.stringContaining('/.well-known/jwks.json'),
    });
  });

  test('migrates, then has nothing to do, and leaves no server running', async () => {
    const first = await run(['migrate', '--json']);
    expect((JSON.parse(first.out) as { applied: string[] }).applied).toContain('0001_network.sql');
    expect(JSON.parse((await run(['migrate', '--json'])).out)).toEqual({ applied: [] });
    expect(existsSync(path.join(folder, 'postgres/postmaster.pid'))).toBe(false);
  });

  test('looks at the installation as one JSON document', async () => {
    const { out } = await run(['doctor', '--json']);
    const { checks } = JSON.parse(out) as { checks: { name: string; state: string; words: string }[] };
    const states = Object.fromEntries(checks.map((check) => [check.name, check.state]));
    expect(states).toMatchObject({
      Node: 'ok',
      database: 'ok',
      encoding: 'ok',
      migrations: 'ok',
      'role mitra_app': 'ok',
    });
    expect(states).toMatchObject({ 'data folder': 'ok', 'object store': 'ok', 'reading receipts': 'ok' });
  });

  test('starts, refuses a second on the same folder, lets a command in, and stops everything on Ctrl-C', async () => {
    const server = begin(['start']);
    const url = await untilRunning(server);
    expect((await fetch(`${url}/health`)).status).toBe(200);
    const second = await run(['start']);
    expect(second.code).toBe(1);
    expect(second.err).toContain(`is in use by Mitra with process id ${server.pid}. Stop that process first`);
    expect(JSON.parse((await run(['verify', '--json'])).out)).toMatchObject({ ok: true });
    server.kill('SIGINT');
    expect((await once(server, 'close'))[0]).toBe(0);
    expect(existsSync(path.join(folder, 'postgres/postmaster.pid'))).toBe(false);
  });

  test('says that its port is taken, and leaves nothing running', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, err } = await run(['start'], { PORT: String(port) });
    other.close();
    expect({ code, err }).toEqual({
      code: 1,
      err: `Port ${port} is taken by another program. Stop that one, or choose another: PORT=${port + 1}.\n`,
    });
    expect(existsSync(path.join(folder, 'postgres/postmaster.pid'))).toBe(false);
  });
});
