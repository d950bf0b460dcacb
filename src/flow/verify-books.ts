import { listTenants, type Tenant } from '../db/directory.ts';
import { withTenant, type Db } from '../db/transact.ts';
import { checkpointOf, keepVerified, lastVerification, standingProblem } from '../ledger/verified.ts';
import { verifyBook, type Verified } from '../ledger/verify.ts';
import { log } from '../log.ts';
import { eachTenant } from './each-tenant.ts';

/** A look at everything is due after so long, in the nightly run. */
const fullEveryMs = 7 * 86_400_000;

/**
 * Recomputes the book of a tenant and keeps what was found. Without `isFull` it stands on the last look that found
 * everything right, and looks at the whole book where there is none.
 */
export async function verifyTenant(
  db: Db,
  { tenant }: Pick<Tenant, 'tenant'>,
  { isFull, now }: { isFull: boolean; now: Date },
): Promise<Verified> {
  const since = isFull ? null : await withTenant(db, tenant, checkpointOf);
  const found = await verifyBook(db, tenant, { since });
  await withTenant(db, tenant, (tx) => keepVerified(tx, found, now));
  return found;
}

/**
 * The nightly run: every book, the whole of it once a week. The log then says the head of each chain, the daily root: kept
 * elsewhere, it proves later that nothing before it was rewritten. A book that is wrong is an error in the log with
 * the first bad row; one that cannot be looked at is an error too, and does not hold up the others.
 */
export async function verifyBooks(db: Db, now: Date): Promise<void> {
  await eachTenant(db, 'THE BOOKS COULD NOT BE VERIFIED', (tenant) => verifyAtNight(db, tenant, now));
}

async function verifyAtNight(db: Db, { tenant, code }: Tenant, now: Date): Promise<void> {
  const lastFull = await withTenant(db, tenant, (tx) => lastVerification(tx, { isFull: true }));
  const isFull = !lastFull || now.getTime() - lastFull.at.getTime() >= fullEveryMs;
  const { ok, firstBad, head, checked, assets } = await verifyTenant(db, { tenant }, { isFull, now });
  const root = { tenant: code, seq: head && String(head.seq), hash: head?.hash, at: head?.at, assets };
  if (ok) log.info({ ...root, isFull, transfers: checked.transfers }, 'the books are right; daily root');
  else log.error({ ...root, firstBad }, 'THE BOOKS ARE WRONG; the last right batch stands here');
}

/** How the book of a tenant stands: whether something wrong was found and not mended, and when anybody looked last. */
export type BookState = { tenant: string; isWrong: boolean; verifiedAt: Date | null };

/** The books of all tenants by what the looks at them have found; nothing is verified for it. */
export async function bookStates(db: Db): Promise<BookState[]> {
  const states: BookState[] = [];
  for (const { tenant, code } of await listTenants(db))
    states.push(
      await withTenant(db, tenant, async (tx) => ({
        tenant: code,
        isWrong: (await standingProblem(tx)) !== null,
        verifiedAt: (await lastVerification(tx))?.at ?? null,
      })),
    );
  return states;
}
