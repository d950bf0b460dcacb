-- Replays that were asked for over the API: how far each is and what came out. Derived: it can be asked for again.

create table replay (
  tenant uuid not null,
  id uuid not null,
  programme uuid not null,
  asked_by uuid not null,
  first_day date not null,
  last_day date not null,
  -- The proposed rule documents.
  documents jsonb not null,
  state text not null check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
  -- Versions of activities evaluated, of how many.
  evaluated bigint not null default 0,
  expected bigint,
  -- What came out (src/replay/replay.ts), or why nothing did.
  result jsonb,
  problem text,
  created_at timestamptz not null,
  ended_at timestamptz,
  primary key (tenant, id),
  foreign key (tenant, programme) references programme (tenant, id)
);
