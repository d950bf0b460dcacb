import type { CompiledEffect, CompiledRule } from './compile.ts';
import { assetOf } from './document.ts';
import { payeeName } from './document-payee.ts';
import { expiryOf, pendingOf } from './evaluate-dates.ts';
import { earn, granted, multiplied, unmet } from './evaluate-effects.ts';
import { limitLegs, usageKeysOf, usesOf, type Leg } from './evaluate-limits.ts';
import {
  basketOf,
  eligibleLines,
  isInForce,
  outOfScope,
  payeeOf,
  reason,
  unpayable,
  viewOf,
  type View,
  type ViewLine,
} from './evaluate-scope.ts';
import { stack, type Outcome } from './evaluate-stacking.ts';
import {
  usageName,
  type Award,
  type Considered,
  type Evaluation,
  type Grant,
  type Subject,
  type Usage,
  type UsageKey,
} from './evaluation.ts';
import { candidatesOf, selectRules, type PassedOver, type RuleBook } from './select.ts';

type Options = {
  /** Units that limits have granted so far. What this batch grants is added on the way, in the order given. */
  usage?: Usage;
  /** `candidates` counts, instead of explaining, the rules whose scope the index shows not to fit. */
  consider?: Exclude<Consider, 'fired'>;
};
/** `fired`: only what pays is told, and no reason is looked for: for who wants the awards alone. */
type Consider = 'all' | 'candidates' | 'fired';

/**
 * What the rules make of activities, in order: for every rule in force for that kind of activity at the time of the
 * event, whether it fired, why or why not with the values, the arithmetic, and what should be posted. A withdrawn
 * activity earns nothing. Pure: the same rules, activities, facts and usage give the same answer for ever; it reads no
 * clock and no database, and a rule that lacks a fact is skipped with that reason.
 */
export function evaluate(
  book: RuleBook,
  subjects: readonly Subject[],
  { usage, consider = 'all' }: Options = {},
): Evaluation[] {
  const granted = new Map(usage);
  return subjects.map((subject) => {
    const evaluation = evaluateOne(book, viewOf(subject), granted, consider);
    for (const use of evaluation.uses)
      granted.set(usageName(use), (granted.get(usageName(use)) ?? 0n) + use.units);
    return evaluation;
  });
}

/** The limits that evaluating these activities may ask for: lock and read them before. */
export function usageWanted(book: RuleBook, subjects: readonly Subject[]): UsageKey[] {
  const wanted = new Map<string, UsageKey>();
  for (const subject of subjects) {
    if (subject.activity.withdrawn) continue;
    const view = viewOf(subject);
    for (const rule of candidatesOf(book, view))
      if (!rule.document.goal && outOfScope(rule, view) === null)
        for (const key of usageKeysOf(rule, view)) wanted.set(usageName(key), key);
  }
  return [...wanted.values()];
}

/** The same for one activity, with the usage as it stands: for a replay, which keeps count of its own. */
export function evaluateOne(book: RuleBook, view: View, usage: Usage, consider: Consider): Evaluation {
  const { id, version, withdrawn } = view.activity;
  if (withdrawn) return { activity: id, version, considered: [], uses: [] };
  const { rules, passedOver } = rulesFor(book, view, consider);
  const outcomes = rules.map((rule) => begin(rule, view, consider !== 'fired'));
  // Awards first, because multipliers multiply what their groups have earned after limits and stacking.
  const awarding = outcomes.filter(({ rule }) => rule.effects[0]!.kind !== 'multiply');
  const multiplying = outcomes.filter(({ rule }) => rule.effects[0]!.kind === 'multiply');
  for (const outcome of awarding) settle(outcome, view, usage, (effect) => give(outcome, effect, view));
  stack(awarding);
  for (const outcome of multiplying)
    settle(outcome, view, usage, (effect) => multiply(outcome, effect, view, awarding));
  stack(multiplying);
  return {
    activity: id,
    version,
    considered: (consider === 'fired' ? outcomes.filter(({ reason }) => !reason) : outcomes).map((outcome) =>
      consideredOf(outcome, view),
    ),
    uses: outcomes.flatMap(({ rule, legs, reason }) => (reason ? [] : usesOf(rule, legs, view))),
    ...(passedOver && { passedOver }),
  };
}

function rulesFor(
  book: RuleBook,
  view: View,
  consider: Consider,
): { rules: readonly CompiledRule[]; passedOver?: PassedOver } {
  if (consider === 'fired')
    return { rules: candidatesOf(book, view).filter(({ document }) => !document.goal) };
  if (consider === 'candidates') {
    const { candidates, passedOver } = selectRules(book, view);
    return { rules: candidates, passedOver };
  }
  const { kind, occurredAt } = view.activity;
  return {
    rules: book.rules.filter((rule) => rule.scopeSets.kinds!.set.has(kind) && isInForce(rule, occurredAt)),
  };
}

/**
 * The rules that an evaluation counts in `passedOver`, each with the reason why it did not fit: together with what was
 * considered, every rule of the book for that kind of activity at that time. Pure.
 */
export function explainPassedOver(
  book: RuleBook,
  subject: Subject,
  { considered }: Evaluation,
): Considered[] {
  if (subject.activity.withdrawn) return [];
  const view = viewOf(subject);
  const known = new Set(considered.map(({ rule, version }) => `${rule} ${version}`));
  return rulesFor(book, view, 'all').rules.flatMap((rule) => {
    const outside = known.has(`${rule.id} ${rule.version}`) ? null : outOfScope(rule, view);
    return outside ? [consideredOf({ rule, lines: [], legs: [], reason: outside }, view)] : [];
  });
}

