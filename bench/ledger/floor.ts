import type { Client } from 'pg';

import { withClient } from '../../src/db/connect.ts';
import { appRole } from '../../src/db/roles.ts';
import type { Db } from '../../src/db/transact.ts';
import { withTenant } from '../../src/db/transact.ts';
import type { NewTransfer } from '../../src/ledger/transfer.ts';
import type { Base } from '../scratch.ts';
import type { Book } from './book.ts';
import type { Write } from './posting.ts';

const insert = `
  insert into floor.transfer (tenant, at, id, debit, credit, cause, tx, amount, effective_at, expires_on, kind, resolves,
    reverses, times_out_at, tax_class)
  select $1, $2, u.* from unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[], $8::bigint[],
    $9::timestamptz[], $10::date[], $11::transfer_kind[], $12::uuid[], $13::uuid[], $14::timestamptz[], $15::text[]) u`;

/**
 * The floor under posting: what it costs to put the same rows into a table like `transfer` (columns, checks, partitions,
 * indexes, triggers, row-level security), in one prepared statement a batch, with the same arrays and a commit. No
 * balances, no lots, no idempotency, no chain.
 */
export async function insertOnly(base: Base, db: Db, book: Book): Promise<Write> {
  await withClient(base.logins.admin, makeTwin);
  return (transfers, now) =>
    withTenant(db, book.tenant, (tx) =>
      tx.query(insert, [tx.tenant, now, ...columnsOf(transfers)], { name: 'bench-floor' }),
    );
}

/** Makes `floor.transfer`, a twin of `transfer` without its rows. */
async function makeTwin(client: Client): Promise<void> {
  await client.query('create schema floor');
  await client.query(`grant usage on schema floor to ${appRole}`);
  const { rows: parents } = await client.query<{ key: string }>(
    "select pg_get_partkeydef('public.transfer'::regclass) as key",
  );
  await client.query(
    `create table floor.transfer (like public.transfer including all) partition by ${parents[0]!.key}`,
  );
  const { rows: parts } = await client.query<{ name: string; bounds: string }>(
    `select c.relname as name, pg_get_expr(c.relpartbound, c.oid) as bounds
     from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'public.transfer'::regclass`,
  );
  for (const { name, bounds } of parts)
    await client.query(`create table floor.${name} partition of floor.transfer ${bounds}`);
  await client.query('alter table floor.transfer enable row level security, force row level security');
  const { rows: policies } = await client.query<{ condition: string }>(
    `select pg_get_expr(polqual, polrelid) as condition from pg_policy where polrelid = 'public.transfer'::regclass`,
  );
  for (const { condition } of policies)
    await client.query(`create policy tenant_rows on floor.transfer using (${condition})`);
  const { rows: triggers } = await client.query<{ definition: string }>(
    `select pg_get_triggerdef(oid) as definition from pg_trigger
     where tgrelid = 'public.transfer'::regclass and not tgisinternal`,
  );
  for (const { definition } of triggers)
    await client.query(definition.replace(' ON public.transfer ', ' ON floor.transfer '));
  await client.query(`grant select, insert on floor.transfer to ${appRole}`);
}

function columnsOf(transfers: readonly NewTransfer[]): unknown[] {
  const rows = transfers.toSorted((one, other) => (one.id < other.id ? -1 : 1));
  const none = rows.map(() => null);
  return [
    rows.map((row) => row.id),
    rows.map((row) => row.debit),
    rows.map((row) => row.credit),
    rows.map((row) => row.cause ?? null),
    rows.map((row) => (row.tx === row.cause ? null : row.tx)),
    rows.map((row) => row.amount),
    rows.map((row) => row.effectiveAt),
    rows.map((row) => row.expiresOn ?? null),
    rows.map((row) => row.kind),
    none,
    none,
    none,
    none,
  ];
}
