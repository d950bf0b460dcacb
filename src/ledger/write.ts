import type { Tx } from '../db/transact.ts';
import type { AccountState, Book, HoldState, LotState, TurnoverState } from './book.ts';
import type { Seal } from './chain.ts';
import type { Transfer } from './transfer.ts';

/**
 * One statement for a whole batch, whatever is in it: rows, balances, lots, holds, the batch and the new head. Balances
 * are changed by differences and never set, and the floor is a CHECK, so that even a wrong judgement cannot overdraw.
 * A lot or hold that shrinks is updated and never upserted: an upsert checks the proposed row, which would be negative.
 */
const statement = `
  with posted as (
    insert into transfer (tenant, at, id, debit, credit, cause, tx, amount, effective_at, expires_on, kind, resolves, reverses,
      times_out_at, tax_class)
    select $1, $2, u.* from unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[], $8::bigint[],
      $9::timestamptz[], $10::date[], $11::transfer_kind[], $12::uuid[], $13::uuid[], $14::timestamptz[], $15::text[]) u
  ), moved as (
    update account a set balance = a.balance + u.balance, held = a.held + u.held, spent = a.spent + u.spent,
      moved_at = case when u.moved then $2 else a.moved_at end
    from unnest($16::uuid[], $17::uuid[], $18::bigint[], $19::bigint[], $20::bigint[], $21::boolean[])
      u (id, asset, balance, held, spent, moved)
    where a.tenant = $1 and a.id = u.id and a.asset = u.asset
    returning 1
  ), earned as (
    insert into lot as l (tenant, account, expires_on, earned)
    select $1, u.* from unnest($22::uuid[], $23::date[], $24::bigint[]) u
    on conflict (tenant, account, expires_on) do update set earned = l.earned + excluded.earned, open = true
  ), unearned as (
    update lot l set earned = l.earned + u.earned
    from unnest($25::uuid[], $26::date[], $27::bigint[]) u (account, expires_on, earned)
    where l.tenant = $1 and l.account = u.account and l.expires_on = u.expires_on
    returning 1
  ), reserved as (
    insert into hold (tenant, id, account, open, times_out_at)
    select $1, u.* from unnest($28::uuid[], $29::uuid[], $30::bigint[], $31::timestamptz[]) u
  ), resolved as (
    update hold h set open = h.open + u.open from unnest($32::uuid[], $33::bigint[]) u (id, open)
    where h.tenant = $1 and h.id = u.id
    returning 1
  ), turned as (
    insert into turnover as o (tenant, at_day, asset, role, account, effective_day, debit, credit)
    select $1, ($2 at time zone 'UTC')::date, u.*
    from unnest($34::uuid[], $35::text[], $36::uuid[], $37::date[], $38::bigint[], $39::bigint[]) u
    on conflict (tenant, asset, role, account, effective_day, at_day)
    do update set debit = o.debit + excluded.debit, credit = o.credit + excluded.credit
  ), sealed as (
    insert into batch (tenant, at, seq, n, prev, leaves, root, hash) values ($1, $2, $40, $41, $42, $43, $44, $45)
  )
  update chain set seq = $40, hash = $45, at = $2 where tenant = $1
  returning (select count(*) from moved) as accounts, (select count(*) from unearned) as lots,
    (select count(*) from resolved) as holds`;

