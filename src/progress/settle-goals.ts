import type { Tx } from '../db/transact.ts';
import type { Programme } from '../network/programmes.ts';
import { counted } from '../rules/evaluate-effects.ts';
import { expiryOf, pendingOf } from '../rules/evaluate-dates.ts';
import { limitLegs, usageKeysOf, usesOf, type Leg, type LimitView } from '../rules/evaluate-limits.ts';
import { usageName, type Award, type Considered, type Use } from '../rules/evaluation.ts';
import { addUsage, lockUsage, without } from '../rules/usage.ts';
import type { ActivityId, Id, OutletId, ParticipantId } from '../shared/id.ts';
import { weekdayOf } from '../shared/time.ts';
import type { SubjectId } from './counter.ts';
import { sumsOf, type SumAsked, type Sums } from './counters.ts';
import { reasonOf, standingsOf, type GoalFacts, type Standing } from './evaluate-goal.ts';
import { countersOf, hasIndividualTarget, looksBack, type GoalRule, type GoalVersions } from './goal.ts';
import { periodOf, type Period } from './period.ts';
import { goalIdOf, keepSettlements, settlementsOf, type GoalId, type Settlement } from './settlement.ts';
import { targetsOf } from './targets.ts';

/** Somebody's goal that may stand otherwise than before, because of what happened on these days, at the latest then. */
export type Touched = {
  goal: GoalVersions;
  subject: SubjectId;
  days: ReadonlySet<string>;
  occurredAt: Date;
};

/** How somebody stands with a goal in a period. `standing` is null when no version of the rule judges the period. */
export type Judged = {
  goal: GoalVersions;
  id: GoalId;
  subject: SubjectId;
  period: Period;
  standing: Standing | null;
  /** When the latest of what brought this about happened. */
  occurredAt: Date;
};

/** A goal that brings something else than before: its new turn, and the turns before it. */
export type Settled = { judged: Judged; settlement: Settlement; earlier: Settlement[] };

/** Reads the counters and says how everybody who was touched stands, now and in the periods that depend on it. */
export async function judgeGoals(
  tx: Tx,
  programme: Programme,
  touched: readonly Touched[],
  now: Date,
): Promise<Judged[]> {
  const sums = await sumsOf(
    tx,
    touched.flatMap((one) => askedFor(programme, one)),
  );
  const individual = touched.filter(({ goal }) => goal.versions.some(hasIndividualTarget));
  const targets = await targetsOf(
    tx,
    individual.map(({ goal }) => goal.rule),
    individual.map(({ subject }) => subject),
  );
  const facts: GoalFacts = { programme: programme.id, timeZone: programme.timeZone, sums, targets, now };
  const judged = new Map<GoalId, Judged>();
  for (const one of touched) {
    const { goal, subject, occurredAt } = one;
    const periods = periodsOf(programme, one, sums);
    const standings = standingsOf(goal, subject, periods, facts);
    for (const [i, period] of periods.entries()) {
      const id = goalIdOf(tx, goal.rule, period, subject);
      const known = judged.get(id);
      if (known && known.occurredAt >= occurredAt) continue;
      judged.set(id, { goal, id, subject, period, standing: standings[i]!, occurredAt });
    }
  }
  return [...judged.values()];
}

/**
 * Settles goals under the rules' limits: those that now bring something else than in their last turn get a further turn.
 * Each goal and period pays once, because it is compared with everything it has brought before.
 */
export async function settleGoals(tx: Tx, judged: readonly Judged[], at: Date): Promise<Settled[]> {
  const kept = await settlementsOf(
    tx,
    judged.map(({ id }) => id),
  );
  const changed = judged.flatMap((one) => {
    const earlier = kept.get(one.id) ?? [];
    const asked = askedBy(one.standing);
    return asked === (earlier.at(-1)?.asked ?? nothing) ? [] : [{ judged: one, earlier, asked }];
  });
  if (changed.length === 0) return [];
  const givenBack = changed.flatMap(({ earlier }) => earlier.at(-1)?.evaluation.uses ?? []);
  const wanted = changed.flatMap(({ judged: { standing, subject, period } }) =>
    standing ? usageKeysOf(standing.rule, viewOf(subject, period)) : [],
  );
  const usage = new Map(without(await lockUsage(tx, [...wanted, ...givenBack]), givenBack));
  const settled = changed.map(({ judged: one, earlier, asked }): Settled => {
    const { considered, uses } = consider(one, usage);
    for (const use of uses) add(usage, use);
    const turn = (earlier.at(-1)?.turn ?? 0) + 1;
    const evaluation = { activity: one.id as Id<string> as ActivityId, version: turn, considered, uses };
    const { id: goal, subject, period } = one;
    const { rule, version } = one.standing
      ? { rule: one.goal.rule, version: one.standing.rule.version }
      : earlier.at(-1)!;
    const settlement = { goal, turn, rule, version, subject, period, evaluation, asked };
    return { judged: one, settlement, earlier };
  });
  await addUsage(
    tx,
    settled.flatMap(({ settlement }) => settlement.evaluation.uses),
    givenBack,
  );
  await keepSettlements(
    tx,
    settled.map(({ settlement }) => settlement),
    at,
  );
  return settled;
}

