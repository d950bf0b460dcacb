-- Generated from the database by test/schema.test.ts: do not edit.

create table schema_migration (
  version integer not null,
  name text not null,
  sha256 text not null,
  applied_at timestamp with time zone not null default now(),
  constraint schema_migration_pkey PRIMARY KEY (version)
);

grant select on schema_migration to mitra_app, mitra_worker;

create table tenant (
  tenant uuid not null,
  code text not null,
  name text not null,
  created_at timestamp with time zone not null default now(),
  constraint tenant_pkey PRIMARY KEY (tenant),
  constraint tenant_code_key UNIQUE (code)
);

grant insert, select on tenant to mitra_app, mitra_worker;

create table programme (
  tenant uuid not null,
  id uuid not null,
  code text not null,
  name text not null,
  starts_on date not null,
  ends_on date not null,
  time_zone text not null,
  currency text not null,
  settings jsonb not null default '{}'::jsonb,
  constraint programme_pkey PRIMARY KEY (tenant, id),
  constraint programme_tenant_code_key UNIQUE (tenant, code),
  constraint programme_check CHECK ((starts_on <= ends_on))
);

alter table programme enable row level security;
alter table programme force row level security;
create policy tenant_rows on programme using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
grant insert, select, update on programme to mitra_app, mitra_worker;

create table area (
  tenant uuid not null,
  id uuid not null,
  code text not null,
  name text not null,
  parent uuid,
  constraint area_pkey PRIMARY KEY (tenant, id),
  constraint area_tenant_code_key UNIQUE (tenant, code),
  constraint area_tenant_parent_fkey FOREIGN KEY (tenant, parent) REFERENCES area(tenant, id)
);

CREATE INDEX area_parent ON public.area USING btree (tenant, parent);
alter table area enable row level security;
alter table area force row level security;
create policy tenant_rows on area using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
grant delete, insert, select, update on area to mitra_app, mitra_worker;

create table partner (
  tenant uuid not null,
  id uuid not null,
  code text not null,
  kind text not null,
  name text not null,
  constraint partner_pkey PRIMARY KEY (tenant, id),
  constraint partner_tenant_code_key UNIQUE (tenant, code),
  constraint partner_kind_check CHECK ((kind = ANY (ARRAY['distributor'::text, 'wholesaler'::text, 'retailer'::text, 'fulfilment'::text, 'coalition'::text])))
);

alter table partner enable row level security;
alter table partner force row level security;
create policy tenant_rows on partner using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
grant delete, insert, select, update on partner to mitra_app, mitra_worker;

create table outlet (
  tenant uuid not null,
  id uuid not null,
  code text not null,
  name text not null,
  address text not null default ''::text,
  name_key text not null,
  address_key text not null,
  partner uuid not null,
  distributor uuid,
  area uuid not null,
  channel text not null default 'general-trade'::text,
  latitude double precision,
  longitude double precision,
  is_open boolean not null default false,
  constraint outlet_pkey PRIMARY KEY (tenant, id),
  constraint outlet_tenant_code_key UNIQUE (tenant, code),
  constraint outlet_tenant_area_fkey FOREIGN KEY (tenant, area) REFERENCES area(tenant, id),
  constraint outlet_tenant_distributor_fkey FOREIGN KEY (tenant, distributor) REFERENCES partner(tenant, id),
  constraint outlet_tenant_partner_fkey FOREIGN KEY (tenant, partner) REFERENCES partner(tenant, id)
);

CREATE INDEX outlet_area ON public.outlet USING btree (tenant, area);
CREATE INDEX outlet_channel ON public.outlet USING btree (tenant, channel);
CREATE INDEX outlet_distributor ON public.outlet USING btree (tenant, distributor);
CREATE INDEX outlet_partner ON public.outlet USING btree (tenant, partner);
alter table outlet enable row level security;
alter table outlet force row level security;
create policy tenant_rows on outlet using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
grant insert, select, update on outlet to mitra_app, mitra_worker;

create table participant (
  tenant uuid not null,
  id uuid not null,
  code text not null,
  kind text not null,
  name text not null,
  phone text,
  language text not null default 'en'::text,
  partner uuid not null,
  tier text not null default 'bronze'::text,
  created_at timestamp with time zone not null default now(),
  joined_on date,
  enrolled_tier text,
  contract_on date,
  constraint participant_pkey PRIMARY KEY (tenant, id),
  constraint participant_tenant_code_key UNIQUE (tenant, code),
  constraint participant_tenant_phone_key UNIQUE (tenant, phone),
  constraint participant_kind_check CHECK ((kind = ANY (ARRAY['seller'::text, 'owner'::text, 'promoter'::text, 'influencer'::text, 'buyer'::text]))),
  constraint participant_tenant_partner_fkey FOREIGN KEY (tenant, partner) REFERENCES partner(tenant, id)
);

CREATE INDEX participant_partner ON public.participant USING btree (tenant, partner);
alter table participant enable row level security;
alter table participant force row level security;
create policy tenant_rows on participant using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
grant insert, select, update on participant to mitra_app, mitra_worker;

create table participant_outlet (
  tenant uuid not null,
  participant uuid not null,
  outlet uuid not null,
  constraint participant_outlet_pkey PRIMARY KEY (tenant, participant, outlet),
  constraint participant_outlet_tenant_outlet_fkey FOREIGN KEY (tenant, outlet) REFERENCES outlet(tenant, id),
  constraint participant_outlet_tenant_participant_fkey FOREIGN KEY (tenant, participant) REFERENCES participant(tenant, id)
);

CREATE INDEX participant_outlet_outlet ON public.participant_outlet USING btree (tenant, outlet);
alter table participant_outlet enable row level security;
alter table participant_outlet force row level security;
create policy tenant_rows on participant_outlet using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
grant delete, insert, select, update on participant_outlet to mitra_app, mitra_worker;

create table sought (
  tenant uuid not null,
  kind text not null,
  key text not null,
  id uuid not null,
  constraint sought_pkey PRIMARY KEY (tenant, kind, key, id),
  constraint sought_kind_check CHECK ((kind = ANY (ARRAY['outlet'::text, 'participant'::text])))
);

CREATE INDEX sought_id ON public.sought USING btree (tenant, id, key);
alter table sought enable row level security;
alter table sought force row level security;
create policy tenant_rows on sought using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
grant delete, insert, select, update on sought to mitra_app, mitra_worker;

