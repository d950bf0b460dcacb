import { withTenant, type Db, type Tx } from '../db/transact.ts';
import { lockBook } from '../ledger/chain.ts';
import { participantById } from '../network/participants.ts';
import type { Programme } from '../network/programmes.ts';
import type { Staff } from '../network/staff.ts';
import { followedBy } from '../progress/book.ts';
import { saveDocuments, type SavedDocument } from '../progress/documents.ts';
import { beginFollowing } from '../progress/follow.ts';
import { overrideTier } from '../progress/tiers.ts';
import type { ParticipantId, TenantId } from '../shared/id.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import { wallTime, type Day } from '../shared/time.ts';
import { keepSegments } from './keep-segments.ts';
import { moveEverybody, moveTiers } from './settle-ended.ts';

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
    await lockBook(tx);
    const [one] = await saveDocuments(tx, programme.id, [document], by.code, at, {
      today: wallTime(at, programme.timeZone).day,
      ...(effectiveFrom && { effectiveFrom }),
      ...(state && { state }),
    });
    if (one!.ok && !one!.unchanged) await beginFollowing(tx, programme, at);
    return one!;
  });
  if (!saved.ok || saved.unchanged) return saved;
  if (saved.kind === 'tiers') await moveEverybody(db, tenant, programme.id, at);
  if (saved.kind === 'segment') await keepSegments(db, tenant, at);
  return saved;
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
