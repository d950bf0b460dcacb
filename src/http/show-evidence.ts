import type { z } from '@hono/zod-openapi';
import type { Facts, Language, TextKey } from '../../web/texts/say.ts';
import type { Activity } from '../activity/activity.ts';
import type { EvidenceRow, EvidenceStory } from '../flow/tell-evidence.ts';
import { explainRules, type ExplainedRule } from '../flow/explain-award.ts';
import type { Check } from '../evidence/receipt/judge.ts';
import type { SignedIn } from '../flow/sign-in.ts';
import type { BookedTransfer } from '../ledger/read.ts';
import type { Outlet } from '../network/outlets.ts';
import type { Participant } from '../network/participants.ts';
import type { Product } from '../network/products.ts';
import type { Message } from '../notify/outbox.ts';
import { text } from '../notify/texts.ts';
import type { Id } from '../shared/id.ts';
import type {
  activityShape,
  evidenceDetailShape,
  evidenceRowShape,
  messageShape,
  reasonShape,
  ruleTraceShape,
  transferShape,
} from './shapes.ts';

/** The only place that decides which fields of evidence leave the server, and in whose language its sentences are. */
export function showEvidenceRow(row: EvidenceRow, language: Language): z.infer<typeof evidenceRowShape> {
  const { evidence, participant, outlet, summary, verification, points, postedAt } = row;
  return {
    id: evidence.id,
    state: evidence.state,
    receivedAt: evidence.receivedAt.toISOString(),
    capturedAt: evidence.capturedAt?.toISOString() ?? null,
    participant: { id: participant.id, name: participant.name },
    outlet: outlet && { id: outlet.id, code: outlet.code, name: outlet.name, area: outlet.areaName },
    merchant: summary?.merchant ?? null,
    occurredOn: summary?.date ?? null,
    totalMinor: summary?.totalMinor ?? null,
    currency: summary?.currency ?? null,
    points: Number(points),
    reasons: (verification?.checks ?? [])
      .filter((check) => !check.ok)
      .map((check) => showCheck(check, language)),
    secondsToPoints: postedAt && (postedAt.getTime() - evidence.receivedAt.getTime()) / 1000,
  };
}

/** The whole story. What belongs to somebody else, such as the sender of a duplicate, is for staff only. */
export function showEvidence(
  story: EvidenceStory,
  language: Language,
  by: SignedIn,
): z.infer<typeof evidenceDetailShape> {
  const { evidence, verification, reading } = story;
  const isStaff = by.kind === 'staff';
  return {
    ...showEvidenceRow(story, language),
    sha256: evidence.sha256.toString('hex'),
    mediaType: evidence.mediaType,
    byteSize: evidence.byteSize,
    width: reading?.document.width ?? evidence.width,
    height: reading?.document.height ?? evidence.height,
    imageUrl: `/api/v1/evidence/${evidence.id}/image`,
    latitude: evidence.latitude,
    longitude: evidence.longitude,
    accuracyM: evidence.accuracyM,
    device: evidence.device,
    source: evidence.source,
    problem: evidence.problem,
    reading: reading?.document ?? null,
    outletMatch: showOutletMatch(story),
    matches: (verification?.matches.items ?? []).map(({ item, product, score }) => ({
      item,
      product: showProduct(story.products.find((known) => known.id === product)),
      score,
    })),
    verification: verification && {
      id: verification.id,
      verdict: verification.verdict,
      reasons: verification.checks.map((check) => showCheck(check, language)),
      decidedBy: story.decidedBy && { id: story.decidedBy.id, name: story.decidedBy.name },
      note: verification.note,
      decidedAt: verification.decidedAt.toISOString(),
    },
    duplicateOf: showDuplicate(story, isStaff || story.duplicate?.participant.id === by.id),
    activity: story.activity && showActivity(story.activity, story.participant, story.outlet, story.products),
    evaluation: showEvaluation(story, language),
    transfers: story.transfers.map((transfer) => showTransfer(transfer, story.owners)),
    stock: story.stock.map(({ beforeMilli, afterMilli, ...effect }) => ({
      ...effect,
      beforeMilli: Number(beforeMilli),
      afterMilli: Number(afterMilli),
    })),
    messages: story.messages.map(showMessage),
    timings: {
      receivedAt: evidence.receivedAt.toISOString(),
      readAt: reading?.createdAt.toISOString() ?? null,
      postedAt: story.postedAt?.toISOString() ?? null,
    },
  };
}