create table link (
  tenant uuid not null,
  link text not null,
  subject uuid not null,
  starts_on date not null,
  version integer not null,
  subject_kind text not null,
  person uuid,
  set_at timestamp with time zone not null,
  set_by text not null,
  constraint link_pkey PRIMARY KEY (tenant, link, subject, starts_on, version),
  constraint link_subject_kind_check CHECK ((subject_kind = ANY (ARRAY['participant'::text, 'outlet'::text, 'partner'::text]))),
  constraint link_version_check CHECK ((version > 0)),
  constraint link_tenant_person_fkey FOREIGN KEY (tenant, person) REFERENCES participant(tenant, id)
);

CREATE INDEX link_person ON public.link USING btree (tenant, person);
alter table link enable row level security;
alter table link force row level security;
create policy tenant_rows on link using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON public.link FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER rows_never_change BEFORE DELETE OR UPDATE ON public.link FOR EACH ROW EXECUTE FUNCTION refuse_change();
grant insert, select on link to mitra_app, mitra_worker;

create table staff (
  tenant uuid not null,
  id uuid not null,
  code text not null,
  name text not null,
  email text not null,
  role text not null,
  language text not null default 'en'::text,
  constraint staff_pkey PRIMARY KEY (tenant, id),
  constraint staff_tenant_code_key UNIQUE (tenant, code),
  constraint staff_tenant_email_key UNIQUE (tenant, email),
  constraint staff_role_check CHECK ((role = ANY (ARRAY['manager'::text, 'reviewer'::text, 'controller'::text, 'operator'::text])))
);

alter table staff enable row level security;
alter table staff force row level security;
create policy tenant_rows on staff using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
grant delete, insert, select, update on staff to mitra_app, mitra_worker;

create table product (
  tenant uuid not null,
  id uuid not null,
  sku text not null,
  name text not null,
  brand text not null,
  category text not null,
  is_focus boolean not null default false,
  aliases text[] not null default '{}'::text[],
  name_keys text[] not null,
  list_price_minor bigint,
  currency text not null,
  constraint product_pkey PRIMARY KEY (tenant, id),
  constraint product_tenant_sku_key UNIQUE (tenant, sku),
  constraint product_list_price_minor_check CHECK ((list_price_minor > 0))
);

alter table product enable row level security;
alter table product force row level security;
create policy tenant_rows on product using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
grant insert, select, update on product to mitra_app, mitra_worker;

create table asset (
  tenant uuid not null,
  id uuid not null,
  code text not null,
  kind text not null,
  scale smallint not null,
  seal bytea not null,
  constraint asset_pkey PRIMARY KEY (tenant, id),
  constraint asset_tenant_code_key UNIQUE (tenant, code),
  constraint asset_kind_check CHECK ((kind = ANY (ARRAY['points'::text, 'status'::text, 'money'::text, 'goods'::text, 'codes'::text]))),
  constraint asset_scale_check CHECK (((scale >= 0) AND (scale <= 9))),
  constraint asset_seal_check CHECK ((length(seal) = 32))
);

alter table asset enable row level security;
alter table asset force row level security;
create policy tenant_rows on asset using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON public.asset FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER rows_never_change BEFORE DELETE OR UPDATE ON public.asset FOR EACH ROW EXECUTE FUNCTION refuse_change();
grant insert, select on asset to mitra_app, mitra_worker;

create table account (
  tenant uuid not null,
  id uuid not null,
  asset uuid not null,
  owner uuid not null,
  role text not null,
  balance bigint not null default 0,
  held bigint not null default 0,
  spent bigint not null default 0,
  floor bigint,
  moved_at timestamp(3) with time zone,
  constraint account_pkey PRIMARY KEY (tenant, id),
  constraint account_tenant_owner_role_asset_key UNIQUE (tenant, owner, role, asset),
  constraint account_floor CHECK (((floor IS NULL) OR ((balance - held) >= floor))),
  constraint account_held_check CHECK ((held >= 0)),
  constraint account_spent_check CHECK ((spent >= 0))
) with (fillfactor=60);

CREATE INDEX account_debt ON public.account USING btree (tenant, owner, asset) WHERE (role = 'debt'::text);
alter table account enable row level security;
alter table account force row level security;
create policy tenant_rows on account using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
grant delete, insert, select, update on account to mitra_app, mitra_worker;

create table transfer (
  tenant uuid not null,
  id uuid not null,
  debit uuid not null,
  credit uuid not null,
  cause uuid,
  tx uuid,
  amount bigint not null,
  effective_at timestamp(3) with time zone not null,
  at timestamp(3) with time zone not null,
  expires_on date,
  kind transfer_kind not null,
  resolves uuid,
  reverses uuid,
  times_out_at timestamp(3) with time zone,
  tax_class text,
  constraint transfer_pkey PRIMARY KEY (tenant, id),
  constraint transfer_amount_check CHECK ((amount > 0)),
  constraint transfer_check CHECK ((debit <> credit)),
  constraint transfer_check1 CHECK (((resolves IS NOT NULL) = (kind = ANY (ARRAY['capture'::transfer_kind, 'release'::transfer_kind, 'activate'::transfer_kind])))),
  constraint transfer_check2 CHECK (((resolves IS NULL) OR (reverses IS NULL))),
  constraint transfer_check3 CHECK (((times_out_at IS NULL) OR (kind = 'hold'::transfer_kind)))
);

CREATE INDEX transfer_at ON ONLY public.transfer USING brin (at) WITH (pages_per_range='32', autosummarize='on');
CREATE INDEX transfer_credit ON ONLY public.transfer USING btree (credit, at);
CREATE INDEX transfer_debit ON ONLY public.transfer USING btree (debit, at);
CREATE INDEX transfer_resolves ON ONLY public.transfer USING btree (resolves) WHERE (resolves IS NOT NULL);
CREATE INDEX transfer_reverses ON ONLY public.transfer USING btree (reverses) WHERE (reverses IS NOT NULL);
alter table transfer enable row level security;
alter table transfer force row level security;
create policy tenant_rows on transfer using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON public.transfer FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER rows_never_change BEFORE DELETE OR UPDATE ON public.transfer FOR EACH ROW EXECUTE FUNCTION refuse_change();
grant insert, select on transfer to mitra_app, mitra_worker;

