-- Who decided what about a programme: drafts, proposals, waivers, launches, retirements, stopped experiments.

create table decision (
  tenant uuid not null,
  id uuid not null,
  programme uuid not null,
  at timestamptz not null,
  -- Code of the staff member, or `mitra` for what it did by itself.
  by text not null,
  what text not null check (what in ('drafted', 'proposed', 'declined', 'launched', 'retired', 'configured', 'stopped')),
  -- What it is about: a version of a rule, or an experiment.
  rule uuid,
  version integer,
  experiment text,
  -- Reasons and numbers: the replay or the waiver, the cost, the bound.
  facts jsonb not null default '{}',
  primary key (tenant, id),
  foreign key (tenant, programme) references programme (tenant, id)
);
create index decision_rule on decision (tenant, rule, id) where rule is not null;

-- What a rule would have cost, for exactly this document: a draft goes live on the strength of it.
create table rule_replay (
  tenant uuid not null,
  programme uuid not null,
  -- SHA-256 of the document (src/rules/digest-document.ts).
  digest bytea not null check (length(digest) = 32),
  at timestamptz not null,
  by text not null,
  first_day date not null,
  last_day date not null,
  activities bigint not null check (activities >= 0),
  -- Units by asset that this rule would have awarded.
  cost jsonb not null,
  primary key (tenant, programme, digest, at),
  foreign key (tenant, programme) references programme (tenant, id)
);

-- A look at an experiment on which it might have been stopped; each look spends some of the allowed rate of false stops.
create table experiment_look (
  tenant uuid not null,
  programme uuid not null,
  experiment text not null,
  look integer not null check (look > 0),
  at timestamptz not null,
  -- {uplift, interval, sizes, stopped}
  document jsonb not null,
  primary key (tenant, programme, experiment, look),
  foreign key (tenant, programme) references programme (tenant, id)
);
