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

-- balance = credits - debits. `floor` null means the account may go below zero (system accounts, stock, debt).
create table account (
  tenant uuid not null,
  id uuid not null,
  asset uuid not null,
  owner uuid not null,
  role text not null,
  balance bigint not null default 0,
  held bigint not null default 0 check (held >= 0),
  floor bigint,
  primary key (tenant, id),
  unique (tenant, owner, role, asset),
  constraint account_floor check (floor is null or balance - held >= floor)
) with (fillfactor = 60);

create table transfer (
  tenant uuid not null,
  -- Deterministic and time-ordered: it is the idempotency key (src/shared/id.ts).
  id uuid not null,
  tx uuid not null,
  asset uuid not null,
  debit uuid not null,
  credit uuid not null,
  amount bigint not null check (amount > 0),
  kind text not null,
  resolves uuid,
  reverses uuid,
  effective_at timestamptz not null,
  at timestamptz not null,
  expires_on date,
  cause uuid,
  tax_class text,
  batch bigint not null,
  primary key (tenant, id),
  check (debit <> credit),
  check ((resolves is null) or (kind in ('capture', 'release')))
);

-- A hold is resolved at most once.
create unique index transfer_resolves on transfer (tenant, resolves) where resolves is not null;
create index transfer_reverses on transfer (tenant, reverses) where reverses is not null;
create index transfer_cause on transfer (tenant, cause) where cause is not null;
create index transfer_batch on transfer using brin (tenant, batch);

create table lot (
  tenant uuid not null,
  account uuid not null,
  expires_on date not null,
  earned bigint not null default 0,
  primary key (tenant, account, expires_on)
);

-- One SHA-256 chain per tenant over posted batches.
create table batch (
  tenant uuid not null,
  seq bigint not null,
  prev bytea not null,
  hash bytea not null,
  n integer not null check (n > 0),
  at timestamptz not null,
  primary key (tenant, seq)
);

-- The head of the chain; its row is locked inside each posting transaction, which orders a tenant's batches.
create table chain (
  tenant uuid primary key,
  seq bigint not null default 0,
  hash bytea not null
);