create table transfer_p0 (
  tenant uuid not null,
  id uuid not null,
  debit uuid not null,
  credit uuid not null,
  cause uuid,
  tx uuid,
  amount bigint not null,
  effective_at timestamp(3) with time zone not null,
  at timestamp(3) with time zone not null,
  expires_on date,
  kind transfer_kind not null,
  resolves uuid,
  reverses uuid,
  times_out_at timestamp(3) with time zone,
  tax_class text,
  constraint transfer_p0_pkey PRIMARY KEY (tenant, id),
  constraint transfer_amount_check CHECK ((amount > 0)),
  constraint transfer_check CHECK ((debit <> credit)),
  constraint transfer_check1 CHECK (((resolves IS NOT NULL) = (kind = ANY (ARRAY['capture'::transfer_kind, 'release'::transfer_kind, 'activate'::transfer_kind])))),
  constraint transfer_check2 CHECK (((resolves IS NULL) OR (reverses IS NULL))),
  constraint transfer_check3 CHECK (((times_out_at IS NULL) OR (kind = 'hold'::transfer_kind)))
);

CREATE INDEX transfer_p0_at_idx ON public.transfer_p0 USING brin (at) WITH (pages_per_range='32', autosummarize='on');
CREATE INDEX transfer_p0_credit_at_idx ON public.transfer_p0 USING btree (credit, at);
CREATE INDEX transfer_p0_debit_at_idx ON public.transfer_p0 USING btree (debit, at);
CREATE INDEX transfer_p0_resolves_idx ON public.transfer_p0 USING btree (resolves) WHERE (resolves IS NOT NULL);
CREATE INDEX transfer_p0_reverses_idx ON public.transfer_p0 USING btree (reverses) WHERE (reverses IS NOT NULL);
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON public.transfer_p0 FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER rows_never_change BEFORE DELETE OR UPDATE ON public.transfer_p0 FOR EACH ROW EXECUTE FUNCTION refuse_change();

create table turnover (
  tenant uuid not null,
  asset uuid not null,
  role text not null,
  account uuid not null,
  effective_day date not null,
  at_day date not null,
  debit bigint not null,
  credit bigint not null,
  constraint turnover_pkey PRIMARY KEY (tenant, asset, role, account, effective_day, at_day),
  constraint turnover_credit_check CHECK ((credit >= 0)),
  constraint turnover_debit_check CHECK ((debit >= 0))
) with (fillfactor=60);

alter table turnover enable row level security;
alter table turnover force row level security;
create policy tenant_rows on turnover using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
grant delete, insert, select, update on turnover to mitra_app, mitra_worker;

create table lot (
  tenant uuid not null,
  account uuid not null,
  expires_on date not null,
  earned bigint not null default 0,
  open boolean not null default true,
  constraint lot_pkey PRIMARY KEY (tenant, account, expires_on),
  constraint lot_earned_check CHECK ((earned >= 0))
) with (fillfactor=60);

CREATE INDEX lot_open ON public.lot USING btree (tenant, expires_on, account) WHERE open;
alter table lot enable row level security;
alter table lot force row level security;
create policy tenant_rows on lot using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
grant delete, insert, select, update on lot to mitra_app, mitra_worker;

create table hold (
  tenant uuid not null,
  id uuid not null,
  account uuid not null,
  open bigint not null,
  times_out_at timestamp(3) with time zone,
  constraint hold_pkey PRIMARY KEY (tenant, id),
  constraint hold_open_check CHECK ((open >= 0))
);

CREATE INDEX hold_account ON public.hold USING btree (tenant, account) WHERE (open > 0);
CREATE INDEX hold_times_out ON public.hold USING btree (tenant, times_out_at) WHERE ((open > 0) AND (times_out_at IS NOT NULL));
alter table hold enable row level security;
alter table hold force row level security;
create policy tenant_rows on hold using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
grant delete, insert, select, update on hold to mitra_app, mitra_worker;

create table batch (
  tenant uuid not null,
  seq bigint not null,
  at timestamp(3) with time zone not null,
  n integer not null,
  prev bytea not null,
  leaves bytea not null,
  root bytea not null,
  hash bytea not null,
  constraint batch_pkey PRIMARY KEY (tenant, seq),
  constraint batch_tenant_at_key UNIQUE (tenant, at),
  constraint batch_n_check CHECK ((n > 0))
);

alter table batch enable row level security;
alter table batch force row level security;
create policy tenant_rows on batch using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON public.batch FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER rows_never_change BEFORE DELETE OR UPDATE ON public.batch FOR EACH ROW EXECUTE FUNCTION refuse_change();
grant insert, select on batch to mitra_app, mitra_worker;

create table chain (
  tenant uuid not null,
  seq bigint not null,
  hash bytea not null,
  at timestamp(3) with time zone not null,
  closed_before timestamp(3) with time zone,
  constraint chain_pkey PRIMARY KEY (tenant)
);

alter table chain enable row level security;
alter table chain force row level security;
create policy tenant_rows on chain using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
grant delete, insert, select, update on chain to mitra_app, mitra_worker;

create table evidence (
  tenant uuid not null,
  id uuid not null,
  kind text not null,
  sha256 bytea not null,
  media_type text not null,
  byte_size integer not null,
  object text not null,
  detail text,
  picture_hash bigint not null,
  width integer not null,
  height integer not null,
  programme uuid not null,
  participant uuid not null,
  outlet uuid,
  source text not null,
  captured_at timestamp with time zone,
  latitude double precision,
  longitude double precision,
  accuracy_m double precision,
  device text,
  received_at timestamp with time zone not null,
  constraint evidence_pkey PRIMARY KEY (tenant, id),
  constraint evidence_tenant_sha256_participant_key UNIQUE (tenant, sha256, participant),
  constraint evidence_kind_check CHECK ((kind = 'receipt'::text)),
  constraint evidence_sha256_check CHECK ((length(sha256) = 32)),
  constraint evidence_source_check CHECK ((source = ANY (ARRAY['app'::text, 'api'::text, 'cli'::text]))),
  constraint evidence_tenant_outlet_fkey FOREIGN KEY (tenant, outlet) REFERENCES outlet(tenant, id),
  constraint evidence_tenant_participant_fkey FOREIGN KEY (tenant, participant) REFERENCES participant(tenant, id),
  constraint evidence_tenant_programme_fkey FOREIGN KEY (tenant, programme) REFERENCES programme(tenant, id)
);

