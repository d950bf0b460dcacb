import type { Tx } from '../db/transact.ts';
import { findDuplicate } from '../evidence/find-duplicate.ts';
import { fileFingerprint } from '../evidence/keep-reading.ts';
import { noteVerdict } from '../evidence/progress.ts';
import type { Evidence } from '../evidence/read.ts';
import { correctMatches, correctReading } from '../evidence/receipt/correct.ts';
import { fingerprintOf } from '../evidence/receipt/fingerprint.ts';
import { judge, type Check, type Verdict } from '../evidence/receipt/judge.ts';
import { matchItems, type ItemMatch } from '../evidence/receipt/match-items.ts';
import { matchOutlet, type OutletMatch } from '../evidence/receipt/match-outlet.ts';
import type { Reading } from '../evidence/receipt/reading.ts';
import { addVerification, type Corrections, type VerificationId } from '../evidence/verifications.ts';
import { findOutlets, outletById, outletsOfParticipant } from '../network/outlets.ts';
import { findProducts, productsByIds, type Product } from '../network/products.ts';
import { programmeById, type Programme } from '../network/programmes.ts';
import type { StaffId } from '../shared/id.ts';

/** Who decides, and what they set right first; null leaves the verdict to the checks. */
export type Decision = { by: StaffId; approve: boolean; note: string; corrections: Corrections } | null;

export type Decided = {
  verification: VerificationId;
  verdict: Verdict;
  checks: Check[];
  reading: Reading;
  outlet: OutletMatch | null;
  items: ItemMatch[];
  products: Product[];
  programme: Programme;
};

/**
 * Matches a reading with outlets, goods and earlier evidence, judges it, and records the verdict. With a decision the
 * person's word replaces what only made the checks unsure; what the programme rules out stays ruled out.
 */
export async function decideEvidence(
  tx: Tx,
  evidence: Evidence,
  stored: { version: number; document: Reading },
  decision: Decision,
  at: Date,
): Promise<Decided> {
  const corrections = decision?.corrections ?? {};
  const reading = correctReading(stored.document, corrections);
  const programme = (await programmeById(tx, evidence.programme))!;
  const outlet = await outletOf(tx, evidence, reading, corrections);
  const { items, products } = await goodsOf(tx, reading, corrections);
  const fingerprint = fingerprintOf(evidence.sha256, evidence.pictureHash, reading);
  const duplicate = await findDuplicate(tx, {
    evidence: evidence.id,
    participant: evidence.participant,
    reading,
    fingerprint,
  });
  await fileFingerprint(tx, evidence.id, fingerprint);
  const judged = judge(reading, {
    programme: {
      startsOn: programme.startsOn,
      endsOn: programme.endsOn,
      currency: programme.currency,
      totalMinorMax: programme.settings.totalMinorMax ?? null,
    },
    outlet: outlet ? { ...outlet, name: (await outletById(tx, outlet.outlet))!.name } : null,
    items,
    products,
    duplicate,
    reviewed: decision !== null,
  });
  const verdict = decision ? verdictOf(decision, judged.verdict) : judged.verdict;
  const verification = await addVerification(
    tx,
    {
      evidence: evidence.id,
      readingVersion: stored.version,
      verdict,
      checks: judged.checks,
      matches: { outlet, items },
      duplicateOf: duplicate?.evidence ?? null,
      decidedBy: decision?.by ?? null,
      note: decision?.note ?? null,
      corrections: decision?.corrections ?? null,
    },
    at,
  );
  await noteVerdict(tx, evidence.id, verdict, at);
  return { verification, verdict, checks: judged.checks, reading, outlet, items, products, programme };
}

function verdictOf(decision: NonNullable<Decision>, judged: Verdict): Verdict {
  if (!decision.approve || judged === 'rejected') return 'rejected';
  return 'verified';
}

async function outletOf(
  tx: Tx,
  evidence: Evidence,
  reading: Reading,
  corrections: Corrections,
): Promise<OutletMatch | null> {
  if (corrections.outlet) return { outlet: corrections.outlet, score: 1, how: 'reviewer' };
  const own = await outletsOfParticipant(tx, evidence.participant);
  const printed = { name: reading.merchant?.value ?? '', address: reading.address?.value ?? '' };
  const others = await findOutlets(tx, printed);
  return matchOutlet(reading, { own, others, chosen: evidence.outlet });
}

async function goodsOf(
  tx: Tx,
  reading: Reading,
  corrections: Corrections,
): Promise<{ items: ItemMatch[]; products: Product[] }> {
  const found = await findProducts(
    tx,
    reading.items.map((item) => item.text),
  );
  const candidates = [...new Map(found.map(({ product }) => [product.id, product])).values()];
  const items = correctMatches(matchItems(reading.items, candidates), corrections);
  const ids = items.flatMap((match) => (match.product ? [match.product] : []));
  return { items, products: await productsByIds(tx, ids) };
}
