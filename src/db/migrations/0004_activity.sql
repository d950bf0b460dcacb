-- Activity: what we believe after checking. A correction is a new version; nothing is overwritten.

-- The time first recorded for an external key: every id made from that key takes its time part from here.
create table activity_key (
  tenant uuid not null,
  source text not null,
  external_key text not null,
  activity uuid not null,
  recorded_at timestamptz not null,
  primary key (tenant, source, external_key)
);

create table activity (
  tenant uuid not null,
  id uuid not null,
  version integer not null check (version > 0),
  kind text not null,
  programme uuid not null,
  evidence uuid,
  participant uuid not null,
  outlet uuid not null,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  currency text not null,
  total_minor bigint not null,
  -- A withdrawn activity counts for nothing; its awards are taken back.
  withdrawn boolean not null default false,
  reason text,
  primary key (tenant, id, version),
  foreign key (tenant, programme) references programme (tenant, id),
  foreign key (tenant, participant) references participant (tenant, id),
  foreign key (tenant, outlet) references outlet (tenant, id)
);
create index activity_participant on activity (tenant, participant, id);
create index activity_evidence on activity (tenant, evidence) where evidence is not null;

create table activity_line (
  tenant uuid not null,
  activity uuid not null,
  version integer not null,
  line integer not null,
  text text not null,
  product uuid,
  quantity_milli bigint not null,
  amount_minor bigint not null,
  primary key (tenant, activity, version, line),
  foreign key (tenant, activity, version) references activity (tenant, id, version),
  foreign key (tenant, product) references product (tenant, id)
);

create table rule (
  tenant uuid not null,
  id uuid not null,
  version integer not null check (version > 0),
  code text not null,
  programme uuid not null,
  state text not null check (state in ('draft', 'live', 'retired')),
  document jsonb not null,
  created_at timestamptz not null,
  created_by text not null,
  primary key (tenant, id, version),
  unique (tenant, programme, code, version),
  foreign key (tenant, programme) references programme (tenant, id)
);

-- For each version of an activity: every considered rule, fired or not, with reason and values.
create table evaluation (
  tenant uuid not null,
  activity uuid not null,
  version integer not null,
  document jsonb not null,
  at timestamptz not null,
  primary key (tenant, activity, version)
);

-- Units a rule has granted to a participant in a period; read and written under lock inside the posting transaction.
create table rule_usage (
  tenant uuid not null,
  rule uuid not null,
  participant uuid not null,
  period text not null,
  units bigint not null default 0,
  primary key (tenant, rule, participant, period)
);
