import type { AwardEffect } from '../rules/document.ts';
import { armOf } from '../rules/evaluate-experiment.ts';
import type { Fact, Reason } from '../rules/evaluation.ts';
import type { ProgrammeId, RuleId } from '../shared/id.ts';
import { addDays, momentAt, type Day } from '../shared/time.ts';
import type { CounterId, SubjectId } from './counter.ts';
import { latestName, sumName, type Sums } from './counters.ts';
import { dayAfterBack } from './evaluate-tier.ts';
import { countersOf, isShare, versionFor, type GoalRule, type GoalVersions } from './goal.ts';
import { periodBefore, periodLastYear, type Period } from './period.ts';

/** A target set for somebody; the newest one that begins on or before a period's first day counts. */
export type Target = { rule: RuleId; subject: SubjectId; startsOn: string; version: number; value: bigint };

/** The day on which each period stood best over a window, by `sumName` and the first day of the period. */
export type BestDays = ReadonlyMap<string, ReadonlyMap<string, Day>>;

/** What goals are judged by. `now` decides only which periods are over. */
export type GoalFacts = {
  programme: ProgrammeId;
  timeZone: string;
  sums: Sums;
  /** Over a window; where it is absent payments are explained by their period. */
  bestDays?: BestDays;
  targets: readonly Target[];
  now: Date;
};

/** How somebody stands with a goal in a period. Quantities as in the document; shares in hundredths of a percent. */
export type Standing = {
  rule: GoalRule;
  period: Period;
  done: bigint;
  /** Over a window `done` is the best of the period's days, and this is where the last of them stands; otherwise the same. */
  latest: bigint;
  /** The days that were added up for `done`. */
  counted: { first: Day; last: Day };
  /** Null: none is set, or there is nothing to grow from. */
  target: bigint | null;
  /** How many periods in a row were reached, this one among them. */
  run: number;
  /** A share is settled when its period is over: before that it may still fall. */
  isOpen: boolean;
  /** What is earned. */
  earned: GoalEffect[];
};
type GoalEffect = Extract<AwardEffect, { per: 'goal' }>;

/**
 * How somebody stands with a goal in each of these periods; null where no version of the rule judges the period. Pure:
 * the same counters and targets give the same standing, in whatever order activities came.
 */
export function standingsOf(
  versions: GoalVersions,
  subject: SubjectId,
  periods: readonly Period[],
  facts: GoalFacts,
): (Standing | null)[] {
  return periods.map((period) => {
    const rule = versionFor(versions, period, facts.timeZone);
    return rule && standingOf(rule, subject, period, facts);
  });
}

/** The effects of a goal in order of what they ask for. */
export function goalEffects({ document: { effects } }: GoalRule): GoalEffect[] {
  return effects
    .filter((effect): effect is GoalEffect => effect.kind === 'award' && effect.per === 'goal')
    .toSorted((a, b) => (a.at ?? 100) - (b.at ?? 100));
}

/** So many whole percent of the target are done; null without a target. */
export function percentOf({ done, target }: Pick<Standing, 'done' | 'target'>): number | null {
  return target === null ? null : Number((done * 100n) / target);
}

/** Why a goal has paid or not yet: the next step and what is missing to it. */
export function reasonOf(standing: Standing): Reason {
  const { rule, done, target, run } = standing;
  const { goal } = rule.document;
  if (target === null) return { code: 'goal-without-target', facts: {} };
  const next = goalEffects(rule).find(({ at = 100 }) => done * 100n < target * BigInt(at));
  if (next) return { code: 'goal-short', facts: { ...missingOf(standing, target, next), per: goal.per } };
  if (goal.inARow && run % goal.inARow !== 0)
    return { code: 'streak-short', facts: { done: run % goal.inARow, wanted: goal.inARow } };
  return { code: 'goal-reached', facts: { per: goal.per } };
}

function missingOf(
  { rule, latest }: Standing,
  target: bigint,
  { at = 100 }: GoalEffect,
): Record<string, Fact> {
  const { counts } = rule.document.goal;
  const wanted = (target * BigInt(at) + 99n) / 100n;
  if (isShare(counts)) return { of: 'share', done: Number(latest) / 1e4, target: Number(wanted) / 1e4 };
  // What a window holds already counts with the next thing that is counted.
  const least = counts.of === 'quantity' ? 1000 : 1;
  const missing = rule.document.goal.window
    ? Math.max(least, Number(wanted - latest))
    : Number(wanted - latest);
  if ('currency' in counts) return { of: 'amount', amount: { minor: missing, currency: counts.currency } };
  return { of: counts.of, count: counts.of === 'quantity' ? missing / 1000 : missing };
}

