import { withTenant, type Tx } from '../db/transact.ts';
import { newestReading } from '../evidence/keep-reading.ts';
import { isJudged, lockProgress } from '../evidence/progress.ts';
import { evidenceById } from '../evidence/read.ts';
import { newestVerification, type Corrections, type VerificationId } from '../evidence/verifications.ts';
import { outletById } from '../network/outlets.ts';
import { productsByIds } from '../network/products.ts';
import { staffById } from '../network/staff.ts';
import type { EvidenceId, StaffId, TenantId } from '../shared/id.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import type { App } from './app.ts';
import { decideEvidence } from './decide-evidence.ts';
import { settleVerdict } from './settle-verdict.ts';

export type Review = {
  approve: boolean;
  reason: string;
  corrections: Corrections;
  /** The verdict that the reviewer was looking at; another one in the meantime refuses the review. */
  seen: VerificationId | null;
};

export type ReviewRefused = Refused<
  'not-found' | 'not-allowed' | 'not-in-review' | 'already-decided' | 'cannot-approve' | 'bad-request'
>;

/**
 * A person decides about evidence that has been read: what waits for review, and what was decided before. Corrections
 * make a new version of what we believe, and only the difference is posted. What the programme rules out (its dates,
 * goods and shops) cannot be approved without a correction that mends it.
 */
export async function reviewEvidence(
  app: App,
  by: { tenant: TenantId; staff: StaffId },
  id: EvidenceId,
  review: Review,
): Promise<{ ok: true } | ReviewRefused> {
  return withTenant(app.db, by.tenant, (tx) => reviewIn(tx, by.staff, id, review, app.now()));
}

/** The same in the caller's transaction. */
export async function reviewIn(
  tx: Tx,
  by: StaffId,
  id: EvidenceId,
  review: Review,
  at: Date,
): Promise<{ ok: true } | ReviewRefused> {
  const staff = await staffById(tx, by);
  if (staff?.role !== 'reviewer' && staff?.role !== 'manager') return refuse('not-allowed');
  const progress = await lockProgress(tx, id);
  if (!progress) return refuse('not-found');
  const stored = await newestReading(tx, id);
  const before = await newestVerification(tx, id);
  if (!isJudged(progress.state) || !stored || !before) return refuse('not-in-review');
  if (review.seen && review.seen !== before.id)
    return refuse('already-decided', { by: before.decidedBy ?? '' });
  const unknown = await unknownIn(tx, review.corrections, stored.document.items.length);
  if (unknown) return refuse('bad-request', { field: unknown, problem: 'unknown' });
  const evidence = (await evidenceById(tx, id))!;
  const decision = { by, approve: review.approve, note: review.reason, corrections: review.corrections };
  return tx
    .savepoint(async () => {
      const decided = await decideEvidence(tx, evidence, stored, decision, at);
      const against = decided.checks.find((check) => !check.ok && check.effect === 'reject');
      if (review.approve && against) throw new CannotApprove(against.code);
      await settleVerdict(tx, evidence, decided, decision, at);
      return { ok: true as const };
    })
    .catch((error: unknown) => {
      if (error instanceof CannotApprove) return refuse('cannot-approve', { check: error.message });
      throw error;
    });
}

// Undoes what was written on the way to finding that the checks rule the approval out.
class CannotApprove extends Error {}

async function unknownIn(tx: Tx, corrections: Corrections, items: number): Promise<string | null> {
  if (corrections.outlet && !(await outletById(tx, corrections.outlet))) return 'corrections.outlet';
  const given = corrections.items ?? [];
  // Items that the reading missed are added at its end, without a gap.
  const added = given
    .map((item) => item.item)
    .filter((item) => item >= items)
    .sort((a, b) => a - b);
  if (added.some((item, place) => item !== items + place)) return 'corrections.lines.item';
  const ids = [...new Set(given.flatMap((item) => (item.product ? [item.product] : [])))];
  return (await productsByIds(tx, ids)).length === ids.length ? null : 'corrections.lines.product';
}
