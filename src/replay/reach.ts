import type { Goal, Limit } from '../rules/document.ts';
import { addDays, weekdayOf, type Day } from '../shared/time.ts';
import { dayAfterBack } from '../progress/evaluate-tier.ts';
import { isGrowth, type GoalRule } from '../progress/goal.ts';
import { periodBefore, periodLastYear, periodOf, type Period } from '../progress/period.ts';
import type { Books } from './books.ts';
import { worlds } from './tally.ts';

/** How far back a replay must look: from a day on activities are judged, and from one before it they count for goals. */
export type Reach = { judgedFrom: Day; countedFrom: Day };

/** Before anything was recorded. */
const beginning: Day = '2000-01-01';

/** What the rules need to know of what happened before the replayed days. Pure. */
export function reachOf(books: Books, firstDay: Day): Reach {
  const rules = worlds.flatMap((world) => books[world].rules).filter(({ document }) => !document.goal);
  const limits = rules.flatMap(({ document }) => document.limits ?? []);
  const judgedFrom = earliest([firstDay, ...limits.map((limit) => limitBegins(limit, firstDay))]);
  const goals = worlds.flatMap((world) => books.goals[world].flatMap(({ versions }) => versions));
  const counted = goals.map((rule) => goalBegins(rule, firstDay));
  return { judgedFrom, countedFrom: earliest([judgedFrom, ...counted]) };
}

// A limit of a goal counts it on the first day of its period.
function goalBegins({ document: { goal, scope, limits = [] } }: GoalRule, firstDay: Day): Day {
  const { first } = periodOf(goal.per, firstDay, scope);
  const since = earliest([first, ...limits.map((limit) => limitBegins(limit, first))]);
  const back = looksBackTo(goal, periodOf(goal.per, since, scope), scope);
  return goal.window === undefined ? back : dayAfterBack(back, goal.window);
}

function looksBackTo(goal: Goal, period: Period, scope: GoalRule['document']['scope']): Day {
  // A row of periods is counted from its own beginning, whenever that was.
  if (goal.inARow !== undefined) return beginning;
  if (!isGrowth(goal) || typeof goal.target === 'number' || 'individual' in goal.target) return period.first;
  if ('of' in goal.target) return periodLastYear(goal.per, period, scope).first;
  let back = period;
  for (let count = goal.target.ofAverage; count > 0; count -= 1) back = periodBefore(goal.per, back, scope);
  return back.first;
}

function limitBegins({ per }: Limit, day: Day): Day {
  if (per === 'programme') return beginning;
  if (per === 'month') return `${day.slice(0, 7)}-01`;
  return per === 'week' ? addDays(day, 1 - weekdayOf(day)) : day;
}

function earliest(days: readonly Day[]): Day {
  return days.toSorted()[0]!;
}
