import { withTenant } from '../db/transact.ts';
import { keepReading } from '../evidence/keep-reading.ts';
import { isJudged, lockProgress, noteFailed, noteReading } from '../evidence/progress.ts';
import { evidenceById, type Evidence } from '../evidence/read.ts';
import type { Locale, Reading } from '../evidence/receipt/reading.ts';
import { log } from '../log.ts';
import { programmeById } from '../network/programmes.ts';
import type { EvidenceId, TenantId } from '../shared/id.ts';
import type { App } from './app.ts';
import { decideEvidence } from './decide-evidence.ts';
import { settleVerdict } from './settle-verdict.ts';

/**
 * Reads a piece of evidence and lets everything follow from it: reading, matches, verdict, activity, awards, stock and
 * message, in one transaction. Harmless when it runs twice or on several machines: the first to finish decides.
 * Throws when the picture cannot be read for a technical reason; the attempt is counted, and the job tries again.
 */
export async function readEvidence(app: App, tenant: TenantId, id: EvidenceId): Promise<void> {
  const begun = await withTenant(app.db, tenant, async (tx) => {
    const progress = await lockProgress(tx, id);
    if (!progress || isJudged(progress.state)) return null;
    await noteReading(tx, id, app.now());
    const evidence = (await evidenceById(tx, id))!;
    const programme = (await programmeById(tx, evidence.programme))!;
    const { currency, timeZone, settings } = programme;
    return {
      evidence,
      locale: { currency, timeZone, dateOrder: settings.dateOrder ?? 'dmy' } satisfies Locale,
    };
  });
  if (!begun) return;
  try {
    const reading = await readPicture(app, begun.evidence, begun.locale);
    await recordReading(app, tenant, id, reading);
    if (begun.evidence.detail) await app.objects.delete(begun.evidence.detail);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    const parked = await withTenant(app.db, tenant, (tx) => noteFailed(tx, id, problem, app.now()));
    log.warn({ evidence: id, problem, parked }, 'evidence could not be read');
    if (!parked) throw error;
  }
}

// The copy in all its pixels shows the small print best; once it has been read and deleted, the smaller one serves.
async function readPicture(app: App, evidence: Evidence, locale: Locale): Promise<Reading> {
  const stored = await app.objects.get(evidence.object);
  if (!stored) throw new Error(`the picture ${evidence.object} is not in the object store`);
  const detail = evidence.detail && (await app.objects.get(evidence.detail));
  return app.ocr.read({ stored, detail: detail || null }, locale);
}

async function recordReading(app: App, tenant: TenantId, id: EvidenceId, document: Reading): Promise<void> {
  await withTenant(app.db, tenant, async (tx) => {
    const progress = await lockProgress(tx, id);
    if (!progress || isJudged(progress.state)) return;
    const at = app.now();
    const evidence = (await evidenceById(tx, id))!;
    const version = await keepReading(tx, id, document, at);
    const decided = await decideEvidence(tx, evidence, { version, document }, null, at);
    await settleVerdict(tx, evidence, decided, null, at);
  });
}
