-- One double-entry book for everything that has a quantity: points, status points, money, goods, codes.
-- One row per transfer moves an amount from the debit account to the credit account, so every asset sums to zero.

create table asset (
  tenant uuid not null,
  id uuid not null,
  code text not null,
  kind text not null check (kind in ('points', 'status', 'money', 'goods', 'codes')),
  -- Decimal places of one unit: amounts are integers of the smallest part.
  scale smallint not null check (scale between 0 and 9),
  -- SHA-256 of the above (src/ledger/accounts.ts): what an amount means must not change under it.
  seal bytea not null check (length(seal) = 32),
  primary key (tenant, id),
  unique (tenant, code)
);

create table account (
  tenant uuid not null,
  id uuid not null,
  asset uuid not null,
  owner uuid not null,
  role text not null,
  -- Credits minus debits.
  balance bigint not null default 0,
  -- The part of the balance that open holds reserve.
  held bigint not null default 0 check (held >= 0),
  -- What left by debits other than reversals, less what reversals brought back: how far along its lots the account is.
  spent bigint not null default 0 check (spent >= 0),
  -- Null: may go below zero (system accounts, stock, debt).
  floor bigint,
  -- `at` of the last batch that changed the balance; null before the first.
  moved_at timestamptz(3),
  primary key (tenant, id),
  unique (tenant, owner, role, asset),
  constraint account_floor check (floor is null or balance - held >= floor)
) with (fillfactor = 60);
-- Few have ever been in debt: every earning asks for them. Without the balance, which would make each posting touch the index.
create index account_debt on account (tenant, owner, asset) where role = 'debt';

create type transfer_kind as enum (
  'award', 'redeem', 'hold', 'capture', 'release', 'activate', 'reversal', 'clawback', 'repay', 'expire', 'gift', 'fee',
  'sale', 'sell-out', 'sell-in', 'unsold', 'return', 'refund', 'opening', 'bonus'
);

-- Both accounts of a transfer have one asset, so it stands on the accounts only. The order of the columns leaves no gaps
-- in a row. New ranges are split off as the table grows (src/ledger/partitions.ts).
create table transfer (
  tenant uuid not null,
  -- Deterministic and time-ordered: it is the idempotency key. With a cause it begins as the cause does (src/shared/id.ts),
  -- so the transfers of a cause are a range of the primary key.
  id uuid not null,
  debit uuid not null,
  credit uuid not null,
  cause uuid,
  -- Null where it is the cause, or without a cause the transfer itself: most transfers.
  tx uuid,
  amount bigint not null check (amount > 0),
  -- Business time. Milliseconds, as the application has them: a finer change would escape the hash.
  effective_at timestamptz(3) not null,
  -- Posting time, the same for a batch and later than every batch before it: it names the batch.
  at timestamptz(3) not null,
  expires_on date,
  kind transfer_kind not null,
  -- The hold or the pending earning that this one settles, in whole or in part.
  resolves uuid,
  reverses uuid,
  times_out_at timestamptz(3),
  tax_class text,
  -- New ids come last, so full pages stay full.
  primary key (tenant, id) with (fillfactor = 100),
  check (debit <> credit),
  check ((resolves is not null) = (kind in ('capture', 'release', 'activate'))),
  check (resolves is null or reverses is null),
  check (times_out_at is null or kind = 'hold')
) partition by range (id);
create table transfer_p0 partition of transfer for values from (minvalue) to (maxvalue);

-- Statements and balances as of a time. Accounts and transfers have ids of their own over all tenants, so the indexes go
-- without the tenant: a third of their size. Of a hot account a batch shares one key, which the index stores once.
create index transfer_debit on transfer (debit, at);
create index transfer_credit on transfer (credit, at);
create index transfer_resolves on transfer (resolves) where resolves is not null;
create index transfer_reverses on transfer (reverses) where reverses is not null;
-- Rows lie in the order of posting, so a summary of each stretch of the table is enough to find those of a time.
create index transfer_at on transfer using brin (at) with (pages_per_range = 32, autosummarize = on);

-- What moved, by the day of the event and the day of posting (UTC): trial balances, and balances as of a day of accounts that
-- a sum over their transfers would take too long for. System accounts (src/ledger/accounts.ts) have rows of their own; all
-- other accounts of one role share the rows whose account is the nil UUID.
create table turnover (
  tenant uuid not null,
  asset uuid not null,
  role text not null,
  account uuid not null,
  effective_day date not null,
  at_day date not null,
  debit bigint not null check (debit >= 0),
  credit bigint not null check (credit >= 0),
  primary key (tenant, asset, role, account, effective_day, at_day)
) with (fillfactor = 60);

-- How much an account was credited with one expiry date, less what reversals took back.
create table lot (
  tenant uuid not null,
  account uuid not null,
  expires_on date not null,
  earned bigint not null default 0 check (earned >= 0),
  primary key (tenant, account, expires_on)
) with (fillfactor = 60);

-- What is left of a hold; the hold itself is a transfer with the same id.
create table hold (
  tenant uuid not null,
  id uuid not null,
  account uuid not null,
  open bigint not null check (open >= 0),
  times_out_at timestamptz(3),
  primary key (tenant, id)
);
create index hold_account on hold (tenant, account) where open > 0;
create index hold_times_out on hold (tenant, times_out_at) where open > 0 and times_out_at is not null;

-- One SHA-256 chain per tenant over posted batches (src/ledger/chain.ts says what is hashed).
create table batch (
  tenant uuid not null,
  seq bigint not null,
  at timestamptz(3) not null,
  n integer not null check (n > 0),
  prev bytea not null,
  -- Per transfer, in id order: its id and the first 8 bytes of its digest. Names the row after tampering.
  leaves bytea not null,
  -- The digest of the whole digests.
  root bytea not null,
  hash bytea not null,
  primary key (tenant, seq),
  unique (tenant, at)
);

-- Digests do not compress.
alter table batch alter column leaves set storage external;

-- The head of the chain; its row is locked inside each posting transaction, which orders a tenant's batches.
create table chain (
  tenant uuid primary key,
  seq bigint not null,
  hash bytea not null,
  at timestamptz(3) not null,
  -- Nothing is posted any more that happened before; null while no period was closed.
  closed_before timestamptz(3)
);
