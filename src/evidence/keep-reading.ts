import type { Tx } from '../db/transact.ts';
import type { EvidenceId } from '../shared/id.ts';
import type { Fingerprint } from './receipt/fingerprint.ts';
import type { Reading } from './receipt/reading.ts';

export type StoredReading = { version: number; document: Reading; createdAt: Date };

/** Stores a reading as the evidence's next version and returns the version. Call it under the progress lock. */
export async function keepReading(tx: Tx, evidence: EvidenceId, reading: Reading, at: Date): Promise<number> {
  const rows = await tx.query<{ version: number }>(
    `insert into reading (tenant, evidence, version, engine, document, created_at)
     select $1, $2, coalesce(max(version), 0) + 1, $3, $4, $5 from reading where tenant = $1 and evidence = $2
     returning version`,
    [tx.tenant, evidence, reading.engine, JSON.stringify(reading), at],
  );
  return rows[0]!.version;
}

/** The newest reading of the evidence, or null while there is none. */
export async function newestReading(tx: Tx, evidence: EvidenceId): Promise<StoredReading | null> {
  const rows = await tx.query<{ version: number; document: Reading; created_at: Date }>(
    `select version, document, created_at from reading where tenant = $1 and evidence = $2
     order by version desc limit 1`,
    [tx.tenant, evidence],
  );
  const row = rows[0];
  return row ? { version: row.version, document: row.document, createdAt: row.created_at } : null;
}

/** What a list shows of a reading. */
export type ReadingSummary = {
  evidence: EvidenceId;
  merchant: string | null;
  date: string | null;
  totalMinor: number | null;
  currency: string | null;
};

/** The newest reading of each of these in short, in no promised order; unread evidence is left out. */
export async function readingSummaries(tx: Tx, evidence: readonly EvidenceId[]): Promise<ReadingSummary[]> {
  return tx.query<ReadingSummary>(
    `select distinct on (r.evidence) r.evidence, r.document #>> '{merchant,value}' as merchant,
       r.document #>> '{date,value}' as date, (r.document #>> '{totalMinor,value}')::float8 as "totalMinor",
       r.document #>> '{currency,value}' as currency
     from reading r where r.tenant = $1 and r.evidence = any($2::uuid[]) order by r.evidence, r.version desc`,
    [tx.tenant, evidence],
  );
}

/** Files the fingerprint, so that a later photograph of the same paper is recognised. Filing again replaces it. */
export async function fileFingerprint(tx: Tx, evidence: EvidenceId, fingerprint: Fingerprint): Promise<void> {
  await tx.query(
    `insert into fingerprint (tenant, evidence, signature) values ($1, $2, $3)
     on conflict (tenant, evidence) do update set signature = excluded.signature`,
    [tx.tenant, evidence, fingerprint.signature],
  );
  await tx.query(
    `insert into fingerprint_key (tenant, key, evidence) select $1, unnest($3::text[]), $2 on conflict do nothing`,
    [tx.tenant, evidence, fingerprint.keys],
  );
}
