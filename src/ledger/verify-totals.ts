import type { Tx } from '../db/transact.ts';
import type { AccountId } from '../shared/id.ts';
import { roleOf, systemRoles } from './accounts.ts';
import { digestTrial, listPeriods } from './period.ts';
import { trialBalance } from './trial-balance.ts';
import type { Transfer } from './transfer.ts';
import {
  checksOfAccounts,
  checksOfAll,
  checksOfHolds,
  checksOfReversed,
  checksSince,
  type Check,
} from './verify-sql.ts';

/** The first row that is not as it was posted: which, in which batch, and what is wrong with it, in words. */
export type BadRow = { table: Check['table'] | 'batch'; id: string; seq?: number; problem: string };

/** Rows whose figures were compared with the transfers. */
export type CheckedTotals = Record<NonNullable<Check['count']>, number>;

/**
 * The first account, lot, hold, daily sum, asset or closed period whose figures do not follow from the transfers; counts
 * what it looked at. With `since`, a posting time, only daily sums from that day on, system accounts by them, the sums of
 * assets and the last closed period: what later transfers touched is for `findWrongTouched`.
 */
export async function findWrongTotal(
  tx: Tx,
  since: Date | null,
  checked: CheckedTotals,
): Promise<BadRow | undefined> {
  const bad = await runChecks(tx, since ? checksSince : checksOfAll, since, checked);
  return bad ?? findChangedPeriod(tx, since);
}

/** The first account, lot, hold or limit of reversals that these transfers touched and that does not follow from all transfers. */
export async function findWrongTouched(
  tx: Tx,
  transfers: readonly Transfer[],
  checked: CheckedTotals,
): Promise<BadRow | undefined> {
  const touched: [readonly Check[], Iterable<string | null>][] = [
    [checksOfAccounts, transfers.flatMap(({ debit, credit }) => [debit, credit].filter(isOfMember))],
    [checksOfHolds, transfers.map(({ id, kind, resolves }) => (kind === 'hold' ? id : resolves))],
    [checksOfReversed, transfers.map(({ reverses }) => reverses)],
  ];
  for (const [checks, named] of touched) {
    const ids = [...new Set(named)].filter((id) => id !== null);
    const bad = ids.length > 0 ? await runChecks(tx, checks, ids, checked) : undefined;
    if (bad) return bad;
  }
  return undefined;
}

function isOfMember(account: AccountId): boolean {
  const role = roleOf(account);
  return role === undefined || !systemRoles.includes(role);
}

async function runChecks(
  tx: Tx,
  checks: readonly Check[],
  given: Date | readonly string[] | null,
  checked: CheckedTotals,
): Promise<BadRow | undefined> {
  const ask = <Row extends object>(sql: string) =>
    tx.query<Row>(sql, sql.includes('$2') ? [tx.tenant, given] : [tx.tenant]);
  for (const { table, sql, count, countSql } of checks) {
    const [bad] = await ask<{ id: string; problem: string }>(sql);
    if (bad) return { table, ...bad };
    if (!count || !countSql) continue;
    const [row] = await ask<{ n: number }>(countSql);
    checked[count] += row?.n ?? 0;
  }
  return undefined;
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
