import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { testDatabase } from '../../test/database.ts';
import { readConfig } from '../config.ts';
import { checkWalls } from './check.ts';
import { withClient } from './connect.ts';
import type { Login } from './connect.ts';
import { openEmbedded } from './embedded.ts';
import type { Embedded } from './embedded.ts';
import { listTenants } from './directory.ts';
import { listMigrations, migrate, pendingMigrations } from './migrate.ts';
import { openDatabase } from './open.ts';

/** Runs statements, one after the other, as somebody. */
const as = (login: Login, ...statements: string[]) =>
  withClient(login, async (client) => {
    let rows: Record<string, unknown>[] = [];
    for (const statement of statements) rows = (await client.query(statement)).rows;
    return rows;
  });

const urlOf = ({ user, password, host, port, database }: Login) =>
  `postgres://${user}:${password}@${host}:${port}/${database}`;

describe('a database of your own', { timeout: 60_000 }, () => {
  let folder: string;
  let server: Embedded;
  let own: Login;
  let config: ReturnType<typeof readConfig>;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'mitra-own-'));
    chmodSync(folder, 0o755);
    server = await openEmbedded(folder, 'hold', { settings: { fsync: 'off' } });
    // What a provider of databases hands out: no superuser, but it may create roles and owns its database.
    await as(
      server.admin,
      "create role provider login createrole password 'given'",
      'create database shop owner provider',
    );
    own = { ...server.admin, user: 'provider', password: 'given', database: 'shop' };
    config = readConfig({ DATABASE_URL: urlOf(own), MITRA_DATA: path.join(folder, 'data') });
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('is set up by a role that may create roles, and served as mitra_app', async () => {
    const applied: string[] = [];
    const db = await openDatabase(config, { mode: 'hold', onApplied: (name) => applied.push(name) });
    try {
      expect(applied).toHaveLength(listMigrations().length);
      const { rows } = await db.pool.query('select current_user as role');
      expect(rows).toEqual([{ role: 'mitra_app' }]);
      expect(await withClient(own, pendingMigrations)).toEqual([]);
    } finally {
      await db.close();
    }
  });

  test('is opened again, by several processes at once, and nothing is applied twice', async () => {
    const applied: string[] = [];
    const open = () => openDatabase(config, { mode: 'hold', onApplied: (name) => applied.push(name) });
    for (const db of await Promise.all([open(), open(), open()])) await db.close();
    expect(applied).toEqual([]);
  });

  test('takes the passwords of another secret, when its role may set them', async () => {
    const other = { ...config, secret: 'another secret of at least thirty-two characters' };
    for (const one of [other, config]) {
      const db = await openDatabase(one, { mode: 'hold' });
      expect(await listTenants(db)).toEqual([]);
      await db.close();
    }
  });

  test('without the right to create roles: refused, with the statements for an administrator', async () => {
    await as(server.admin, "create role tenant login password 'poor'", 'create database poor owner tenant');
    const poor = { ...own, user: 'tenant', password: 'poor', database: 'poor' };
    const opening = openDatabase({ ...config, databaseUrl: urlOf(poor) }, { mode: 'hold' });
    await expect(opening).rejects.toThrow(
      /Let an administrator run\n {2}grant mitra_owner to tenant with set true;\n/,
    );
    // What the sentence says is enough.
    await as(server.admin, 'grant mitra_owner to tenant with set true');
    const ready = {
      ...config,
      databaseUrl: urlOf(poor),
      databaseAppUrl: appUrl(poor),
      databaseWorkerUrl: workerUrl(poor),
    };
    await as(server.admin, "alter role mitra_app password 'a'", "alter role mitra_worker password 'w'");
    await (await openDatabase(ready, { mode: 'hold' })).close();
  });
  const appUrl = (login: Login) => urlOf({ ...login, user: 'mitra_app', password: 'a' });
  const workerUrl = (login: Login) => urlOf({ ...login, user: 'mitra_worker', password: 'w' });

  test('that cannot be reached: said in words, without the password', async () => {
    const open = (login: Login) => openDatabase({ ...config, databaseUrl: urlOf(login) }, { mode: 'hold' });
    await expect(open({ ...own, port: 1 })).rejects.toThrow(
      /"shop" at 127\.0\.0\.1:1 .*ECONNREFUSED.* Look at DATABASE_URL/,
    );
    await expect(open({ ...own, database: 'nowhere' })).rejects.toThrow('database "nowhere" does not exist');
    await expect(open({ ...own, password: 'guess' })).rejects.toThrow(
      /^(?!.*guess).*password authentication failed/,
    );
  });
});

describe('the check before serving', () => {
  let world: Awaited<ReturnType<typeof testDatabase>>;
  beforeAll(async () => {
    world = await testDatabase();
  });
  afterAll(() => world.drop());

  test('passes what the migrations made', async () => {
    for (const login of [world.logins.app, world.logins.worker])
      expect(await withClient(login, checkWalls)).toEqual([]);
  });

  test('names a superuser, an unforced table, a missing policy, a view that runs as its owner', async () => {
    expect(await withClient(world.logins.admin, checkWalls)).toContainEqual(
      expect.stringContaining('is a superuser'),
    );
    await as(
      world.logins.admin,
      'alter table area no force row level security',
      'drop policy tenant_rows on outlet',
      'create table extra (tenant uuid not null)',
      'create view everything as select * from area',
    );
    expect(await withClient(world.logins.app, checkWalls)).toEqual([
      'Row-level security is not forced on the table area.',
      'Row-level security is not forced on the table extra.',
      'The table extra has no policy for its tenant.',
      'The table outlet has no policy for its tenant.',
      'The view everything shows rows as its owner sees them; it needs security_invoker.',
    ]);
  });

  test('the next start puts the walls up again', async () => {
    await as(world.logins.admin, 'drop view everything', 'alter table extra owner to mitra_owner');
    expect(await migrate(world.logins.admin)).toEqual([]);
    expect(await withClient(world.logins.app, checkWalls)).toEqual([]);
  });

  test('a migration that was changed afterwards is refused, and so is a database of a newer Mitra', async () => {
    await as(world.logins.admin, "update schema_migration set sha256 = 'other' where version = 1");
    await expect(migrate(world.logins.admin)).rejects.toThrow(
      '0001_network.sql was changed after it was applied',
    );
    await as(world.logins.admin, "insert into schema_migration values (9999, '9999_later.sql', '')");
    await expect(migrate(world.logins.admin)).rejects.toThrow(
      'newer version of Mitra (it has 9999_later.sql)',
    );
  });
});
