import type { Tx } from '../db/transact.ts';
import {
  newId,
  type EvidenceId,
  type Id,
  type OutletId,
  type ProductId,
  type StaffId,
} from '../shared/id.ts';
import type { Check, Verdict } from './receipt/judge.ts';
import type { ItemMatch } from './receipt/match-items.ts';
import type { OutletMatch } from './receipt/match-outlet.ts';

export type VerificationId = Id<'verification'>;

/** What a reviewer sets right before deciding. Absent fields stand as they were read. */
export type Corrections = {
  outlet?: OutletId;
  date?: string;
  time?: string;
  number?: string;
  totalMinor?: number;
  /** Replaces item by item; `product` null takes the item out of the programme's goods. */
  items?: { item: number; product: ProductId | null; quantity: number; amountMinor: number }[];
};

/** A verdict with its reasons and who decided; `decidedBy` null means the product's own checks. */
export type Verification = {
  id: VerificationId;
  evidence: EvidenceId;
  readingVersion: number;
  verdict: Verdict;
  checks: Check[];
  matches: { outlet: OutletMatch | null; items: ItemMatch[] };
  duplicateOf: EvidenceId | null;
  decidedBy: StaffId | null;
  note: string | null;
  corrections: Corrections | null;
  decidedAt: Date;
};

const columns = `v.id, v.evidence, v.reading_version as "readingVersion", v.verdict, v.reasons as checks, v.matches,
  v.duplicate_of as "duplicateOf", v.decided_by as "decidedBy", v.note, v.corrections, v.decided_at as "decidedAt"`;

/** Adds a verdict; the newest of an evidence counts, and none is ever changed. */
export async function addVerification(
  tx: Tx,
  given: Omit<Verification, 'id' | 'decidedAt'>,
  at: Date,
): Promise<VerificationId> {
  const id = newId<VerificationId>(at);
  await tx.query(
    `insert into verification (tenant, id, evidence, reading_version, verdict, reasons, matches, duplicate_of,
       decided_by, note, corrections, decided_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      tx.tenant,
      id,
      given.evidence,
      given.readingVersion,
      given.verdict,
      JSON.stringify(given.checks),
      JSON.stringify(given.matches),
      given.duplicateOf,
      given.decidedBy,
      given.note,
      given.corrections ? JSON.stringify(given.corrections) : null,
      at,
    ],
  );
  return id;
}

/** The verdict that counts for the evidence, or null while it has none. */
export async function newestVerification(tx: Tx, evidence: EvidenceId): Promise<Verification | null> {
  return (await newestVerifications(tx, [evidence]))[0] ?? null;
}

/** The verdict that counts for each of these, in no promised order; evidence without one is left out. */
export async function newestVerifications(tx: Tx, evidence: readonly EvidenceId[]): Promise<Verification[]> {
  return tx.query<Verification>(
    `select distinct on (v.evidence) ${columns} from verification v
     where v.tenant = $1 and v.evidence = any($2::uuid[]) order by v.evidence, v.id desc`,
    [tx.tenant, evidence],
  );
}

/** Every verdict on the evidence, the first one first. */
export async function verificationsOf(tx: Tx, evidence: EvidenceId): Promise<Verification[]> {
  return tx.query<Verification>(
    `select ${columns} from verification v where v.tenant = $1 and v.evidence = $2 order by v.id`,
    [tx.tenant, evidence],
  );
}
