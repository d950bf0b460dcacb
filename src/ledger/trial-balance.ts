import type { Tx } from '../db/transact.ts';
import type { AccountId, Id } from '../shared/id.ts';
import { systemRoles, type Asset } from './accounts.ts';
import { assetColumn } from './read.ts';

/** By which of its two dates a transfer counts: when it was posted, or when it happened. */
export type DateKind = 'posted' | 'business';

/** What moved from `from` (null: the beginning) until just before `until`. */
export type Period = { from: Date | null; until: Date; by: DateKind };

/**
 * One line of a trial balance: a system account by itself, or all other accounts of a role together (`account` and
 * `owner` are null). Balances are credits less debits, so what a programme owes stands below zero on its own account.
 */
export type TrialRow = {
  asset: Asset;
  role: string;
  account: AccountId | null;
  owner: Id<string> | null;
  opening: bigint;
  debits: bigint;
  credits: bigint;
  closing: bigint;
};

export type TrialBalance = Period & { rows: TrialRow[] };

/** Columns of the two dates in `transfer` and in `turnover`. */
export const dateColumns = {
  posted: { moment: 'at', day: 'at_day' },
  business: { moment: 'effective_at', day: 'effective_day' },
} as const;

/** Midnight UTC at or before the moment `$n`: where the whole days end that daily sums speak of. */
const dayOf = (n: number) => `($${n}::timestamptz at time zone 'UTC')::date`;
const midnight = (day: string) => `((${day})::timestamp at time zone 'UTC')`;

/**
 * What moved on the broken day before the moment `$n`, from the transfers themselves. They are looked for only on those
 * days of posting on which the daily sums know of any, along the summaries of transfer_at.
 */
function brokenDay(n: number, by: DateKind): string {
  const { moment, day } = dateColumns[by];
  return `
    select a.asset, a.role, case when a.role = any ($4::text[]) then a.id else $5::uuid end as account, m.debit, m.credit
    from (select distinct o.at_day from turnover o where o.tenant = $1 and o.${day} = ${dayOf(n)}) d
    cross join lateral (
      select t.debit, t.credit, t.amount from transfer t
      where t.tenant = $1 and t.at >= ${midnight('d.at_day')} and t.at < ${midnight('d.at_day + 1')}
        and t.${moment} >= ${midnight(dayOf(n))} and t.${moment} < $${n} and t.kind not in ('hold', 'release')
      offset 0) t
    cross join lateral (values (t.debit, t.amount, 0::bigint), (t.credit, 0, t.amount)) m (account, debit, credit)
    join account a on a.tenant = $1 and a.id = m.account`;
}

/** In one statement, so that both ends of the period see the same book. */
function statementBy(by: DateKind): string {
  const { day } = dateColumns[by];
  return `
    with moved as (
      select o.asset, o.role, o.account,
        coalesce(sum(o.debit) filter (where o.${day} < ${dayOf(2)}), 0) as debit_before,
        coalesce(sum(o.credit) filter (where o.${day} < ${dayOf(2)}), 0) as credit_before,
        sum(o.debit) as debit, sum(o.credit) as credit
      from turnover o where o.tenant = $1 and o.${day} < ${dayOf(3)} group by 1, 2, 3
      union all select b.asset, b.role, b.account, b.debit, b.credit, 0, 0 from (${brokenDay(2, by)}) b
      union all select b.asset, b.role, b.account, 0, 0, b.debit, b.credit from (${brokenDay(3, by)}) b
    ), summed as (
      select asset, role, account, sum(debit_before)::bigint as debit_before, sum(credit_before)::bigint as credit_before,
        sum(debit)::bigint as debit, sum(credit)::bigint as credit
      from moved group by 1, 2, 3
    )
    select ${assetColumn}, m.role, a.id as account, a.owner, m.credit_before - m.debit_before as opening,
      m.debit - m.debit_before as debits, m.credit - m.credit_before as credits, m.credit - m.debit as closing
    from summed m join asset s on s.tenant = $1 and s.id = m.asset
    left join account a on a.tenant = $1 and a.id = m.account
    order by s.code collate "C", m.role collate "C", a.id`;
}

const everyOtherAccount = '00000000-0000-0000-0000-000000000000';

/**
 * Opening balance, debits, credits and closing balance of every asset and role for a period; of each asset the
 * openings sum to zero, and so do the closings. Whole days come from the daily sums, so the time it takes does not grow
 * with the number of accounts or transfers; only a day that the period cuts is added up from its transfers.
 */
export async function trialBalance(tx: Tx, period: Period): Promise<TrialBalance> {
  const { from, until, by } = period;
  const rows = await tx.query<TrialRow>(statementBy(by), [
    tx.tenant,
    from,
    until,
    systemRoles,
    everyOtherAccount,
  ]);
  return { ...period, rows };
}
