import type { Tx } from '../db/transact.ts';
import type { AccountId, AssetId } from '../shared/id.ts';
import { systemRoles } from './accounts.ts';
import { dateColumns, type DateKind } from './trial-balance.ts';

/** Credits less debits on the account `$2` among the transfers that meet a condition. */
const movedOn = (condition: string) => `(
  coalesce((select sum(t.amount) from transfer t where t.tenant = $1 and t.credit = $2 and ${condition}
    and t.kind not in ('hold', 'release')), 0)
  - coalesce((select sum(t.amount) from transfer t where t.tenant = $1 and t.debit = $2 and ${condition}
    and t.kind not in ('hold', 'release')), 0))`;

/**
 * The balance of an account as it stood in the book at a time (`at`: what was posted up to then), or as of a business time
 * (`effectiveAt`: what had happened by then, whenever it was posted). Both include that very moment. An account that
 * nobody opened has none: zero.
 *
 * A member's transfers are few and are added up, by posting time from the nearer end of the account's life. A system
 * account may have millions: whole days come from the daily sums, and only the last, broken day from transfers.
 */
export async function balanceAsOf(
  tx: Tx,
  account: AccountId,
  time: { at: Date } | { effectiveAt: Date },
): Promise<bigint> {
  const [known] = await tx.query<Known>(
    'select asset, role, balance, moved_at as "movedAt" from account where tenant = $1 and id = $2',
    [tx.tenant, account],
  );
  // One that never moved, or not since, stands where it stands.
  if (!known?.movedAt) return 0n;
  if ('at' in time && time.at >= known.movedAt) return known.balance;
  const [by, until]: [DateKind, Date] = 'at' in time ? ['posted', time.at] : ['business', time.effectiveAt];
  if (systemRoles.includes(known.role)) return fromDailySums(tx, account, known, by, until);
  if (by === 'business') return sumOf(tx, movedOn('t.effective_at <= $3'), account, until);
  const isNearEnd = until.getTime() > ((await bornAt(tx, account)) + known.movedAt.getTime()) / 2;
  // What came later is taken off in the same statement, so that no posting comes between.
  const fromEnd = `(select balance from account where tenant = $1 and id = $2) - ${movedOn('t.at > $3')}`;
  return sumOf(tx, isNearEnd ? fromEnd : movedOn('t.at <= $3'), account, until);
}

type Known = { asset: AssetId; role: string; balance: bigint; movedAt: Date | null };

async function sumOf(tx: Tx, sum: string, account: AccountId, until: Date): Promise<bigint> {
  const [row] = await tx.query<{ balance: bigint }>(`select (${sum})::bigint as balance`, [
    tx.tenant,
    account,
    until,
  ]);
  return row!.balance;
}

/** When the first transfer of the account was posted: the outer ends of transfer_debit and transfer_credit. */
async function bornAt(tx: Tx, account: AccountId): Promise<number> {
  const [row] = await tx.query<{ at: Date }>(
    `select least((select min(t.at) from transfer t where t.tenant = $1 and t.credit = $2),
       (select min(t.at) from transfer t where t.tenant = $1 and t.debit = $2)) as at`,
    [tx.tenant, account],
  );
  return row!.at.getTime();
}

async function fromDailySums(
  tx: Tx,
  account: AccountId,
  { asset, role }: Known,
  by: DateKind,
  until: Date,
): Promise<bigint> {
  const { moment, day } = dateColumns[by];
  const own = 'o.tenant = $1 and o.asset = $4 and o.role = $5 and o.account = $2';
  const lastDay = `($3::timestamptz at time zone 'UTC')::date`;
  const broken = (side: 'debit' | 'credit') => `coalesce((select sum(t.amount) from transfer t
    where t.tenant = $1 and t.${side} = $2 and t.at >= d.at_day::timestamp at time zone 'UTC'
      and t.at < (d.at_day + 1)::timestamp at time zone 'UTC' and t.${moment} <= $3
      and t.${moment} >= ${lastDay}::timestamp at time zone 'UTC' and t.kind not in ('hold', 'release')), 0)`;
  const [row] = await tx.query<{ balance: bigint }>(
    `select (coalesce((select sum(o.credit - o.debit) from turnover o where ${own} and o.${day} < ${lastDay}), 0)
       + coalesce((select sum(${broken('credit')} - ${broken('debit')})
         from (select distinct o.at_day from turnover o where ${own} and o.${day} = ${lastDay}) d), 0))::bigint as balance`,
    [tx.tenant, account, until, asset, role],
  );
  return row!.balance;
}
