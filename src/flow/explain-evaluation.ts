import type { Language } from '../../web/texts/say.ts';
import type { Activity } from '../activity/activity.ts';
import { activityById } from '../activity/read.ts';
import type { Tx } from '../db/transact.ts';
import { explainPassedOver } from '../rules/evaluate.ts';
import type { Evaluation } from '../rules/evaluation.ts';
import { evaluationsOf } from '../rules/evaluations.ts';
import { liveRules, rulesByVersion } from '../rules/read-rules.ts';
import type { ActivityId, ParticipantId } from '../shared/id.ts';
import { explainRules, type ExplainedRule } from './explain-award.ts';
import { peoplePaid } from './people-paid.ts';

/**
 * What the rules made of this version of an activity, with a reason for every one of them; null when it was not
 * evaluated. Kept are only the rules that the index let through; the others say again why they did not fit, by the rules
 * and facts of that time.
 */
export async function wholeEvaluation(tx: Tx, activity: Activity): Promise<Evaluation | null> {
  const [kept] = await evaluationsOf(tx, [activity]);
  if (!kept?.evaluation.passedOver) return kept?.evaluation ?? null;
  const { evaluation, facts, at } = kept;
  const book = await liveRules(tx, activity.programme, at);
  const others = explainPassedOver(book, { activity, facts }, evaluation);
  const order = new Map(book.rules.map(({ id, version }, place) => [`${id} ${version}`, place]));
  const placeOf = (one: { rule: string; version: number }) => order.get(`${one.rule} ${one.version}`) ?? -1;
  const considered = [...evaluation.considered, ...others].toSorted((a, b) => placeOf(a) - placeOf(b));
  return { ...evaluation, considered };
}

/** Why an activity earned what it did, by every rule there was, in the reader's language; empty when it was not judged. */
export async function explainActivity(
  tx: Tx,
  activity: Activity,
  language: Language,
): Promise<ExplainedRule[]> {
  const evaluation = await wholeEvaluation(tx, activity);
  const wanted = (evaluation?.considered ?? []).map(({ rule: id, version }) => ({ id, version }));
  const people = await peoplePaid(tx, evaluation, activity);
  return explainRules(evaluation, await rulesByVersion(tx, wanted), language, people);
}

/**
 * What an activity of somebody else earned this participant, by each rule that pays them; null where there is none. What
 * the others got for it, and what the rules made of it for them, is theirs.
 */
export async function explainShare(
  tx: Tx,
  id: ActivityId,
  reader: ParticipantId,
  language: Language,
): Promise<{ activity: Activity; rules: ExplainedRule[] } | null> {
  const activity = await activityById(tx, id);
  if (!activity) return null;
  const rules = await explainActivity(tx, activity, language);
  const own = rules.filter(({ considered }) => considered.to === reader);
  return own.length > 0 ? { activity, rules: own } : null;
}
