import type { Language } from '../../web/texts/say.ts';
import type { Activity } from '../activity/activity.ts';
import { activityVersions } from '../activity/read.ts';
import type { Tx } from '../db/transact.ts';
import { transferById, type BookedTransfer } from '../ledger/read.ts';
import { settlementsOf, type GoalId } from '../progress/settlement.ts';
import { awardsOf, type Evaluation } from '../rules/evaluation.ts';
import { evaluationsOf } from '../rules/evaluations.ts';
import { rulesByVersion } from '../rules/read-rules.ts';
import type { ActivityId, Id } from '../shared/id.ts';
import { explainRules, type ExplainedRule } from './explain-award.ts';
import { peoplePaid } from './people-paid.ts';
import { awardTransferId } from './plan-awards.ts';

/**
 * The version of the rule that a transfer goes back to, with its arithmetic; null where no rule decided. What was taken
 * back is explained by the award that it takes back, what became available by the award that was pending.
 */
export async function ruleBehind(
  tx: Tx,
  transfer: BookedTransfer,
  language: Language,
): Promise<ExplainedRule | null> {
  const award = await awardBehind(tx, transfer);
  if (!award?.cause) return null;
  const { evaluations, activity } = await evaluationsBehind(tx, award.cause);
  for (const evaluation of evaluations) {
    const version = { id: evaluation.activity, version: evaluation.version };
    const given = awardsOf(evaluation).find((each) => awardTransferId(version, each) === award.id);
    if (!given) continue;
    const rules = await rulesByVersion(
      tx,
      evaluation.considered.map((one) => ({ id: one.rule, version: one.version })),
    );
    const people = activity && (await peoplePaid(tx, evaluation, activity));
    return (
      explainRules(evaluation, rules, language, people).find(
        ({ considered }) => considered.rule === given.rule,
      ) ?? null
    );
  }
  return null;
}

// An activity caused it, or somebody's goal.
async function evaluationsBehind(
  tx: Tx,
  cause: Id<string>,
): Promise<{ evaluations: Evaluation[]; activity: Activity | null }> {
  const versions = await activityVersions(tx, cause as ActivityId);
  if (versions.length > 0) {
    const kept = await evaluationsOf(tx, versions);
    return { evaluations: kept.map(({ evaluation }) => evaluation), activity: versions.at(-1)! };
  }
  const turns = (await settlementsOf(tx, [cause as GoalId])).get(cause as GoalId) ?? [];
  return { evaluations: turns.map(({ evaluation }) => evaluation), activity: null };
}

/** The transfer that first gave what this one activates or takes back; itself where it does neither. */
export async function awardBehind(tx: Tx, transfer: BookedTransfer): Promise<BookedTransfer | null> {
  const behind = transfer.reverses ?? (transfer.kind === 'activate' ? transfer.resolves : null);
  if (!behind) return transfer;
  const original = await transferById(tx, behind);
  return original && awardBehind(tx, original);
}
