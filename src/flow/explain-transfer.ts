import type { Language } from '../../web/texts/say.ts';
import type { Activity } from '../activity/activity.ts';
import { activityById, activityVersions } from '../activity/read.ts';
import type { Tx } from '../db/transact.ts';
import { closingBehind } from '../ledger/period.ts';
import { transferById, type BookedTransfer } from '../ledger/read.ts';
import { settlementsOf, type GoalId } from '../progress/settlement.ts';
import { awardsOf, type Evaluation } from '../rules/evaluation.ts';
import { evaluationsOf } from '../rules/evaluations.ts';
import { rulesByVersion } from '../rules/read-rules.ts';
import type { ActivityId, Id, TransferId } from '../shared/id.ts';
import type { Day } from '../shared/time.ts';
import { dayAt, timeZoneOf } from './calendar.ts';
import { explainRules, type ExplainedRule } from './explain-award.ts';
import { awardTransferId } from './plan-awards.ts';
import { tellEvidence, type EvidenceStory } from './tell-evidence.ts';

/** Why a transfer was made. `rule` is null where no rule decided, as for goods that were sold. */
export type TransferExplained = {
  transfer: BookedTransfer;
  rule: ExplainedRule | null;
  activity: Activity | null;
  story: EvidenceStory | null;
  /** Where the books of that time were closed already: the day it happened, and the first open day, under which it is booked. */
  bookedLate: { happenedOn: Day; bookedOn: Day } | null;
};

/**
 * Walks from a transfer to the version of the rule that awarded it, its arithmetic, the activity and the evidence. What
 * was taken back is explained by the award that it takes back. Null for an unknown transfer.
 */
export async function explainTransfer(
  tx: Tx,
  id: TransferId,
  language: Language,
): Promise<TransferExplained | null> {
  const transfer = await transferById(tx, id);
  if (!transfer) return null;
  // Most causes are activities; an id that is none finds nothing.
  const activity = transfer.cause ? await activityById(tx, transfer.cause as string as ActivityId) : null;
  const story = activity?.evidence ? await tellEvidence(tx, activity.evidence) : null;
  const rule = transfer.cause
    ? await ruleBehind(tx, transfer.reverses ?? transfer.id, transfer.cause, language)
    : null;
  const bookedLate = activity && (await tellLate(tx, transfer, activity));
  return { transfer, rule, activity, story, bookedLate };
}

async function tellLate(
  tx: Tx,
  transfer: BookedTransfer,
  { occurredAt }: Activity,
): Promise<TransferExplained['bookedLate']> {
  const closing = await closingBehind(tx, transfer, occurredAt);
  if (!closing) return null;
  const timeZone = await timeZoneOf(tx);
  return { happenedOn: dayAt(occurredAt, timeZone), bookedOn: dayAt(closing, timeZone) };
}

// The id of an award's transfer is made from the award, so the award is found by making the ids again.
async function ruleBehind(
  tx: Tx,
  transfer: TransferId,
  cause: Id<string>,
  language: Language,
): Promise<ExplainedRule | null> {
  const evaluations = await evaluationsBehind(tx, cause);
  for (const evaluation of evaluations) {
    const version = { id: evaluation.activity, version: evaluation.version };
    const award = awardsOf(evaluation).find((each) => awardTransferId(version, each) === transfer);
    if (!award) continue;
    const rules = await rulesByVersion(
      tx,
      evaluation.considered.map((one) => ({ id: one.rule, version: one.version })),
    );
    return (
      explainRules(evaluation, rules, language).find(({ considered }) => considered.rule === award.rule) ??
      null
    );
  }
  return null;
}

// An activity caused it, or somebody's goal.
async function evaluationsBehind(tx: Tx, cause: Id<string>): Promise<Evaluation[]> {
  const versions = await activityVersions(tx, cause as ActivityId);
  if (versions.length > 0) return (await evaluationsOf(tx, versions)).map(({ evaluation }) => evaluation);
  const turns = (await settlementsOf(tx, [cause as GoalId])).get(cause as GoalId) ?? [];
  return turns.map(({ evaluation }) => evaluation);
}
