import type { Tx } from '../db/transact.ts';
import { newId, type EvidenceId } from '../shared/id.ts';
import type { Evidence } from './read.ts';

/** What arrives with a picture. `object` and `detail` are the content addresses of its copies. */
export type NewEvidence = Omit<Evidence, 'id' | 'receivedAt'>;

/**
 * Records that somebody showed a receipt picture, and that it waits to be read. The same bytes from the same person
 * are the same evidence: then `isNew` is false, and nothing is written.
 */
export async function keepEvidence(
  tx: Tx,
  given: NewEvidence,
  at: Date,
): Promise<{ id: EvidenceId; isNew: boolean }> {
  const id = newId<EvidenceId>(at);
  const inserted = await tx.query<{ id: EvidenceId }>(
    `insert into evidence (tenant, id, kind, sha256, media_type, byte_size, object, detail, picture_hash, width,
       height, programme, participant, outlet, source, captured_at, latitude, longitude, accuracy_m, device,
       received_at)
     values ($1, $2, 'receipt', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
     on conflict (tenant, sha256, participant) do nothing
     returning id`,
    [
      tx.tenant,
      id,
      given.sha256,
      given.mediaType,
      given.byteSize,
      given.object,
      given.detail,
      given.pictureHash,
      given.width,
      given.height,
      given.programme,
      given.participant,
      given.outlet,
      given.source,
      given.capturedAt,
      given.latitude,
      given.longitude,
      given.accuracyM,
      given.device,
      at,
    ],
  );
  if (inserted.length === 0) return { id: await idOf(tx, given), isNew: false };
  await tx.query(
    `insert into evidence_progress (tenant, evidence, state, changed_at) values ($1, $2, 'waiting', $3)`,
    [tx.tenant, id, at],
  );
  return { id, isNew: true };
}

async function idOf(tx: Tx, given: NewEvidence): Promise<EvidenceId> {
  const rows = await tx.query<{ id: EvidenceId }>(
    'select id from evidence where tenant = $1 and sha256 = $2 and participant = $3',
    [tx.tenant, given.sha256, given.participant],
  );
  return rows[0]!.id;
}