function showOutletMatch({ outlet, verification }: EvidenceStory) {
  const match = verification?.matches.outlet;
  if (!outlet || !match) return null;
  return {
    outlet: { id: outlet.id, code: outlet.code, name: outlet.name },
    score: match.score,
    how: match.how,
  };
}

function showDuplicate({ duplicate }: EvidenceStory, isOwn: boolean) {
  if (!duplicate) return null;
  const { evidence, participant } = duplicate;
  return {
    id: evidence.id,
    receivedAt: evidence.receivedAt.toISOString(),
    participant: isOwn ? { id: participant.id, name: participant.name } : null,
  };
}

function showEvaluation(story: EvidenceStory, language: Language) {
  return explainRules(story.evaluation, story.rules, language, story.people).map(showTrace);
}

/** What a rule made of an activity, with its sentences. */
export function showTrace({
  considered,
  title,
  reason,
  steps,
  to,
}: ExplainedRule): z.infer<typeof ruleTraceShape> {
  const { rule: id, code, version, fired, awards, grants = [] } = considered;
  return {
    rule: { id, code, version, title },
    fired,
    reason: { code: considered.reason.code, ok: fired, facts: { ...considered.reason.facts }, text: reason },
    steps,
    to,
    awards: awards.map(({ asset, units }) => ({ asset, units: Number(units) })),
    grants: grants.map(({ kind, name, count }) => ({ kind, name, count })),
  };
}

function showProduct(product: Product | undefined) {
  return product ? { id: product.id, sku: product.sku, name: product.name, isFocus: product.isFocus } : null;
}

/** A check with its sentence. */
export function showCheck({ code, ok, facts }: Check, language: Language): z.infer<typeof reasonShape> {
  const key = `verification.${code}.${ok ? 'ok' : 'failed'}` as TextKey;
  return { code, ok, facts, text: text(language, key, facts as Facts) };
}

export function showActivity(
  activity: Activity,
  participant: Participant,
  outlet: Outlet | null,
  products: readonly Product[],
): z.infer<typeof activityShape> {
  return {
    id: activity.id,
    version: activity.version,
    kind: activity.kind,
    evidence: activity.evidence,
    participant: { id: participant.id, name: participant.name },
    outlet: { id: activity.outlet, code: outlet?.code ?? '', name: outlet?.name ?? '' },
    occurredAt: activity.occurredAt.toISOString(),
    recordedAt: activity.recordedAt.toISOString(),
    currency: activity.currency,
    totalMinor: Number(activity.totalMinor),
    withdrawn: activity.withdrawn,
    attributes: { ...activity.attributes },
    lines: activity.lines.map((line) => {
      const product = products.find((known) => known.id === line.product);
      return {
        line: line.line,
        text: line.text,
        product: product ? { id: product.id, sku: product.sku, name: product.name } : null,
        quantityMilli: Number(line.quantityMilli),
        amountMinor: Number(line.amountMinor),
      };
    }),
  };
}

export function showTransfer(
  transfer: BookedTransfer,
  owners: ReadonlyMap<Id<string>, string>,
): z.infer<typeof transferShape> {
  const { code, kind, scale } = transfer.asset;
  const side = ({ account, role, owner }: BookedTransfer['from']) => ({
    id: account,
    role,
    owner: owners.get(owner) ?? '',
  });
  return {
    id: transfer.id,
    tx: transfer.tx,
    at: transfer.at.toISOString(),
    effectiveAt: transfer.effectiveAt.toISOString(),
    kind: transfer.kind,
    asset: { code, kind, scale },
    units: Number(transfer.amount),
    debit: side(transfer.from),
    credit: side(transfer.to),
    cause: transfer.cause,
    expiresOn: transfer.expiresOn,
  };
}

export function showMessage(message: Message): z.infer<typeof messageShape> {
  const { id, channel, language, body, createdAt, sentAt, readAt } = message;
  return {
    id,
    channel,
    language,
    body,
    createdAt: createdAt.toISOString(),
    sentAt: sentAt.toISOString(),
    readAt: readAt?.toISOString() ?? null,
  };
}
