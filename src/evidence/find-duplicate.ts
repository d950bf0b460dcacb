import type { Tx } from '../db/transact.ts';
import type { EvidenceId, ParticipantId } from '../shared/id.ts';
import { compareReceipts, type Fingerprint } from './receipt/fingerprint.ts';
import type { Duplicate, Verdict } from './receipt/judge.ts';
import type { Reading } from './receipt/reading.ts';

/** Candidates looked at for one receipt; more than this share a drawer only when a field is misread alike for many. */
const candidatesMax = 50;

/**
 * The evidence that already claims the same paper, if any counts: a rejected one does not, so that a better photograph
 * of a paper that could not be read is welcome. Locks the drawers until the transaction ends, so that two photographs
 * that arrive together are compared one after the other; `fileFingerprint` must follow in the same transaction.
 */
export async function findDuplicate(
  tx: Tx,
  given: { evidence: EvidenceId; participant: ParticipantId; reading: Reading; fingerprint: Fingerprint },
): Promise<Duplicate | null> {
  await lockDrawers(tx, given.fingerprint.keys);
  const found = (await candidates(tx, given.evidence, given.fingerprint.keys)).map((other) => ({
    evidence: other.evidence,
    bySameSender: other.participant === given.participant,
    how: howSame(other, given),
  }));
  // The surest kind first, then the earliest evidence.
  for (const how of ['file', 'same', 'similar'] as const) {
    const duplicate = found.find((other) => other.how === how);
    if (duplicate) return { ...duplicate, how };
  }
  return null;
}

async function lockDrawers(tx: Tx, keys: readonly string[]): Promise<void> {
  await tx.query(
    `insert into fingerprint_lock (tenant, key)
     select $1, key from unnest($2::text[]) as given (key) order by key on conflict do nothing`,
    [tx.tenant, keys],
  );
  await tx.query(
    'select 1 from fingerprint_lock where tenant = $1 and key = any($2) order by key for update',
    [tx.tenant, keys],
  );
}

type Candidate = {
  evidence: EvidenceId;
  participant: ParticipantId;
  shared_keys: string[];
  signature: number[];
  document: Reading;
  verdict: Verdict;
};

async function candidates(tx: Tx, evidence: EvidenceId, keys: readonly string[]): Promise<Candidate[]> {
  return tx.query<Candidate>(
    `with filed as (
       select k.evidence, array_agg(k.key) as shared_keys from fingerprint_key k
       where k.tenant = $1 and k.key = any($2) and k.evidence <> $3
       group by k.evidence order by k.evidence limit $4
     )
     select filed.evidence, filed.shared_keys, e.participant, f.signature, r.document, v.verdict
     from filed
     join evidence e on e.tenant = $1 and e.id = filed.evidence
     join fingerprint f on f.tenant = $1 and f.evidence = filed.evidence
     join lateral (
       select document from reading where tenant = $1 and evidence = filed.evidence order by version desc limit 1
     ) r on true
     join lateral (
       select verdict from verification where tenant = $1 and evidence = filed.evidence order by id desc limit 1
     ) v on v.verdict <> 'rejected'
     order by filed.evidence`,
    [tx.tenant, keys, evidence, candidatesMax],
  );
}

function howSame(
  other: Candidate,
  given: { reading: Reading; fingerprint: Fingerprint },
): Duplicate['how'] | 'different' {
  if (other.shared_keys.some((key) => key.startsWith('file:'))) return 'file';
  const sameness = compareReceipts(
    { reading: other.document, signature: other.signature },
    { reading: given.reading, signature: given.fingerprint.signature },
  );
  return sameness;
}
