import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { day0, openBook, type TestBook } from '../../test/book.ts';
import { testDatabase } from '../../test/database.ts';
import { withClient } from '../db/connect.ts';
import { newId, type TransferId } from '../shared/id.ts';
import { verifyBook } from './verify.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
let book: TestBook;
/** Every transfer, in the order of posting: three batches of four, no two alike. */
let ids: TransferId[];

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

beforeEach(async () => {
  book = await openBook(database);
  for (let batch = 0; batch < 3; batch += 1)
    await book.postNow([
      book.earn(book.sari, 100n + BigInt(batch), { expiresOn: '2017-12-31', effectiveAt: day0 }),
      book.earn(book.budi, 50n + BigInt(batch)),
      book.spend(book.sari, 10n + BigInt(batch)),
      book.hold(book.budi, 5n + BigInt(batch)),
    ]);
  const rows = await book.run((tx) =>
    tx.query<{ id: TransferId }>('select id from transfer where tenant = $1 order by at, id', [book.tenant]),
  );
  ids = rows.map((row) => row.id);
});

/** Changes rows as an intruder with every right would: past triggers and policies. */
async function tamper(sql: string, values: unknown[] = []): Promise<void> {
  await withClient(book.logins.admin, async (client) => {
    await client.query("set session_replication_role = 'replica'");
    const { rowCount } = await client.query(sql, values);
    expect(rowCount).toBeGreaterThan(0);
  });
}

const verify = () => verifyBook(book.db, book.tenant);
const columns =
  'tenant, id, tx, debit, credit, amount, effective_at, at, expires_on, cause, resolves, reverses, times_out_at, kind, tax_class';

test('a book that nobody touched is right, and says how much of it was checked', async () => {
  const verified = await verify();
  expect(verified).toMatchObject({
    ok: true,
    checked: { batches: 3, transfers: 12, lots: 1, holds: 3, assets: 2 },
    head: { seq: 3n },
  });
  expect(verified.head!.hash).toMatch(/^[0-9a-f]{64}$/);
  expect(verified.firstBad).toBeUndefined();
});

describe('names the transfer', () => {
  test.each([
    ['amount', 'amount = amount + 1'],
    ['account', 'debit = credit, credit = debit'],
    ['kind', "kind = 'gift'"],
    ['business time, by a millisecond', "effective_at = effective_at + interval '1 millisecond'"],
    ['expiry', "expires_on = coalesce(expires_on, '2017-01-01') + 1"],
    ['cause', 'cause = gen_random_uuid()'],
    ['tax class', "tax_class = 'none'"],
    ['posting time, to a time of no batch', "at = at + interval '10 years'"],
    ['posting time, to before all batches', "at = at - interval '3000 years'"],
  ])('whose %s was changed', async (_what, change) => {
    await tamper(`update transfer set ${change} where tenant = $1 and id = $2`, [book.tenant, ids[5]]);
    const { ok, firstBad } = await verify();
    expect(ok).toBe(false);
    expect(firstBad).toMatchObject({ table: 'transfer', id: ids[5] });
  });

  test('that was deleted', async () => {
    await tamper('delete from transfer where tenant = $1 and id = $2', [book.tenant, ids[6]]);
    expect((await verify()).firstBad).toMatchObject({
      table: 'transfer',
      id: ids[6],
      seq: 2,
      problem: 'was deleted',
    });
  });

  test.each([
    ['into a batch', 'at'],
    ['between batches', "at + interval '0.1 seconds'"],
    ['after the last batch', "at + interval '1 year'"],
    ['before the first batch', "at - interval '1 year'"],
  ])('that was inserted %s', async (_where, at) => {
    const id = newId<TransferId>(day0);
    const values = columns.replace(' id,', ' $3::uuid,').replace(' at,', ` ${at},`);
    await tamper(
      `insert into transfer (${columns}) select ${values} from transfer where tenant = $1 and id = $2`,
      [book.tenant, ids[5], id],
    );
    expect((await verify()).firstBad).toMatchObject({
      table: 'transfer',
      id,
      problem: expect.stringContaining('inserted'),
    });
  });

  test.each([
    ['in one batch', 4, 7],
    ['over batches', 5, 9],
  ])('that was swapped with another %s', async (_where, one, other) => {
    const swap = { tenant: book.tenant, one: ids[one]!, other: ids[other]! };
    await tamper(
      `update transfer t set amount = o.amount, debit = o.debit, credit = o.credit, kind = o.kind
       from transfer o where t.tenant = $1 and o.tenant = $1 and (t.id, o.id) in (($2, $3), ($3, $2))`,
      [swap.tenant, swap.one, swap.other],
    );
    expect((await verify()).firstBad).toMatchObject({
      table: 'transfer',
      id: ids[one],
      problem: 'was changed',
    });
  });

  test('also when balances were made to fit', async () => {
    await tamper('update transfer set amount = amount + 1 where tenant = $1 and id = $2', [
      book.tenant,
      ids[0],
    ]);
    await tamper(
      `update account a set balance = a.balance + case when a.id = t.credit then 1 else -1 end
       from transfer t where t.tenant = $1 and t.id = $2 and a.tenant = $1 and a.id in (t.debit, t.credit)`,
      [book.tenant, ids[0]],
    );
    expect((await verify()).firstBad).toMatchObject({ table: 'transfer', id: ids[0] });
  });
});

