-- Activity: what we believe after checking. A correction is a new version; nothing is overwritten.
--
-- These tables grow by every sale, and checking references cost three times what inserting the rows did. Programmes, people,
-- outlets and goods are looked up in the same transaction before (src/activity/record.ts, src/flow/record-activities.ts) and
-- nobody who serves may delete one (src/db/secure.ts); lines and evaluations are written with their activity.

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
  -- Of the total, what was paid with points or vouchers.
  points_minor bigint not null default 0 check (points_minor >= 0),
  -- What the programme declares for its kind, by name; null: nothing of the kind.
  attributes json,
  -- A withdrawn activity counts for nothing; its awards are taken back.
  withdrawn boolean not null default false,
  -- Why this version was made; null for the first.
  reason text,
  -- SHA-256 of what the version says: the same again is a replay and adds nothing.
  digest bytea not null check (length(digest) = 32),
  primary key (tenant, id, version),
  foreign key (tenant, evidence) references evidence (tenant, id)
);
create index activity_participant on activity (tenant, participant, id);
-- What was corrected may have been recorded first long before.
create index activity_corrected on activity (tenant, participant, recorded_at) where version > 1;
create index activity_evidence on activity (tenant, evidence) where evidence is not null;

create table activity_line (
  tenant uuid not null,
  activity uuid not null,
  version integer not null,
  line integer not null,
  text text not null,
  product uuid,
  -- The product as the catalogue had it when the version was recorded, so that an evaluation can be repeated for ever.
  sku text,
  category text,
  is_focus boolean not null default false,
  quantity_milli bigint not null,
  amount_minor bigint not null,
  primary key (tenant, activity, version, line)
);

-- Versions of rules. Nothing is overwritten: an edit and a change of state each add a version.
create table rule (
  tenant uuid not null,
  id uuid not null,
  version integer not null check (version > 0),
  code text not null,
  programme uuid not null,
  state text not null check (state in ('draft', 'proposed', 'live', 'retired')),
  document jsonb not null,
  -- Events from here on are judged by this version, until a later version takes over. Null: from the beginning.
  effective_from timestamptz,
  -- SHA-256 of state and document: saving the same again adds nothing.
  digest bytea not null check (length(digest) = 32),
  created_at timestamptz not null,
  created_by text not null,
  primary key (tenant, id, version),
  unique (tenant, programme, code, version),
  foreign key (tenant, programme) references programme (tenant, id)
);

-- For each version of an activity: the facts it was judged by, and every considered rule, fired or not, with reason
-- and values. Written by every sale and seldom read: as json, which is kept as it came, in half the time of jsonb.
create table evaluation (
  tenant uuid not null,
  activity uuid not null,
  version integer not null,
  -- By themselves, for replays read them alone, millions at a time.
  facts json not null,
  document json not null,
  at timestamptz not null,
  primary key (tenant, activity, version)
);

-- Units of an asset that a rule has granted to a subject (a participant, an outlet, or the rule itself for a limit on
-- everybody together) in a period; read and written under lock inside the posting transaction.
create table rule_usage (
  tenant uuid not null,
  rule uuid not null,
  subject uuid not null,
  asset text not null,
  period text not null,
  units bigint not null default 0 check (units >= 0),
  primary key (tenant, rule, subject, asset, period)
);
