-- Messages to people, sign-in, and answers kept for repeated requests.

-- The outbox: written with what caused it, delivered by a job.
create table message (
  tenant uuid not null,
  id uuid not null,
  participant uuid not null,
  channel text not null check (channel in ('in-app')),
  key text not null,
  facts jsonb not null,
  language text not null,
  cause uuid,
  -- The rendered text, as delivered.
  body text,
  created_at timestamptz not null,
  sent_at timestamptz,
  read_at timestamptz,
  primary key (tenant, id),
  foreign key (tenant, participant) references participant (tenant, id)
);
create index message_participant on message (tenant, participant, id);
create index message_unsent on message (tenant, id) where sent_at is null;
-- One cause is told to one person once in the same words, however often the work that caused it runs.
create unique index message_cause on message (tenant, cause, participant, key);

create table one_time_code (
  tenant uuid not null,
  id uuid not null,
  subject uuid not null,
  subject_kind text not null check (subject_kind in ('participant', 'staff')),
  -- HMAC of the code: the code itself is never stored.
  code_hmac bytea not null,
  attempts integer not null default 0,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (tenant, id)
);
create index one_time_code_subject on one_time_code (tenant, subject, id);

create table session (
  tenant uuid not null,
  -- SHA-256 of the token: the token itself is never stored.
  token_hash bytea not null,
  subject uuid not null,
  subject_kind text not null check (subject_kind in ('participant', 'staff')),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (tenant, token_hash)
);

-- A system that asks on its own: a till, an ERP, an accounting system. Revoked keys stay, so that who made and who ended
-- them stays known.
create table api_key (
  tenant uuid not null,
  id uuid not null,
  name text not null check (length(name) between 1 and 120),
  -- SHA-256 of the key: the key itself is never stored. It has 256 random bits, so nobody guesses it from this.
  token_hash bytea not null,
  -- The key's last characters, by which people tell theirs.
  ending text not null,
  may text[] not null check (may <@ array['record', 'quote', 'read'] and cardinality(may) > 0),
  -- Null: every programme.
  programme uuid,
  -- Null: every outlet.
  outlets uuid[] check (cardinality(outlets) > 0),
  -- Null: from the command line.
  created_by uuid,
  created_at timestamptz not null,
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_by uuid,
  revoked_at timestamptz,
  primary key (tenant, id),
  unique (tenant, token_hash),
  foreign key (tenant, programme) references programme (tenant, id),
  foreign key (tenant, created_by) references staff (tenant, id),
  foreign key (tenant, revoked_by) references staff (tenant, id)
);

-- The first answer to a write with an Idempotency-Key, stored in the same transaction as the write.
create table idempotency (
  tenant uuid not null,
  actor uuid not null,
  route text not null,
  key text not null check (length(key) between 1 and 255),
  request_hash bytea not null,
  status integer not null,
  body jsonb not null,
  at timestamptz not null,
  primary key (tenant, actor, route, key)
);
