-- What adds up over time: counters, goals, tiers, segments.

-- A counter that a live rule, tier or discount asks for, filled from history when it is first wanted; what it counts is
-- in its id (src/progress/counter.ts).
create table counter (
  tenant uuid not null,
  id uuid not null,
  programme uuid not null,
  filled_at timestamptz not null,
  -- Through which day the goals were settled that wait for the end of their period.
  settled_on date,
  primary key (tenant, id),
  foreign key (tenant, programme) references programme (tenant, id)
);

-- What activities added up to on one day, by the programme's clock. Derived: it can be computed again from activities.
create table counter_day (
  tenant uuid not null,
  counter uuid not null,
  -- The participant, outlet or partner for whom it is counted.
  subject uuid not null,
  day date not null,
  -- What is counted once however often it comes (an outlet, an SKU); empty for what is added up.
  item text not null default '',
  value bigint not null,
  primary key (tenant, counter, subject, day, item)
) with (fillfactor = 80);

-- A target of one's own. The newest row that begins on or before a period's first day counts for the period.
create table target (
  tenant uuid not null,
  rule uuid not null,
  subject uuid not null,
  starts_on date not null,
  version integer not null check (version > 0),
  value bigint not null check (value > 0),
  reason text not null,
  set_at timestamptz not null,
  set_by text not null,
  primary key (tenant, rule, subject, starts_on, version)
);

-- What a goal of somebody in a period has brought: each change is a further turn, and the highest counts.
create table settlement (
  tenant uuid not null,
  -- Made from rule, period and subject: it causes the transfers.
  goal uuid not null,
  turn integer not null check (turn > 0),
  rule uuid not null,
  version integer not null,
  subject uuid not null,
  first_day date not null,
  last_day date not null,
  -- {considered, uses, done, target}: as in `evaluation`.
  document jsonb not null,
  at timestamptz not null,
  primary key (tenant, goal, turn)
);
create index settlement_subject on settlement (tenant, subject, last_day);
