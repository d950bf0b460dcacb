import type { Activity, NewActivity } from '../activity/activity.ts';
import { checkActivity } from '../activity/check.ts';
import type { Tx } from '../db/transact.ts';
import { productsByIds } from '../network/products.ts';
import { followedBy } from '../progress/book.ts';
import { evaluate, usageWanted } from '../rules/evaluate.ts';
import type { Evaluation } from '../rules/evaluation.ts';
import type { RuleBook } from '../rules/select.ts';
import { readUsage } from '../rules/usage.ts';
import { nameId, type ActivityId } from '../shared/id.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import { newActivity, programmeNamed, type GivenActivity } from './receive-activities.ts';
import { gatherFacts, readNetwork } from './gather-facts.ts';
import { refuseUnknown } from './record-activities.ts';

/** Something that might happen, in the tenant's own codes. It has no key, for it is not kept. */
export type ImaginedActivity = Omit<GivenActivity, 'source' | 'externalKey' | 'occurredAt'> & {
  /** Absent: `today`. */
  occurredAt?: Date;
};

export type Tried =
  | { ok: true; activity: Activity; evaluation: Evaluation; rules: RuleBook['rules'] }
  | Refused<'activity-invalid' | 'bad-request'>;

/**
 * What an activity would earn if it happened, as if `today` were that moment: by the rules that are in force then, with
 * what their limits have counted so far, and with a reason for every rule. What counts towards a goal says so and no more.
 * Nothing is written and nobody waits.
 */
export async function tryActivity(
  tx: Tx,
  programmeCode: string,
  imagined: ImaginedActivity,
  today: Date,
): Promise<Tried> {
  const programme = await programmeNamed(tx, programmeCode);
  if (!programme) return refuse('bad-request', { field: 'programme', problem: 'unknown' });
  const key = { source: 'imagined', externalKey: 'imagined' };
  const given = newActivity(tx, programme, { occurredAt: today, ...imagined, ...key });
  if ('refused' in given) return refuse('activity-invalid', given.facts);
  const network = await readNetwork(tx, [given]);
  const refused = refuseUnknown(given, network) ?? checkActivity(given, today);
  if (refused) return refused;
  const activity = await imagine(tx, given, today);
  if ('refused' in activity) return activity;
  const followed = await followedBy(tx, programme.id);
  const book = followed.rules;
  const [facts] = await gatherFacts(tx, programme, [activity], network, followed);
  const subjects = [{ activity, facts: facts! }];
  const usage = await readUsage(tx, usageWanted(book, subjects));
  const [evaluation] = evaluate(book, subjects, { usage, consider: 'all' });
  return { ok: true, activity, evaluation: evaluation!, rules: book.rules };
}

// As it would be recorded, with the goods as the catalogue has them.
async function imagine(
  tx: Tx,
  given: NewActivity,
  at: Date,
): Promise<Activity | Refused<'activity-invalid'>> {
  const { source, externalKey, ...rest } = given;
  const named = given.lines.flatMap(({ product }) => product ?? []);
  const catalogue = new Map((await productsByIds(tx, [...new Set(named)])).map((each) => [each.id, each]));
  const unknown = given.lines.findIndex(({ product }) => product !== null && !catalogue.has(product));
  if (unknown >= 0) return refuse('activity-invalid', { field: `lines[${unknown}].product` });
  return {
    ...rest,
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