CREATE INDEX evidence_participant ON public.evidence USING btree (tenant, participant, id);
alter table evidence enable row level security;
alter table evidence force row level security;
create policy tenant_rows on evidence using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON public.evidence FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER rows_never_change BEFORE DELETE OR UPDATE ON public.evidence FOR EACH ROW EXECUTE FUNCTION refuse_change();
grant insert, select on evidence to mitra_app, mitra_worker;

create table evidence_progress (
  tenant uuid not null,
  evidence uuid not null,
  state text not null,
  attempts integer not null default 0,
  problem text,
  changed_at timestamp with time zone not null,
  constraint evidence_progress_pkey PRIMARY KEY (tenant, evidence),
  constraint evidence_progress_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'reading'::text, 'parked'::text, 'verified'::text, 'rejected'::text, 'needs-review'::text]))),
  constraint evidence_progress_tenant_evidence_fkey FOREIGN KEY (tenant, evidence) REFERENCES evidence(tenant, id)
);

CREATE INDEX evidence_progress_state ON public.evidence_progress USING btree (tenant, state, evidence);
alter table evidence_progress enable row level security;
alter table evidence_progress force row level security;
create policy tenant_rows on evidence_progress using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
grant delete, insert, select, update on evidence_progress to mitra_app, mitra_worker;

create table reading (
  tenant uuid not null,
  evidence uuid not null,
  version integer not null,
  engine text not null,
  document jsonb not null,
  created_at timestamp with time zone not null,
  constraint reading_pkey PRIMARY KEY (tenant, evidence, version),
  constraint reading_tenant_evidence_fkey FOREIGN KEY (tenant, evidence) REFERENCES evidence(tenant, id)
);

alter table reading enable row level security;
alter table reading force row level security;
create policy tenant_rows on reading using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON public.reading FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER rows_never_change BEFORE DELETE OR UPDATE ON public.reading FOR EACH ROW EXECUTE FUNCTION refuse_change();
grant insert, select on reading to mitra_app, mitra_worker;

create table fingerprint (
  tenant uuid not null,
  evidence uuid not null,
  signature integer[] not null,
  constraint fingerprint_pkey PRIMARY KEY (tenant, evidence),
  constraint fingerprint_tenant_evidence_fkey FOREIGN KEY (tenant, evidence) REFERENCES evidence(tenant, id)
);

alter table fingerprint enable row level security;
alter table fingerprint force row level security;
create policy tenant_rows on fingerprint using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
grant delete, insert, select, update on fingerprint to mitra_app, mitra_worker;

create table fingerprint_key (
  tenant uuid not null,
  key text not null,
  evidence uuid not null,
  constraint fingerprint_key_pkey PRIMARY KEY (tenant, key, evidence),
  constraint fingerprint_key_tenant_evidence_fkey FOREIGN KEY (tenant, evidence) REFERENCES evidence(tenant, id)
);

alter table fingerprint_key enable row level security;
alter table fingerprint_key force row level security;
create policy tenant_rows on fingerprint_key using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
grant delete, insert, select, update on fingerprint_key to mitra_app, mitra_worker;

create table fingerprint_lock (
  tenant uuid not null,
  key text not null,
  constraint fingerprint_lock_pkey PRIMARY KEY (tenant, key)
);

alter table fingerprint_lock enable row level security;
alter table fingerprint_lock force row level security;
create policy tenant_rows on fingerprint_lock using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
grant delete, insert, select, update on fingerprint_lock to mitra_app, mitra_worker;

create table verification (
  tenant uuid not null,
  id uuid not null,
  evidence uuid not null,
  reading_version integer not null,
  verdict text not null,
  reasons jsonb not null,
  matches jsonb not null,
  duplicate_of uuid,
  decided_by uuid,
  note text,
  corrections jsonb,
  decided_at timestamp with time zone not null,
  constraint verification_pkey PRIMARY KEY (tenant, id),
  constraint verification_verdict_check CHECK ((verdict = ANY (ARRAY['verified'::text, 'rejected'::text, 'needs-review'::text]))),
  constraint verification_tenant_decided_by_fkey FOREIGN KEY (tenant, decided_by) REFERENCES staff(tenant, id),
  constraint verification_tenant_evidence_fkey FOREIGN KEY (tenant, evidence) REFERENCES evidence(tenant, id)
);

CREATE INDEX verification_evidence ON public.verification USING btree (tenant, evidence, id);
alter table verification enable row level security;
alter table verification force row level security;
create policy tenant_rows on verification using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON public.verification FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER rows_never_change BEFORE DELETE OR UPDATE ON public.verification FOR EACH ROW EXECUTE FUNCTION refuse_change();
grant insert, select on verification to mitra_app, mitra_worker;

create table activity_key (
  tenant uuid not null,
  source text not null,
  external_key text not null,
  activity uuid not null,
  recorded_at timestamp with time zone not null,
  constraint activity_key_pkey PRIMARY KEY (tenant, source, external_key)
);

alter table activity_key enable row level security;
alter table activity_key force row level security;
create policy tenant_rows on activity_key using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
grant delete, insert, select, update on activity_key to mitra_app, mitra_worker;

create table activity (
  tenant uuid not null,
  id uuid not null,
  version integer not null,
  kind text not null,
  programme uuid not null,
  evidence uuid,
  participant uuid not null,
  outlet uuid not null,
  occurred_at timestamp with time zone not null,
  recorded_at timestamp with time zone not null,
  currency text not null,
  total_minor bigint not null,
  points_minor bigint not null default 0,
  attributes json,
  withdrawn boolean not null default false,
  reason text,
  digest bytea not null,
  constraint activity_pkey PRIMARY KEY (tenant, id, version),
  constraint activity_digest_check CHECK ((length(digest) = 32)),
  constraint activity_points_minor_check CHECK ((points_minor >= 0)),
  constraint activity_version_check CHECK ((version > 0)),
  constraint activity_tenant_evidence_fkey FOREIGN KEY (tenant, evidence) REFERENCES evidence(tenant, id)
);

CREATE INDEX activity_corrected ON public.activity USING btree (tenant, participant, recorded_at) WHERE (version > 1);
CREATE INDEX activity_evidence ON public.activity USING btree (tenant, evidence) WHERE (evidence IS NOT NULL);
CREATE INDEX activity_participant ON public.activity USING btree (tenant, participant, id);
alter table activity enable row level security;
alter table activity force row level security;
create policy tenant_rows on activity using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON public.activity FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER rows_never_change BEFORE DELETE OR UPDATE ON public.activity FOR EACH ROW EXECUTE FUNCTION refuse_change();
grant insert, select on activity to mitra_app, mitra_worker;

