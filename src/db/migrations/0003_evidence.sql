-- Evidence: somebody claims that something happened. The record never changes; what we think of it is in other tables.

create table evidence (
  tenant uuid not null,
  id uuid not null,
  kind text not null check (kind in ('receipt')),
  -- SHA-256 of the bytes as received, before re-encoding.
  sha256 bytea not null check (length(sha256) = 32),
  media_type text not null,
  byte_size integer not null,
  -- Content address of the stored, re-encoded, upright picture (its SHA-256 in hex).
  object text not null,
  -- The same for the copy in all its pixels, where the stored one is smaller; it is deleted when it has been read.
  detail text,
  -- Perceptual hash of the picture (src/evidence/hash-picture.ts).
  picture_hash bigint not null,
  width integer not null,
  height integer not null,
  programme uuid not null,
  participant uuid not null,
  outlet uuid,
  source text not null check (source in ('app', 'api', 'cli')),
  captured_at timestamptz,
  latitude double precision,
  longitude double precision,
  accuracy_m double precision,
  device text,
  received_at timestamptz not null,
  primary key (tenant, id),
  unique (tenant, sha256, participant),
  foreign key (tenant, programme) references programme (tenant, id),
  foreign key (tenant, participant) references participant (tenant, id),
  foreign key (tenant, outlet) references outlet (tenant, id)
);
create index evidence_participant on evidence (tenant, participant, id);

-- Where a piece of evidence stands: how far the work has come, then the newest verdict. Mutable; the verdicts it
-- repeats are in `verification`, so that lists need not look there.
create table evidence_progress (
  tenant uuid not null,
  evidence uuid not null,
  state text not null
    check (state in ('waiting', 'reading', 'parked', 'verified', 'rejected', 'needs-review')),
  attempts integer not null default 0,
  problem text,
  changed_at timestamptz not null,
  primary key (tenant, evidence),
  foreign key (tenant, evidence) references evidence (tenant, id)
);
create index evidence_progress_state on evidence_progress (tenant, state, evidence);

-- What was read from the picture, by which engine. A better engine adds a version.
create table reading (
  tenant uuid not null,
  evidence uuid not null,
  version integer not null,
  engine text not null,
  document jsonb not null,
  created_at timestamptz not null,
  primary key (tenant, evidence, version),
  foreign key (tenant, evidence) references evidence (tenant, id)
);

-- What makes the same receipt recognisable again: the MinHash signature of its words.
create table fingerprint (
  tenant uuid not null,
  evidence uuid not null,
  signature integer[] not null,
  primary key (tenant, evidence),
  foreign key (tenant, evidence) references evidence (tenant, id)
);

-- Under which keys it is filed: the file's hash, the picture's hash, and each two of (date, total, number), so that one
-- misread field does not hide a duplicate.
create table fingerprint_key (
  tenant uuid not null,
  key text not null,
  evidence uuid not null,
  primary key (tenant, key, evidence),
  foreign key (tenant, evidence) references evidence (tenant, id)
);

-- One row per key ever filed, locked while a receipt is compared and filed: two photographs of one paper that arrive
-- together are judged one after the other.
create table fingerprint_lock (
  tenant uuid not null,
  key text not null,
  primary key (tenant, key)
);

-- A verdict with its reasons and who decided. The newest row counts.
create table verification (
  tenant uuid not null,
  id uuid not null,
  evidence uuid not null,
  reading_version integer not null,
  verdict text not null check (verdict in ('verified', 'rejected', 'needs-review')),
  -- [{code, ok, effect, facts}]: every check that was made, passed or not.
  reasons jsonb not null,
  -- {outlet, items}: the outlet and the products that were matched, after corrections.
  matches jsonb not null,
  -- The evidence of which this is a second photograph or copy.
  duplicate_of uuid,
  -- Null: decided by the product's own checks.
  decided_by uuid,
  note text,
  corrections jsonb,
  decided_at timestamptz not null,
  primary key (tenant, id),
  foreign key (tenant, evidence) references evidence (tenant, id),
  foreign key (tenant, decided_by) references staff (tenant, id)
);
create index verification_evidence on verification (tenant, evidence, id);
