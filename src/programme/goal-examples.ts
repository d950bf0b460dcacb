import type { Activity } from '../activity/activity.ts';
import { bindCounters } from '../progress/counter.ts';
import { latestName, sumName, type Sums } from '../progress/counters.ts';
import { countsOf, type Count } from '../progress/evaluate-counts.ts';
import { reasonOf, standingsOf, type GoalFacts, type Standing } from '../progress/evaluate-goal.ts';
import { askedBy, nothingAsked, settlementUnder } from '../progress/evaluate-settlement.ts';
import { sumsByPeriod } from '../progress/evaluate-sums.ts';
import { countedBy, countersOf, goalsOf, type GoalRule, type GoalVersions } from '../progress/goal.ts';
import { periodOf, type Period } from '../progress/period.ts';
import { awardsOf, usageName, type Award, type Evaluation, type Facts } from '../rules/evaluation.ts';
import type { Reason, Use } from '../rules/evaluation.ts';
import type { RuleBook } from '../rules/select.ts';
import { nameId, type Id, type PartnerId } from '../shared/id.ts';
import { wallTime } from '../shared/time.ts';

/** What an activity did for a goal: why it paid or not, and what it paid beyond what was earned before. */
type GoalOutcome = { code: string; reason: Reason; awards: { asset: string; units: bigint }[] };

type Settled = { asked: string } & Pick<Evaluation, 'considered' | 'uses'>;

const partner = nameId<PartnerId>('example', 'partner');
/** All periods of an example are over, so that shares are settled. */
const longAfter = new Date('9999-01-01T00:00:00Z');
const unsettled: Settled = { asked: nothingAsked, considered: [], uses: [] };

/**
 * What the last of these activities, all of the same people, does for goals under their limits. One after the other
 * settles its goals, as when they are recorded in this order. Pure.
 */
export function reachExampleGoals(
  book: RuleBook,
  activities: readonly Activity[],
  evaluations: readonly Evaluation[],
  facts: Facts,
  targets: Readonly<Record<string, number>>,
): GoalOutcome[] {
  const goals = goalsOf(book);
  const { programme } = activities[0]!;
  const counters = bindCounters(
    programme,
    goals.flatMap(({ versions }) => versions.flatMap(countedBy)),
  );
  const days = activities.map(({ occurredAt }) => wallTime(occurredAt, facts.timeZone).day);
  const counts: Count[] = [];
  const settled = new Map<string, Settled>();
  const usage = new Map<string, bigint>();
  let outcomes: GoalOutcome[] = [];
  for (const [i, activity] of activities.entries()) {
    const awards = awardsOf(evaluations[i]!);
    counts.push(...countsOf(counters, { activity, facts, partner, awards }));
    outcomes = goals.flatMap((goal): GoalOutcome[] => {
      const standings = standingsAfter(goal, activity, days.slice(0, i + 1), counts, facts, targets);
      return standings.flatMap((standing) => settle(standing, days[i]!));
    });
  }
  return outcomes;

  function settle({ standing, subject }: { standing: Standing; subject: Id<string> }, day: string) {
    const { rule, period } = standing;
    const name = `${rule.id} ${period.name}`;
    const before = settled.get(name) ?? unsettled;
    const asked = askedBy(standing);
    let after = before;
    if (asked !== before.asked) {
      addUses(before.uses, -1n);
      after = { asked, ...settlementUnder(standing, subject, usage) };
      addUses(after.uses, 1n);
      settled.set(name, after);
    }
    const awards = moreThan(awardsIn(before), awardsIn(after));
    if (awards.length === 0 && (day < period.first || day > period.last)) return [];
    const reason = (after === before ? undefined : after.considered[0]?.reason) ?? reasonOf(standing);
    return [{ code: rule.document.code, reason, awards }];
  }

  function addUses(uses: readonly Use[], sign: bigint): void {
    for (const use of uses) usage.set(usageName(use), (usage.get(usageName(use)) ?? 0n) + sign * use.units);
  }
}

function awardsIn({ considered }: Settled): Award[] {
  return considered.flatMap(({ awards }) => awards);
}

// Activities only come in addition, so what was paid is not taken back.
function moreThan(before: readonly Award[], after: readonly Award[]): { asset: string; units: bigint }[] {
  return after.flatMap(({ leg, asset, units }) => {
    const paid = before.find((one) => one.leg === leg && one.asset === asset)?.units ?? 0n;
    return units > paid ? [{ asset, units: units - paid }] : [];
  });
}

/** How the goal stands in every period that has one of these days, in order. */
function standingsAfter(
  goal: GoalVersions,
  { programme, participant, outlet }: Activity,
  days: readonly string[],
  counts: readonly Count[],
  { timeZone }: Facts,
  targets: Readonly<Record<string, number>>,
): { standing: Standing; subject: Id<string> }[] {
  const rule = goal.versions[0]!;
  const { goal: document, scope } = rule.document;
  const subject = { participant, outlet, partner }[document.for] as Id<string>;
  const own = targets[rule.document.code];
  const facts: GoalFacts = {
    programme,
    timeZone,
    sums: sumsOf(rule, programme, subject, counts),
    targets:
      own === undefined
        ? []
        : [{ rule: goal.rule, subject, startsOn: '0001-01-01', version: 1, value: BigInt(own) }],
    now: longAfter,
  };
  const periods = new Map<string, Period>();
  for (const day of days.toSorted()) {
    const period = periodOf(document.per, day, scope);
    periods.set(period.name, period);
  }
  const standings = standingsOf(goal, subject, [...periods.values()], facts);
  return standings.flatMap((standing) => (standing ? [{ standing, subject }] : []));
}

function sumsOf(
  rule: GoalRule,
  programme: Activity['programme'],
  subject: Id<string>,
  counts: readonly Count[],
): Sums {
  const { part, whole } = countersOf(programme, rule);
  const { goal, scope } = rule.document;
  const all = new Map<string, ReadonlyMap<string, bigint>>();
  for (const counter of whole === null ? [part] : [part, whole]) {
    const asked = { counter, subject, per: goal.per, window: goal.window };
    const { sums, latest } = sumsByPeriod(
      counts.filter((count) => count.counter === counter),
      goal,
      scope,
    );
    all.set(sumName(asked), sums);
    if (goal.window !== undefined) all.set(latestName(asked), latest);
  }
  return all;
}
