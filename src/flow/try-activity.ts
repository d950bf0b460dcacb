import type { Activity, NewActivity } from '../activity/activity.ts';
import { checkActivity } from '../activity/check.ts';
import { refuseKind } from '../activity/kinds.ts';
import type { Tx } from '../db/transact.ts';
import { productsByIds } from '../network/products.ts';
import { followedBy } from '../progress/book.ts';
import { compileDocument } from '../rules/compile.ts';
import type { RuleProblem } from '../rules/problem.ts';
import { evaluate, usageWanted } from '../rules/evaluate.ts';
import type { Evaluation } from '../rules/evaluation.ts';
import { proposedRules } from '../rules/propose.ts';
import { bindRules, type RuleBook } from '../rules/select.ts';
import { readUsage } from '../rules/usage.ts';
import { nameId, type ActivityId, type ProgrammeId } from '../shared/id.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import { newActivity, programmeNamed, type GivenActivity } from './receive-activities.ts';
import { gatherFacts, readNetwork } from './gather-facts.ts';
import type { PeoplePaid } from './explain-award.ts';
import { peoplePaid } from './people-paid.ts';
import { refuseUnknown } from './record-activities.ts';

/** Something that might happen, in the tenant's own codes. It has no key, for it is not kept. */
export type ImaginedActivity = Omit<GivenActivity, 'source' | 'externalKey' | 'occurredAt'> & {
  /** Absent: `today`. */
  occurredAt?: Date;
};

export type Tried =
  | {
      ok: true;
      activity: Activity;
      evaluation: Evaluation;
      rules: RuleBook['rules'];
      people: PeoplePaid | null;
    }
  | Refused<'activity-invalid' | 'unknown-kind' | 'unknown-attribute' | 'wrong-attribute' | 'bad-request'>
  | (Refused<'rule-invalid'> & { problems: RuleProblem[] });

/**
 * What an activity would earn if it happened, as if `today` were that moment: by the rules that are in force then, with
 * what their limits have counted so far, and with a reason for every rule. What counts towards a goal says so and no more.
 * Documents are tried as if they were live, each in the place of the rule with its code. Nothing is written and nobody waits.
 */
export async function tryActivity(
  tx: Tx,
  programmeCode: string,
  imagined: ImaginedActivity,
  today: Date,
  given: readonly unknown[] = [],
): Promise<Tried> {
  const programme = await programmeNamed(tx, programmeCode);
  if (!programme) return refuse('bad-request', { field: 'programme', problem: 'unknown' });
  const key = { source: 'imagined', externalKey: 'imagined' };
  const sold = newActivity(tx, programme, { occurredAt: today, ...imagined, ...key });
  if ('refused' in sold) return refuse('activity-invalid', sold.facts);
  const network = await readNetwork(tx, [sold]);
  const refused =
    refuseUnknown(sold, network) ?? refuseKind(sold, programme.settings.kinds) ?? checkActivity(sold, today);
  if (refused) return refused;
  const activity = await imagine(tx, sold, today);
  if ('refused' in activity) return activity;
  const followed = await followedBy(tx, programme.id);
  const proposed = await proposeIn(tx, programme.id, followed.rules, given);
  if (!proposed.ok) return proposed;
  const { book } = proposed;
  const asking = { ...followed, rules: book };
  const [facts] = await gatherFacts(tx, programme, [activity], network, asking);
  const subjects = [{ activity, facts: facts! }];
  const usage = await readUsage(tx, usageWanted(book, subjects));
  const [evaluation] = evaluate(book, subjects, { usage, consider: 'all' });
  const people = await peoplePaid(tx, evaluation!, activity);
  return { ok: true, activity, evaluation: evaluation!, rules: book.rules, people };
}

// The live rules, and these documents in the place of those with their codes.
async function proposeIn(
  tx: Tx,
  programme: ProgrammeId,
  live: RuleBook,
  given: readonly unknown[],
): Promise<{ ok: true; book: RuleBook } | (Refused<'rule-invalid'> & { problems: RuleProblem[] })> {
  if (given.length === 0) return { ok: true, book: live };
  const compiled = given.map(compileDocument);
  const problems = compiled.flatMap((one) => (one.ok ? [] : one.problems));
  if (problems.length > 0) return { ...refuse('rule-invalid'), problems };
  const documents = compiled.flatMap((one) => (one.ok ? [one.document] : []));
  const codes = new Set(documents.map(({ code }) => code));
  const kept = live.rules.filter(({ document }) => !codes.has(document.code));
  return { ok: true, book: bindRules([...kept, ...(await proposedRules(tx, programme, documents))]) };
}

// As it would be recorded, with the goods as the catalogue has them.
async function imagine(
  tx: Tx,
  given: NewActivity,
  at: Date,
): Promise<Activity | Refused<'activity-invalid'>> {
  const { source, externalKey, attributes, ...rest } = given;
  const named = given.lines.flatMap(({ product }) => product ?? []);
  const catalogue = new Map((await productsByIds(tx, [...new Set(named)])).map((each) => [each.id, each]));
  const unknown = given.lines.findIndex(({ product }) => product !== null && !catalogue.has(product));
  if (unknown >= 0) return refuse('activity-invalid', { field: `lines[${unknown}].product` });
  return {
    ...rest,
    ...(attributes && { attributes }),
    id: nameId<ActivityId>(tx.tenant, 'activity', source, externalKey),
    version: 1,
    recordedAt: at,
    withdrawn: false,
    reason: null,
    lines: given.lines.map((line) => {
      const product = line.product === null ? undefined : catalogue.get(line.product);
      const { sku = null, category = null, isFocus = false } = product ?? {};
      return { ...line, sku, category, isFocus };
    }),
  };
}
