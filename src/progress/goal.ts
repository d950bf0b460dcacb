import type { CompiledRule } from '../rules/compile.ts';
import type { Goal, Measure } from '../rules/document.ts';
import type { RuleBook } from '../rules/select.ts';
import type { ProgrammeId, RuleId } from '../shared/id.ts';
import { addDays, momentAt } from '../shared/time.ts';
import { counterIdOf, type Counted, type CounterId } from './counter.ts';
import type { Period } from './period.ts';

export type GoalRule = CompiledRule & { document: { goal: Goal } };

/** The versions of one rule that have a goal, in the order in which they take over. */
export type GoalVersions = { rule: RuleId; versions: GoalRule[] };

/** A measure's counters: of a share its two. */
export type GoalCounters = { part: CounterId; whole: CounterId | null };

/** The goals among the rules of a programme. */
export function goalsOf(book: RuleBook): GoalVersions[] {
  const goals = book.rules.filter((rule): rule is GoalRule => rule.document.goal !== undefined);
  const byRule = Map.groupBy(goals, ({ id }) => id);
  return [...byRule].map(([rule, versions]) => ({
    rule,
    versions: versions.toSorted((a, b) => fromOf(a) - fromOf(b)),
  }));
}

/** What a goal counts: one measure, or two whose share it is. */
export function countedBy({ document: { goal, scope, condition } }: GoalRule): Counted[] {
  return measuresOf(goal).map((measure) => ({
    for: goal.for,
    measure,
    scope: countedScope(goal, scope),
    condition,
  }));
}

/** The counters of a goal; a rule belongs to one programme. */
export function countersOf(programme: ProgrammeId, rule: GoalRule): GoalCounters {
  const known = counters.get(rule);
  if (known) return known;
  const [part, whole] = countedBy(rule).map((counted) => counterIdOf(programme, counted));
  const found = { part: part!, whole: whole ?? null };
  counters.set(rule, found);
  return found;
}

const counters = new WeakMap<GoalRule, GoalCounters>();

export function isShare(counts: Goal['counts']): counts is Extract<Goal['counts'], { share: unknown }> {
  return 'share' in counts;
}

/** True when a goal is compared with what was done before. */
export function isGrowth(goal: Goal): boolean {
  return typeof goal.target === 'object' && 'percent' in goal.target;
}

/** True when the target is set for each. */
export function hasIndividualTarget({ document: { goal } }: GoalRule): boolean {
  return typeof goal.target === 'object' && 'individual' in goal.target;
}

/** True when what happened in one period can decide what another one earns. */
export function looksBack(goal: Goal): boolean {
  return goal.inARow !== undefined || isGrowth(goal);
}

/**
 * The version that judges a period: the one in force on its first moment, or else the first to come into force within it.
 * So an edit takes effect with the next period, and what was announced for a period is kept. Null when none does.
 */
export function versionFor(
  { versions }: GoalVersions,
  { first, last }: Period,
  timeZone: string,
): GoalRule | null {
  const [only] = versions;
  if (versions.length === 1 && only!.effectiveFrom === null && only!.effectiveUntil === null)
    return liesWithin(only!, first, last) ? only! : null;
  const start = momentAt(first, '00:00', timeZone).getTime();
  const end = momentAt(addDays(last, 1), '00:00', timeZone).getTime();
  const overlapping = versions.filter((rule) => {
    const until = rule.effectiveUntil?.getTime() ?? Infinity;
    return fromOf(rule) < end && until > start;
  });
  return overlapping.find((rule) => liesWithin(rule, first, last)) ?? null;
}

// Only those periods that have a day in the scope's dates.
function liesWithin({ document: { scope } }: GoalRule, first: string, last: string): boolean {
  return (!scope.from || scope.from <= last) && (!scope.to || scope.to >= first);
}

function fromOf({ effectiveFrom }: CompiledRule): number {
  return effectiveFrom?.getTime() ?? -Infinity;
}

function measuresOf({ counts }: Goal): Measure[] {
  return isShare(counts) ? [counts.share, counts.of] : [counts];
}

// Growth is measured against what was before the rule began.
function countedScope(goal: Goal, scope: Counted['scope']): Counted['scope'] {
  if (!isGrowth(goal)) return scope;
  const { from: _from, to: _to, ...rest } = scope;
  return rest;
}
