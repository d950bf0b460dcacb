import { addDays, addMonths, addPeriod, daysBetween, type Day } from '../shared/time.ts';
import type { TiersDocument } from './document.ts';
import type { StoredDocument } from './documents.ts';

/** From a day on somebody has a tier, until the next span; why, and what was counted when it was decided. */
export type TierSpan = {
  from: Day;
  tier: string;
  reason: 'enrolled' | 'reached' | 'kept' | 'one-step' | 'recomputed' | 'override' | 'override-ended';
  value: bigint | null;
  /** The last day for which the tier is safe. */
  safeUntil: Day | null;
};

/** A tier given by hand; `order` tells which of several was set last. */
export type TierOverride = { tier: string; from: Day; until: Day; order: string };

/** What a tier is computed from. `days` are what a version of the tiers counts, by day in order. */
export type TierHistory = {
  enrolled: { tier: string; on: Day };
  /** The days from which cycles are counted; who has no contract is counted from joining. */
  joined: Day;
  contract: Day | null;
  days: (version: number) => readonly { day: Day; value: bigint }[];
  overrides: readonly TierOverride[];
  today: Day;
};

type Version = StoredDocument<TiersDocument>;
type State = { code: string; since: Day; safeUntil: Day | null };

/**
 * Every tier that somebody had, from the day of enrolment on: what the days before it had earned decides a day's tier, so
 * what is reached today counts from tomorrow, and a day's tier never depends on that day itself. Pure: the same history
 * gives the same tiers, in whatever order it became known.
 */
export function tierSpans(versions: readonly Version[], history: TierHistory): TierSpan[] {
  const spans = computedSpans(versions, history);
  return history.overrides.length === 0 ? spans : overlaid(spans, history);
}

/** The span that a day belongs to; null before the first. */
export function spanOn(spans: readonly TierSpan[], day: Day): TierSpan | null {
  return spans.findLast(({ from }) => from <= day) ?? null;
}

/** What is still to be earned, by the day on which the last span ends, for its tier to be kept; 0 where nothing is. */
export function missingToKeep(
  { version, document }: Version,
  spans: readonly TierSpan[],
  history: TierHistory,
): bigint {
  const last = spans.at(-1)!;
  const step = document.tiers[indexOf(document, last.tier)];
  if (!step || last.safeUntil === null || document.downgrade === 'none') return 0n;
  const end = addDays(last.safeUntil, 1);
  const missing =
    BigInt(step.keep ?? step.from) -
    valueBefore(document, history.days(version), stateAt(spans), history, end);
  return missing > 0n ? missing : 0n;
}

/** What is counted up to today, and the tier above that of the last span with what is missing to it; null on top. */
export function towardsNext(
  { version, document }: Version,
  spans: readonly TierSpan[],
  history: TierHistory,
): { value: bigint; next: { code: string; missing: bigint } | null } {
  const state = stateAt(spans);
  const tomorrow = addDays(history.today, 1);
  const value = valueBefore(document, history.days(version), state, history, tomorrow);
  const next = document.tiers[indexOf(document, state.code) + 1];
  if (!next) return { value, next: null };
  const missing = BigInt(next.from) - value;
  return { value, next: { code: next.code, missing: missing > 0n ? missing : 0n } };
}

/** The tier that follows when the last span ends and so much is still missing; null where it stays. */
export function fallsTo({ document }: Version, { tier }: TierSpan, missing: bigint): string | null {
  const { tiers, downgrade } = document;
  const current = indexOf(document, tier);
  if (missing <= 0n || downgrade === 'none' || current < 1) return null;
  if (downgrade === 'one-step') return tiers[current - 1]!.code;
  const value = BigInt(tiers[current]!.keep ?? tiers[current]!.from) - missing;
  return tiers[reachedBy(document, value)]!.code;
}

// Everybody has the lowest tier, also who gave back more than they took.
function reachedBy({ tiers }: TiersDocument, value: bigint): number {
  return Math.max(
    0,
    tiers.findLastIndex(({ from }) => value >= BigInt(from)),
  );
}

function stateAt(spans: readonly TierSpan[]): State {
  const { tier, safeUntil } = spans.at(-1)!;
  const since = spans.findLast((span, i) => i === 0 || spans[i - 1]!.tier !== tier)!.from;
  return { code: tier, since, safeUntil };
}

