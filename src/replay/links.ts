import type { Tx } from '../db/transact.ts';
import { linkFinder, linksOf } from '../network/links.ts';
import { payeeName, type Payee } from '../rules/document-payee.ts';
import type { Facts } from '../rules/evaluation.ts';
import type { Id } from '../shared/id.ts';
import { wallTime } from '../shared/time.ts';
import type { Recorded } from './history.ts';

/**
 * Says who was linked on the day of each event, where a rule asks that nobody asked when it was judged. All links of these
 * names are held in memory; without a rule that asks, none are.
 */
export async function linkRecorded(
  tx: Tx,
  payees: readonly Payee[],
): Promise<(recorded: Recorded) => Recorded> {
  if (payees.length === 0) return (recorded) => recorded;
  const find = linkFinder(await linksOf(tx, [...new Set(payees.map(({ link }) => link))], null));
  return (recorded) => {
    const { activity, facts } = recorded.subject;
    const { day } = wallTime(activity.occurredAt, facts.timeZone);
    const { participant, outlet } = activity;
    const subjects = { participant, outlet, partner: recorded.partner };
    const links: NonNullable<Facts['links']> = { ...facts.links };
    const found = payees.flatMap((payee) => {
      const { link, of = 'participant', level = 1 } = payee;
      if (payeeName(payee) in links) return [];
      let at: Id<string> | null = subjects[of];
      for (let step = 0; step < level && at !== null; step += 1) at = find(link, at, day);
      return [[payeeName(payee), at] as const];
    });
    const known = { ...links, ...Object.fromEntries(found) } as typeof links;
    return { ...recorded, subject: { activity, facts: { ...facts, links: known } } };
  };
}
