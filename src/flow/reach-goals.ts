import type { Tx } from '../db/transact.ts';
import { lockBook } from '../ledger/chain.ts';
import { participantsByIds } from '../network/participants.ts';
import type { Programme } from '../network/programmes.ts';
import { queueMessages, type NewMessage } from '../notify/outbox.ts';
import type { Followed } from '../progress/book.ts';
import { followProgress, type Change } from '../progress/follow.ts';
import type { Settlement } from '../progress/settlement.ts';
import type { Settled } from '../progress/settle-goals.ts';
import { awardsOf, type Evaluation } from '../rules/evaluation.ts';
import type { KeptEvaluation } from '../rules/evaluations.ts';
import { partId, type ActivityId, type Id, type ParticipantId } from '../shared/id.ts';
import type { Moved } from './judge-again.ts';
import { moveMembers } from './keep-segments.ts';
import { points, type Judged } from './plan-awards.ts';
import { tellTiers } from './tell-tiers.ts';

/**
 * Lets goals follow from activities: what was counted is added up, goals that are reached (or are not any more) are
 * settled, and their owners are told. `kept` are the activities' evaluations with what they did for goals; `judged` is
 * planned and posted together with the activities.
 */
export async function reachGoals(
  tx: Tx,
  programme: Programme,
  changes: readonly Change[],
  followed: Followed,
  at: Date,
): Promise<{ kept: KeptEvaluation[]; judged: Judged[]; moved: Moved }> {
  await lockBook(tx);
  const progress = await followProgress(tx, programme, changes, followed, at);
  const kept = changes.map(({ now: { evaluation, facts } }) => ({
    facts,
    evaluation: {
      ...evaluation,
      considered: evaluation.considered.map((one) =>
        one.reason.code === 'counted'
          ? { ...one, reason: progress.reasonOf(evaluation.activity, one.rule) ?? one.reason }
          : one,
      ),
    },
  }));
  await tellGoals(tx, progress.settled, at);
  const judged = [
    ...progress.settled.map(judgedAs),
    ...progress.bonuses.map(({ settlement, earlier, occurredAt }) => paidTo(settlement, earlier, occurredAt)),
  ];
  const { tierChanges, segmented } = progress;
  await tellTiers(tx, programme, followed.tiers, tierChanges, at);
  const people = segmented.map(({ participant }) => participant);
  await moveMembers(tx, programme, followed, people, at);
  return { kept, judged, moved: { tierChanges, segmented } };
}

/** A goal is paid like an activity of its owner, of which each turn is a version. */
export function judgedAs({ settlement, earlier, judged }: Settled): Judged {
  return paidTo(settlement, earlier, judged.occurredAt);
}

function paidTo(settlement: Settlement, earlier: readonly Settlement[], occurredAt: Date): Judged {
  return {
    activity: {
      id: settlement.goal as Id<string> as ActivityId,
      version: settlement.turn,
      participant: settlement.subject as ParticipantId,
      occurredAt,
    },
    evaluation: settlement.evaluation,
    earlier: earlier.map(({ evaluation }) => evaluation),
  };
}

/** Tells people what their goals brought, or that a result was corrected. */
export async function tellGoals(tx: Tx, settled: readonly Settled[], at: Date): Promise<void> {
  const owners = new Map(
    (
      await participantsByIds(
        tx,
        settled.map(({ judged }) => judged.subject as ParticipantId),
      )
    ).map((one) => [one.id, one] as const),
  );
  const messages = settled.flatMap(({ judged, settlement, earlier }): NewMessage[] => {
    const owner = owners.get(judged.subject as ParticipantId);
    const { texts } = (judged.standing?.rule ?? judged.goal.versions.at(-1)!).document;
    if (!owner) return [];
    const { title, award } = texts[owner.language] ?? texts['en']!;
    const about = {
      participant: owner.id,
      language: owner.language,
      cause: partId(settlement.goal, 'message', String(settlement.turn)),
    };
    const change = Number(pointsOf(settlement.evaluation) - pointsOf(earlier.at(-1)?.evaluation));
    if (change < 0) return [{ ...about, key: 'message.goal-corrected', facts: { title, change } }];
    if (awardsOf(settlement.evaluation).length === 0) return [];
    return [{ ...about, key: 'message.goal-reached', facts: { title, award } }];
  });
  await queueMessages(tx, messages, at);
}

function pointsOf(evaluation: Evaluation | undefined): bigint {
  if (!evaluation) return 0n;
  return awardsOf(evaluation).reduce((sum, { asset, units }) => (asset === points ? sum + units : sum), 0n);
}
