import { systemRoles } from './accounts.ts';

/**
 * One comparison with the transfers: `sql` answers the first row that differs, as id and problem. `$1` is the tenant; in
 * checks of what came since a look before, `$2` is the posting time from which on, or the ids that were touched. The
 * arithmetic is that of judge.ts, written a second time on purpose: a mistake in one of them shows as a difference.
 */
export type Check = {
  table:
    | 'transfer'
    | 'chain'
    | 'account'
    | 'lot'
    | 'hold'
    | 'turnover'
    | 'asset'
    | 'period_close'
    | 'verified';
  sql: string;
  count?: 'accounts' | 'lots' | 'holds' | 'turnover' | 'assets';
  /** How many rows `sql` looked at. */
  countSql?: string;
};

const isSystem = (a: string) => `${a}.role in (${systemRoles.map((role) => `'${role}'`).join(', ')})`;
const moves = (t: string) => `${t}.kind not in ('hold', 'release')`;

/** What transfers on one of its sides do to an account. */
const debitSums = `sum(case when ${moves('t')} then -t.amount else 0 end) as balance,
  sum(case when t.kind = 'hold' then t.amount when t.kind in ('capture', 'release') then -t.amount else 0 end) as held,
  sum(case when ${moves('t')} and t.reverses is null then t.amount else 0 end) as spent,
  max(t.at) filter (where ${moves('t')}) as moved_at`;
const creditSums = `sum(case when ${moves('t')} then t.amount else 0 end) as balance, 0 as held,
  sum(case when t.reverses is not null and t.expires_on is null then -t.amount else 0 end) as spent,
  max(t.at) filter (where ${moves('t')}) as moved_at`;

/** `which` says of a column with an account's id whether that account is looked at. */
type Which = (column: string) => string;

const accountCheck = (which: Which): Check => ({
  table: 'account',
  count: 'accounts',
  countSql: `select count(*)::int as n from account a where a.tenant = $1 and ${which('a.id')}`,
  sql: `select coalesce(a.id, m.account) as id, case when a.id is null then 'was deleted'
      else format('shows balance %s, held %s, spent %s, moved %s; its transfers say %s, %s, %s, %s', a.balance, a.held,
        a.spent, coalesce(a.moved_at::text, 'never'), coalesce(m.balance, 0), coalesce(m.held, 0), coalesce(m.spent, 0),
        coalesce(m.moved_at::text, 'never')) end as problem
    from (select * from account a where a.tenant = $1 and ${which('a.id')}) a
    full join (
      select m.account, sum(m.balance)::bigint as balance, sum(m.held)::bigint as held, sum(m.spent)::bigint as spent,
        max(m.moved_at) as moved_at
      from (
        select t.debit as account, ${debitSums} from transfer t where t.tenant = $1 and ${which('t.debit')} group by t.debit
        union all
        select t.credit, ${creditSums} from transfer t where t.tenant = $1 and ${which('t.credit')} group by t.credit
      ) m group by m.account
    ) m on m.account = a.id
    where a.id is null or a.balance <> coalesce(m.balance, 0) or a.held <> coalesce(m.held, 0)
      or a.spent <> coalesce(m.spent, 0) or a.moved_at is distinct from m.moved_at
    order by 1 limit 1`,
});

// A floor may be set when an account is opened (a budget, a credit line), but what a person has always has one. An
// allowance without a limit has none.
const floorCheck = (which: string): Check => ({
  table: 'account',
  sql: `select a.id, format('has %s available, and its floor is %s', a.balance - a.held, coalesce(a.floor::text, 'gone'))
      as problem
    from account a where a.tenant = $1 and ${which}
      and (a.balance - a.held < a.floor or a.floor is null and a.role in ('available', 'pending'))
    order by 1 limit 1`,
});

/**
 * A lot is closed when it has run out; one that is closed before would never expire. What is credited with an earlier day
 * later on moves units on along the line: the lot of that day is open then, and its turn is the account's turn.
 */
const closedLotCheck: Check = {
  table: 'lot',
  sql: `select format('%s %s', l.account, l.expires_on) as id, 'is closed and has not run out' as problem
    from (
      select l.account, l.expires_on, l.open,
        sum(l.earned) over (partition by l.account order by l.expires_on) as earned
      from lot l where l.tenant = $1
    ) l join account a on a.tenant = $1 and a.id = l.account
    where not l.open and l.earned > a.spent and not exists (
      select from lot o where o.tenant = $1 and o.account = l.account and o.open and o.expires_on < l.expires_on)
    order by 1 limit 1`,
};

