import assert from 'node:assert/strict';

import type { Tx } from '../db/transact.ts';
import { listOf, type Book } from './book.ts';
import type { Seal } from './chain.ts';
import type { Transfer } from './transfer.ts';

/**
 * One statement for a whole batch, whatever is in it: rows, balances, lots, holds, the batch and the new head. Balances
 * are changed by differences and never set, and the floor is a CHECK, so that even a wrong judgement cannot overdraw.
 * A lot or hold that shrinks is updated and never upserted: an upsert checks the proposed row, which would be negative.
 */
const statement = `
  with posted as (
    insert into transfer (tenant, at, id, tx, debit, credit, amount, effective_at, expires_on, cause, resolves, reverses,
      times_out_at, kind, tax_class)
    select $1, $2, u.* from unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::bigint[], $8::timestamptz[],
      $9::date[], $10::uuid[], $11::uuid[], $12::uuid[], $13::timestamptz[], $14::text[], $15::text[]) u
  ), moved as (
    update account a set balance = a.balance + u.balance, held = a.held + u.held, spent = a.spent + u.spent
    from unnest($16::uuid[], $17::uuid[], $18::bigint[], $19::bigint[], $20::bigint[]) u (id, asset, balance, held, spent)
    where a.tenant = $1 and a.id = u.id and a.asset = u.asset
    returning 1
  ), earned as (
    insert into lot as l (tenant, account, expires_on, earned)
    select $1, u.* from unnest($21::uuid[], $22::date[], $23::bigint[]) u
    on conflict (tenant, account, expires_on) do update set earned = l.earned + excluded.earned
  ), unearned as (
    update lot l set earned = l.earned + u.earned
    from unnest($24::uuid[], $25::date[], $26::bigint[]) u (account, expires_on, earned)
    where l.tenant = $1 and l.account = u.account and l.expires_on = u.expires_on
    returning 1
  ), reserved as (
    insert into hold (tenant, id, account, open, times_out_at)
    select $1, u.* from unnest($27::uuid[], $28::uuid[], $29::bigint[], $30::timestamptz[]) u
  ), resolved as (
    update hold h set open = h.open + u.open from unnest($31::uuid[], $32::bigint[]) u (id, open)
    where h.tenant = $1 and h.id = u.id
    returning 1
  ), sealed as (
    insert into batch (tenant, at, seq, n, prev, leaves, root, hash) values ($1, $2, $33, $34, $35, $36, $37, $38)
  )
  update chain set seq = $33, hash = $38, at = $2 where tenant = $1
  returning (select count(*) from moved) as accounts, (select count(*) from unearned) as lots,
    (select count(*) from resolved) as holds`;

/** Writes a judged batch. `rows` are in id order, `seal` is the link over them, `book` holds what they change. */
export async function writeBatch(tx: Tx, seal: Seal, rows: readonly Transfer[], book: Book): Promise<void> {
  const accounts = [...book.accounts.values()]
    .filter(({ added }) => added.balance !== 0n || added.held !== 0n || added.spent !== 0n)
    .sort((one, other) => (one.id < other.id ? -1 : 1));
  const lots = [...book.lots.values()];
  const fewer = lots.filter((lot) => lot.earned < 0n);
  const holds = [...book.holds.values()];
  const used = holds.filter((hold) => !hold.isNew && hold.added !== 0n);
  const written = await tx.query<{ accounts: bigint; lots: bigint; holds: bigint }>(
    statement,
    [
      tx.tenant,
      seal.at,
      ...transferColumns(rows),
      listOf(accounts.map((account) => account.id)),
      listOf(accounts.map((account) => account.asset)),
      listOf(accounts.map((account) => account.added.balance)),
      listOf(accounts.map((account) => account.added.held)),
      listOf(accounts.map((account) => account.added.spent)),
      ...lotColumns(lots.filter((lot) => lot.earned > 0n)),
      ...lotColumns(fewer),
      ...holdColumns(holds.filter((hold) => hold.isNew)),
      listOf(used.map((hold) => hold.id)),
      listOf(used.map((hold) => hold.added)),
      seal.seq,
      seal.n,
      seal.prev,
      seal.leaves,
      seal.root,
      seal.hash,
    ],
    { name: 'ledger-write' },
  );
  assert.deepEqual(
    written,
    [{ accounts: BigInt(accounts.length), lots: BigInt(fewer.length), holds: BigInt(used.length) }],
    'every account, lot and hold that a batch changes is there, under the asset it was judged by',
  );
}

function transferColumns(rows: readonly Transfer[]): unknown[] {
  return [
    listOf(rows.map((row) => row.id)),
    listOf(rows.map((row) => row.tx)),
    listOf(rows.map((row) => row.debit)),
    listOf(rows.map((row) => row.credit)),
    listOf(rows.map((row) => row.amount)),
    listOf(rows.map((row) => row.effectiveAt.toISOString())),
    listOf(rows.map((row) => row.expiresOn)),
    listOf(rows.map((row) => row.cause)),
    listOf(rows.map((row) => row.resolves)),
    listOf(rows.map((row) => row.reverses)),
    listOf(rows.map((row) => row.timesOutAt?.toISOString() ?? null)),
    rows.map((row) => row.kind),
    rows.map((row) => row.taxClass),
  ];
}

function lotColumns(lots: readonly { account: string; expiresOn: string; earned: bigint }[]): unknown[] {
  return [
    listOf(lots.map((lot) => lot.account)),
    listOf(lots.map((lot) => lot.expiresOn)),
    listOf(lots.map((lot) => lot.earned)),
  ];
}

function holdColumns(
  holds: readonly { id: string; account: string; open: bigint; added: bigint; timesOutAt: Date | null }[],
): unknown[] {
  return [
    listOf(holds.map((hold) => hold.id)),
    listOf(holds.map((hold) => hold.account)),
    listOf(holds.map((hold) => hold.open + hold.added)),
    listOf(holds.map((hold) => hold.timesOutAt?.toISOString() ?? null)),
  ];
}