function begin(rule: CompiledRule, view: View, explain: boolean): Outcome {
  const lines = eligibleLines(rule, view.lines);
  const outside = outOfScope(rule, view, lines);
  if (outside) return { rule, lines: [], legs: [], reason: outside };
  const { values } = basketOf(rule, lines, view);
  // What it counts towards a goal is known where the counters are (src/progress).
  const counted = rule.document.goal ? reason('counted') : null;
  return {
    rule,
    lines,
    legs: [],
    reason: unmet(rule.condition, values, explain) ?? unpayable(rule, view) ?? counted,
  };
}

type Result = ReturnType<typeof earn>;

// Turns effects into legs and cuts them to the limits. One effect that cannot be calculated stops the rule: a rule pays
// as it was written or not at all.
function settle(
  outcome: Outcome,
  view: View,
  usage: Usage,
  calculate: (effect: CompiledEffect) => Result,
): void {
  if (outcome.reason) return;
  const legs: Leg[] = [];
  for (const effect of outcome.rule.effects) {
    const result = calculate(effect);
    if (!result.ok) {
      outcome.reason = result.reason;
      return;
    }
    const { leg } = effect.effect;
    const asset = assetOf(effect.effect);
    if (result.units > 0n) legs.push({ leg, asset, units: result.units, steps: result.steps });
  }
  const limited = limitLegs(outcome.rule, legs, view, usage);
  outcome.legs = limited.legs.filter(({ units }) => units > 0n);
  if (outcome.legs.length === 0) outcome.reason = limited.reached ?? reason('nothing-earned');
}

function give({ rule, lines }: Outcome, effect: CompiledEffect, view: View): Result {
  if (effect.kind === 'multiply') throw new Error('a rule either awards or multiplies');
  const basket = basketOf(rule, lines, view);
  return effect.kind === 'grant' ? granted(effect, basket.values) : earn(rule, effect, basket, view);
}

function multiply(
  { rule, lines }: Outcome,
  effect: CompiledEffect,
  view: View,
  awarding: readonly Outcome[],
): Result {
  if (effect.kind !== 'multiply') throw new Error('a rule either awards or multiplies');
  const { groups, asset } = effect.effect;
  // What others are paid for the same activity is theirs.
  const own = rule.document.to && payeeName(rule.document.to);
  const bases = awarding.filter(
    ({ rule: { document }, reason }) =>
      !reason && groups.includes(document.stacking.group) && (document.to && payeeName(document.to)) === own,
  );
  const onAllLines = rule.document.scope.products === undefined;
  const base = bases.reduce(
    (sum, one) => sum + (onAllLines ? unitsOf(one.legs, asset) : unitsOn(one, lines, asset, view)),
    0n,
  );
  if (base === 0n) return { ok: false, reason: reason('nothing-to-multiply', { groups: groups.join(', ') }) };
  return multiplied(base, effect, rule.document.rounding, basketOf(rule, lines, view).values);
}

// What a rule would have earned on those of its lines that a multiplier's products allow; never more than it did earn.
function unitsOn(base: Outcome, allowed: readonly ViewLine[], asset: string, view: View): bigint {
  const common = base.lines.filter((line) => allowed.includes(line));
  if (common.length === base.lines.length) return unitsOf(base.legs, asset);
  if (common.length === 0) return 0n;
  return base.legs.reduce((sum, leg) => {
    const effect = effectOf(base.rule, leg);
    if (leg.asset !== asset || effect.kind !== 'award') return sum;
    const result = earn(base.rule, effect, basketOf(base.rule, common, view), view);
    const units = result.ok ? result.units : 0n;
    return sum + (units < leg.units ? units : leg.units);
  }, 0n);
}

function effectOf(rule: CompiledRule, { leg, asset }: Pick<Leg, 'leg' | 'asset'>): CompiledEffect {
  return rule.effects.find(({ effect }) => effect.leg === leg && assetOf(effect) === asset)!;
}

function unitsOf(legs: readonly Leg[], asset: string): bigint {
  return legs.reduce((sum, leg) => (leg.asset === asset ? sum + leg.units : sum), 0n);
}

function consideredOf({ rule, legs, reason: not }: Outcome, view: View): Considered {
  const { code, taxClass, expires } = rule.document;
  const pending = pendingOf(rule.document.pending, view.wall.day);
  const to = not ? null : payeeOf(rule, view.facts);
  const head = { rule: rule.id, code, version: rule.version, ...(to && { to }) };
  const steps = legs.flatMap((leg) => leg.steps);
  if (not) return { ...head, fired: false, reason: not, steps, awards: [] };
  const expiresOn = expiryOf(expires, view.wall.day);
  const awards: Award[] = [];
  const grants: Grant[] = [];
  for (const { leg, asset, units } of legs) {
    const { kind, effect } = effectOf(rule, { leg, asset });
    if (kind === 'grant') {
      const name = effect.kind === 'message' ? leg : effect.name;
      grants.push({ kind: effect.kind, leg, name, count: Number(units) });
      continue;
    }
    awards.push({
      ...head,
      leg,
      asset,
      units,
      ...(expiresOn !== undefined && { expiresOn }),
      ...(pending !== undefined && { pending }),
      ...(taxClass !== undefined && { taxClass }),
    });
  }
  const given = { steps, awards, ...(grants.length > 0 && { grants }) };
  return { ...head, fired: true, reason: reason('fired'), ...given };
}
