import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { day0, openBook, type TestBook } from '../../test/book.ts';
import { testDatabase } from '../../test/database.ts';
import { postThreeBatches, tamper as tamperWith } from '../../test/tamper.ts';
import type { TransferId } from '../shared/id.ts';
import { checkpointOf, keepVerified, lastVerification } from './verified.ts';
import { verifyBook, type Verified } from './verify.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
let book: TestBook;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  book = await openBook(database);
  await postThreeBatches(book);
});

const tamper = (sql: string, values: unknown[] = []) => tamperWith(book, sql, values);
const verify = () => verifyBook(book.db, book.tenant);

describe('a look at what came since the last one', () => {
  /** Looks at the whole book and keeps that; then one more batch is posted. */
  async function verifyAndPost(): Promise<TransferId> {
    await book.run((tx) => keepVerified(tx, whole, day0));
    const late = book.earn(book.sari, 7n, { expiresOn: '2017-12-31' });
    await book.postNow([late, book.hold(book.sari, 3n)], dayLater);
    return late.id;
  }
  const verifySince = async () => verifyBook(book.db, book.tenant, { since: await book.run(checkpointOf) });
  const dayLater = new Date(day0.getTime() + 86_400_000);
  let whole: Verified;
  let late: TransferId;
  beforeEach(async () => {
    whole = await verify();
    late = await verifyAndPost();
  });

  test('checks what came since the last look, and what that touched', async () => {
    const found = await verifySince();
    expect(found).toMatchObject({
      ok: true,
      fromSeq: 4n,
      checked: { batches: 1, transfers: 2, accounts: 1, lots: 1, holds: 1 },
      head: { seq: 4n },
    });
    await book.run((tx) => keepVerified(tx, found, dayLater));
    expect(await verifySince()).toMatchObject({ ok: true, fromSeq: 5n, checked: { transfers: 0 } });
    expect(await book.run((tx) => lastVerification(tx))).toMatchObject({
      isFull: false,
      seq: 4n,
      problem: null,
    });
    expect(await book.run((tx) => lastVerification(tx, { isFull: true }))).toMatchObject({ seq: 3n });
  });

  test.each([
    ['a new transfer', 'transfer', 'update transfer set amount = amount + 1 where tenant = $1 and id = $2'],
    [
      'a batch that was verified',
      'batch',
      "update batch set hash = sha256('x') where tenant = $1 and seq = 3 and $2::uuid is not null",
    ],
    [
      'what was found',
      'verified',
      "update verified set hash = sha256('x') where tenant = $1 and $2::uuid is not null",
    ],
    [
      'a touched balance',
      'account',
      'update account set balance = balance + 1 where tenant = $1 and id = $3 and $2::uuid is not null',
    ],
    [
      'a touched account',
      'account',
      'delete from account where tenant = $1 and id = $3 and $2::uuid is not null',
    ],
    [
      'a system account',
      'account',
      "update account set balance = balance + 1 where tenant = $1 and role = 'issued' and $2::uuid is not null",
    ],
    [
      'a touched lot',
      'lot',
      'update lot set earned = earned + 1 where tenant = $1 and account = $3 and $2::uuid is not null',
    ],
    [
      'a touched hold',
      'hold',
      'update hold set open = open - 1 where tenant = $1 and account = $3 and $2::uuid is not null',
    ],
    [
      'a daily sum of today',
      'turnover',
      'update turnover set credit = credit + 1 where tenant = $1 and $2::uuid is not null',
    ],
  ])('names %s', async (what, table, sql) => {
    const touched = sql.includes('$3') ? [book.sari.available] : [];
    await tamper(sql, [book.tenant, late, ...touched]);
    const found = await verifySince();
    expect(found.ok).toBe(false);
    // The checkpoint itself is compared before anything else.
    expect(found.firstBad!.table).toBe(what === 'what was found' ? 'batch' : table);
  });

  test('does not see a row of an earlier day that nothing touched; the next full look does', async () => {
    const found = await verifySince();
    await book.run((tx) => keepVerified(tx, found, dayLater));
    await tamper(
      `update transfer set amount = amount + 1 where tenant = $1 and id =
         (select id from transfer where tenant = $1 and credit = $2 order by at limit 1)`,
      [book.tenant, book.budi.available],
    );
    expect((await verifySince()).ok).toBe(true);
    expect((await verify()).firstBad).toMatchObject({ table: 'transfer', seq: 1 });
  });

  test('a wrong book leaves no point to stand on', async () => {
    await tamper('update transfer set amount = amount + 1 where tenant = $1 and id = $2', [
      book.tenant,
      late,
    ]);
    const wrong = await verifySince();
    await book.run((tx) => keepVerified(tx, wrong, dayLater));
    expect(await book.run(checkpointOf)).toMatchObject({ seq: 3n });
    expect(await book.run((tx) => lastVerification(tx))).toMatchObject({
      problem: expect.stringContaining(late),
    });
  });
});
