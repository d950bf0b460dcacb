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

-- Versions of what a programme says of tiers, discounts and segments; nothing is overwritten.
create table progress_document (
  tenant uuid not null,
  programme uuid not null,
  kind text not null check (kind in ('tiers', 'discount', 'segment', 'list')),
  code text not null,
  version integer not null check (version > 0),
  state text not null check (state in ('live', 'retired')),
  document jsonb not null,
  -- Days from here on are judged by this version. Null: from the beginning.
  effective_from date,
  digest bytea not null check (length(digest) = 32),
  created_at timestamptz not null,
  created_by text not null,
  primary key (tenant, programme, kind, code, version),
  foreign key (tenant, programme) references programme (tenant, id)
);

-- Who had which tier from which day on, until the next row. Derived from counters and overrides, and computed again when
-- they change.
create table tier_span (
  tenant uuid not null,
  participant uuid not null,
  programme uuid not null,
  from_day date not null,
  tier text not null,
  reason text not null
    check (reason in ('enrolled', 'reached', 'kept', 'one-step', 'recomputed', 'override', 'override-ended')),
  -- What was counted when it was decided; null where nothing was.
  value bigint,
  -- The last day for which the tier is safe; null where it does not end.
  safe_until date,
  primary key (tenant, participant, programme, from_day),
  foreign key (tenant, participant) references participant (tenant, id)
);
create index tier_span_safe on tier_span (tenant, programme, safe_until);

-- Whose tiers are to be computed again on the night of a day, because something counts then that is known already: what a
-- goal of the month has paid.
create table tier_due (
  tenant uuid not null,
  programme uuid not null,
  participant uuid not null,
  day date not null,
  primary key (tenant, programme, participant),
  foreign key (tenant, participant) references participant (tenant, id)
);

-- Tiers given by hand. Of several for one day the newest counts.
create table tier_override (
  tenant uuid not null,
  id uuid not null,
  programme uuid not null,
  participant uuid not null,
  tier text not null,
  from_day date not null,
  until_day date not null,
  reason text not null,
  set_by text not null,
  set_at timestamptz not null,
  primary key (tenant, id),
  foreign key (tenant, participant) references participant (tenant, id),
  check (from_day <= until_day)
);
create index tier_override_participant on tier_override (tenant, participant);

-- What people were enrolled with, once their tier was computed.
alter table participant add column enrolled_tier text;

-- A day of their own from which cycles of tiers may be counted.
alter table participant add column contract_on date;

-- Who belongs to a segment now.
create table segment_member (
  tenant uuid not null,
  programme uuid not null,
  segment text not null,
  participant uuid not null,
  since timestamptz not null,
  primary key (tenant, programme, segment, participant),
  foreign key (tenant, participant) references participant (tenant, id)
);
create index segment_member_participant on segment_member (tenant, participant);

-- Every discount that was asked for otherwise than the table says: by whom and why.
create table discount_override (
  tenant uuid not null,
  id uuid not null,
  programme uuid not null,
  discount text not null,
  subject uuid not null,
  day date not null,
  percent integer not null check (percent between 0 and 100),
  table_percent integer not null,
  amount_minor bigint not null,
  reason text not null,
  staff uuid not null,
  at timestamptz not null,
  primary key (tenant, id)
);
