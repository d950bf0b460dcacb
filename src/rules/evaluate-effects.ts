import type { CompiledEffect, CompiledRule, Condition, Size } from './compile.ts';
import type { AwardEffect, Rounding } from './document.ts';
import { unitsMax } from './document-words.ts';
import { amountOf, quantityOf, reason, type Basket, type View, type ViewLine } from './evaluate-scope.ts';
import type { Fact, Reason, Step } from './evaluation.ts';
import { Fault } from './fault.ts';
import type { Expression } from './expression.ts';
import type { Int, Values } from './vocabulary.ts';

type CompiledAward = Extract<CompiledEffect, { kind: 'award' }>;
type CompiledGrant = Extract<CompiledEffect, { kind: 'grant' }>;

/** What an effect gives on some lines before limits and stacking, with its arithmetic; or why it cannot say. */
export type Earned = { ok: true; units: bigint; steps: Step[] } | { ok: false; reason: Reason };

/**
 * Whether the condition holds: null when it does, else the reason with the first part that is not met. Looking for that part
 * takes longer than the condition did; `explain: false` leaves it out.
 */
export function unmet(condition: Condition | null, values: Values, explain = true): Reason | null {
  if (condition === null) return null;
  const result = run(condition, values);
  if (!result.ok) return result.reason;
  if (result.value === true) return null;
  return explain ? firstUnmet(condition, values) : notMet;
}

const notMet = reason('condition-false');

/** The units that an award effect gives on these lines. */
export function earn(rule: CompiledRule, given: CompiledAward, basket: Basket, view: View): Earned {
  const { values } = basket;
  const { effect } = given;
  if (effect.per === 'goal') throw new Error('a goal is paid when it is reached, not for an activity');
  if (effect.per === 'line') return earnByLine(given, basket);
  const units = sizeOf(given.units, values);
  if (!units.ok) return units;
  if (effect.per === 'activity') {
    const result = counted(units.value, effect.asset);
    const { formula } = given.units;
    const step: Step = formula
      ? { code: 'formula', facts: { formula: formula.text, result } }
      : { code: 'once', facts: { result } };
    return bounded(units.value, [step]);
  }
  if (effect.per !== 'quantity' && view.activity.currency !== effect.currency) {
    const facts = { value: view.activity.currency, wanted: effect.currency };
    return { ok: false, reason: reason('other-currency', facts) };
  }
  const { rounding } = rule.document;
  const before = effect.per === 'quantity' ? [] : baseSteps(rule, basket, effect.currency);
  if (effect.per === 'share') return earnShare(effect, units.value, basket, rounding, before);
  const steps = stepsOf(effect, rounding, basket);
  if (rounding.at === 'line' && steps !== stepsOf(effect, { ...rounding, at: 'activity' }, basket))
    before.push(step('by-line', {}));
  const total = steps * units.value;
  const formula = given.units.formula;
  if (formula)
    before.push(step('formula', { formula: formula.text, result: counted(units.value, effect.asset) }));
  return bounded(total, [...before, stepOf(effect, basket, steps, units.value, total)]);
}

// Which part of the amount counts, where it is not all of it.
function baseSteps({ document: { base } }: CompiledRule, { lines, share }: Basket, currency: string): Step[] {
  if (share === null) return [];
  const money = (minor: bigint) => ({ minor: Number(minor), currency });
  const facts = { gross: money(amountOf(lines)), amount: money(amountOf(lines, share)) };
  return [step(base === 'net-of-points' ? 'net-of-points' : 'net-of-discount', facts)];
}

/** `units` times `percent - 100` per cent, rounded: what a multiplier adds to what was earned. */
export function multiplied(
  base: bigint,
  given: Extract<CompiledEffect, { kind: 'multiply' }>,
  rounding: Rounding,
  values: Values,
): Earned {
  const percent = sizeOf(given.percent, values);
  if (!percent.ok) return percent;
  const { asset } = given.effect;
  const more = percent.value > 100n ? divide(base * (percent.value - 100n), 100n, rounding.mode) : 0n;
  const facts = {
    base: counted(base, asset),
    times: Number(percent.value) / 100,
    total: counted(base + more, asset),
    result: counted(more, asset),
  };
  return bounded(more, [step('multiply', facts)]);
}

export function counted(units: bigint, asset: string): Fact {
  return { units: Number(units), asset };
}

export function step(code: Step['code'], facts: Record<string, Fact>): Step {
  return { code, facts };
}

// Lines that go back (a quantity below zero) earn nothing for themselves.
function earnByLine(given: CompiledAward, { lines, values }: Basket): Earned {
  const { effect, units } = given;
  const sold = lines.filter(({ line }) => line.quantityMilli > 0n);
  let total = 0n;
  for (const { value } of sold) {
    const size = sizeOf(units, { ...values, line: value });
    if (!size.ok) return size;
    total += size.value;
  }
  const result = counted(total, effect.asset);
  const facts = { count: sold.length, result };
  if (units.formula)
    return bounded(total, [step('lines-formula', { ...facts, formula: units.formula.text })]);
  return bounded(total, [step('lines', { ...facts, units: counted(units.fixed, effect.asset) })]);
}