/** Adding up all transfers of a system account takes too long for a check since then: its daily sums stand for them. */
const systemAccountCheck: Check = {
  table: 'account',
  sql: `select a.id, format('shows balance %s, its daily sums say %s', a.balance, o.balance) as problem
    from account a cross join lateral (
      select coalesce(sum(o.credit - o.debit), 0) as balance from turnover o
      where o.tenant = $1 and o.asset = a.asset and o.role = a.role and o.account = a.id) o
    where a.tenant = $1 and ${isSystem('a')} and a.balance <> o.balance order by 1 limit 1`,
};

const lotCheck = (which: Which): Check => ({
  table: 'lot',
  count: 'lots',
  countSql: `select count(*)::int as n from lot l where l.tenant = $1 and ${which('l.account')}`,
  sql: `select format('%s %s', coalesce(l.account, m.account), coalesce(l.expires_on, m.expires_on)) as id,
      format('shows %s earned, its transfers say %s', coalesce(l.earned, 0), coalesce(m.earned, 0)) as problem
    from (select * from lot l where l.tenant = $1 and ${which('l.account')}) l
    full join (
      select m.account, m.expires_on, sum(m.earned)::bigint as earned
      from (
        select t.credit as account, t.expires_on, t.amount as earned from transfer t
        where t.tenant = $1 and t.expires_on is not null and ${which('t.credit')}
        union all
        select r.debit, o.expires_on, -r.amount from transfer r
        join transfer o on o.tenant = $1 and o.id = r.reverses and o.credit = r.debit and o.expires_on is not null
        where r.tenant = $1 and r.reverses is not null and ${which('r.debit')}
      ) m join account a on a.tenant = $1 and a.id = m.account and a.role <> 'pending'
      group by m.account, m.expires_on
    ) m on m.account = l.account and m.expires_on = l.expires_on
    where coalesce(l.earned, 0) <> coalesce(m.earned, 0) order by 1 limit 1`,
});

const holdCheck = (which: (h: string) => string): Check => ({
  table: 'hold',
  count: 'holds',
  countSql: `select count(*)::int as n from hold h where h.tenant = $1 and ${which('h')}`,
  sql: `select coalesce(h.id, m.id) as id,
      format('shows %s open, its transfers say %s', coalesce(h.open, 0), coalesce(m.open, 0)) as problem
    from (select * from hold h where h.tenant = $1 and ${which('h')}) h
    full join (
      select h.id, h.debit as account, h.times_out_at, (h.amount - coalesce((
        select sum(r.amount) from transfer r where r.tenant = $1 and r.resolves = h.id), 0))::bigint as open
      from transfer h where h.tenant = $1 and h.kind = 'hold' and ${which('h')}
    ) m on m.id = h.id
    where h.id is null or m.id is null or h.open <> m.open or h.account <> m.account
      or h.times_out_at is distinct from m.times_out_at
    order by 1 limit 1`,
});

const sinceDay = `($2::timestamptz at time zone 'UTC')::date`;
const nobody = '00000000-0000-0000-0000-000000000000';

const turnoverCheck = (storedDays: string, postedDays: string): Check => ({
  table: 'turnover',
  count: 'turnover',
  countSql: `select count(*)::int as n from turnover o where o.tenant = $1 and ${storedDays}`,
  sql: `select format('%s %s %s %s %s', coalesce(o.asset, m.asset), coalesce(o.role, m.role),
        coalesce(o.account, m.account), coalesce(o.effective_day, m.effective_day), coalesce(o.at_day, m.at_day)) as id,
      format('shows %s debited, %s credited; its transfers say %s, %s', coalesce(o.debit, 0), coalesce(o.credit, 0),
        coalesce(m.debit, 0), coalesce(m.credit, 0)) as problem
    from (select * from turnover o where o.tenant = $1 and ${storedDays}) o
    full join (
      select a.asset, a.role, case when ${isSystem('a')} then a.id else '${nobody}' end as account,
        (t.effective_at at time zone 'UTC')::date as effective_day, (t.at at time zone 'UTC')::date as at_day,
        sum(m.debit)::bigint as debit, sum(m.credit)::bigint as credit
      from transfer t
      cross join lateral (values (t.debit, t.amount, 0::bigint), (t.credit, 0, t.amount)) m (account, debit, credit)
      join account a on a.tenant = $1 and a.id = m.account
      where t.tenant = $1 and ${moves('t')} and ${postedDays} group by 1, 2, 3, 4, 5
    ) m on m.asset = o.asset and m.role = o.role and m.account = o.account and m.effective_day = o.effective_day
      and m.at_day = o.at_day
    where coalesce(o.debit, 0) <> coalesce(m.debit, 0) or coalesce(o.credit, 0) <> coalesce(m.credit, 0)
    order by 1 limit 1`,
});

