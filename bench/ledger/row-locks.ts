import type { Client } from 'pg';

import { withClient } from '../../src/db/connect.ts';
import { newId } from '../../src/shared/id.ts';
import type { AccountId } from '../../src/shared/id.ts';
import type { Base } from '../scratch.ts';
import type { Book } from './book.ts';
import { accountsOf } from './naive.ts';

const schema = `
  create schema locked;
  create table locked.account (id uuid primary key, balance bigint not null default 0, version bigint not null default 0,
    updated_at timestamptz not null default now()) with (fillfactor = 60);
  create table locked.transfer (id uuid primary key, debit uuid not null references locked.account,
    credit uuid not null references locked.account, amount bigint not null check (amount > 0),
    created_at timestamptz not null default now(), event_at timestamptz not null);
  create index on locked.transfer (debit);
  create index on locked.transfer (credit);
  create table locked.entry (account uuid not null references locked.account,
    transfer uuid not null references locked.transfer, amount bigint not null, balance_before bigint not null,
    balance_after bigint not null, version bigint not null, created_at timestamptz not null default now(),
    primary key (account, version));
  create index on locked.entry (transfer);

  create function locked.move(ids uuid[], debits uuid[], credits uuid[], amounts bigint[], event_at timestamptz)
  returns void language plpgsql as $$
  declare
    units bigint;
    party uuid;
    now_at record;
  begin
    perform from locked.account where id = any (debits || credits) order by id for update;
    for n in 1 .. array_length(ids, 1) loop
      insert into locked.transfer (id, debit, credit, amount, event_at)
      values (ids[n], debits[n], credits[n], amounts[n], event_at);
      foreach party in array array[debits[n], credits[n]] loop
        units := case when party = debits[n] then -amounts[n] else amounts[n] end;
        update locked.account a set balance = a.balance + units, version = a.version + 1, updated_at = now()
        where a.id = party returning a.balance, a.version into now_at;
        insert into locked.entry (account, transfer, amount, balance_before, balance_after, version)
        values (party, ids[n], units, now_at.balance - units, now_at.balance, now_at.version);
      end loop;
    end loop;
  end $$`;

/**
 * Makes a ledger of the kind of pgledger (pgr0ss/pgledger on GitHub), written anew for this measurement: a function in the database
 * locks the accounts' rows, keeps a running balance and a version on each of two entries. Kinder than the original: uuid and
 * bigint instead of text and numeric, keys made by the caller.
 */
export async function makeRowLocks(base: Base, book: Book): Promise<void> {
  await withClient(base.logins.admin, async (client) => {
    await client.query(schema);
    await client.query('insert into locked.account (id) select unnest($1::uuid[])', [accountsOf(book)]);
  });
}

/** Moves amounts in one call, which is one transaction. */
export async function moveLocked(
  client: Client,
  moves: readonly { debit: AccountId; credit: AccountId; amount: bigint }[],
): Promise<void> {
  const at = new Date();
  await client.query({
    name: 'locked-move',
    text: 'select locked.move($1, $2, $3, $4, $5)',
    values: [
      moves.map(() => newId(at)),
      moves.map((move) => move.debit),
      moves.map((move) => move.credit),
      moves.map((move) => move.amount),
      at,
    ],
  });
}
