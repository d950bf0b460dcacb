-- One double-entry book for everything that has a quantity: points, status points, money, goods, codes.
-- One row per transfer moves an amount from the debit account to the credit account, so every asset sums to zero.

create table asset (
  tenant uuid not null,
  id uuid not null,
  code text not null,
  kind text not null check (kind in ('points', 'status', 'money', 'goods', 'codes')),
  -- Decimal places of one unit: amounts are integers of the smallest part.
  scale smallint not null check (scale between 0 and 9),
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
  primary key (tenant, id),
  unique (tenant, owner, role, asset),
  constraint account_floor check (floor is null or balance - held >= floor)
) with (fillfactor = 60);

-- Both accounts of a transfer have one asset, so it stands on the accounts only.
create table transfer (
  tenant uuid not null,
  -- Deterministic and time-ordered: it is the idempotency key (src/shared/id.ts).
  id uuid not null,
  tx uuid not null,
  debit uuid not null,
  credit uuid not null,
  amount bigint not null check (amount > 0),
  -- Business time. Milliseconds, as the application has them: a finer change would escape the hash.
  effective_at timestamptz(3) not null,
  -- Posting time, the same for a batch and later than every batch before it: it names the batch.
  at timestamptz(3) not null,
  expires_on date,
  cause uuid,
  -- The hold or the pending earning that this one settles, in whole or in part.
  resolves uuid,
  reverses uuid,
  times_out_at timestamptz(3),
  kind text not null,
  tax_class text,
  primary key (tenant, id),
  check (debit <> credit),
  check ((resolves is not null) = (kind in ('capture', 'release', 'activate'))),
  check (resolves is null or reverses is null),
  check (times_out_at is null or kind = 'hold')
);

-- Statements and balances as of a time. Of a hot account a batch shares one key, which the index stores once.
create index transfer_debit on transfer (tenant, debit, at);
create index transfer_credit on transfer (tenant, credit, at);
create index transfer_at on transfer (tenant, at);
create index transfer_resolves on transfer (tenant, resolves) where resolves is not null;
create index transfer_reverses on transfer (tenant, reverses) where reverses is not null;
create index transfer_cause on transfer (tenant, cause) where cause is not null;

-- How much an account was credited with one expiry date, less what reversals took back.
create table lot (
  tenant uuid not null,
  account uuid not null,
  expires_on date not null,
  earned bigint not null default 0 check (earned >= 0),
  primary key (tenant, account, expires_on)
);

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

-- The head of the chain; its row is locked inside each posting transaction, which orders a tenant's batches.
create table chain (
  tenant uuid primary key,
  seq bigint not null,
  hash bytea not null,
  at timestamptz(3) not null
);
