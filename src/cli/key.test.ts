import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { testDatabase } from '../../test/database.ts';
import { world } from '../../test/world.ts';
import type { Login } from '../db/connect.ts';
import { whoIs } from '../flow/sign-in.ts';
import type { App } from '../flow/app.ts';

const program = path.resolve(import.meta.dirname, '../../bin/mitra.js');

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase();
  await world(database.db);
});
afterAll(() => database.drop());

const urlOf = ({ host, port, user, password, database: name }: Login) =>
  `postgres://${user}:${encodeURIComponent(password)}@${encodeURIComponent(host)}:${port}/${name}`;

async function key(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const { admin, app, worker } = database.logins;
  const env = {
    ...process.env,
    DATABASE_URL: urlOf(admin),
    DATABASE_APP_URL: urlOf(app),
    DATABASE_WORKER_URL: urlOf(worker),
    LOG_LEVEL: 'error',
  };
  try {
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [program, 'key', ...args, '--tenant', 'nusa'],
      { env },
    );
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, out: stdout, err: stderr };
  }
}

test('a key is made, found in the list and revoked from the command line', { timeout: 60_000 }, async () => {
  const made = await key('create', 'Till', '--may', 'record,read', '--outlets', 'toko-maju', '--json');
  const { secret, key: shown } = JSON.parse(made.out) as { secret: string; key: { id: string } };
  const holder = () => whoIs({ db: database.db, now: () => new Date() } as App, secret);
  expect(await holder()).toMatchObject({ kind: 'integrator', name: 'Till', may: ['record', 'read'] });

  expect((await key('list')).out).toContain(`${shown.id}  …${secret.slice(-4)}  good  Till`);
  expect(await key('revoke', shown.id)).toMatchObject({ code: 0, out: 'Revoked.\n' });
  expect(await holder()).toBeNull();
  expect((await key('list')).out).toContain('revoked by the command line');
});

test('says what it does not understand', { timeout: 60_000 }, async () => {
  expect(await key('create', 'Till', '--may', 'everything')).toMatchObject({ code: 2 });
  const nowhere = await key('create', 'Till', '--may', 'read', '--outlets', 'nowhere');
  expect([nowhere.code, nowhere.err]).toEqual([2, expect.stringContaining('--outlets: unknown: nowhere.')]);
  expect(await key('revoke', '00000000-0000-7000-8000-000000000000')).toMatchObject({ code: 2 });
});
