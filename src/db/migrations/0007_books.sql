-- Periods that were closed: nothing is posted any more that happened before `before`. What the books said then stands here,
-- so that whoever reads them later can show that they still say the same.
create table period_close (
  tenant uuid not null,
  before timestamptz(3) not null,
  closed_at timestamptz(3) not null,
  -- A member of staff; null: the operator, on the command line.
  closed_by uuid,
  -- SHA-256 over the trial balance of everything that happened before (src/ledger/trial-balance.ts).
  digest bytea not null,
  -- The head of the chain at that time.
  seq bigint not null,
  hash bytea not null,
  primary key (tenant, before)
);

-- Each look at the whole book, or at what came since the look before: up to which batch it was right, or what was wrong.
create table verified (
  tenant uuid not null,
  id uuid not null,
  at timestamptz(3) not null,
  is_full boolean not null,
  seq bigint not null,
  hash bytea not null,
  -- The posting time of that batch; null before the first.
  posted_at timestamptz(3),
  -- Null: everything was right.
  problem text,
  primary key (tenant, id)
);
