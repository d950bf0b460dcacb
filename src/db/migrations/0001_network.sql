-- Who takes part: tenants, programmes, partners, outlets, people, products.
-- `tenant` leads every key and index; no foreign key crosses it.

-- Printed names are found again by their trigrams. A trusted extension: the owner of the database may create it.
create extension if not exists pg_trgm;

-- The directory of tenants. The one table that is read before a tenant is known.
create table tenant (
  tenant uuid primary key,
  code text not null unique,
  name text not null,
  created_at timestamptz not null default now()
);

create table programme (
  tenant uuid not null,
  id uuid not null,
  code text not null,
  name text not null,
  starts_on date not null,
  ends_on date not null,
  time_zone text not null,
  currency text not null,
  settings jsonb not null default '{}',
  primary key (tenant, id),
  unique (tenant, code),
  check (starts_on <= ends_on)
);

-- The geography tree.
create table area (
  tenant uuid not null,
  id uuid not null,
  code text not null,
  name text not null,
  parent uuid,
  primary key (tenant, id),
  unique (tenant, code),
  foreign key (tenant, parent) references area (tenant, id)
);
create index area_parent on area (tenant, parent);

-- A company in the channel.
create table partner (
  tenant uuid not null,
  id uuid not null,
  code text not null,
  kind text not null check (kind in ('distributor', 'wholesaler', 'retailer', 'fulfilment', 'coalition')),
  name text not null,
  primary key (tenant, id),
  unique (tenant, code)
);

-- A physical point of sale. `is_open` marks the demo's outlet for evidence that names no outlet.
create table outlet (
  tenant uuid not null,
  id uuid not null,
  -- Lists are paged in this order, which its index keeps.
  code text collate "C" not null,
  name text not null,
  address text not null default '',
  -- Name and address as they are compared (src/shared/text.ts, normalise).
  name_key text not null,
  address_key text not null,
  partner uuid not null,
  distributor uuid,
  area uuid not null,
  channel text not null default 'general-trade',
  latitude double precision,
  longitude double precision,
  is_open boolean not null default false,
  primary key (tenant, id),
  unique (tenant, code),
  foreign key (tenant, partner) references partner (tenant, id),
  foreign key (tenant, distributor) references partner (tenant, id),
  foreign key (tenant, area) references area (tenant, id)
);

-- A person or company enrolled; this row holds the personal data, everything else refers to its id.
create table participant (
  tenant uuid not null,
  id uuid not null,
  -- Lists are paged in this order, which its index keeps.
  code text collate "C" not null,
  kind text not null check (kind in ('seller', 'owner', 'promoter', 'influencer', 'buyer')),
  name text not null,
  phone text,
  language text not null default 'en',
  partner uuid not null,
  tier text not null default 'bronze',
  created_at timestamptz not null default now(),
  primary key (tenant, id),
  unique (tenant, code),
  unique (tenant, phone),
  foreign key (tenant, partner) references partner (tenant, id)
);

create table participant_outlet (
  tenant uuid not null,
  participant uuid not null,
  outlet uuid not null,
  primary key (tenant, participant, outlet),
  foreign key (tenant, participant) references participant (tenant, id),
  foreign key (tenant, outlet) references outlet (tenant, id)
);

-- What an outlet or a participant is found by as somebody types: the code, the telephone number, and the name from each of
-- its words on. A prefix is a range of keys, and comparing is leakproof, so the index serves under row-level security.
create table sought (
  tenant uuid not null,
  kind text not null check (kind in ('outlet', 'participant')),
  -- As it is compared (src/shared/text.ts, normalise).
  key text collate "C" not null,
  id uuid not null,
  primary key (tenant, kind, key, id)
);
create index sought_id on sought (tenant, id, key);

-- Who is linked to a participant, an outlet or a partner from a day on: who referred them, owns it, buys for it. What was
-- said is never changed: of two rows for one day the newer counts.
create table link (
  tenant uuid not null,
  -- What the person is to the subject: referrer, owner, employee.
  link text not null,
  subject uuid not null,
  starts_on date not null,
  version integer not null check (version > 0),
  subject_kind text not null check (subject_kind in ('participant', 'outlet', 'partner')),
  -- Null: nobody from then on.
  person uuid,
  set_at timestamptz not null,
  set_by text not null,
  primary key (tenant, link, subject, starts_on, version),
  foreign key (tenant, person) references participant (tenant, id)
);
create index link_person on link (tenant, person);

-- The brand's own people: managers, reviewers, controllers.
create table staff (
  tenant uuid not null,
  id uuid not null,
  code text not null,
  name text not null,
  email text not null,
  role text not null check (role in ('manager', 'reviewer', 'controller', 'operator')),
  language text not null default 'en',
  primary key (tenant, id),
  unique (tenant, code),
  unique (tenant, email)
);

create table product (
  tenant uuid not null,
  id uuid not null,
  sku text not null,
  name text not null,
  brand text not null,
  category text not null,
  is_focus boolean not null default false,
  -- What shops print for it; matching tries the name and each alias.
  aliases text[] not null default '{}',
  -- Name and aliases as they are compared.
  name_keys text[] not null,
  list_price_minor bigint check (list_price_minor > 0),
  currency text not null,
  primary key (tenant, id),
  unique (tenant, sku)
);

create index outlet_partner on outlet (tenant, partner);
create index outlet_distributor on outlet (tenant, distributor);
create index outlet_area on outlet (tenant, area);
create index outlet_channel on outlet (tenant, channel);
create index participant_partner on participant (tenant, partner);
create index participant_outlet_outlet on participant_outlet (tenant, outlet);