describe('names the batch', () => {
  test.each([
    ['changed', 'update batch set n = n + 1 where tenant = $1 and seq = 2', 2],
    ['given another time', "update batch set at = at + interval '1 minute' where tenant = $1 and seq = 2", 2],
    ['given another hash', "update batch set hash = sha256('x') where tenant = $1 and seq = 2", 2],
    ['given other leaves', "update batch set leaves = leaves || 'x' where tenant = $1 and seq = 2", 2],
    ['deleted', 'delete from batch where tenant = $1 and seq = 2', 2],
    ['deleted at the end', 'delete from batch where tenant = $1 and seq = 3', 3],
    ['deleted at the beginning', 'delete from batch where tenant = $1 and seq = 1', 1],
  ])('that was %s', async (_what, sql, seq) => {
    await tamper(sql, [book.tenant]);
    expect((await verify()).firstBad).toMatchObject({ table: 'batch', seq });
  });

  test('whose chain was copied from another tenant', async () => {
    const other = await openBook(database);
    await other.postNow([other.earn(other.sari, 1n)]);
    await tamper('delete from batch where tenant = $1', [other.tenant]);
    await tamper('update batch set tenant = $2 where tenant = $1', [book.tenant, other.tenant]);
    expect((await verifyBook(book.db, other.tenant)).firstBad).toMatchObject({ table: 'batch', seq: 1 });
  });

  test.each([
    ['moved back', 'update chain set seq = 2 where tenant = $1'],
    ['deleted', 'delete from chain where tenant = $1'],
  ])('or the head, when that was %s', async (_what, sql) => {
    await tamper(sql, [book.tenant]);
    expect((await verify()).firstBad).toMatchObject({ table: 'chain' });
  });
});

describe('names the figure that does not follow from the transfers', () => {
  test.each([
    ['balance', 'account', 'update account set balance = balance + 1 where tenant = $1 and id = $2'],
    ['held', 'account', 'update account set held = held + 1 where tenant = $1 and id = $2'],
    ['spent', 'account', 'update account set spent = spent + 1 where tenant = $1 and id = $2'],
    ['account, which is gone', 'account', 'delete from account where tenant = $1 and id = $2'],
    ['lot', 'lot', 'update lot set earned = earned - 1 where tenant = $1 and account = $2'],
    ['lot, which is gone', 'lot', 'delete from lot where tenant = $1 and account = $2'],
  ])('%s', async (_what, table, sql) => {
    await tamper(sql, [book.tenant, book.sari.available]);
    const { firstBad } = await verify();
    expect(firstBad).toMatchObject({ table });
    expect(firstBad!.id).toContain(book.sari.available);
  });

  test.each(['update hold set open = open + 1 where tenant = $1', 'delete from hold where tenant = $1'])(
    'hold: %s',
    async (sql) => {
      await tamper(sql, [book.tenant]);
      expect((await verify()).firstBad).toMatchObject({ table: 'hold' });
    },
  );
});

describe('incrementally', () => {
  test('checks the chain from a batch on, standing on what was checked before', async () => {
    expect(await verifyBook(book.db, book.tenant, { fromSeq: 3n })).toMatchObject({
      ok: true,
      fromSeq: 3n,
      checked: { batches: 1, transfers: 4 },
      head: { seq: 3n },
    });
    await tamper('update transfer set amount = amount + 1 where tenant = $1 and id = $2', [
      book.tenant,
      ids[9],
    ]);
    const { firstBad } = await verifyBook(book.db, book.tenant, { fromSeq: 3n });
    expect(firstBad).toMatchObject({ table: 'transfer', id: ids[9], seq: 3 });
  });

  test('from right after the head there is nothing to check; beyond it batches are missing', async () => {
    expect(await verifyBook(book.db, book.tenant, { fromSeq: 4n })).toMatchObject({
      ok: true,
      head: { seq: 3n },
    });
    expect(await verifyBook(book.db, book.tenant, { fromSeq: 9n })).toMatchObject({
      ok: false,
      firstBad: { table: 'batch', seq: 8 },
    });
  });
});

test('a long chain is read in pieces', async () => {
  for (let batch = 0; batch < 6; batch += 1)
    await book.postNow(Array.from({ length: 4000 }, () => book.earn(book.sari, 1n)));
  const verified = await verify();
  expect(verified).toMatchObject({ ok: true, checked: { batches: 9, transfers: 24_012 } });
});