type Counting = Extract<AwardEffect, { per: 'quantity' | 'amount' }>;

function stepsOf(effect: Counting, rounding: Rounding, { lines, share }: Basket): bigint {
  if (effect.per === 'quantity') return divideAll(lines, quantityOf, BigInt(effect.stepMilli), rounding);
  return divideAll(lines, (some) => amountOf(some, share), BigInt(effect.stepMinor), rounding);
}

// Line by line or all at once, as the rule rounds.
function divideAll(
  lines: readonly ViewLine[],
  measure: (lines: readonly ViewLine[]) => bigint,
  size: bigint,
  { mode, at }: Rounding,
): bigint {
  if (at === 'activity') return divide(measure(lines), size, mode);
  return lines.reduce((sum, line) => sum + divide(measure([line]), size, mode), 0n);
}

function earnShare(
  { asset, currency, unitMinor = 1 }: Extract<AwardEffect, { per: 'share' }>,
  basisPoints: bigint,
  { lines, share }: Basket,
  rounding: Rounding,
  before: readonly Step[],
): Earned {
  const measure = (some: readonly ViewLine[]) => basisPoints * amountOf(some, share);
  const size = 10_000n * BigInt(unitMinor);
  const total = divideAll(lines, measure, size, rounding);
  const isByLine = rounding.at === 'line' && total !== divide(measure(lines), size, rounding.mode);
  const first = isByLine ? [...before, step('by-line', {})] : before;
  const facts = {
    percent: Number(basisPoints) / 100,
    amount: { minor: Number(amountOf(lines, share)), currency },
    result: counted(total, asset),
  };
  if (unitMinor === 1) return bounded(total, [...first, step('share', facts)]);
  return bounded(total, [...first, step('share-units', { ...facts, unit: { minor: unitMinor, currency } })]);
}

/** How many of something a rule grants: a certificate, entries in a draw, or a message. */
export function granted({ effect, count }: CompiledGrant, values: Values): Earned {
  const size = count ? sizeOf(count, values) : { ok: true as const, value: 1n };
  if (!size.ok) return size;
  const { kind } = effect;
  if (kind === 'message') return bounded(size.value, [step('message', { leg: effect.leg })]);
  return bounded(size.value, [step(kind, { name: effect.name, count: Number(size.value) })]);
}

function stepOf(
  effect: Counting,
  { lines, share }: Basket,
  steps: bigint,
  units: bigint,
  total: bigint,
): Step {
  const facts = { units: counted(units, effect.asset), result: counted(total, effect.asset) };
  if (effect.per === 'amount') {
    const money = (minor: bigint | number) => ({ minor: Number(minor), currency: effect.currency });
    const amount = money(amountOf(lines, share));
    return step('amount', { amount, step: money(effect.stepMinor), steps: Number(steps), ...facts });
  }
  const quantity = quantityOf(lines);
  if (effect.stepMilli === 1000 && quantity === steps * 1000n)
    return step('quantity', { count: Number(steps), ...facts });
  return step('quantity-steps', {
    quantity: Number(quantity),
    step: effect.stepMilli,
    steps: Number(steps),
    ...facts,
  });
}

// Below zero there is nothing to award: a receipt of returns earns nothing, and takes nothing that was not given.
function divide(total: bigint, size: bigint, mode: Rounding['mode']): bigint {
  if (total <= 0n) return 0n;
  if (mode === 'half-up') return (2n * total + size) / (2n * size);
  return (total + (mode === 'up' ? size - 1n : 0n)) / size;
}

function bounded(units: bigint, steps: Step[]): Earned {
  if (units > BigInt(unitsMax))
    return { ok: false, reason: reason('cannot-evaluate', { problem: `${units} > ${unitsMax}` }) };
  return { ok: true, units: units > 0n ? units : 0n, steps };
}

type Value = { ok: true; value: unknown } | { ok: false; reason: Reason };

function sizeOf(size: Size, values: Values): { ok: true; value: bigint } | Extract<Value, { ok: false }> {
  if (size.formula === null) return { ok: true, value: size.fixed };
  const result = run(size.formula, values);
  if (!result.ok) return result;
  return { ok: true, value: BigInt(result.value as Int) };
}

// What is not there and what has no answer (a division by zero, a sum beyond 64 bits) are reasons of this rule and no
// reason to lose the sale.
function run(expression: Expression, values: Values): Value {
  try {
    return { ok: true, value: expression.run(values) };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const { code, what } = error;
    if (code === 'missing') return { ok: false, reason: reason('context-missing', { fact: what }) };
    return { ok: false, reason: reason('cannot-evaluate', { problem: what }) };
  }
}

function firstUnmet(condition: Condition, values: Values): Reason {
  const part = condition.parts().find(({ whole }) => {
    const result = run(whole, values);
    return result.ok && result.value === false;
  });
  if (!part) return reason('condition-false', { comparison: condition.text });
  const found = part.value && run(part.value, values);
  if (!found?.ok) return reason('condition-false', { comparison: part.whole.text });
  return reason('comparison-false', { comparison: part.whole.text, value: plain(found.value) });
}

function plain(value: unknown): Fact {
  return typeof value === 'string' || typeof value === 'number' ? value : String(value);
}