const reversalCheck = (which: string): Check => ({
  table: 'transfer',
  sql: `select o.id, format('is reversed by %s of %s', sum(r.amount), o.amount) as problem
    from transfer r join transfer o on o.tenant = $1 and o.id = r.reverses
    where r.tenant = $1 and r.reverses is not null and ${which}
    group by o.id, o.amount having sum(r.amount) > o.amount order by 1 limit 1`,
});

const assetMixCheck = (which: string): Check => ({
  table: 'transfer',
  sql: `select t.id, 'moves between accounts of different assets' as problem
    from transfer t join account d on d.tenant = $1 and d.id = t.debit join account c on c.tenant = $1 and c.id = t.credit
    where t.tenant = $1 and d.asset <> c.asset and ${which} order by 1 limit 1`,
});

/** Cheap, so they look at everything each time. */
const alwaysWhole: Check[] = [
  {
    table: 'asset',
    count: 'assets',
    countSql: 'select count(*)::int as n from asset where tenant = $1',
    sql: `select a.asset as id, format('sums to %s over all accounts instead of zero', sum(a.balance)) as problem
      from account a where a.tenant = $1 group by a.asset having sum(a.balance) <> 0 order by 1 limit 1`,
  },
  {
    table: 'chain',
    sql: `select c.tenant as id, format('is closed before %s, the last period that was closed ends %s',
        coalesce(c.closed_before::text, 'nothing'), coalesce(p.before::text, 'nowhere')) as problem
      from (select max(p.before) as before from period_close p where p.tenant = $1) p
      left join chain c on c.tenant = $1
      where c.closed_before is distinct from p.before`,
  },
  ...(['verified', 'period_close'] as const).map((table): Check => ({
    table,
    sql: `select ${table === 'verified' ? 'v.id::text' : 'v.before::text'} as id,
          format('saw another hash of batch %s than it has now', v.seq) as problem
        from ${table} v left join batch b on b.tenant = $1 and b.seq = v.seq
        where v.tenant = $1 and v.seq > 0 and v.hash is distinct from b.hash
          ${table === 'verified' ? 'and v.problem is null' : ''} order by v.seq limit 1`,
  })),
];

const all: Which = () => 'true';
const named: Which = (column) => `${column} = any ($2::uuid[])`;

export const checksOfAll: readonly Check[] = [
  accountCheck(all),
  floorCheck('true'),
  lotCheck(all),
  closedLotCheck,
  holdCheck(all),
  turnoverCheck('true', 'true'),
  reversalCheck('true'),
  assetMixCheck('true'),
  ...alwaysWhole,
];

/**
 * Of accounts with these ids. Not for busy ones, of which all transfers would be read. Of all of them at once: account by
 * account the planner, which knows little right after much was posted, may read the whole table for each.
 */
export const checksOfAccounts: readonly Check[] = [
  accountCheck(named),
  floorCheck(named('a.id')),
  lotCheck(named),
];

/** Of holds with these ids. */
export const checksOfHolds: readonly Check[] = [holdCheck((h) => named(`${h}.id`))];

/** Of transfers with these ids that were reversed. */
export const checksOfReversed: readonly Check[] = [reversalCheck(named('r.reverses'))];

/** Of everything after a posting time, besides the rows that were touched. */
export const checksSince: readonly Check[] = [
  turnoverCheck(`o.at_day >= ${sinceDay}`, `t.at >= ${sinceDay}::timestamp at time zone 'UTC'`),
  systemAccountCheck,
  assetMixCheck('t.at > $2'),
  ...alwaysWhole,
];
