import type { Goal, RuleDocument } from '../rules/document.ts';
import type { ProgrammeId } from '../shared/id.ts';
import type { Day } from '../shared/time.ts';
import type { CounterId, SubjectId } from '../progress/counter.ts';
import { latestName, sumName } from '../progress/counters.ts';
import type { Count } from '../progress/evaluate-counts.ts';
import { sumsByPeriod } from '../progress/evaluate-sums.ts';
import { countersOf, type GoalRule, type GoalVersions } from '../progress/goal.ts';
import { periodOf } from '../progress/period.ts';

/** By which periods a counter is asked for. */
type Span = { per: Goal['per']; scope: RuleDocument['scope'] };
export type Spans = ReadonlyMap<CounterId, readonly Span[]>;

/** What is added up, and what is counted once however often it comes. */
type Held = { total: bigint; items: Map<string, bigint> | null };

/**
 * What counters hold of everybody, by counter and kind of period, subject, and first day of the period. A replay would hold
 * a row for each day and person otherwise; only goals over a window need those.
 */
export type Holdings = Map<string, Map<SubjectId, Map<Day, Held>>>;

/** The kinds of periods for which goals ask each counter; days where they add up over a window. */
export function spansOf(programme: ProgrammeId, goals: readonly GoalVersions[]): Spans {
  const spans = new Map<CounterId, Map<string, Span>>();
  for (const rule of goals.flatMap(({ versions }) => versions))
    for (const counter of askedBy(programme, rule)) {
      const known = spans.get(counter) ?? new Map<string, Span>();
      spans.set(counter, known);
      known.set(keptBy(rule), { per: keptBy(rule), scope: rule.document.scope });
    }
  return new Map([...spans].map(([counter, byPer]) => [counter, [...byPer.values()]]));
}

/** Adds a count, or takes it away with the sign -1; what nobody asks for is left out. */
export function addCount(holdings: Holdings, spans: Spans, count: Count, sign: 1n | -1n): void {
  const { counter, subject, day, item, value } = count;
  for (const { per, scope } of spans.get(counter) ?? []) {
    const days = daysOf(holdings, nameOf(counter, per), subject);
    const first = per === 'day' ? day : periodOf(per, day, scope).first;
    addTo(days, first, item, sign * value);
  }
}

/** Adds what another part of the history holds. */
export function mergeHoldings(into: Holdings, part: Holdings): void {
  for (const [name, subjects] of part)
    for (const [subject, more] of subjects) {
      const days = daysOf(into, name, subject);
      for (const [day, { total, items }] of more) {
        addTo(days, day, '', total);
        for (const [item, value] of items ?? []) addTo(days, day, item, value);
      }
    }
}

/** Everybody for whom anything was counted towards a goal. */
export function subjectsOf(holdings: Holdings, programme: ProgrammeId, goal: GoalVersions): Set<SubjectId> {
  const names = goal.versions.flatMap((rule) =>
    askedBy(programme, rule).map((counter) => nameOf(counter, keptBy(rule))),
  );
  return new Set(names.flatMap((name) => [...(holdings.get(name)?.keys() ?? [])]));
}

/** What a version of a goal adds up to for somebody, by which goals are judged; of all periods, or only those that begin then. */
export function sumsFor(
  holdings: Holdings,
  programme: ProgrammeId,
  rule: GoalRule,
  subject: SubjectId,
  only: ReadonlySet<Day> | null,
): [name: string, sums: ReadonlyMap<Day, bigint>][] {
  const { goal, scope } = rule.document;
  return askedBy(programme, rule).flatMap((counter): ReturnType<typeof sumsFor> => {
    const days = holdings.get(nameOf(counter, keptBy(rule)))?.get(subject);
    if (!days) return [];
    const { sums, latest } = sumsByPeriod(countsIn(days, only), goal, scope);
    const asked = { counter, subject, per: goal.per, window: goal.window };
    return [
      [sumName(asked), sums],
      [latestName(asked), latest],
    ];
  });
}

/** By day, what a counter holds of everybody that is not zero, where it is kept by day. */
export function dailyOf(
  holdings: Holdings,
  counter: CounterId,
): Map<SubjectId, { day: Day; value: bigint }[]> {
  const subjects = holdings.get(nameOf(counter, 'day')) ?? new Map<SubjectId, Map<Day, Held>>();
  return new Map(
    [...subjects].flatMap(([subject, days]) => {
      const moved = [...days].flatMap(([day, { total }]) => (total === 0n ? [] : [{ day, value: total }]));
      return moved.length > 0 ? [[subject, moved] as const] : [];
    }),
  );
}

function askedBy(programme: ProgrammeId, rule: GoalRule): CounterId[] {
  const { part, whole } = countersOf(programme, rule);
  return whole === null ? [part] : [part, whole];
}

function keptBy({ document: { goal } }: GoalRule): Goal['per'] {
  return goal.window === undefined ? goal.per : 'day';
}

const nameOf = (counter: CounterId, per: Goal['per']): string => `${counter} ${per}`;

function daysOf(holdings: Holdings, name: string, subject: SubjectId): Map<Day, Held> {
  let subjects = holdings.get(name);
  if (!subjects) holdings.set(name, (subjects = new Map<SubjectId, Map<Day, Held>>()));
  let days = subjects.get(subject);
  if (!days) subjects.set(subject, (days = new Map<Day, Held>()));
  return days;
}

function addTo(days: Map<Day, Held>, day: Day, item: string, value: bigint): void {
  let held = days.get(day);
  if (!held) days.set(day, (held = { total: 0n, items: null }));
  if (item === '') held.total += value;
  else {
    held.items ??= new Map<string, bigint>();
    held.items.set(item, (held.items.get(item) ?? 0n) + value);
  }
}

function countsIn(
  days: ReadonlyMap<Day, Held>,
  only: ReadonlySet<Day> | null,
): Pick<Count, 'day' | 'item' | 'value'>[] {
  const asked = only
    ? [...only].flatMap((day) => (days.has(day) ? [[day, days.get(day)!] as const] : []))
    : days;
  return [...asked].flatMap(([day, { total, items }]) => [
    { day, item: '', value: total },
    ...[...(items ?? [])].map(([item, value]) => ({ day, item, value })),
  ]);
}
