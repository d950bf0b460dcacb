import type { Tx } from '../db/transact.ts';
import type { Programme } from '../network/programmes.ts';
import type { Goal } from '../rules/document.ts';
import { usageName, type Use } from '../rules/evaluation.ts';
import { addUsage, lockUsage, without } from '../rules/usage.ts';
import type { ActivityId, Id } from '../shared/id.ts';
import { addPeriod } from '../shared/time.ts';
import type { SubjectId } from './counter.ts';
import { sumName, sumsOf, type SumAsked, type Sums } from './counters.ts';
import { standingsOf, type GoalFacts, type Standing } from './evaluate-goal.ts';
import { askedBy, goalUsageKeys, nothingAsked, settlementUnder } from './evaluate-settlement.ts';
import { countersOf, hasIndividualTarget, looksBack, type GoalRule, type GoalVersions } from './goal.ts';
import { periodOf, type Period } from './period.ts';
import { rollingSums, type RollingAsked } from './rolling-sums.ts';
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
  const asked = touched.flatMap((one) => askedFor(programme, one));
  const rolling = await rollingSums(tx, asked.filter(isRolling));
  const sums = new Map([
    ...(await sumsOf(
      tx,
      asked.filter(({ window }) => window === undefined),
    )),
    ...rolling.sums,
  ]);
  const individual = touched.filter(({ goal }) => goal.versions.some(hasIndividualTarget));
  const targets = await targetsOf(
    tx,
    individual.map(({ goal }) => goal.rule),
    individual.map(({ subject }) => subject),
  );
  const { id, timeZone } = programme;
  const { bestDays } = rolling;
  const facts: GoalFacts = { programme: id, timeZone, sums, bestDays, targets, now };
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
    return asked === (earlier.at(-1)?.asked ?? nothingAsked) ? [] : [{ judged: one, earlier, asked }];
  });
  if (changed.length === 0) return [];
  const givenBack = changed.flatMap(({ earlier }) => earlier.at(-1)?.evaluation.uses ?? []);
  const wanted = changed.flatMap(({ judged: { standing, subject } }) =>
    standing ? goalUsageKeys(standing, subject) : [],
  );
  const usage = new Map(without(await lockUsage(tx, [...wanted, ...givenBack]), givenBack));
  const settled = changed.map(({ judged: one, earlier, asked }): Settled => {
    const { considered, uses } = settlementUnder(one.standing, one.subject, usage);
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

type Asked = SumAsked & Pick<Goal, 'window'>;

function isRolling(asked: Asked): asked is RollingAsked {
  return asked.window !== undefined;
}

function askedFor(programme: Programme, { goal, subject, days }: Touched): Asked[] {
  return goal.versions.flatMap((rule): Asked[] => {
    const { per, window } = rule.document.goal;
    const { part, whole } = countersOf(programme.id, rule);
    const counters = whole === null ? [part] : [part, whole];
    return spansTouched(rule, days).flatMap(({ from, to }) =>
      counters.map((counter) => ({ counter, subject, per, window, from, to })),
    );
  });
}

/** The days of whole periods in which a goal may stand otherwise than before, because of what happened on some days. */
function spansTouched(
  { document: { goal, scope } }: GoalRule,
  days: ReadonlySet<string>,
): Pick<SumAsked, 'from' | 'to'>[] {
  const { per, window } = goal;
  if (looksBack(goal)) return [{ from: null, to: null }];
  const periods = [...days].map((day) => periodOf(per, day, scope));
  if (window === undefined)
    return [...new Map(periods.map(({ name, first: from, last: to }) => [name, { from, to }])).values()];
  const from = periods.map(({ first }) => first).toSorted()[0]!;
  // What happened on a day is in the windows of later days.
  const reached = [...days].map((day) => periodOf(per, addPeriod(day, window), scope).last).toSorted();
  return [{ from, to: reached.at(-1)! }];
}

// What happened in one period can decide what later ones earn, of goals that look back or add up over a window.
function periodsOf(programme: Programme, { goal, subject, days }: Touched, sums: Sums): Period[] {
  const periods = new Map<string, Period>();
  for (const rule of goal.versions) {
    const { per, window } = rule.document.goal;
    const touched = [...days].map((day) => periodOf(per, day, rule.document.scope));
    for (const period of touched) periods.set(period.name, period);
    if (!looksBack(rule.document.goal) && window === undefined) continue;
    const { part, whole } = countersOf(programme.id, rule);
    const from = touched.map(({ first }) => first).toSorted()[0]!;
    for (const counter of whole === null ? [part] : [part, whole])
      for (const first of sums.get(sumName({ counter, subject, per, window }))?.keys() ?? [])
        if (first >= from) {
          const period = periodOf(per, first, rule.document.scope);
          periods.set(period.name, period);
        }
  }
  return [...periods.values()].toSorted((a, b) => (a.first < b.first ? -1 : 1));
}

function add(usage: Map<string, bigint>, use: Use): void {
  const name = usageName(use);
  usage.set(name, (usage.get(name) ?? 0n) + use.units);
}
