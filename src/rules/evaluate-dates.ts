import { addPeriod, type Day } from '../shared/time.ts';
import type { RuleDocument } from './document.ts';
import type { Award } from './evaluation.ts';

type Expires = NonNullable<RuleDocument['expires']>;

/** The last day on which units earned on a day can be spent; undefined when they do not expire. */
export function expiryOf(expires: RuleDocument['expires'], day: Day): Day | undefined {
  return expires && lastDayOf(expires, day);
}

function lastDayOf(expires: Expires, day: Day): Day {
  if ('on' in expires) return expires.on;
  if ('after' in expires) return addPeriod(day, expires.after, expires.endOf);
  const [one, other] = expires.earlier.map((each) => lastDayOf(each, day)) as [Day, Day];
  return one < other ? one : other;
}

/** Until when units earned on a day are pending; undefined when they can be spent at once. */
export function pendingOf(pending: RuleDocument['pending'], day: Day): Award['pending'] {
  if (!pending || 'until' in pending) return pending && { until: pending.until };
  return { through: addPeriod(day, pending.after, pending.endOf) };
}
