import { createHash } from 'node:crypto';
import { enqueue } from '../db/enqueue.ts';
import { once } from '../db/once.ts';
import type { Tx } from '../db/transact.ts';
import { withTenant } from '../db/transact.ts';
import { keepEvidence } from '../evidence/keep-evidence.ts';
import { isJudged } from '../evidence/progress.ts';
import { listEvidence } from '../evidence/read.ts';
import { openPicture, type Picture, type PictureRefused } from '../evidence/picture.ts';
import { outletsOfParticipant } from '../network/outlets.ts';
import { listProgrammes } from '../network/programmes.ts';
import type { EvidenceId, OutletId, ParticipantId, TenantId } from '../shared/id.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import type { App } from './app.ts';

/** A photograph as somebody sends it, with what the device says of the moment. */
export type Photo = {
  bytes: Uint8Array;
  outlet: OutletId | null;
  source: 'app' | 'api' | 'cli';
  capturedAt: Date | null;
  latitude: number | null;
  longitude: number | null;
  accuracyM: number | null;
  device: string | null;
};

export type Snapped = { ok: true; evidence: EvidenceId; isNew: boolean };

export type SnapOptions = {
  /** Leaves the reading to the caller for so long. */
  readDelayS?: number;
  /** The sender's own key: the same key with another picture is refused. */
  key?: string;
};

/**
 * A participant shows a receipt: the picture is checked, kept and queued for reading, and from then on nothing is lost.
 * The same bytes from the same person are the same evidence. Refuses pictures that cannot be read, and outlets that are
 * not the sender's.
 */
export async function snapReceipt(
  app: App,
  by: { tenant: TenantId; participant: ParticipantId },
  photo: Photo,
  options: SnapOptions = {},
): Promise<Snapped | PictureRefused | Refused<'no-outlet' | 'key-reused'>> {
  const picture = await openPicture(photo.bytes);
  if (!picture.ok) return picture;
  // Objects are stored before the record that names them: a crash in between leaves an unused object, never a gap.
  const object = await app.objects.put(picture.stored);
  const detail = picture.detail && (await app.objects.put(picture.detail));
  const sha256 = createHash('sha256').update(photo.bytes).digest();
  const at = app.now();
  const snapped = await withTenant(app.db, by.tenant, async (tx) => {
    const keep = () =>
      keepPhoto(tx, by.participant, photo, { ...picture, sha256, object, detail }, options, at);
    if (options.key === undefined) return keep();
    const request = { actor: by.participant, route: 'evidence', key: options.key, contentHash: sha256 };
    const kept = await once(tx, request, at, async () => ({ status: 200, body: await keep() }));
    if (!kept.ok) return kept;
    const answer = kept.body as Awaited<ReturnType<typeof keep>>;
    return answer.ok ? { ...answer, isNew: answer.isNew && !kept.replayed } : answer;
  });
  if (detail && !(snapped.ok && (await isToBeRead(app, by.tenant, snapped.evidence))))
    await app.objects.delete(detail);
  return snapped;
}

// A copy in all its pixels is for the reader alone: when nothing is left to read, it must not stay.
async function isToBeRead(app: App, tenant: TenantId, evidence: EvidenceId): Promise<boolean> {
  const [listed] = await withTenant(app.db, tenant, (tx) => listEvidence(tx, { ids: [evidence], limit: 1 }));
  return listed !== undefined && !isJudged(listed.state);
}

/** A picture with the addresses of its copies. */
type StoredPhoto = Omit<Picture, 'detail'> & { sha256: Buffer; object: string; detail: string | null };

async function keepPhoto(
  tx: Tx,
  participant: ParticipantId,
  photo: Photo,
  picture: StoredPhoto,
  { readDelayS = 0 }: SnapOptions,
  at: Date,
): Promise<Snapped | Refused<'no-outlet'>> {
  if (photo.outlet && !(await isOwnOutlet(tx, participant, photo.outlet))) return refuse('no-outlet');
  const [programme] = await listProgrammes(tx);
  if (!programme) throw new Error('a tenant that takes evidence has a programme');
  const kept = await keepEvidence(
    tx,
    {
      sha256: picture.sha256,
      mediaType: picture.mediaType,
      byteSize: photo.bytes.byteLength,
      object: picture.object,
      detail: picture.detail,
      pictureHash: picture.hash,
      width: picture.width,
      height: picture.height,
      programme: programme.id,
      participant,
      outlet: photo.outlet,
      source: photo.source,
      capturedAt: photo.capturedAt ?? momentOf(picture.exif.takenAt),
      latitude: photo.latitude ?? picture.exif.latitude ?? null,
      longitude: photo.longitude ?? picture.exif.longitude ?? null,
      accuracyM: photo.accuracyM ?? picture.exif.accuracyM ?? null,
      device: photo.device,
    },
    at,
  );
  if (kept.isNew) {
    const job = { tenant: tx.tenant, evidence: kept.id };
    await enqueue(tx, 'read-evidence', job, { key: `read:${kept.id}`, delayS: readDelayS });
  }
  return { ok: true, evidence: kept.id, isNew: kept.isNew };
}

// A camera clock without its offset from UTC names no moment.
function momentOf(takenAt: string | undefined): Date | null {
  return takenAt && /(Z|[+-]\d\d:\d\d)$/.test(takenAt) ? new Date(takenAt) : null;
}

async function isOwnOutlet(tx: Tx, participant: ParticipantId, outlet: OutletId): Promise<boolean> {
  const own = await outletsOfParticipant(tx, participant);
  return own.some((known) => known.id === outlet);
}
