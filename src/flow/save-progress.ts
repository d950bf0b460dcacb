import { enqueue } from '../db/enqueue.ts';
import { withTenant, type Db, type Tx } from '../db/transact.ts';
import { lockBook } from '../ledger/chain.ts';
import { participantById } from '../network/participants.ts';
import { programmeById, type Programme } from '../network/programmes.ts';
import type { Staff } from '../network/staff.ts';
import { followedBy } from '../progress/book.ts';
import { saveDocuments, type SavedDocument } from '../progress/documents.ts';
import { beginFollowing } from '../progress/follow.ts';
import { overrideTier } from '../progress/tiers.ts';
import type { ParticipantId, ProgrammeId, TenantId } from '../shared/id.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import { wallTime, type Day } from '../shared/time.ts';
import { keepSegments } from './keep-segments.ts';
import { moveTiers } from './move-tiers.ts';
import { moveEverybody } from './settle-ended.ts';

/** How a document of tiers, a discount or a segment takes effect. */
export type SaveProgress = { effectiveFrom?: Day | undefined; state?: 'live' | 'retired' | undefined };

/**
 * Saves what a programme says of tiers, a discount or a segment, counts what it counts from history, and brings everybody's
 * tier or membership up to date. Managers may.
 */
export async function saveProgress(
  db: Db,
  tenant: TenantId,
  programme: Programme,
  document: unknown,
  by: Pick<Staff, 'code' | 'role'>,
  at: Date,
  { effectiveFrom, state }: SaveProgress,
): Promise<SavedDocument | Refused<'not-allowed'>> {
  if (by.role !== 'manager') return refuse('not-allowed');
  const saved = await withTenant(db, tenant, async (tx) => {
    const [one] = await saveDocuments(tx, programme.id, [document], by.code, at, {
      today: wallTime(at, programme.timeZone).day,
      ...(effectiveFrom && { effectiveFrom }),
      ...(state && { state }),
    });
    // Where this process ends before it is done with the rest: saved again the document would be unchanged.
    if (one!.ok && !one!.unchanged) await queueUpToDate(tx, programme.id, madeUpForAfterS);
    return one!;
  });
  if (saved.ok && !saved.unchanged) await bringUpToDate(db, tenant, programme.id, at);
  return saved;
}

/** Has a programme brought up to date by a job, once what was saved in this transaction has committed. */
export async function queueUpToDate(tx: Tx, programme: ProgrammeId, delayS = 0): Promise<void> {
  const key = `bring-up-to-date:${tx.tenant}:${programme}`;
  await enqueue(tx, 'bring-up-to-date', { tenant: tx.tenant, programme }, { key, delayS });
}

const madeUpForAfterS = 300;

/**
 * After rules with goals, tiers, discounts or segments were saved: what they count is filled from history, and everybody's
 * tier and segments are computed. It may run as often as one likes.
 */
export async function bringUpToDate(
  db: Db,
  tenant: TenantId,
  programme: ProgrammeId,
  at: Date,
): Promise<void> {
  const { tiers, segments } = await withTenant(db, tenant, async (tx) => {
    await lockBook(tx);
    const known = (await programmeById(tx, programme))!;
    await beginFollowing(tx, known, at);
    return followedBy(tx, programme);
  });
  if (tiers.length > 0) await moveEverybody(db, tenant, programme, at);
  if (segments.length > 0) await keepSegments(db, tenant, at);
}

/** Gives somebody a tier by hand for some days; what was judged on them is judged again. Managers may. */
export async function giveTier(
  tx: Tx,
  programme: Programme,
  given: { participant: ParticipantId; tier: string; from: Day; until: Day; reason: string },
  by: Pick<Staff, 'code' | 'role'>,
  at: Date,
): Promise<{ ok: true } | Refused<'not-allowed' | 'not-found' | 'bad-request'>> {
  if (!(await participantById(tx, given.participant))) return refuse('not-found');
  if (by.role !== 'manager') return refuse('not-allowed');
  const { tiers } = await followedBy(tx, programme.id);
  const known = tiers.at(-1)?.document.tiers.some(({ code }) => code === given.tier);
  if (!known) return refuse('bad-request', { field: 'tier', problem: 'unknown' });
  if (given.from > given.until) return refuse('bad-request', { field: 'until', problem: 'before from' });
  await lockBook(tx);
  await overrideTier(tx, programme.id, given, by.code, at);
  await moveTiers(tx, programme, [given.participant], at);
  return { ok: true };
}
