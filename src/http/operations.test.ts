import { afterAll, beforeAll, expect, test } from 'vitest';

import { testApp } from '../../test/app.ts';
import { httpClient } from '../../test/http.ts';
import { withTenant } from '../db/transact.ts';
import type { App } from '../flow/app.ts';
import { verifyTenant } from '../flow/verify-books.ts';
import { accountId, assetId, openAccounts } from '../ledger/accounts.ts';
import { post } from '../ledger/post.ts';
import { keepVerified } from '../ledger/verified.ts';
import { newId, type TransferId } from '../shared/id.ts';

let app: App;
let world: Awaited<ReturnType<typeof testApp>>['world'];
let close: () => Promise<void>;
beforeAll(async () => {
  ({ app, world, close } = await testApp());
});
afterAll(() => close());

/** What a server that was just started says of the book of the demo's principal. */
async function bookMetrics(): Promise<{ wrong: number; verifiedAt: number | null }> {
  const text = await (await httpClient(app).ask('/metrics')).text();
  const valueOf = (name: string) => new RegExp(`^${name}\\{tenant="nusa"\\} (\\S+)$`, 'm').exec(text)?.[1];
  const verifiedAt = valueOf('mitra_book_verified_timestamp_seconds');
  return {
    wrong: Number(valueOf('mitra_book_wrong')),
    verifiedAt: verifiedAt === undefined ? null : Number(verifiedAt),
  };
}
const look = (isFull: boolean, day: number) =>
  verifyTenant(app.db, world, { isFull, now: new Date(Date.UTC(2018, 5, day)) });

test('a book that was found wrong shows in the metrics until a look at the whole of it finds everything right', async () => {
  await withTenant(app.db, world.tenant, async (tx) => {
    const asset = assetId(tx.tenant, 'points');
    const [credit] = await openAccounts(tx, [{ asset, owner: world.sari, role: 'available' }]);
    const id = newId<TransferId>(app.now());
    const debit = accountId(tx.tenant, world.programme, 'issued', asset);
    const move = { id, tx: id, asset, debit, credit: credit!, amount: 5n, kind: 'award' as const };
    await post(tx, [{ ...move, effectiveAt: app.now() }], app.now());
  });
  expect(await bookMetrics()).toEqual({ wrong: 0, verifiedAt: null });
  const right = await look(true, 1);
  expect(await bookMetrics()).toEqual({ wrong: 0, verifiedAt: Date.UTC(2018, 5, 1) / 1000 });
  const firstBad = { table: 'account' as const, id: world.sari, problem: 'shows another balance' };
  await withTenant(app.db, world.tenant, (tx) =>
    keepVerified(tx, { ...right, ok: false, firstBad }, new Date(Date.UTC(2018, 5, 2))),
  );
  expect((await bookMetrics()).wrong).toBe(1);
  // It looks at what is new only, and nothing is.
  await look(false, 3);
  expect(await bookMetrics()).toEqual({ wrong: 1, verifiedAt: Date.UTC(2018, 5, 3) / 1000 });
  // A wrong book is no reason to send people away: it needs somebody who looks.
  expect((await httpClient(app).ask('/ready')).status).toBe(200);
  await look(true, 4);
  expect((await bookMetrics()).wrong).toBe(0);
});

test('without the database the other metrics are still there', async () => {
  const pool = { ...app.db, pool: { connect: () => Promise.reject(new Error('ECONNREFUSED')) } };
  const away = httpClient({ ...app, db: pool as unknown as App['db'] });
  const text = await (await away.ask('/metrics')).text();
  expect(text).toContain('process_cpu_seconds_total');
});
