import assert from 'node:assert/strict';

import type { NewActivity } from '../activity/activity.ts';
import { activitiesOfEvidence } from '../activity/read.ts';
import type { Tx } from '../db/transact.ts';
import type { Evidence } from '../evidence/read.ts';
import { balancesOf } from '../ledger/read.ts';
import { outletById } from '../network/outlets.ts';
import { participantById } from '../network/participants.ts';
import { queueMessages, type NewMessage } from '../notify/outbox.ts';
import { isTextKey, text } from '../notify/texts.ts';
import { momentAt } from '../shared/time.ts';
import type { Facts } from '../../web/texts/say.ts';
import type { Decided, Decision } from './decide-evidence.ts';
import { recordAndPost } from './record-activities.ts';

/** Receipts that print no time are taken to be from noon, the middle of their day. */
const noon = '12:00';

/**
 * Lets a verdict take effect in the same transaction: a verified receipt becomes an activity, or a new version of it;
 * one that is no longer believed is withdrawn; either way only the difference is posted, and the sender is told.
 */
export async function settleVerdict(
  tx: Tx,
  evidence: Evidence,
  decided: Decided,
  decision: Decision,
  at: Date,
): Promise<void> {
  const before = await activitiesOfEvidence(tx, evidence.id);
  let points = 0n;
  if (decided.verdict === 'verified') {
    points = await pointsFor(tx, decided, [activityOf(evidence, decided, decision)], at);
  } else {
    const withdrawn = before
      .filter((activity) => !activity.withdrawn)
      .map((activity) => ({
        ...activity,
        source: 'evidence',
        externalKey: evidence.id,
        withdrawn: true,
        reason: decision?.note ?? null,
      }));
    points = await pointsFor(tx, decided, withdrawn, at);
  }
  const message = await messageOf(tx, evidence, decided, decision, {
    points,
    isCorrection: before.length > 0,
  });
  await queueMessages(tx, [message], at);
}

/** Records the activities and answers the change in points. */
async function pointsFor(
  tx: Tx,
  { programme }: Decided,
  activities: readonly NewActivity[],
  at: Date,
): Promise<bigint> {
  const settled = await recordAndPost(tx, programme, activities, at);
  return settled.reduce((sum, each) => {
    assert(each.ok, `what was judged can be recorded: ${each.ok ? '' : JSON.stringify(each)}`);
    return sum + each.points;
  }, 0n);
}

function activityOf(evidence: Evidence, decided: Decided, decision: Decision): NewActivity {
  const { reading, programme } = decided;
  return {
    source: 'evidence',
    externalKey: evidence.id,
    kind: 'receipt',
    programme: programme.id,
    evidence: evidence.id,
    participant: evidence.participant,
    outlet: decided.outlet!.outlet,
    occurredAt: momentAt(reading.date!.value, reading.time?.value ?? noon, programme.timeZone),
    currency: reading.currency?.value ?? programme.currency,
    totalMinor: BigInt(reading.totalMinor!.value),
    lines: reading.items.map((item, line) => ({
      line,
      text: item.text,
      product: decided.items.find((match) => match.item === line)?.product ?? null,
      quantityMilli: BigInt(Math.round((item.quantity ?? 1) * 1000)),
      amountMinor: BigInt(item.amountMinor ?? 0),
    })),
    reopened: true,
    reason: decision?.note ?? null,
  };
}

async function messageOf(
  tx: Tx,
  evidence: Evidence,
  decided: Decided,
  decision: Decision,
  effect: { points: bigint; isCorrection: boolean },
): Promise<NewMessage> {
  const participant = (await participantById(tx, evidence.participant))!;
  const about = { participant: participant.id, language: participant.language, cause: decided.verification };
  const failed = decided.checks.filter((check) => !check.ok);
  const reasons = failed.map(({ code, facts }) => ({ key: `verification.${code}.failed`, facts }));
  if (decided.verdict === 'needs-review')
    return { ...about, key: 'message.needs-review', facts: { reasons } };
  const outlet = decided.outlet ? (await outletById(tx, decided.outlet.outlet))!.name : '';
  const facts: Facts = { outlet, count: Number(effect.points), balance: await pointsOf(tx, evidence) };
  if (effect.isCorrection) {
    const change = Number(effect.points);
    return { ...about, key: 'message.points-corrected', facts: { outlet, change, balance: facts.balance! } };
  }
  if (decided.verdict === 'rejected') {
    if (decision) {
      const note = reasonIn(participant.language, decision.note);
      return { ...about, key: 'message.review-rejected', facts: { note } };
    }
    return { ...about, key: 'message.rejected', facts: { reasons } };
  }
  if (effect.points === 0n) return { ...about, key: 'message.points-none', facts };
  return { ...about, key: decision ? 'message.review-approved' : 'message.points-earned', facts };
}

// A reviewer picks one of the known reasons, or writes one; only the known ones can be said in the sender's language.
function reasonIn(language: string, note: string): string {
  const key = `review.reason.${note}`;
  return isTextKey(key) ? text(language, key) : note;
}

async function pointsOf(tx: Tx, evidence: Evidence): Promise<number> {
  const balances = await balancesOf(tx, evidence.participant);
  return Number(
    balances.find((balance) => balance.asset.code === 'points' && balance.role === 'available')?.available ??
      0n,
  );
}
