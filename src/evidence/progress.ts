import type { Tx } from '../db/transact.ts';
import type { EvidenceId } from '../shared/id.ts';
import type { Verdict } from './receipt/judge.ts';

/** How far the work has come, then the newest verdict. `parked` means that it failed too often and waits for a person. */
export type EvidenceState = (typeof evidenceStates)[number];

export const evidenceStates = [
  'waiting',
  'reading',
  'parked',
  'verified',
  'rejected',
  'needs-review',
] as const;

export type Progress = { state: EvidenceState; attempts: number; problem: string | null };

/** True once the evidence was read and judged. */
export function isJudged(state: EvidenceState): state is Verdict {
  return state === 'verified' || state === 'rejected' || state === 'needs-review';
}

/** Reading is tried this often before the evidence is parked with its problem. */
export const attemptsMax = 5;

/** Where the work stands, its row locked until the transaction ends, so that one piece is recorded by one worker. */
export async function lockProgress(tx: Tx, evidence: EvidenceId): Promise<Progress | null> {
  const rows = await tx.query<Progress>(
    'select state, attempts, problem from evidence_progress where tenant = $1 and evidence = $2 for update',
    [tx.tenant, evidence],
  );
  return rows[0] ?? null;
}

/** Notes that a worker begins to read; counts the attempt. */
export async function noteReading(tx: Tx, evidence: EvidenceId, at: Date): Promise<void> {
  await tx.query(
    `update evidence_progress set state = 'reading', attempts = attempts + 1, problem = null, changed_at = $3
     where tenant = $1 and evidence = $2 and state in ('waiting', 'reading', 'parked')`,
    [tx.tenant, evidence, at],
  );
}

/** Notes the verdict that counts from now on. */
export async function noteVerdict(tx: Tx, evidence: EvidenceId, verdict: Verdict, at: Date): Promise<void> {
  await tx.query(
    'update evidence_progress set state = $3, problem = null, changed_at = $4 where tenant = $1 and evidence = $2',
    [tx.tenant, evidence, verdict, at],
  );
}

/** Notes that an attempt failed: it waits for the next one, or is parked after `attemptsMax`. Returns whether it is parked. */
export async function noteFailed(tx: Tx, evidence: EvidenceId, problem: string, at: Date): Promise<boolean> {
  const rows = await tx.query<{ state: string }>(
    `update evidence_progress
     set state = case when attempts >= $4 then 'parked' else 'waiting' end, problem = $3, changed_at = $5
     where tenant = $1 and evidence = $2 and state in ('waiting', 'reading', 'parked')
     returning state`,
    [tx.tenant, evidence, problem.slice(0, 500), attemptsMax, at],
  );
  return rows[0]?.state === 'parked';
}