/** Writes a judged batch. `rows` are in id order, `seal` is the link over them, `book` holds what they change. */
export async function writeBatch(tx: Tx, seal: Seal, rows: readonly Transfer[], book: Book): Promise<void> {
  // In order of the key: neighbours lie on the same pages of the indexes.
  const accounts = [...book.accounts.values()].filter(isChanged).sort(byId);
  const lots = [...book.lots.values()].sort(byAccount);
  const fewer = lots.filter((lot) => lot.earned < 0n);
  const holds = [...book.holds.values()];
  const used = holds.filter((hold) => !hold.isNew && hold.added !== 0n);
  const written = await tx.query<{ accounts: bigint; lots: bigint; holds: bigint }>(
    statement,
    [
      tx.tenant,
      seal.at,
      ...transferColumns(rows),
      ...accountColumns(accounts),
      ...lotColumns(lots.filter((lot) => lot.earned > 0n)),
      ...lotColumns(fewer),
      ...holdColumns(holds.filter((hold) => hold.isNew && hold.open > 0n)),
      used.map((hold) => hold.id),
      used.map((hold) => hold.added),
      ...turnoverColumns([...book.turnover.values()].filter((one) => one.debit > 0n || one.credit > 0n)),
      seal.seq,
      seal.n,
      seal.prev,
      seal.leaves,
      seal.root,
      seal.hash,
    ],
    { name: 'ledger-write' },
  );
  const [found] = written;
  if (found!.accounts < accounts.length || found!.lots < fewer.length || found!.holds < used.length)
    throw new NotThere(
      'an account, lot or hold that the batch changes is not there, or not under that asset',
    );
  await reopenLots(tx, accounts);
}

// What comes back from a spend may lie in lots that had run out: the next expiry looks at them again. A statement of its
// own, for one statement changes a row once; few batches need it.
async function reopenLots(tx: Tx, accounts: readonly AccountState[]): Promise<void> {
  const gotBack = accounts.filter(({ role, added }) => role === 'available' && added.spent < 0n);
  if (gotBack.length === 0) return;
  await tx.query(
    'update lot set open = true where tenant = $1 and account = any ($2::uuid[]) and not open',
    [tx.tenant, gotBack.map(({ id }) => id)],
    { name: 'ledger-reopen' },
  );
}

/** Something that a batch changes is not in the book as it was judged. */
export class NotThere extends Error {}

function isChanged({ added }: AccountState): boolean {
  return added.moves > 0n || added.held !== 0n;
}

function byId(one: { id: string }, other: { id: string }): number {
  return one.id < other.id ? -1 : 1;
}

function byAccount(one: LotState, other: LotState): number {
  return one.account < other.account ? -1 : 1;
}

function transferColumns(rows: readonly Transfer[]): unknown[] {
  return [
    rows.map((row) => row.id),
    rows.map((row) => row.debit),
    rows.map((row) => row.credit),
    rows.map((row) => row.cause),
    // Null where it goes without saying.
    rows.map((row) => (row.tx === (row.cause ?? row.id) ? null : row.tx)),
    rows.map((row) => row.amount),
    rows.map((row) => row.effectiveAt),
    rows.map((row) => row.expiresOn),
    rows.map((row) => row.kind),
    rows.map((row) => row.resolves),
    rows.map((row) => row.reverses),
    rows.map((row) => row.timesOutAt),
    rows.map((row) => row.taxClass),
  ];
}

function accountColumns(accounts: readonly AccountState[]): unknown[] {
  return [
    accounts.map((account) => account.id),
    accounts.map((account) => account.asset),
    accounts.map(({ added }) => added.balance),
    accounts.map(({ added }) => added.held),
    accounts.map(({ added }) => added.spent),
    accounts.map(({ added }) => String(added.moves > 0n)),
  ];
}

function lotColumns(lots: readonly LotState[]): unknown[] {
  return [lots.map((lot) => lot.account), lots.map((lot) => lot.expiresOn), lots.map((lot) => lot.earned)];
}

function holdColumns(holds: readonly HoldState[]): unknown[] {
  return [
    holds.map((hold) => hold.id),
    holds.map((hold) => hold.account),
    holds.map((hold) => hold.open + hold.added),
    holds.map((hold) => hold.timesOutAt),
  ];
}

function turnoverColumns(turnover: readonly TurnoverState[]): unknown[] {
  return [
    turnover.map((one) => one.asset),
    turnover.map((one) => one.role),
    turnover.map((one) => one.account),
    turnover.map((one) => one.effectiveDay),
    turnover.map((one) => one.debit),
    turnover.map((one) => one.credit),
  ];
}
