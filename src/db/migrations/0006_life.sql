-- Life of a unit: what is due to expire, what waits to become available, wallets of several people, balances from elsewhere.

-- False once a lot has run out or was expired; the posting that adds to a lot opens it again. So the nightly run reads the
-- lots that are due and not every lot there ever was.
alter table lot add column open boolean not null default true;
create index lot_open on lot (tenant, expires_on, account) where open;

-- The last day for which what was due of an asset has been expired.
create table expiry_run (
  tenant uuid not null,
  asset uuid not null,
  day date not null,
  primary key (tenant, asset),
  foreign key (tenant, asset) references asset (tenant, id)
);

-- What a pending earning waits for: the end of a period, or an event that is told of its cause. The row goes when nothing
-- of the earning is pending any more.
create table waiting (
  tenant uuid not null,
  earning uuid not null,
  -- The last day on which it is pending, by the clock of `programme`.
  through date,
  event text,
  programme uuid not null,
  cause uuid not null,
  primary key (tenant, earning),
  foreign key (tenant, programme) references programme (tenant, id),
  check ((through is null) <> (event is null))
);
create index waiting_through on waiting (tenant, programme, through) where through is not null;
create index waiting_event on waiting (tenant, cause) where event is not null;

-- A balance that several people use; the balance itself is an account of the wallet.
create table wallet (
  tenant uuid not null,
  id uuid not null,
  code text not null,
  name text not null,
  -- Code of the asset that is shared.
  asset text not null,
  programme uuid not null,
  created_at timestamptz not null,
  primary key (tenant, id),
  unique (tenant, code),
  foreign key (tenant, programme) references programme (tenant, id)
);

create table wallet_member (
  tenant uuid not null,
  wallet uuid not null,
  participant uuid not null,
  -- How much of the balance one may spend in a period; null: all of it.
  limit_units bigint check (limit_units >= 0),
  limit_per text not null check (limit_per in ('day', 'week', 'month')),
  is_active boolean not null default true,
  primary key (tenant, wallet, participant),
  foreign key (tenant, wallet) references wallet (tenant, id),
  foreign key (tenant, participant) references participant (tenant, id)
);
create index wallet_member_participant on wallet_member (tenant, participant);

-- Whose allowance an account is, in which period; the limit itself is the account's floor.
create table wallet_allowance (
  tenant uuid not null,
  account uuid not null,
  wallet uuid not null,
  participant uuid not null,
  starts_on date not null,
  ends_on date not null,
  primary key (tenant, account),
  foreign key (tenant, wallet, participant) references wallet_member (tenant, wallet, participant)
);
create index wallet_allowance_member on wallet_allowance (tenant, wallet, participant, starts_on);

-- Since when somebody took part, where it was before they were enrolled here.
alter table participant add column joined_on date;

-- Balances brought along from another system, by the key that they had there.
create table opening_balance (
  tenant uuid not null,
  external_key text not null,
  participant uuid not null,
  asset text not null,
  units bigint not null check (units > 0),
  expires_on date,
  earned_on date,
  recorded_at timestamptz(3) not null,
  transfer uuid not null,
  primary key (tenant, external_key),
  foreign key (tenant, participant) references participant (tenant, id)
);

-- Something done to many transfers at once: who did it, and why.
create table mass_action (
  tenant uuid not null,
  id uuid not null,
  kind text not null check (kind in ('activate', 'cancel', 'expire')),
  reason text not null,
  done_by uuid not null,
  at timestamptz(3) not null,
  primary key (tenant, id)
);
