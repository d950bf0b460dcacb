import { addDays, type WallTime } from '../shared/time.ts';
import type { CompiledRule } from './compile.ts';
import { countedBy, type Limit } from './document.ts';
import { counted, step } from './evaluate-effects.ts';
import { payeeOf, reason, type View } from './evaluate-scope.ts';
import {
  usageName,
  type Fact,
  type Reason,
  type Step,
  type Usage,
  type Use,
  type UsageKey,
} from './evaluation.ts';

/** What limits look at: whose it is, and when. */
export type LimitView = {
  activity: Pick<View['activity'], 'participant' | 'outlet'>;
  facts?: Pick<View['facts'], 'links'>;
  wall: WallTime;
};

/** What an effect earned, before or after limits. */
export type Leg = { leg: string; asset: string; units: bigint; steps: Step[] };

/** The legs with what the limits leave of them; `reached` when a limit leaves nothing at all. */
export type Limited = { legs: Leg[]; reached: Reason | null };

/** What a limit counts for this activity; null for a limit on each activity, which needs no memory, and for nobody. */
function usageKeyOf(rule: CompiledRule, limit: Limit, view: LimitView): UsageKey | null {
  if (limit.per === 'activity') return null;
  const { outlet } = view.activity;
  const participant = rule.document.to ? payeeOf(rule, view.facts ?? {}) : view.activity.participant;
  const subject = { participant, outlet, rule: rule.id }[limit.of];
  if (subject === null) return null;
  return { rule: rule.id, subject, asset: countedBy(limit), period: periodOf(limit.per, view.wall) };
}

/** The keys of all limits of a rule that last longer than one activity. */
export function usageKeysOf(rule: CompiledRule, view: LimitView): UsageKey[] {
  return (rule.document.limits ?? []).flatMap((limit) => usageKeyOf(rule, limit, view) ?? []);
}

/** Cuts the legs, in their order, to what the rule's limits leave, given the units used before. */
export function limitLegs(rule: CompiledRule, legs: readonly Leg[], view: LimitView, usage: Usage): Limited {
  let left = [...legs];
  let reached: Reason | null = null;
  for (const limit of rule.document.limits ?? []) {
    const key = usageKeyOf(rule, limit, view);
    const used = key ? (usage.get(usageName(key)) ?? 0n) : 0n;
    const price = priceBy(rule, limit);
    const before = totalOf(left, price);
    left = cut(left, limit, used, price);
    if (before > 0n && totalOf(left, price) === 0n) reached = reason('limit-reached', factsOf(limit, used));
  }
  return { legs: left, reached: left.some(({ units }) => units > 0n) ? null : reached };
}

/** What legs that are paid use of the rule's limits. */
export function usesOf(rule: CompiledRule, legs: readonly Leg[], view: LimitView): Use[] {
  return (rule.document.limits ?? []).flatMap((limit) => {
    const key = usageKeyOf(rule, limit, view);
    const units = totalOf(legs, priceBy(rule, limit));
    return key && units > 0n ? [{ ...key, units }] : [];
  });
}

/** What units of an asset count for in a limit: `each` units for every `per`; null for assets that it does not count. */
type Price = (asset: string) => { each: bigint; per: bigint } | null;

function priceBy({ document: { values = {} } }: CompiledRule, limit: Limit): Price {
  const itself = { each: 1n, per: 1n };
  if ('asset' in limit) return (asset) => (asset === limit.asset ? itself : null);
  const { currency } = limit.value;
  return (asset) => {
    const worth = values[asset];
    if (asset === currency) return itself;
    return worth?.currency === currency ? { each: BigInt(worth.minor), per: BigInt(worth.units) } : null;
  };
}

function cut(legs: readonly Leg[], limit: Limit, used: bigint, price: Price): Leg[] {
  const wanted = totalOf(legs, price);
  const room = boundOf(limit) - used;
  let left = room > 0n ? room : 0n;
  if (wanted <= left) return [...legs];
  if (limit.over === 'nothing') left = 0n;
  return legs.map((leg) => {
    const worth = price(leg.asset);
    if (worth === null) return leg;
    const facts = factsOf(limit, used);
    if (limit.over === 'honour') return { ...leg, steps: [...leg.steps, step('over-limit', facts)] };
    const fitting = (left * worth.per) / worth.each;
    const units = leg.units < fitting ? leg.units : fitting;
    left -= costOf(units, worth);
    if (units === leg.units) return leg;
    const change = { before: counted(leg.units, leg.asset), result: counted(units, leg.asset) };
    return { ...leg, units, steps: [...leg.steps, step('limit', { ...facts, ...change })] };
  });
}

// Up to the next whole one, so that a budget is never passed by what was rounded away.
function costOf(units: bigint, { each, per }: { each: bigint; per: bigint }): bigint {
  return (units * each + per - 1n) / per;
}

function totalOf(legs: readonly Leg[], price: Price): bigint {
  return legs.reduce((sum, { asset, units }) => {
    const worth = price(asset);
    return worth ? sum + costOf(units, worth) : sum;
  }, 0n);
}

/** How much a limit allows, in what it counts. */
export function boundOf(limit: Limit): bigint {
  return BigInt('asset' in limit ? limit.units : limit.value.minor);
}

function factsOf(limit: Limit, used: bigint): Record<string, Fact> {
  const { of, per } = limit;
  if ('asset' in limit)
    return { limit: counted(boundOf(limit), limit.asset), used: counted(used, limit.asset), of, per };
  return { limit: limit.value, used: { minor: Number(used), currency: limit.value.currency }, of, per };
}

// A week is named by its Monday.
function periodOf(per: Exclude<Limit['per'], 'activity'>, { day, weekday }: WallTime): string {
  return {
    day: () => `day ${day}`,
    week: () => `week ${addDays(day, 1 - weekday)}`,
    month: () => `month ${day.slice(0, 7)}`,
    programme: () => 'programme',
  }[per]();
}
