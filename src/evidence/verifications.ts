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
  const rows = await tx.query<Verification>(
    `select id, evidence, reading_version as "readingVersion", verdict, reasons as checks, matches,
       duplicate_of as "duplicateOf", decided_by as "decidedBy", note, corrections, decided_at as "decidedAt"
     from verification where tenant = $1 and evidence = $2 order by id desc limit 1`,
    [tx.tenant, evidence],
  );
  return rows[0] ?? null;
}
