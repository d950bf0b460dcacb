import type { Goal, RuleDocument } from '../rules/document.ts';
import { addDays, addMonths, endOf, weekdayOf, type Day } from '../shared/time.ts';

/** A span of days, both ends included; its name is the same for ever. */
export type Period = { name: string; first: Day; last: Day };

/** The period of a goal in which a day lies. */
export function periodOf(per: Goal['per'], day: Day, scope: RuleDocument['scope']): Period {
  if (per === 'campaign') return named(per, spanOf(per, day, scope));
  const key = `${per} ${day}`;
  const known = periods.get(key) ?? named(per, spanOf(per, day, scope));
  if (periods.size >= periodsMax) periods.clear();
  periods.set(key, known);
  return known;
}

// A batch asks for the same few days thousands of times, and calendars are slow.
const periodsMax = 10_000;
const periods = new Map<string, Period>();

function named(per: Goal['per'], [first, last]: [Day, Day]): Period {
  return { name: `${per} ${first}`, first, last };
}

/** The period just before. A campaign comes once and is before itself. */
export function periodBefore(per: Goal['per'], { first }: Period, scope: RuleDocument['scope']): Period {
  return periodOf(per, per === 'campaign' ? first : addDays(first, -1), scope);
}

/** The same period of the year before; of weeks the one 52 weeks before, so that it has the same days of the week. */
export function periodLastYear(per: Goal['per'], { first }: Period, scope: RuleDocument['scope']): Period {
  return periodOf(per, per === 'week' ? addDays(first, -364) : addMonths(first, -12), scope);
}

function spanOf(per: Goal['per'], day: Day, scope: RuleDocument['scope']): [Day, Day] {
  if (per === 'day') return [day, day];
  if (per === 'week') {
    const monday = addDays(day, 1 - weekdayOf(day));
    return [monday, addDays(monday, 6)];
  }
  if (per === 'campaign') return [scope.from!, scope.to!];
  const last = endOf(day, per);
  const months = { month: 1, quarter: 3, year: 12 }[per];
  return [addMonths(`${last.slice(0, 7)}-01`, 1 - months), last];
}
