import type { Tx } from '../db/transact.ts';
import { digestTrial, listPeriods } from './period.ts';
import { trialBalance } from './trial-balance.ts';
import { checksOfAll, checksSince, type Check } from './verify-sql.ts';

/** The first row that is not as it was posted: which, in which batch, and what is wrong with it, in words. */
export type BadRow = { table: Check['table'] | 'batch'; id: string; seq?: number; problem: string };

/** Rows whose figures were compared with the transfers. */
export type CheckedTotals = Record<NonNullable<Check['count']>, number>;

/**
 * The first account, lot, hold, daily sum, asset or closed period whose figures do not follow from the transfers; counts
 * what it looked at. With `since`, a posting time, only what later transfers touched, and the sums of assets.
 */
export async function findWrongTotal(
  tx: Tx,
  since: Date | null,
  checked: CheckedTotals,
): Promise<BadRow | undefined> {
  for (const { table, sql, count, countSql } of since ? checksSince : checksOfAll) {
    const values = since ? [tx.tenant, since] : [tx.tenant];
    const using = (text: string) => values.slice(0, text.includes('$2') ? 2 : 1);
    const [bad] = await tx.query<{ id: string; problem: string }>(sql, using(sql));
    if (bad) return { table, ...bad };
    if (!count || !countSql) continue;
    const [row] = await tx.query<{ n: number }>(countSql, using(countSql));
    checked[count] = row!.n;
  }
  return findChangedPeriod(tx, since);
}

/** A closed period whose trial balance is not any more what it was at the closing. */
async function findChangedPeriod(tx: Tx, since: Date | null): Promise<BadRow | undefined> {
  const periods = await listPeriods(tx);
  for (const { before, digest } of since ? periods.slice(0, 1) : periods) {
    const { rows } = await trialBalance(tx, { from: null, until: before, by: 'business' });
    if (digestTrial(rows).toString('hex') === digest) continue;
    const problem = 'was closed with another trial balance than the transfers before it have now';
    return { table: 'period_close', id: before.toISOString(), problem };
  }
  return undefined;
}