create table activity_line (
  tenant uuid not null,
  activity uuid not null,
  version integer not null,
  line integer not null,
  text text not null,
  product uuid,
  sku text,
  category text,
  is_focus boolean not null default false,
  quantity_milli bigint not null,
  amount_minor bigint not null,
  constraint activity_line_pkey PRIMARY KEY (tenant, activity, version, line)
);

alter table activity_line enable row level security;
alter table activity_line force row level security;
create policy tenant_rows on activity_line using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON public.activity_line FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER rows_never_change BEFORE DELETE OR UPDATE ON public.activity_line FOR EACH ROW EXECUTE FUNCTION refuse_change();
grant insert, select on activity_line to mitra_app, mitra_worker;

create table rule (
  tenant uuid not null,
  id uuid not null,
  version integer not null,
  code text not null,
  programme uuid not null,
  state text not null,
  document jsonb not null,
  effective_from timestamp with time zone,
  digest bytea not null,
  created_at timestamp with time zone not null,
  created_by text not null,
  constraint rule_pkey PRIMARY KEY (tenant, id, version),
  constraint rule_tenant_programme_code_version_key UNIQUE (tenant, programme, code, version),
  constraint rule_digest_check CHECK ((length(digest) = 32)),
  constraint rule_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'proposed'::text, 'live'::text, 'retired'::text]))),
  constraint rule_version_check CHECK ((version > 0)),
  constraint rule_tenant_programme_fkey FOREIGN KEY (tenant, programme) REFERENCES programme(tenant, id)
);

alter table rule enable row level security;
alter table rule force row level security;
create policy tenant_rows on rule using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
grant delete, insert, select, update on rule to mitra_app, mitra_worker;

create table evaluation (
  tenant uuid not null,
  activity uuid not null,
  version integer not null,
  facts json not null,
  document json not null,
  at timestamp with time zone not null,
  constraint evaluation_pkey PRIMARY KEY (tenant, activity, version)
);

alter table evaluation enable row level security;
alter table evaluation force row level security;
create policy tenant_rows on evaluation using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON public.evaluation FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER rows_never_change BEFORE DELETE OR UPDATE ON public.evaluation FOR EACH ROW EXECUTE FUNCTION refuse_change();
grant insert, select on evaluation to mitra_app, mitra_worker;

create table rule_usage (
  tenant uuid not null,
  rule uuid not null,
  subject uuid not null,
  asset text not null,
  period text not null,
  units bigint not null default 0,
  constraint rule_usage_pkey PRIMARY KEY (tenant, rule, subject, asset, period),
  constraint rule_usage_units_check CHECK ((units >= 0))
);

alter table rule_usage enable row level security;
alter table rule_usage force row level security;
create policy tenant_rows on rule_usage using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
grant delete, insert, select, update on rule_usage to mitra_app, mitra_worker;

create table message (
  tenant uuid not null,
  id uuid not null,
  participant uuid not null,
  channel text not null,
  key text not null,
  facts jsonb not null,
  language text not null,
  cause uuid,
  body text,
  created_at timestamp with time zone not null,
  sent_at timestamp with time zone,
  read_at timestamp with time zone,
  constraint message_pkey PRIMARY KEY (tenant, id),
  constraint message_channel_check CHECK ((channel = 'in-app'::text)),
  constraint message_tenant_participant_fkey FOREIGN KEY (tenant, participant) REFERENCES participant(tenant, id)
);

CREATE UNIQUE INDEX message_cause ON public.message USING btree (tenant, cause, participant, key);
CREATE INDEX message_participant ON public.message USING btree (tenant, participant, id);
CREATE INDEX message_unsent ON public.message USING btree (tenant, id) WHERE (sent_at IS NULL);
alter table message enable row level security;
alter table message force row level security;
create policy tenant_rows on message using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
grant delete, insert, select, update on message to mitra_app, mitra_worker;

create table one_time_code (
  tenant uuid not null,
  id uuid not null,
  subject uuid not null,
  subject_kind text not null,
  code_hmac bytea not null,
  attempts integer not null default 0,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  constraint one_time_code_pkey PRIMARY KEY (tenant, id),
  constraint one_time_code_subject_kind_check CHECK ((subject_kind = ANY (ARRAY['participant'::text, 'staff'::text])))
);

CREATE INDEX one_time_code_subject ON public.one_time_code USING btree (tenant, subject, id);
alter table one_time_code enable row level security;
alter table one_time_code force row level security;
create policy tenant_rows on one_time_code using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
grant delete, insert, select, update on one_time_code to mitra_app, mitra_worker;

create table session (
  tenant uuid not null,
  token_hash bytea not null,
  subject uuid not null,
  subject_kind text not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  constraint session_pkey PRIMARY KEY (tenant, token_hash),
  constraint session_subject_kind_check CHECK ((subject_kind = ANY (ARRAY['participant'::text, 'staff'::text])))
);

alter table session enable row level security;
alter table session force row level security;
create policy tenant_rows on session using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
grant delete, insert, select, update on session to mitra_app, mitra_worker;

create table api_key (
  tenant uuid not null,
  id uuid not null,
  name text not null,
  token_hash bytea not null,
  ending text not null,
  may text[] not null,
  programme uuid,
  outlets uuid[],
  created_by uuid,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone,
  last_used_at timestamp with time zone,
  revoked_by uuid,
  revoked_at timestamp with time zone,
  constraint api_key_pkey PRIMARY KEY (tenant, id),
  constraint api_key_tenant_token_hash_key UNIQUE (tenant, token_hash),
  constraint api_key_may_check CHECK (((may <@ ARRAY['record'::text, 'quote'::text, 'read'::text]) AND (cardinality(may) > 0))),
  constraint api_key_name_check CHECK (((length(name) >= 1) AND (length(name) <= 120))),
  constraint api_key_outlets_check CHECK ((cardinality(outlets) > 0)),
  constraint api_key_tenant_created_by_fkey FOREIGN KEY (tenant, created_by) REFERENCES staff(tenant, id),
  constraint api_key_tenant_programme_fkey FOREIGN KEY (tenant, programme) REFERENCES programme(tenant, id),
  constraint api_key_tenant_revoked_by_fkey FOREIGN KEY (tenant, revoked_by) REFERENCES staff(tenant, id)
);