function askedFor(programme: Programme, { goal, subject, days }: Touched): SumAsked[] {
  return goal.versions.flatMap((rule): SumAsked[] => {
    const { per } = rule.document.goal;
    const { part, whole } = countersOf(programme.id, rule);
    const counters = whole === null ? [part] : [part, whole];
    if (looksBack(rule.document.goal))
      return counters.map((counter) => ({ counter, subject, per, from: null, to: null }));
    const periods = new Map(
      [...days].map((day) => periodOf(per, day, rule.document.scope)).map((one) => [one.name, one]),
    );
    return [...periods.values()].flatMap(({ first: from, last: to }) =>
      counters.map((counter) => ({ counter, subject, per, from, to })),
    );
  });
}

// What happened in one period can decide what later ones earn, of goals that look back.
function periodsOf(programme: Programme, { goal, subject, days }: Touched, sums: Sums): Period[] {
  const periods = new Map<string, Period>();
  for (const rule of goal.versions) {
    const { per } = rule.document.goal;
    const touched = [...days].map((day) => periodOf(per, day, rule.document.scope));
    for (const period of touched) periods.set(period.name, period);
    if (!looksBack(rule.document.goal)) continue;
    const { part, whole } = countersOf(programme.id, rule);
    const from = touched.map(({ first }) => first).toSorted()[0]!;
    for (const counter of [part, whole])
      for (const first of counter ? (sums.get(`${counter} ${subject} ${per}`)?.keys() ?? []) : [])
        if (first >= from) {
          const period = periodOf(per, first, rule.document.scope);
          periods.set(period.name, period);
        }
  }
  return [...periods.values()].toSorted((a, b) => (a.first < b.first ? -1 : 1));
}

const nothing = '[]';

/** What is to be paid, before limits. */
function askedBy(standing: Standing | null): string {
  if (!standing) return nothing;
  const { rule, period, earned } = standing;
  const { expires, taxClass, pending } = rule.document;
  return JSON.stringify(
    earned.map(({ leg, asset, units }) => [
      leg,
      asset,
      units,
      expiryOf(expires, period.last) ?? null,
      pendingOf(pending, period.last) ?? null,
      taxClass ?? null,
    ]),
  );
}

function consider({ standing, subject, period }: Judged, usage: ReadonlyMap<string, bigint>) {
  if (!standing) return { considered: [], uses: [] };
  const { rule, earned } = standing;
  const view = viewOf(subject, period);
  const limited = limitLegs(
    rule,
    earned.map((effect) => legOf(effect, standing)),
    view,
    usage,
  );
  const legs = limited.legs.filter(({ units }) => units > 0n);
  const considered: Considered = {
    rule: rule.id,
    code: rule.document.code,
    version: rule.version,
    fired: legs.length > 0,
    reason: limited.reached ?? reasonOf(standing),
    steps: legs.flatMap(({ steps }) => steps),
    awards: legs.map((leg) => awardOf(rule, leg, period)),
  };
  return { considered: [considered], uses: usesOf(rule, legs, view) };
}

function legOf({ leg, asset, units, at = 100 }: Standing['earned'][number], { rule }: Standing): Leg {
  const times = rule.document.goal.inARow ?? 1;
  const facts = { percent: at / 100, times, result: counted(BigInt(units), asset) };
  return { leg, asset, units: BigInt(units), steps: [{ code: 'goal', facts }] };
}

function awardOf(rule: GoalRule, { leg, asset, units }: Leg, { last }: Period): Award {
  const { code, taxClass, expires, pending } = rule.document;
  const [expiresOn, pendingUntil] = [expiryOf(expires, last), pendingOf(pending, last)];
  return {
    rule: rule.id,
    code,
    version: rule.version,
    leg,
    asset,
    units,
    ...(expiresOn !== undefined && { expiresOn }),
    ...(pendingUntil !== undefined && { pending: pendingUntil }),
    ...(taxClass !== undefined && { taxClass }),
  };
}

// A limit counts a goal for the one whose goal it is, on the first day of its period.
function viewOf(subject: SubjectId, { first }: Period): LimitView {
  const activity = { participant: subject as ParticipantId, outlet: subject as OutletId };
  return { activity, wall: { day: first, weekday: weekdayOf(first), hour: 0, minute: 0 } };
}

function add(usage: Map<string, bigint>, use: Use): void {
  const name = usageName(use);
  usage.set(name, (usage.get(name) ?? 0n) + use.units);
}
