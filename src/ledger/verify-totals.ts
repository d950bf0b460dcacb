import type { Tx } from '../db/transact.ts';

/** The first row that is not as it was posted: which, in which batch, and what is wrong with it, in words. */
export type BadRow = {
  table: 'transfer' | 'batch' | 'chain' | 'account' | 'lot' | 'hold' | 'asset';
  id: string;
  seq?: number;
  problem: string;
};

/** Rows whose figures were compared with the transfers. */
export type CheckedTotals = { accounts: number; lots: number; holds: number; assets: number };

/**
 * What each account must show, from its transfers alone. The same arithmetic as in judge.ts, written a second time on
 * purpose: a mistake in one of them shows as a difference.
 */
const accountTotals = `
  select m.account, sum(m.balance)::bigint as balance, sum(m.held)::bigint as held, sum(m.spent)::bigint as spent
  from (
    select t.debit as account,
      case when t.kind in ('hold', 'release') then 0 else -t.amount end as balance,
      case when t.kind = 'hold' then t.amount when t.kind in ('capture', 'release') then -t.amount else 0 end as held,
      case when t.kind in ('hold', 'release') or t.reverses is not null then 0 else t.amount end as spent
    from transfer t where t.tenant = $1
    union all
    select t.credit, case when t.kind in ('hold', 'release') then 0 else t.amount end, 0,
      case when t.reverses is not null and t.expires_on is null then -t.amount else 0 end
    from transfer t where t.tenant = $1
  ) m group by m.account`;

const lotTotals = `
  select m.account, m.expires_on, sum(m.earned)::bigint as earned
  from (
    select t.credit as account, t.expires_on, t.amount as earned
    from transfer t join account a on a.tenant = $1 and a.id = t.credit and a.role <> 'pending'
    where t.tenant = $1 and t.expires_on is not null
    union all
    select r.debit, o.expires_on, -r.amount
    from transfer r
    join transfer o on o.tenant = $1 and o.id = r.reverses and o.credit = r.debit and o.expires_on is not null
    join account a on a.tenant = $1 and a.id = r.debit and a.role <> 'pending'
    where r.tenant = $1 and r.reverses is not null
  ) m group by m.account, m.expires_on`;

const holdTotals = `
  select h.id, h.debit as account, h.times_out_at, (h.amount - coalesce((
    select sum(r.amount) from transfer r where r.tenant = $1 and r.resolves = h.id), 0))::bigint as open
  from transfer h where h.tenant = $1 and h.kind = 'hold'`;

type Check = { table: BadRow['table']; sql: string; count?: keyof CheckedTotals };

/** Each answers the first row that differs, as id and problem. */
const wholeBookChecks: Check[] = [
  {
    table: 'account',
    count: 'accounts',
    sql: `select coalesce(a.id, m.account) as id, case
        when a.id is null then 'was deleted'
        else format('shows balance %s, held %s, spent %s, its transfers say %s, %s, %s', a.balance, a.held, a.spent,
          coalesce(m.balance, 0), coalesce(m.held, 0), coalesce(m.spent, 0)) end as problem
      from (select * from account where tenant = $1) a full join (${accountTotals}) m on m.account = a.id
      where a.id is null or a.balance <> coalesce(m.balance, 0) or a.held <> coalesce(m.held, 0)
        or a.spent <> coalesce(m.spent, 0)
      order by 1 limit 1`,
  },
  {
    table: 'account',
    sql: `select a.id, format('has %s available, below its floor of %s', a.balance - a.held, a.floor) as problem
      from account a where a.tenant = $1 and a.balance - a.held < a.floor order by 1 limit 1`,
  },
  {
    table: 'lot',
    count: 'lots',
    sql: `select format('%s %s', coalesce(l.account, m.account), coalesce(l.expires_on, m.expires_on)) as id,
        format('shows %s earned, its transfers say %s', coalesce(l.earned, 0), coalesce(m.earned, 0)) as problem
      from (select * from lot where tenant = $1) l
      full join (${lotTotals}) m on m.account = l.account and m.expires_on = l.expires_on
      where coalesce(l.earned, 0) <> coalesce(m.earned, 0) order by 1 limit 1`,
  },
  {
    table: 'hold',
    count: 'holds',
    sql: `select coalesce(h.id, m.id) as id,
        format('shows %s open, its transfers say %s', coalesce(h.open, 0), coalesce(m.open, 0)) as problem
      from (select * from hold where tenant = $1) h full join (${holdTotals}) m on m.id = h.id
      where h.id is null or m.id is null or h.open <> m.open or h.account <> m.account
        or h.times_out_at is distinct from m.times_out_at
      order by 1 limit 1`,
  },
  {
    table: 'transfer',
    sql: `select o.id, format('is reversed by %s of %s', sum(r.amount), o.amount) as problem
      from transfer r join transfer o on o.tenant = $1 and o.id = r.reverses
      where r.tenant = $1 and r.reverses is not null
      group by o.id, o.amount having sum(r.amount) > o.amount order by 1 limit 1`,
  },
  {
    table: 'transfer',
    sql: `select t.id, 'moves between accounts of different assets' as problem
      from transfer t join account d on d.tenant = $1 and d.id = t.debit join account c on c.tenant = $1 and c.id = t.credit
      where t.tenant = $1 and d.asset <> c.asset order by 1 limit 1`,
  },
];

const assetCheck: Check = {
  table: 'asset',
  count: 'assets',
  sql: `select a.asset as id, format('sums to %s over all accounts instead of zero', sum(a.balance)) as problem
    from account a where a.tenant = $1 group by a.asset having sum(a.balance) <> 0 order by 1 limit 1`,
};

/** The first account, lot, hold or asset whose figures do not follow from the transfers; counts what it looked at. */
export async function findWrongTotal(
  tx: Tx,
  wholeBook: boolean,
  checked: CheckedTotals,
): Promise<BadRow | undefined> {
  for (const { table, sql, count } of wholeBook ? [...wholeBookChecks, assetCheck] : [assetCheck]) {
    const [bad] = await tx.query<{ id: string; problem: string }>(sql, [tx.tenant]);
    if (bad) return { table, ...bad };
    if (count) checked[count] = await countRows(tx, table);
  }
  return undefined;
}

async function countRows(tx: Tx, table: BadRow['table']): Promise<number> {
  const [row] = await tx.query<{ n: number }>(`select count(*)::int as n from ${table} where tenant = $1`, [
    tx.tenant,
  ]);
  return row!.n;
}
