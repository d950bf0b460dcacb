import assert from 'node:assert/strict';

import { withClient } from '../src/db/connect.ts';
import { day0, type TestBook } from './book.ts';

/** Posts three batches of four transfers, no two alike: earnings with and without expiry, spendings, holds. */
export async function postThreeBatches(book: TestBook): Promise<void> {
  for (let batch = 0; batch < 3; batch += 1)
    await book.postNow([
      book.earn(book.sari, 100n + BigInt(batch), { expiresOn: '2017-12-31', effectiveAt: day0 }),
      book.earn(book.budi, 50n + BigInt(batch)),
      book.spend(book.sari, 10n + BigInt(batch)),
      book.hold(book.budi, 5n + BigInt(batch)),
    ]);
}

/** Changes rows as an intruder with every right would: past triggers and policies. */
export async function tamper(book: TestBook, sql: string, values: unknown[] = []): Promise<void> {
  await withClient(book.logins.admin, async (client) => {
    await client.query("set session_replication_role = 'replica'");
    const { rowCount } = await client.query(sql, values);
    assert(rowCount, 'something was changed');
  });
}