function computedSpans(versions: readonly Version[], history: TierHistory): TierSpan[] {
  const { enrolled, today } = history;
  const changes = versions.flatMap(({ version, from }) => [
    ...(from === null ? [] : [from]),
    ...history.days(version).map(({ day }) => addDays(day, 1)),
  ]);
  const begun = versions.flatMap(({ version, from }) =>
    [from ?? [], history.days(version)[0]?.day ?? []].flat(),
  );
  const start = [enrolled.on, ...begun].toSorted()[0]!;
  const state: State = { code: enrolled.tier, since: start, safeUntil: null };
  const first = versionOn(versions, start);
  if (first && indexOf(first.document, state.code) >= 0)
    state.safeUntil = safeFrom(first.document, state.code, start, history);
  else if (first) state.code = first.document.tiers[0]!.code;
  const spans: TierSpan[] = [
    { from: start, tier: state.code, reason: 'enrolled', value: null, safeUntil: state.safeUntil },
  ];
  const waiting = [...new Set(changes)].toSorted();
  for (let next = 0; ;) {
    const due = waiting[next] ?? null;
    // Where nobody judges tiers any more, or yet again, none ends meanwhile.
    const ends = state.safeUntil === null ? null : judgedFrom(versions, addDays(state.safeUntil, 1));
    const day = due === null || (ends !== null && ends < due) ? ends : due;
    // What ends, ends when its day has come; what is reached today is known for tomorrow.
    if (day === null || day > (day === due ? addDays(today, 1) : today)) return spans;
    if (day === due) next += 1;
    const version = versionOn(versions, day);
    if (!version) continue;
    const span = decide(version, state, day, day === ends && day <= today, history);
    if (span) spans.push(span);
  }
}

/** What a day decides, noted in the state; null where nothing changes. */
function decide(
  { version, document }: Version,
  state: State,
  day: Day,
  isEnd: boolean,
  history: TierHistory,
): TierSpan | null {
  const { tiers, downgrade } = document;
  const current = Math.max(0, indexOf(document, state.code));
  const value = valueBefore(document, history.days(version), state, history, day);
  const reached = reachedBy(document, value);
  if (reached > current) return become(reached, 'reached', day);
  if (!isEnd) return null;
  const ended = addDays(day, -1);
  const { keep, from } = tiers[current]!;
  if (downgrade === 'none' || value >= BigInt(keep ?? from)) return become(current, 'kept', ended);
  return downgrade === 'one-step'
    ? become(Math.max(0, current - 1), 'one-step', ended)
    : become(reached, 'recomputed', ended);

  function become(index: number, reason: TierSpan['reason'], safeFromDay: Day): TierSpan {
    const { code } = tiers[index]!;
    if (code !== state.code) state.since = day;
    state.code = code;
    state.safeUntil = safeFrom(document, code, safeFromDay, history);
    return { from: day, tier: code, reason, value, safeUntil: state.safeUntil };
  }
}

/** What was counted in the window that ends with the day before. */
function valueBefore(
  document: TiersDocument,
  days: DaysCounted,
  { since }: State,
  anchors: Anchors,
  day: Day,
): bigint {
  const start = windowStart(document.window, addDays(day, -1), since, anchors);
  const [first, end] = [placeOf(days, start), placeOf(days, day)];
  const upTo = sumsOf(days);
  return end > first ? upTo[end]! - upTo[first]! : 0n;
}

type DaysCounted = readonly { day: Day; value: bigint }[];

/** How many of the days lie before a day. */
function placeOf(days: DaysCounted, day: Day): number {
  let [low, high] = [0, days.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (days[middle]!.day < day) low = middle + 1;
    else high = middle;
  }
  return low;
}

// Each day decides anew, so whoever sold on a thousand days has a thousand windows.
const sums = new WeakMap<DaysCounted, readonly bigint[]>();

/** What so many of the first days add up to, by how many. */
function sumsOf(days: DaysCounted): readonly bigint[] {
  const known = sums.get(days);
  if (known) return known;
  const added = [0n];
  for (const { value } of days) added.push(added.at(-1)! + value);
  sums.set(days, added);
  return added;
}

type Anchors = Pick<TierHistory, 'joined' | 'contract'>;