alter table api_key enable row level security;
alter table api_key force row level security;
create policy tenant_rows on api_key using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
grant insert, select, update on api_key to mitra_app, mitra_worker;

create table idempotency (
  tenant uuid not null,
  actor uuid not null,
  route text not null,
  key text not null,
  request_hash bytea not null,
  status integer not null,
  body jsonb not null,
  at timestamp with time zone not null,
  constraint idempotency_pkey PRIMARY KEY (tenant, actor, route, key),
  constraint idempotency_key_check CHECK (((length(key) >= 1) AND (length(key) <= 255)))
);

alter table idempotency enable row level security;
alter table idempotency force row level security;
create policy tenant_rows on idempotency using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
grant delete, insert, select, update on idempotency to mitra_app, mitra_worker;

create table expiry_run (
  tenant uuid not null,
  asset uuid not null,
  day date not null,
  constraint expiry_run_pkey PRIMARY KEY (tenant, asset),
  constraint expiry_run_tenant_asset_fkey FOREIGN KEY (tenant, asset) REFERENCES asset(tenant, id)
);

alter table expiry_run enable row level security;
alter table expiry_run force row level security;
create policy tenant_rows on expiry_run using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
grant delete, insert, select, update on expiry_run to mitra_app, mitra_worker;

create table waiting (
  tenant uuid not null,
  earning uuid not null,
  through date,
  event text,
  programme uuid not null,
  cause uuid not null,
  constraint waiting_pkey PRIMARY KEY (tenant, earning),
  constraint waiting_check CHECK (((through IS NULL) <> (event IS NULL))),
  constraint waiting_tenant_programme_fkey FOREIGN KEY (tenant, programme) REFERENCES programme(tenant, id)
);

CREATE INDEX waiting_event ON public.waiting USING btree (tenant, cause) WHERE (event IS NOT NULL);
CREATE INDEX waiting_through ON public.waiting USING btree (tenant, programme, through) WHERE (through IS NOT NULL);
alter table waiting enable row level security;
alter table waiting force row level security;
create policy tenant_rows on waiting using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
grant delete, insert, select, update on waiting to mitra_app, mitra_worker;

create table wallet (
  tenant uuid not null,
  id uuid not null,
  code text not null,
  name text not null,
  asset text not null,
  programme uuid not null,
  created_at timestamp with time zone not null,
  constraint wallet_pkey PRIMARY KEY (tenant, id),
  constraint wallet_tenant_code_key UNIQUE (tenant, code),
  constraint wallet_tenant_programme_fkey FOREIGN KEY (tenant, programme) REFERENCES programme(tenant, id)
);

alter table wallet enable row level security;
alter table wallet force row level security;
create policy tenant_rows on wallet using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
grant delete, insert, select, update on wallet to mitra_app, mitra_worker;

create table wallet_member (
  tenant uuid not null,
  wallet uuid not null,
  participant uuid not null,
  limit_units bigint,
  limit_per text not null,
  is_active boolean not null default true,
  constraint wallet_member_pkey PRIMARY KEY (tenant, wallet, participant),
  constraint wallet_member_limit_per_check CHECK ((limit_per = ANY (ARRAY['day'::text, 'week'::text, 'month'::text]))),
  constraint wallet_member_limit_units_check CHECK ((limit_units >= 0)),
  constraint wallet_member_tenant_participant_fkey FOREIGN KEY (tenant, participant) REFERENCES participant(tenant, id),
  constraint wallet_member_tenant_wallet_fkey FOREIGN KEY (tenant, wallet) REFERENCES wallet(tenant, id)
);

CREATE INDEX wallet_member_participant ON public.wallet_member USING btree (tenant, participant);
alter table wallet_member enable row level security;
alter table wallet_member force row level security;
create policy tenant_rows on wallet_member using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
grant delete, insert, select, update on wallet_member to mitra_app, mitra_worker;

create table wallet_allowance (
  tenant uuid not null,
  account uuid not null,
  wallet uuid not null,
  participant uuid not null,
  starts_on date not null,
  ends_on date not null,
  constraint wallet_allowance_pkey PRIMARY KEY (tenant, account),
  constraint wallet_allowance_tenant_wallet_participant_fkey FOREIGN KEY (tenant, wallet, participant) REFERENCES wallet_member(tenant, wallet, participant)
);

CREATE INDEX wallet_allowance_member ON public.wallet_allowance USING btree (tenant, wallet, participant, starts_on);
alter table wallet_allowance enable row level security;
alter table wallet_allowance force row level security;
create policy tenant_rows on wallet_allowance using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
grant delete, insert, select, update on wallet_allowance to mitra_app, mitra_worker;

create table opening_balance (
  tenant uuid not null,
  external_key text not null,
  participant uuid not null,
  asset text not null,
  units bigint not null,
  expires_on date,
  earned_on date,
  recorded_at timestamp(3) with time zone not null,
  transfer uuid not null,
  constraint opening_balance_pkey PRIMARY KEY (tenant, external_key),
  constraint opening_balance_units_check CHECK ((units > 0)),
  constraint opening_balance_tenant_participant_fkey FOREIGN KEY (tenant, participant) REFERENCES participant(tenant, id)
);

alter table opening_balance enable row level security;
alter table opening_balance force row level security;
create policy tenant_rows on opening_balance using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON public.opening_balance FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER rows_never_change BEFORE DELETE OR UPDATE ON public.opening_balance FOR EACH ROW EXECUTE FUNCTION refuse_change();
grant insert, select on opening_balance to mitra_app, mitra_worker;

create table mass_action (
  tenant uuid not null,
  id uuid not null,
  kind text not null,
  reason text not null,
  done_by uuid not null,
  at timestamp(3) with time zone not null,
  constraint mass_action_pkey PRIMARY KEY (tenant, id),
  constraint mass_action_kind_check CHECK ((kind = ANY (ARRAY['activate'::text, 'cancel'::text, 'expire'::text])))
);

alter table mass_action enable row level security;
alter table mass_action force row level security;
create policy tenant_rows on mass_action using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON public.mass_action FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER rows_never_change BEFORE DELETE OR UPDATE ON public.mass_action FOR EACH ROW EXECUTE FUNCTION refuse_change();
grant insert, select on mass_action to mitra_app, mitra_worker;

create table period_close (
  tenant uuid not null,
  before timestamp(3) with time zone not null,
  closed_at timestamp(3) with time zone not null,
  closed_by uuid,
  digest bytea not null,
  seq bigint not null,
  hash bytea not null,
  constraint period_close_pkey PRIMARY KEY (tenant, before)
);

