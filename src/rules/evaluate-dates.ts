import { addPeriod, type Day } from '../shared/time.ts';
import type { RuleDocument } from './document.ts';
import type { Award } from './evaluation.ts';

type Expires = NonNullable<RuleDocument['expires']>;

/** The last day on which units earned on a day can be spent; undefined when they do not expire. */
export function expiryOf(expires: RuleDocument['expires'], day: Day): Day | undefined {
  return expires && lastDayOf(expires, day);
}

// Calendars are slow, and a rule is asked for the same few days again and again.
const known = new WeakMap<Expires, Map<Day, Day>>();
const knownMax = 1000;

function lastDayOf(expires: Expires, day: Day): Day {
  let days = known.get(expires);
  if (!days || days.size >= knownMax) known.set(expires, (days = new Map<Day, Day>()));
  let last = days.get(day);
  if (last === undefined) days.set(day, (last = reckon(expires, day)));
  return last;
}

function reckon(expires: Expires, day: Day): Day {
  if ('on' in expires) return expires.on;
  if ('after' in expires) return addPeriod(day, expires.after, expires.endOf);
  const [one, other] = expires.earlier.map((each) => reckon(each, day)) as [Day, Day];
  return one < other ? one : other;
}

/** Until when units earned on a day are pending; undefined when they can be spent at once. */
export function pendingOf(pending: RuleDocument['pending'], day: Day): Award['pending'] {
  if (!pending || 'until' in pending) return pending && { until: pending.until };
  return { through: addPeriod(day, pending.after, pending.endOf) };
}
