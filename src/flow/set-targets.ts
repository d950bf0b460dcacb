import type { Tx } from '../db/transact.ts';
import { lockBook } from '../ledger/chain.ts';
import { outletIdOf } from '../network/outlets.ts';
import { participantIdOf } from '../network/participants.ts';
import { partnerIdOf } from '../network/partners.ts';
import type { Programme } from '../network/programmes.ts';
import { followedBy } from '../progress/book.ts';
import type { SubjectId } from '../progress/counter.ts';
import { daysSince } from '../progress/counters.ts';
import { countersOf, type GoalVersions } from '../progress/goal.ts';
import { judgeGoals, settleGoals, type Touched } from '../progress/settle-goals.ts';
import { setTargets } from '../progress/targets.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import { momentAt, type Day } from '../shared/time.ts';
import { payGoals } from './pay-goals.ts';
import { ownersById } from './tell-standings.ts';

/** A target in codes: of the rule, and of whose goal it is. */
export type TargetGiven = { rule: string; owner: string; startsOn: Day; value: bigint; reason: string };

/**
 * Sets people's own targets, for the periods that begin on a day or later, and settles what they have reached in those
 * already. All of it or nothing; refuses `bad-request` with the place of what is not there.
 */
export async function giveTargets(
  tx: Tx,
  programme: Programme,
  given: readonly TargetGiven[],
  by: string,
  at: Date,
): Promise<{ ok: true; set: number } | Refused<'bad-request'>> {
  await lockBook(tx);
  const { goals } = await followedBy(tx, programme.id);
  const found = given.map(({ rule, owner }) => {
    const goal = goals.find(({ versions }) => versions.at(-1)!.document.code === rule);
    return goal && { goal, subject: ownerIdOf(tx, kindOf(goal), owner) };
  });
  const unknown = found.findIndex((one) => one === undefined);
  if (unknown >= 0) return refuse('bad-request', { field: `items[${unknown}].rule`, problem: 'unknown' });
  const nobody = await firstUnknown(
    tx,
    found.map((one) => ({ kind: kindOf(one!.goal), subject: one!.subject })),
  );
  if (nobody >= 0) return refuse('bad-request', { field: `items[${nobody}].owner`, problem: 'unknown' });
  const targets = given.map(({ startsOn, value, reason }, i) => ({
    rule: found[i]!.goal.rule,
    subject: found[i]!.subject,
    startsOn,
    value,
    reason,
  }));
  await setTargets(tx, targets, by, at);
  const touched: Touched[] = [];
  for (const [i, { startsOn }] of given.entries()) {
    const { goal, subject } = found[i]!;
    const counters = goal.versions.map((version) => countersOf(programme.id, version).part);
    const days = await daysSince(tx, counters, subject, startsOn);
    if (days.length === 0) continue;
    const occurredAt = momentAt(days.at(-1)!, '12:00', programme.timeZone);
    touched.push({ goal, subject, days: new Set(days), occurredAt });
  }
  const settled = await settleGoals(tx, await judgeGoals(tx, programme, touched, at), at);
  await payGoals(tx, programme, settled, at);
  return { ok: true, set: given.length };
}

type Kind = 'participant' | 'outlet' | 'partner';

function kindOf({ versions }: GoalVersions): Kind {
  return versions.at(-1)!.document.goal.for;
}

// An id follows from any code: a code that was mistyped would be a target for nobody.
async function firstUnknown(tx: Tx, wanted: readonly { kind: Kind; subject: SubjectId }[]): Promise<number> {
  const known = new Set<SubjectId>();
  for (const [kind, own] of Map.groupBy(wanted, (one) => one.kind)) {
    const owners = await ownersById(
      tx,
      kind,
      own.map(({ subject }) => subject),
    );
    for (const id of owners.keys()) known.add(id);
  }
  return wanted.findIndex(({ subject }) => !known.has(subject));
}

function ownerIdOf(tx: Tx, kind: Kind, code: string): SubjectId {
  if (kind === 'participant') return participantIdOf(tx, code);
  return kind === 'outlet' ? outletIdOf(tx, code) : partnerIdOf(tx, code);
}