alter table period_close enable row level security;
alter table period_close force row level security;
create policy tenant_rows on period_close using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON public.period_close FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER rows_never_change BEFORE DELETE OR UPDATE ON public.period_close FOR EACH ROW EXECUTE FUNCTION refuse_change();
grant insert, select on period_close to mitra_app, mitra_worker;

create table verified (
  tenant uuid not null,
  id uuid not null,
  at timestamp(3) with time zone not null,
  is_full boolean not null,
  seq bigint not null,
  hash bytea not null,
  posted_at timestamp(3) with time zone,
  problem text,
  constraint verified_pkey PRIMARY KEY (tenant, id)
);

alter table verified enable row level security;
alter table verified force row level security;
create policy tenant_rows on verified using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON public.verified FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER rows_never_change BEFORE DELETE OR UPDATE ON public.verified FOR EACH ROW EXECUTE FUNCTION refuse_change();
grant insert, select on verified to mitra_app, mitra_worker;

create table counter (
  tenant uuid not null,
  id uuid not null,
  programme uuid not null,
  filled_at timestamp with time zone not null,
  settled_on date,
  constraint counter_pkey PRIMARY KEY (tenant, id),
  constraint counter_tenant_programme_fkey FOREIGN KEY (tenant, programme) REFERENCES programme(tenant, id)
);

alter table counter enable row level security;
alter table counter force row level security;
create policy tenant_rows on counter using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
grant delete, insert, select, update on counter to mitra_app, mitra_worker;

create table counter_day (
  tenant uuid not null,
  counter uuid not null,
  subject uuid not null,
  day date not null,
  item text not null default ''::text,
  value bigint not null,
  constraint counter_day_pkey PRIMARY KEY (tenant, counter, subject, day, item)
) with (fillfactor=80);

alter table counter_day enable row level security;
alter table counter_day force row level security;
create policy tenant_rows on counter_day using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
grant delete, insert, select, update on counter_day to mitra_app, mitra_worker;

create table target (
  tenant uuid not null,
  rule uuid not null,
  subject uuid not null,
  starts_on date not null,
  version integer not null,
  value bigint not null,
  reason text not null,
  set_at timestamp with time zone not null,
  set_by text not null,
  constraint target_pkey PRIMARY KEY (tenant, rule, subject, starts_on, version),
  constraint target_value_check CHECK ((value > 0)),
  constraint target_version_check CHECK ((version > 0))
);

alter table target enable row level security;
alter table target force row level security;
create policy tenant_rows on target using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON public.target FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER rows_never_change BEFORE DELETE OR UPDATE ON public.target FOR EACH ROW EXECUTE FUNCTION refuse_change();
grant insert, select on target to mitra_app, mitra_worker;

create table settlement (
  tenant uuid not null,
  goal uuid not null,
  turn integer not null,
  rule uuid not null,
  version integer not null,
  subject uuid not null,
  first_day date not null,
  last_day date not null,
  document jsonb not null,
  at timestamp with time zone not null,
  constraint settlement_pkey PRIMARY KEY (tenant, goal, turn),
  constraint settlement_turn_check CHECK ((turn > 0))
);

CREATE INDEX settlement_subject ON public.settlement USING btree (tenant, subject, last_day);
alter table settlement enable row level security;
alter table settlement force row level security;
create policy tenant_rows on settlement using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON public.settlement FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER rows_never_change BEFORE DELETE OR UPDATE ON public.settlement FOR EACH ROW EXECUTE FUNCTION refuse_change();
grant insert, select on settlement to mitra_app, mitra_worker;

create table progress_document (
  tenant uuid not null,
  programme uuid not null,
  kind text not null,
  code text not null,
  version integer not null,
  state text not null,
  document jsonb not null,
  effective_from date,
  digest bytea not null,
  created_at timestamp with time zone not null,
  created_by text not null,
  constraint progress_document_pkey PRIMARY KEY (tenant, programme, kind, code, version),
  constraint progress_document_digest_check CHECK ((length(digest) = 32)),
  constraint progress_document_kind_check CHECK ((kind = ANY (ARRAY['tiers'::text, 'discount'::text, 'segment'::text, 'list'::text]))),
  constraint progress_document_state_check CHECK ((state = ANY (ARRAY['live'::text, 'retired'::text]))),
  constraint progress_document_version_check CHECK ((version > 0)),
  constraint progress_document_tenant_programme_fkey FOREIGN KEY (tenant, programme) REFERENCES programme(tenant, id)
);

alter table progress_document enable row level security;
alter table progress_document force row level security;
create policy tenant_rows on progress_document using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON public.progress_document FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER rows_never_change BEFORE DELETE OR UPDATE ON public.progress_document FOR EACH ROW EXECUTE FUNCTION refuse_change();
grant insert, select on progress_document to mitra_app, mitra_worker;

create table tier_span (
  tenant uuid not null,
  participant uuid not null,
  programme uuid not null,
  from_day date not null,
  tier text not null,
  reason text not null,
  value bigint,
  safe_until date,
  constraint tier_span_pkey PRIMARY KEY (tenant, participant, programme, from_day),
  constraint tier_span_reason_check CHECK ((reason = ANY (ARRAY['enrolled'::text, 'reached'::text, 'kept'::text, 'one-step'::text, 'recomputed'::text, 'override'::text, 'override-ended'::text]))),
  constraint tier_span_tenant_participant_fkey FOREIGN KEY (tenant, participant) REFERENCES participant(tenant, id)
);

CREATE INDEX tier_span_safe ON public.tier_span USING btree (tenant, programme, safe_until);
alter table tier_span enable row level security;
alter table tier_span force row level security;
create policy tenant_rows on tier_span using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
grant delete, insert, select, update on tier_span to mitra_app, mitra_worker;

create table tier_due (
  tenant uuid not null,
  programme uuid not null,
  participant uuid not null,
  day date not null,
  constraint tier_due_pkey PRIMARY KEY (tenant, programme, participant),
  constraint tier_due_tenant_participant_fkey FOREIGN KEY (tenant, participant) REFERENCES participant(tenant, id)
);

