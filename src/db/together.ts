import { withTenant, type Db, type Tx } from './transact.ts';
import type { TenantId } from '../shared/id.ts';

/** What became of one of several that shared a transaction: a bug may be in the way of one and not of the others. */
export type Outcome<Out> = { done: Out } | { failed: unknown };

/** How often work is tried that another transaction came in between of. */
const triesMax = 4;

/**
 * Does the work for all in one transaction and answers each in order. A bug that one brings out must not undo the others:
 * halves are tried until it is alone. Where the database ends one of several transactions that wait for each other, or
 * another one wrote the same row first, the work is done again. When the database is gone, the error is thrown.
 */
export async function withTenantTogether<In, Out>(
  db: Db,
  tenant: TenantId,
  items: readonly In[],
  work: (tx: Tx, items: readonly In[]) => Promise<Out[]>,
): Promise<Outcome<Out>[]> {
  try {
    const done = await unlessCrossed(() => withTenant(db, tenant, (tx) => work(tx, items)));
    return done.map((one) => ({ done: one }));
  } catch (error) {
    if (isConnectionLost(error)) throw error;
    if (items.length === 1) return [{ failed: error }];
    const half = items.length >> 1;
    const first = await withTenantTogether(db, tenant, items.slice(0, half), work);
    return [...first, ...(await withTenantTogether(db, tenant, items.slice(half), work))];
  }
}

const crossed = new Set(['40P01', '23505']);

async function unlessCrossed<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1)
    try {
      return await work();
    } catch (error) {
      const { code } = error as { code?: string };
      if (!code || !crossed.has(code) || tries === triesMax) throw error;
    }
}

// Also when the pool has no connection to give: that error has no code, only words.
function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { severity, syscall } = error as { severity?: string; syscall?: string };
  if (severity !== undefined) return severity !== 'ERROR';
  return syscall !== undefined || /^Connection terminated|^timeout exceeded/.test(error.message);
}
