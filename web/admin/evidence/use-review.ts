import { useMutation, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useAnnounce } from '../announce.tsx';
import { bodyOf, client, newKey, type Decision, type EvidenceDetail, type EvidenceRow } from '../api.ts';
import { useReader, type Reader } from '../language.tsx';
import { evidenceDetail, me as meQuery, reviewQueue } from '../queries.ts';

const reviewers = new Set(['reviewer', 'manager']);

export type Reviewing = {
  decide: (decision: Decision) => void;
  isDeciding: boolean;
  error: Error | null;
  /** How many more wait after this one. */
  left: number;
  /** What was decided just before. */
  last: EvidenceDetail | null;
  /** Seconds between seeing a receipt and deciding it, for each decision of this sitting. */
  tookS: number[];
};

/**
 * Deciding one receipt after the other. Null where there is nothing to decide, or not by this person. The next receipt
 * and its picture are fetched while the person looks at this one.
 */
export function useReview(
  evidence: EvidenceDetail | undefined,
  openNext: (id: string) => void,
): Reviewing | null {
  const queries = useQueryClient();
  const announce = useAnnounce();
  const reader = useReader();
  const role = useQuery(meQuery).data?.role ?? '';
  const isWaiting = evidence?.state === 'needs-review' && reviewers.has(role);
  const queue = useQuery({ ...reviewQueue, enabled: isWaiting }).data;
  const next = isWaiting ? nextAfter(evidence.id, queue?.items ?? []) : undefined;
  const seenAt = useSeenAt(evidence?.id);
  const [sitting, setSitting] = useState<Pick<Reviewing, 'last' | 'tookS'>>({ last: null, tookS: [] });
  usePreloaded(next);

  const decision = useMutation({
    mutationFn: ({ id, key, body }: { id: string; key: string; body: Decision }) =>
      bodyOf(
        client.POST('/api/v1/evidence/{id}/review', {
          params: { path: { id }, header: { 'idempotency-key': key } },
          body,
        }),
      ),
    onSuccess: (decided) => {
      queries.setQueryData(evidenceDetail(decided.id).queryKey, decided);
      void queries.invalidateQueries({ queryKey: ['evidence', 'list'] });
      setSitting(({ tookS }) => ({ last: decided, tookS: [...tookS, (Date.now() - seenAt.current) / 1000] }));
      announce(tellDecision(decided, reader));
      if (next) openNext(next.id);
    },
  });
  if (!isWaiting) return null;
  return {
    decide: (body) => {
      const seen = evidence.verification?.id;
      if (decision.isPending) return;
      decision.mutate({ id: evidence.id, key: newKey(), body: { ...body, ...(seen && { seen }) } });
    },
    isDeciding: decision.isPending,
    error: decision.variables?.id === evidence.id ? decision.error : null,
    left: Math.max(0, (queue?.total ?? 1) - 1),
    ...sitting,
  };
}

/** What a decision did, in one sentence. */
export function tellDecision(decided: EvidenceDetail, { say, name }: Pick<Reader, 'say' | 'name'>): string {
  const facts = { state: name('admin.state', decided.state), participant: decided.participant.name };
  if (decided.points === 0) return say('admin.review.decided-none', facts);
  return say('admin.review.decided', { ...facts, count: decided.points });
}

// From the newest down, and then from the top again.
function nextAfter(id: string, rows: EvidenceRow[]): EvidenceRow | undefined {
  const at = rows.findIndex((row) => row.id === id);
  return rows[at + 1] ?? rows.find((row) => row.id !== id);
}

function usePreloaded(next: EvidenceRow | undefined): void {
  const queries = useQueryClient();
  const id = next?.id;
  useEffect(() => {
    if (id) void preload(queries, id);
  }, [id, queries]);
}

async function preload(queries: QueryClient, id: string): Promise<void> {
  const { imageUrl } = await queries.ensureQueryData(evidenceDetail(id));
  new Image().src = imageUrl;
}

function useSeenAt(id: string | undefined) {
  const seenAt = useRef(Date.now());
  useEffect(() => {
    seenAt.current = Date.now();
  }, [id]);
  return seenAt;
}