function standingOf(rule: GoalRule, subject: SubjectId, period: Period, facts: GoalFacts): Standing {
  const { goal, scope } = rule.document;
  const own = seenBy(rule, subject, facts);
  const { done, latest, target } = own(period);
  const counted = daysCounted(rule, subject, period, facts);
  const isOpen = isShare(goal.counts) && !isOver(period, facts);
  const effects = goalEffects(rule);
  const lowest = effects[0]?.at ?? 100;
  const { experiment } = rule.document;
  const isHeldOut = experiment !== undefined && armOf(experiment, subject) === 'hold-out';
  const earned = isOpen || isHeldOut ? [] : effects.filter(({ at = 100 }) => paysAt(at));
  return { rule, period, done, latest, counted, target, run: runAt(lowest), isOpen, earned };

  function paysAt(percent: number): boolean {
    const run = runAt(percent);
    return run > 0 && run % (goal.inARow ?? 1) === 0;
  }

  function runAt(percent: number): number {
    if (goal.inARow === undefined) return Number(isReached(own(period), percent));
    let run = 0;
    for (let each = period; isReached(own(each), percent); each = periodBefore(goal.per, each, scope))
      run += 1;
    return run;
  }
}

function daysCounted(
  rule: GoalRule,
  subject: SubjectId,
  period: Period,
  { programme, bestDays }: GoalFacts,
): Standing['counted'] {
  const { per, window } = rule.document.goal;
  if (window === undefined) return period;
  const { part: counter } = countersOf(programme, rule);
  const best = bestDays?.get(sumName({ counter, subject, per, window }))?.get(period.first);
  return best === undefined ? period : { first: dayAfterBack(best, window), last: best };
}

function isReached({ done, target }: { done: bigint; target: bigint | null }, percent: number): boolean {
  return target !== null && done * 100n >= target * BigInt(percent);
}

/** What was done in a period and what was to be done, by the measure and target of one version of the rule. */
function seenBy(rule: GoalRule, subject: SubjectId, { programme, sums, targets }: GoalFacts) {
  const { goal, scope } = rule.document;
  const { part, whole } = countersOf(programme, rule);
  const { per, window } = goal;
  const sumIn = ({ first }: Period, counter: CounterId, nameOf = sumName) =>
    sums.get(nameOf({ counter, subject, per, window }))?.get(first) ?? 0n;
  // Null: of nothing there is no share.
  const doneIn = (period: Period): bigint | null => {
    if (whole === null) return sumIn(period, part);
    const total = sumIn(period, whole);
    return total > 0n ? (sumIn(period, part) * 10_000n) / total : null;
  };
  return (period: Period) => {
    const done = doneIn(period) ?? 0n;
    const latest = window === undefined ? done : sumIn(period, part, latestName);
    return { done, latest, target: targetOf(period) };
  };

  function targetOf(period: Period): bigint | null {
    const { target } = goal;
    const scale = isShare(goal.counts) ? 100n : 1n;
    if (typeof target === 'number') return BigInt(target) * scale;
    if ('individual' in target) {
      const set = targetFor(targets, rule.id, subject, period);
      if (set !== null) return set * scale;
      return target.otherwise === undefined ? null : BigInt(target.otherwise) * scale;
    }
    const before =
      'of' in target ? [periodLastYear(goal.per, period, scope)] : previous(period, target.ofAverage);
    const sum = before.reduce((total, each) => total + (doneIn(each) ?? 0n), 0n);
    const whole = BigInt(before.length) * 100n;
    return sum > 0n ? (sum * BigInt(target.percent) + whole - 1n) / whole : null;
  }

  function previous(period: Period, count: number): Period[] {
    const periods: Period[] = [];
    for (let each = period; periods.length < count;)
      periods.push((each = periodBefore(goal.per, each, scope)));
    return periods;
  }
}

function targetFor(
  targets: readonly Target[],
  rule: RuleId,
  subject: SubjectId,
  { first }: Period,
): bigint | null {
  let found: Target | null = null;
  for (const target of targets) {
    if (target.rule !== rule || target.subject !== subject || target.startsOn > first) continue;
    const isLater =
      found === null ||
      target.startsOn > found.startsOn ||
      (target.startsOn === found.startsOn && target.version > found.version);
    if (isLater) found = target;
  }
  return found?.value ?? null;
}

function isOver({ last }: Period, { now, timeZone }: GoalFacts): boolean {
  return momentAt(addDays(last, 1), '00:00', timeZone) <= now;
}
