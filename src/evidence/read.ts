import type { Tx } from '../db/transact.ts';
import type { EvidenceId, OutletId, ParticipantId, ProgrammeId } from '../shared/id.ts';
import type { EvidenceState } from './progress.ts';

/** The record of a piece of evidence, which never changes. */
export type Evidence = {
  id: EvidenceId;
  sha256: Buffer;
  mediaType: string;
  byteSize: number;
  object: string;
  detail: string | null;
  pictureHash: bigint;
  width: number;
  height: number;
  programme: ProgrammeId;
  participant: ParticipantId;
  outlet: OutletId | null;
  source: 'app' | 'api' | 'cli';
  capturedAt: Date | null;
  latitude: number | null;
  longitude: number | null;
  accuracyM: number | null;
  device: string | null;
  receivedAt: Date;
};

const columns = `e.id, e.sha256, e.media_type as "mediaType", e.byte_size as "byteSize", e.object,
  e.detail, e.picture_hash as "pictureHash", e.width, e.height,
  e.programme, e.participant, e.outlet, e.source, e.captured_at as "capturedAt", e.latitude, e.longitude,
  e.accuracy_m as "accuracyM", e.device, e.received_at as "receivedAt"`;

export async function evidenceById(tx: Tx, id: EvidenceId): Promise<Evidence | null> {
  const rows = await tx.query<Evidence>(
    `select ${columns} from evidence e where e.tenant = $1 and e.id = $2`,
    [tx.tenant, id],
  );
  return rows[0] ?? null;
}

export type EvidenceListed = Evidence & { state: EvidenceState; problem: string | null };

export type EvidenceFilter = {
  participant?: ParticipantId;
  states?: readonly EvidenceState[];
  ids?: readonly EvidenceId[];
  /** Only evidence that arrived before this one. */
  before?: EvidenceId;
  limit: number;
};

/** Evidence with its state, newest first. */
export async function listEvidence(tx: Tx, filter: EvidenceFilter): Promise<EvidenceListed[]> {
  return tx.query<EvidenceListed>(
    `select ${columns}, p.state, p.problem
     from evidence e join evidence_progress p on p.tenant = $1 and p.evidence = e.id
     where e.tenant = $1 and ($2::uuid is null or e.participant = $2) and ($3::uuid[] is null or e.id = any($3))
       and ($4::uuid is null or e.id < $4) and ($5::text[] is null or p.state = any($5))
     order by e.id desc limit $6`,
    [
      tx.tenant,
      filter.participant ?? null,
      filter.ids ?? null,
      filter.before ?? null,
      filter.states ?? null,
      filter.limit,
    ],
  );
}

/** How much evidence there is in each state, of one participant or of all. */
export async function countEvidence(
  tx: Tx,
  participant: ParticipantId | null,
): Promise<Partial<Record<EvidenceState, number>>> {
  const rows = await tx.query<{ state: EvidenceState; n: number }>(
    `select p.state, count(*)::int as n
     from evidence e join evidence_progress p on p.tenant = $1 and p.evidence = e.id
     where e.tenant = $1 and ($2::uuid is null or e.participant = $2)
     group by p.state`,
    [tx.tenant, participant],
  );
  return Object.fromEntries(rows.map((row) => [row.state, row.n]));
}
