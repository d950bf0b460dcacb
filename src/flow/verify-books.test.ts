import { afterAll, beforeAll, expect, test } from 'vitest';

import { testDatabase } from '../../test/database.ts';
import { world, type World } from '../../test/world.ts';
import { withClient } from '../db/connect.ts';
import { withTenant } from '../db/transact.ts';
import { lastVerification } from '../ledger/verified.ts';
import { log } from '../log.ts';
import type { TenantId } from '../shared/id.ts';
import { verifyBooks } from './verify-books.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
let people: World;
beforeAll(async () => {
  database = await testDatabase();
  people = await world(database.db);
});
afterAll(() => database.drop());

test('a book that cannot be looked at does not keep the others from being verified', async () => {
  // Of the two principals this one comes first.
  await withClient(database.logins.admin, (client) =>
    client.query(`alter table verified add constraint broken check (tenant <> '${people.tenant}')`),
  );
  const { level } = log;
  log.level = 'silent';
  await verifyBooks(database.db, new Date('2018-06-20T04:00:00Z'));
  log.level = level;
  const verified = (tenant: TenantId) => withTenant(database.db, tenant, (tx) => lastVerification(tx));
  expect(await verified(people.tenant)).toBeNull();
  expect(await verified(people.other.tenant)).toMatchObject({ isFull: true, problem: null });
});
