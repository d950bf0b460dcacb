import { createHash } from 'node:crypto';
import { enqueue } from '../db/enqueue.ts';
import type { Tx } from '../db/transact.ts';
import { withTenant } from '../db/transact.ts';
import { keepEvidence } from '../evidence/keep-evidence.ts';
import { openPicture, type PictureRefused } from '../evidence/picture.ts';
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

/**
 * A participant shows a receipt: the picture is checked, kept and queued for reading, and from then on nothing is lost.
 * The same bytes from the same person are the same evidence. Refuses pictures that cannot be read, and outlets that are
 * not the sender's. `readDelayS` leaves the reading to the caller for so long.
 */
export async function snapReceipt(
  app: App,
  by: { tenant: TenantId; participant: ParticipantId },
  photo: Photo,
  options: { readDelayS?: number } = {},
): Promise<Snapped | PictureRefused | Refused<'no-outlet'>> {
  const picture = await openPicture(photo.bytes);
  if (!picture.ok) return picture;
  // Objects are stored before the record that names them: a crash in between leaves an unused object, never a gap.
  const object = await app.objects.put(picture.stored);
  const detail = picture.detail && (await app.objects.put(picture.detail));
  const at = app.now();
  return withTenant(app.db, by.tenant, async (tx) => {
    if (photo.outlet && !(await isOwnOutlet(tx, by.participant, photo.outlet))) return refuse('no-outlet');
    const [programme] = await listProgrammes(tx);
    if (!programme) throw new Error('a tenant that takes evidence has a programme');
    const kept = await keepEvidence(
      tx,
      {
        sha256: createHash('sha256').update(photo.bytes).digest(),
        mediaType: picture.mediaType,
        byteSize: photo.bytes.byteLength,
        object,
        detail,
        pictureHash: picture.hash,
        width: picture.width,
        height: picture.height,
        programme: programme.id,
        participant: by.participant,
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
      const job = { tenant: by.tenant, evidence: kept.id };
      await enqueue(tx, 'read-evidence', job, { key: `read:${kept.id}`, delayS: options.readDelayS ?? 0 });
    }
    return { ok: true, evidence: kept.id, isNew: kept.isNew };
  });
}

// A camera clock without its offset from UTC names no moment.
function momentOf(takenAt: string | undefined): Date | null {
  return takenAt && /(Z|[+-]\d\d:\d\d)$/.test(takenAt) ? new Date(takenAt) : null;
}

async function isOwnOutlet(tx: Tx, participant: ParticipantId, outlet: OutletId): Promise<boolean> {
  const own = await outletsOfParticipant(tx, participant);
  return own.some((known) => known.id === outlet);
}
