import type { Client } from 'pg';

import { withClient } from '../../src/db/connect.ts';
import { newId } from '../../src/shared/id.ts';
import type { AccountId } from '../../src/shared/id.ts';
import type { Base } from '../scratch.ts';
import { issuedOf } from './book.ts';
import type { Book } from './book.ts';

const schema = `
  create schema naive;
  create table naive.account (id uuid primary key, balance bigint not null default 0) with (fillfactor = 60);
  create table naive.transfer (id uuid primary key, debit uuid not null, credit uuid not null,
    amount bigint not null check (amount > 0), at timestamptz not null);
  create table naive.entry (transfer uuid not null, account uuid not null, amount bigint not null, at timestamptz not null,
    primary key (transfer, account));
  create index on naive.entry (account, at)`;

const steps = {
  lock: 'select id, balance from naive.account where id = any ($1::uuid[]) order by id for update',
  insert: 'insert into naive.transfer (id, debit, credit, amount, at) values ($1, $2, $3, $4, $5)',
  change: 'update naive.account set balance = balance + $2 where id = $1',
  enter:
    'insert into naive.entry (transfer, account, amount, at) values ($1, $2, -$4::bigint, $5), ($1, $3, $4, $5)',
};

/** Makes the tables of a naive ledger, with an account for the hot one and for each member. */
export async function makeNaive(base: Base, book: Book): Promise<void> {
  await withClient(base.logins.admin, async (client) => {
    await client.query(schema);
    await client.query('insert into naive.account (id) select unnest($1::uuid[])', [accountsOf(book)]);
  });
}

/** The hot account and one of each member. */
export function accountsOf(book: Book): AccountId[] {
  return [issuedOf(book, book.points), ...book.members.map(({ points }) => points)];
}

/**
 * Moves an amount as a ledger does it that is written without a thought of speed: BEGIN, both accounts FOR UPDATE, the transfer,
 * two balances, two entries, COMMIT, each step a round trip. Kindly measured: prepared statements, locks in id order,
 * no tenants, no idempotency, no lots, no chain.
 */
export async function moveNaively(
  client: Client,
  debit: AccountId,
  credit: AccountId,
  amount: bigint,
): Promise<void> {
  const at = new Date();
  const id = newId(at);
  const run = (name: keyof typeof steps, values: unknown[]) =>
    client.query({ name: `naive-${name}`, text: steps[name], values });
  await client.query('begin');
  await run('lock', [[debit, credit]]);
  await run('insert', [id, debit, credit, amount, at]);
  await run('change', [debit, -amount]);
  await run('change', [credit, amount]);
  await run('enter', [id, debit, credit, amount, at]);
  await client.query('commit');
}
