import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { testDatabase } from '../../test/database.ts';
import type { Login } from '../db/connect.ts';

const program = path.resolve(import.meta.dirname, '../../bin/mitra.js');
const folder = mkdtempSync(path.join(tmpdir(), 'mitra-test-'));

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

const urlOf = ({ host, port, user, password, database: name }: Login) =>
  `postgres://${user}:${encodeURIComponent(password)}@${encodeURIComponent(host)}:${port}/${name}`;

async function mitra(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const { admin, app, worker } = database.logins;
  const env = {
    ...process.env,
    DATABASE_URL: urlOf(admin),
    DATABASE_APP_URL: urlOf(app),
    DATABASE_WORKER_URL: urlOf(worker),
    LOG_LEVEL: 'error',
  };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, ...args], { env });
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, out: stdout, err: stderr };
  }
}

function fileOf(name: string, bytes: string | Uint8Array): string {
  const file = path.join(folder, name);
  writeFileSync(file, bytes);
  return file;
}

test('a tenant is made and its areas brought in from the command line', { timeout: 60_000 }, async () => {
  const create = ['tenant', 'create', 'acme', '--name', 'Acme', '--manager', 'ayu@acme.example'];
  const made = await mitra(...create);
  expect([made.code, made.out.split('\n')[0]]).toEqual([
    0,
    'acme is made, with ayu@acme.example as manager (code ayu).',
  ]);
  expect((await mitra(...create, '--json')).out).toContain('"created": false');
  expect(await mitra('tenant', 'list')).toMatchObject({ code: 0, out: 'acme  Acme\n' });

  const areas = fileOf('areas.csv', 'code,name,parent\nid,Indonesia,\njakarta,Jakarta,id\nx,X,nowhere\n');
  expect(await mitra('import', 'areas', areas)).toMatchObject({
    code: 1,
    out: `3 rows: 2 created, 0 updated, 0 unchanged, 1 wrong.
  line 4 (x): The field parent names nowhere, which is not there.
`,
  });
});

test('says what it does not understand', { timeout: 60_000 }, async () => {
  const latin = fileOf('latin.csv', Buffer.from('code,name\nid,Indon\xe9sia\n', 'latin1'));
  const [kind, encoding, address] = await Promise.all([
    mitra('import', 'shops', latin),
    mitra('import', 'areas', latin),
    mitra('tenant', 'create', 'acme', '--name', 'Acme', '--manager', 'ayu'),
  ]);
  expect([kind.code, kind.err.split('\n')[0]]).toEqual([
    2,
    'What is to be brought in: areas, partners, outlets, participants, products, staff or balances?',
  ]);
  expect([encoding.code, encoding.err]).toEqual([2, expect.stringContaining('it is not in UTF-8')]);
  expect([address.code, address.err]).toEqual([2, expect.stringContaining('manager: an e-mail address.')]);
});
