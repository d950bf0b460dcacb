import type { Evaluation, Usage } from '../rules/evaluation.ts';
import type { ProgrammeId } from '../shared/id.ts';
import type { Day } from '../shared/time.ts';
import type { SubjectId } from '../progress/counter.ts';
import { standingsOf, type Standing, type Target } from '../progress/evaluate-goal.ts';
import { settlementUnder } from '../progress/evaluate-settlement.ts';
import { looksBack, type GoalVersions } from '../progress/goal.ts';
import { periodOf, type Period } from '../progress/period.ts';
import { isLimited, type Books } from './books.ts';
import { subjectsOf, sumsFor, type Holdings } from './sums.ts';
import { worlds, type Contribution, type World } from './tally.ts';

/** What goals are judged by beside what was counted. `firstDay` and `lastDay`: the replayed days. */
export type GoalFrame = {
  programme: ProgrammeId;
  timeZone: string;
  now: Date;
  firstDay: Day;
  lastDay: Day;
  /** Those of everybody, by whose they are. */
  targets: ReadonlyMap<SubjectId, readonly Target[]>;
};

/** What a goal pays; it is earned on the last day of its period, which may lie after the replayed ones. */
export type GoalAward = Contribution & { earnedOn: Day };

const nothingUsed: Usage = new Map();

/**
 * What goals without limits pay in each world, judged when everything is counted: the order in which it came makes no
 * difference to them. Of each period that has a day among the replayed ones.
 */
export function settleGoals(books: Books, holdings: Holdings, frame: GoalFrame): GoalAward[] {
  return worlds.flatMap((world) =>
    books.goals[world]
      .filter((goal) => !isLimited(goal))
      .flatMap((goal) =>
        [...subjectsOf(holdings, frame.programme, goal)].flatMap((subject) =>
          judgeGoal(goal, subject, holdings, frame, null).flatMap((standing) => {
            const { considered } = settlementUnder(standing, subject, nothingUsed);
            return awardsIn(world, subject, standing.period, considered, frame);
          }),
        ),
      ),
  );
}

/**
 * How somebody stands with a goal, in order of periods: in every one in which anything was counted, or (with `days`) at least
 * in those that may stand otherwise because of what happened on these days.
 */
export function judgeGoal(
  goal: GoalVersions,
  subject: SubjectId,
  holdings: Holdings,
  frame: Pick<GoalFrame, 'programme' | 'timeZone' | 'now' | 'targets'>,
  days: readonly Day[] | null,
): Standing[] {
  const sums = new Map<string, ReadonlyMap<Day, bigint>>();
  const periods = new Map<string, Period>();
  for (const rule of goal.versions) {
    const { goal: asked, scope } = rule.document;
    const touched = (days ?? []).map((day) => periodOf(asked.per, day, scope));
    const isAlone = !looksBack(asked) && asked.window === undefined;
    const only = days && isAlone ? new Set(touched.map(({ first }) => first)) : null;
    const own = sumsFor(holdings, frame.programme, rule, subject, only);
    for (const [name, each] of own) sums.set(name, each);
    const counted = own.flatMap(([, each]) => [...each.keys()].map((day) => periodOf(asked.per, day, scope)));
    for (const period of [...touched, ...counted]) periods.set(period.name, period);
  }
  const inOrder = [...periods.values()].toSorted((a, b) => (a.first < b.first ? -1 : 1));
  const facts = { ...frame, sums, targets: frame.targets.get(subject) ?? [] };
  return standingsOf(goal, subject, inOrder, facts).filter((standing) => standing !== null);
}

/** What a settled goal adds; nothing where its period was over before the replayed days. */
export function awardsIn(
  world: World,
  subject: SubjectId,
  { last }: Period,
  considered: Evaluation['considered'],
  { firstDay, lastDay }: Pick<GoalFrame, 'firstDay' | 'lastDay'>,
): GoalAward[] {
  if (last < firstDay) return [];
  return considered.flatMap(({ code, awards }) =>
    awards.map(({ asset, units }): GoalAward => {
      const groups = { day: last < lastDay ? last : lastDay, area: '', tier: '', rule: code };
      return { world, asset, units, owner: subject, groups, products: [['', units]], earnedOn: last };
    }),
  );
}
