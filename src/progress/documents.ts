import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';

import type { Tx } from '../db/transact.ts';
import type { RuleProblem } from '../rules/problem.ts';
import type { ProgrammeId } from '../shared/id.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import { parseProgressDocument, type ProgressDocument } from './document.ts';
import { compileSegment } from './segment.ts';

/** What became of a document: `unchanged` when the newest version says the same already, and nothing was written. */
export type SavedDocument =
  | { ok: true; kind: ProgressDocument['kind']; code: string; version: number; unchanged: boolean }
  | (Refused<'rule-invalid'> & { problems: RuleProblem[] });

/** A version of a document with the days that it judges: `until` belongs to the next version. */
export type StoredDocument<Document extends ProgressDocument = ProgressDocument> = {
  version: number;
  state: 'live' | 'retired';
  document: Document;
  /** Null: from the beginning. */
  from: string | null;
  /** Null: until further notice. */
  until: string | null;
};

/**
 * Saves each document as the next version of what its kind and code name; answers in order. A new one counts from the
 * beginning and an edit from `effectiveFrom` on (absent: `today`), so that what was decided before stays.
 */
export async function saveDocuments(
  tx: Tx,
  programme: ProgrammeId,
  documents: readonly unknown[],
  by: string,
  at: Date,
  options: { today: string; effectiveFrom?: string; state?: 'live' | 'retired' },
): Promise<SavedDocument[]> {
  const answers: SavedDocument[] = [];
  for (const document of documents)
    answers.push(await saveDocument(tx, programme, document, by, at, options));
  return answers;
}

/** Every version of a programme's documents that is or was in force, in order of kind, code and version. */
export async function documentsOf(tx: Tx, programme: ProgrammeId): Promise<StoredDocument[]> {
  const rows = await tx.query<Omit<StoredDocument, 'until'>>(
    `select d.version, d.state, d.document, d.effective_from as "from" from progress_document d
     where d.tenant = $1 and d.programme = $2 order by d.kind, d.code collate "C", d.version`,
    [tx.tenant, programme],
  );
  const named = Map.groupBy(rows, ({ document: { kind, code } }) => `${kind} ${code}`);
  return [...named.values()].flatMap(withSpans);
}

/** Says what is wrong with a document by itself, each with its place; the condition of a segment among it. Pure. */
export function checkDocument(given: unknown): ReturnType<typeof parseProgressDocument> {
  const parsed = parseProgressDocument(given);
  if (!parsed.ok || parsed.document.kind !== 'segment') return parsed;
  const { problems } = compileSegment(parsed.document);
  return problems.length > 0 ? { ok: false, problems } : parsed;
}

async function saveDocument(
  tx: Tx,
  programme: ProgrammeId,
  given: unknown,
  by: string,
  at: Date,
  { today, effectiveFrom, state = 'live' }: Parameters<typeof saveDocuments>[5],
): Promise<SavedDocument> {
  const checked = checkDocument(given);
  if (!checked.ok) return invalid(checked.problems);
  const { document } = checked;
  const { kind, code } = document;
  const digest = createHash('sha256')
    .update(JSON.stringify([state, document]))
    .digest();
  // One after the other: two edits at once would be the same version.
  await tx.query('select 1 from programme p where p.tenant = $1 and p.id = $2 for no key update', [
    tx.tenant,
    programme,
  ]);
  const others = await tx.query<{ code: string; version: number; digest: Buffer; state: string }>(
    `select distinct on (d.code) d.code, d.version, d.digest, d.state from progress_document d
     where d.tenant = $1 and d.programme = $2 and d.kind = $3 order by d.code, d.version desc`,
    [tx.tenant, programme, kind],
  );
  const otherTiers = others.find((one) => one.code !== code && one.state === 'live');
  if (kind === 'tiers' && otherTiers) {
    const facts = { code: otherTiers.code };
    return invalid([{ code: 'contradiction', at: 'code', why: 'other-tiers', facts }]);
  }
  const newest = others.find((one) => one.code === code);
  if (newest?.digest.equals(digest) && !effectiveFrom)
    return { ok: true, kind, code, version: newest.version, unchanged: true };
  const version = (newest?.version ?? 0) + 1;
  const from = effectiveFrom ?? (newest ? today : null);
  await tx.query(
    `insert into progress_document (tenant, programme, kind, code, version, state, document, effective_from, digest,
       created_at, created_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [tx.tenant, programme, kind, code, version, state, JSON.stringify(document), from, digest, at, by],
  );
  return { ok: true, kind, code, version, unchanged: false };
}

function invalid(problems: RuleProblem[]): SavedDocument {
  assert(problems.length > 0, 'a refusal says why');
  return { ...refuse('rule-invalid'), problems };
}

// Each version judges from its own first day until the earliest first day of any later one.
function withSpans(versions: readonly Omit<StoredDocument, 'until'>[]): StoredDocument[] {
  return versions.flatMap((one, i) => {
    const later = versions.slice(i + 1).map(({ from }) => from ?? '');
    const until = later.toSorted()[0] ?? null;
    if (one.state === 'retired' || (until !== null && until <= (one.from ?? ''))) return [];
    return [{ ...one, until }];
  });
}
