import type { EvidenceStory } from '../flow/tell-evidence.ts';
import { showActivity, showMessage } from '../http/show-evidence.ts';

/** A story as the commands print it; the names of the fields are a stable door. Amounts are minor units, units smallest parts. */
export function jsonOfStory(story: EvidenceStory): object {
  const { evidence, verification, activity, evaluation, transfers, owners } = story;
  const reading = story.reading?.document ?? null;
  const side = ({ role, owner }: { role: string; owner: string }) =>
    `${role}:${owners.get(owner as never) ?? owner}`;
  return {
    evidence: { id: evidence.id, sha256: evidence.sha256.toString('hex'), status: evidence.state },
    reading: reading && {
      merchant: reading.merchant?.value ?? null,
      date: reading.date?.value ?? null,
      time: reading.time?.value ?? null,
      number: reading.number?.value ?? null,
      currency: reading.currency?.value ?? null,
      total: reading.totalMinor?.value ?? null,
      lines: reading.items.map(({ text, quantity, unitPriceMinor, amountMinor, confidence }) => ({
        text,
        quantity,
        unitPrice: unitPriceMinor,
        amount: amountMinor,
        confidence,
      })),
      confidence: reading.confidence,
    },
    verification: verification && {
      verdict: verification.verdict,
      reasons: verification.checks.filter((check) => !check.ok).map(({ code, facts }) => ({ code, facts })),
      checks: verification.checks.map(({ code, ok }) => ({ code, ok })),
    },
    activity: activity && showActivity(activity, story.participant, story.outlet, story.products),
    awards: (evaluation?.considered ?? []).flatMap((considered) =>
      considered.awards.map(({ asset, units }) => ({
        rule: considered.code,
        version: considered.version,
        asset,
        units,
        reasons: considered.steps,
      })),
    ),
    notFired: (evaluation?.considered ?? [])
      .filter((considered) => !considered.fired)
      .map(({ code, version, reason }) => ({ rule: code, version, reason })),
    transfers: transfers.map((transfer) => ({
      id: transfer.id,
      asset: transfer.asset.code,
      units: transfer.amount,
      kind: transfer.kind,
      debit: side(transfer.from),
      credit: side(transfer.to),
    })),
    messages: story.messages.map(showMessage),
  };
}