function windowStart(window: TiersDocument['window'], end: Day, since: Day, anchors: Anchors): Day {
  if (window.kind === 'calendar-year') return `${end.slice(0, 4)}-01-01`;
  if (window.kind === 'rolling') return dayAfterBack(end, window.last);
  const first = window.kind === 'since-tier-start' ? since : anchorOf(window.kind, anchors);
  return cycleStart(first, window.every, cycleOn(first, window.every, end));
}

function anchorOf(kind: 'since-joining' | 'since-contract', { joined, contract }: Anchors): Day {
  return kind === 'since-joining' ? joined : (contract ?? joined);
}

/** The first day of a cycle; the anchor is that of the cycle 0, and its day of the month that of all. */
function cycleStart(anchor: Day, every: string, cycle: number): Day {
  return addPeriod(anchor, `P${Number(every.slice(1, -1)) * cycle}${every.at(-1)}`);
}

/** The cycle in which a day lies; 0 before the anchor. */
function cycleOn(anchor: Day, every: string, day: Day): number {
  const longest = { D: 1, W: 7, M: 31, Y: 366 }[every.at(-1)!]! * Number(every.slice(1, -1));
  // At least so many have begun; the rest is counted.
  let cycle = Math.max(0, Math.floor(daysBetween(anchor, day) / longest));
  while (cycleStart(anchor, every, cycle + 1) <= day) cycle += 1;
  return cycle;
}

/** The first day of the span that ends with a day and is a period long. */
export function dayAfterBack(end: Day, period: string): Day {
  const count = Number(period.slice(1, -1));
  const unit = period.at(-1);
  if (unit === 'D' || unit === 'W') return addDays(end, 1 - count * (unit === 'W' ? 7 : 1));
  return addMonths(addDays(end, 1), -count * (unit === 'Y' ? 12 : 1));
}

// The lowest tier does not end.
function safeFrom(document: TiersDocument, code: string, day: Day, anchors: Anchors): Day | null {
  if (indexOf(document, code) === 0) return null;
  const { lasts } = document;
  if ('for' in lasts) return addPeriod(day, lasts.for, lasts.endOf);
  if ('every' in lasts) return cycleEnd(anchorOf(lasts.kind, anchors), lasts.every, day);
  const year = Number(day.slice(0, 4));
  const inYear = `${year}-${lasts.until}`;
  return inYear > day ? inYear : `${year + 1}-${lasts.until}`;
}

// The last day of the first cycle that ends after a day.
function cycleEnd(anchor: Day, every: string, day: Day): Day {
  const next = addDays(day, 1);
  const begun = next < anchor ? -1 : cycleOn(anchor, every, next);
  return addDays(cycleStart(anchor, every, begun + 1), -1);
}

function indexOf({ tiers }: TiersDocument, code: string): number {
  return tiers.findIndex((tier) => tier.code === code);
}

/** The first day from a day on that a version judges, or null. */
function judgedFrom(versions: readonly Version[], day: Day): Day | null {
  if (versionOn(versions, day)) return day;
  const later = versions.flatMap(({ from }) => (from !== null && from > day ? [from] : []));
  return later.toSorted()[0] ?? null;
}

/** The version that judges a day. */
export function versionOn(versions: readonly Version[], day: Day): Version | null {
  return versions.find(({ from, until }) => (from ?? '') <= day && (until === null || until > day)) ?? null;
}

/** The computed spans with the tiers given by hand laid over them. */
function overlaid(spans: readonly TierSpan[], { overrides, today }: TierHistory): TierSpan[] {
  const points = new Set([
    ...spans.map(({ from }) => from),
    ...overrides.flatMap(({ from, until }) => [from, addDays(until, 1)]),
  ]);
  const laid: TierSpan[] = [];
  for (const day of [...points].toSorted()) {
    if (day > addDays(today, 1)) break;
    const active = overrides
      .filter(({ from, until }) => from <= day && until >= day)
      .toSorted((a, b) => (a.order < b.order ? -1 : 1))
      .at(-1);
    const below = spanOn(spans, day);
    const before = laid.at(-1);
    if (active) {
      if (before?.reason !== 'override' || before.tier !== active.tier || before.safeUntil !== active.until)
        laid.push({ from: day, tier: active.tier, reason: 'override', value: null, safeUntil: active.until });
    } else if (below && below.from === day) laid.push(below);
    else if (below && before?.reason === 'override')
      laid.push({ ...below, from: day, reason: 'override-ended' });
  }
  return laid;
}
