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