alter table tier_due enable row level security;
alter table tier_due force row level security;
create policy tenant_rows on tier_due using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
grant delete, insert, select, update on tier_due to mitra_app, mitra_worker;

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
  set_at timestamp with time zone not null,
  constraint tier_override_pkey PRIMARY KEY (tenant, id),
  constraint tier_override_check CHECK ((from_day <= until_day)),
  constraint tier_override_tenant_participant_fkey FOREIGN KEY (tenant, participant) REFERENCES participant(tenant, id)
);

CREATE INDEX tier_override_participant ON public.tier_override USING btree (tenant, participant);
alter table tier_override enable row level security;
alter table tier_override force row level security;
create policy tenant_rows on tier_override using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON public.tier_override FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER rows_never_change BEFORE DELETE OR UPDATE ON public.tier_override FOR EACH ROW EXECUTE FUNCTION refuse_change();
grant insert, select on tier_override to mitra_app, mitra_worker;

create table segment_member (
  tenant uuid not null,
  programme uuid not null,
  segment text not null,
  participant uuid not null,
  since timestamp with time zone not null,
  constraint segment_member_pkey PRIMARY KEY (tenant, programme, segment, participant),
  constraint segment_member_tenant_participant_fkey FOREIGN KEY (tenant, participant) REFERENCES participant(tenant, id)
);

CREATE INDEX segment_member_participant ON public.segment_member USING btree (tenant, participant);
alter table segment_member enable row level security;
alter table segment_member force row level security;
create policy tenant_rows on segment_member using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
grant delete, insert, select, update on segment_member to mitra_app, mitra_worker;

create table discount_override (
  tenant uuid not null,
  id uuid not null,
  programme uuid not null,
  discount text not null,
  subject uuid not null,
  day date not null,
  percent integer not null,
  table_percent integer not null,
  amount_minor bigint not null,
  reason text not null,
  staff uuid not null,
  at timestamp with time zone not null,
  constraint discount_override_pkey PRIMARY KEY (tenant, id),
  constraint discount_override_percent_check CHECK (((percent >= 0) AND (percent <= 100)))
);

alter table discount_override enable row level security;
alter table discount_override force row level security;
create policy tenant_rows on discount_override using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON public.discount_override FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER rows_never_change BEFORE DELETE OR UPDATE ON public.discount_override FOR EACH ROW EXECUTE FUNCTION refuse_change();
grant insert, select on discount_override to mitra_app, mitra_worker;

create table replay (
  tenant uuid not null,
  id uuid not null,
  programme uuid not null,
  asked_by uuid not null,
  first_day date not null,
  last_day date not null,
  documents jsonb not null,
  state text not null,
  evaluated bigint not null default 0,
  expected bigint,
  result jsonb,
  problem text,
  created_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  constraint replay_pkey PRIMARY KEY (tenant, id),
  constraint replay_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'running'::text, 'done'::text, 'failed'::text, 'cancelled'::text]))),
  constraint replay_tenant_programme_fkey FOREIGN KEY (tenant, programme) REFERENCES programme(tenant, id)
);

alter table replay enable row level security;
alter table replay force row level security;
create policy tenant_rows on replay using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
grant delete, insert, select, update on replay to mitra_app, mitra_worker;

create table decision (
  tenant uuid not null,
  id uuid not null,
  programme uuid not null,
  at timestamp with time zone not null,
  by text not null,
  what text not null,
  rule uuid,
  version integer,
  experiment text,
  facts jsonb not null default '{}'::jsonb,
  constraint decision_pkey PRIMARY KEY (tenant, id),
  constraint decision_what_check CHECK ((what = ANY (ARRAY['drafted'::text, 'proposed'::text, 'declined'::text, 'launched'::text, 'retired'::text, 'configured'::text, 'stopped'::text]))),
  constraint decision_tenant_programme_fkey FOREIGN KEY (tenant, programme) REFERENCES programme(tenant, id)
);

CREATE INDEX decision_rule ON public.decision USING btree (tenant, rule, id) WHERE (rule IS NOT NULL);
alter table decision enable row level security;
alter table decision force row level security;
create policy tenant_rows on decision using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON public.decision FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER rows_never_change BEFORE DELETE OR UPDATE ON public.decision FOR EACH ROW EXECUTE FUNCTION refuse_change();
grant insert, select on decision to mitra_app, mitra_worker;

create table rule_replay (
  tenant uuid not null,
  programme uuid not null,
  digest bytea not null,
  at timestamp with time zone not null,
  by text not null,
  first_day date not null,
  last_day date not null,
  activities bigint not null,
  cost jsonb not null,
  constraint rule_replay_pkey PRIMARY KEY (tenant, programme, digest, at),
  constraint rule_replay_activities_check CHECK ((activities >= 0)),
  constraint rule_replay_digest_check CHECK ((length(digest) = 32)),
  constraint rule_replay_tenant_programme_fkey FOREIGN KEY (tenant, programme) REFERENCES programme(tenant, id)
);

alter table rule_replay enable row level security;
alter table rule_replay force row level security;
create policy tenant_rows on rule_replay using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON public.rule_replay FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER rows_never_change BEFORE DELETE OR UPDATE ON public.rule_replay FOR EACH ROW EXECUTE FUNCTION refuse_change();
grant insert, select on rule_replay to mitra_app, mitra_worker;

create table experiment_look (
  tenant uuid not null,
  programme uuid not null,
  experiment text not null,
  look integer not null,
  at timestamp with time zone not null,
  document jsonb not null,
  constraint experiment_look_pkey PRIMARY KEY (tenant, programme, experiment, look),
  constraint experiment_look_look_check CHECK ((look > 0)),
  constraint experiment_look_tenant_programme_fkey FOREIGN KEY (tenant, programme) REFERENCES programme(tenant, id)
);

alter table experiment_look enable row level security;
alter table experiment_look force row level security;
create policy tenant_rows on experiment_look using (tenant = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid);
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON public.experiment_look FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER rows_never_change BEFORE DELETE OR UPDATE ON public.experiment_look FOR EACH ROW EXECUTE FUNCTION refuse_change();
grant insert, select on experiment_look to mitra_app, mitra_worker;

CREATE OR REPLACE FUNCTION public.enqueue_job(task text, payload json, job_key text, run_at timestamp with time zone)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
       select graphile_worker.add_job(task, payload, run_at => run_at, job_key => job_key, max_attempts => 8)
     $function$;

CREATE OR REPLACE FUNCTION public.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
     begin
       raise exception 'rows of % are never changed', tg_table_name using errcode = 'restrict_violation';
     end $function$;
