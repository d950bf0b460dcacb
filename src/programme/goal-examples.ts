import type { Activity } from '../activity/activity.ts';
import { bindCounters } from '../progress/counter.ts';
import { sumName, type Sums } from '../progress/counters.ts';
import { countsOf, type Count } from '../progress/evaluate-counts.ts';
import { reasonOf, standingsOf, type GoalFacts, type Standing } from '../progress/evaluate-goal.ts';
import { countedBy, countersOf, goalsOf, type GoalVersions } from '../progress/goal.ts';
import { periodOf } from '../progress/period.ts';
import { awardsOf, type Evaluation, type Facts, type Reason } from '../rules/evaluation.ts';
import type { RuleBook } from '../rules/select.ts';
import { nameId, type Id, type PartnerId } from '../shared/id.ts';
import { wallTime } from '../shared/time.ts';

/** What an activity did for a goal: why it paid or not, and what it paid beyond what was earned before. */
type GoalOutcome = { code: string; reason: Reason; awards: { asset: string; units: bigint }[] };

const partner = nameId<PartnerId>('example', 'partner');
/** All periods of an example are over, so that shares are settled. */
const longAfter = new Date('9999-01-01T00:00:00Z');

/** What the last of these activities, all of the same people, does for goals. Limits of goals are not looked at. Pure. */
export function reachExampleGoals(
  book: RuleBook,
  activities: readonly Activity[],
  evaluations: readonly Evaluation[],
  facts: Facts,
  targets: Readonly<Record<string, number>>,
): GoalOutcome[] {
  const goals = goalsOf(book);
  const last = activities.at(-1)!;
  const counters = bindCounters(
    last.programme,
    goals.flatMap(({ versions }) => versions.flatMap(countedBy)),
  );
  const counts = activities.map((activity, index) =>
    countsOf(counters, { activity, facts, partner, awards: awardsOf(evaluations[index]!) }),
  );
  return goals.flatMap((goal): GoalOutcome[] => {
    const judgeAfter = (number: number) =>
      standingAfter(goal, last, counts.slice(0, number).flat(), facts, targets);
    const [before, after] = [judgeAfter(activities.length - 1), judgeAfter(activities.length)];
    if (!after) return [];
    const awards = after.earned
      .filter(({ leg }) => !before?.earned.some((one) => one.leg === leg))
      .map(({ asset, units }) => ({ asset, units: BigInt(units) }));
    return [{ code: after.rule.document.code, reason: reasonOf(after), awards }];
  });
}

function standingAfter(
  goal: GoalVersions,
  last: Activity,
  counts: readonly Count[],
  { timeZone }: Facts,
  targets: Readonly<Record<string, number>>,
): Standing | null {
  const rule = goal.versions[0]!;
  const { goal: document, scope } = rule.document;
  const subject = { participant: last.participant, outlet: last.outlet, partner }[document.for] as Id<string>;
  const period = periodOf(document.per, wallTime(last.occurredAt, timeZone).day, scope);
  const own = targets[rule.document.code];
  const facts: GoalFacts = {
    programme: last.programme,
    timeZone,
    sums: sumsBy(goal, last, counts),
    targets:
      own === undefined
        ? []
        : [{ rule: goal.rule, subject, startsOn: '0001-01-01', version: 1, value: BigInt(own) }],
    now: longAfter,
  };
  return standingsOf(goal, subject, [period], facts)[0]!;
}

// As the database adds counters up: what is counted once counts once in each period.
function sumsBy({ versions: [rule] }: GoalVersions, { programme }: Activity, counts: readonly Count[]): Sums {
  const { part, whole } = countersOf(programme, rule!);
  const { goal, scope } = rule!.document;
  const sums = new Map<string, Map<string, bigint>>();
  const seen = new Set<string>();
  for (const { counter, subject, day, item, value } of counts) {
    if (counter !== part && counter !== whole) continue;
    const { first } = periodOf(goal.per, day, scope);
    const name = sumName({ counter, subject, per: goal.per });
    const once = `${name} ${first} ${item}`;
    if (item !== '' && seen.has(once)) continue;
    seen.add(once);
    const periods = sums.get(name) ?? new Map<string, bigint>();
    sums.set(name, periods.set(first, (periods.get(first) ?? 0n) + value));
  }
  return sums;
}
