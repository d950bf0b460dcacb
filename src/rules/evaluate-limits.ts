import { addDays, type WallTime } from '../shared/time.ts';
import type { CompiledRule } from './compile.ts';
import type { Limit } from './document.ts';
import { counted, step } from './evaluate-effects.ts';
import { reason, type View } from './evaluate-scope.ts';
import { usageName, type Reason, type Step, type Usage, type Use, type UsageKey } from './evaluation.ts';

/** What limits look at: whose it is, and when. */
export type LimitView = { activity: Pick<View['activity'], 'participant' | 'outlet'>; wall: WallTime };

/** What an effect earned, before or after limits. */
export type Leg = { leg: string; asset: string; units: bigint; steps: Step[] };

/** The legs with what the limits leave of them; `reached` when a limit leaves nothing at all. */
export type Limited = { legs: Leg[]; reached: Reason | null };

/** What a limit counts for this activity; null for a limit on each activity, which needs no memory. */
function usageKeyOf(rule: CompiledRule, { of, per, asset }: Limit, view: LimitView): UsageKey | null {
  if (per === 'activity') return null;
  const { participant, outlet } = view.activity;
  const subject = { participant, outlet, rule: rule.id }[of];
  return { rule: rule.id, subject, asset, period: periodOf(per, view.wall) };
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
    const before = totalOf(left, limit.asset);
    left = cut(left, limit, used);
    if (before > 0n && totalOf(left, limit.asset) === 0n)
      reached = reason('limit-reached', factsOf(limit, used));
  }
  return { legs: left, reached: left.some(({ units }) => units > 0n) ? null : reached };
}

/** What legs that are paid use of the rule's limits. */
export function usesOf(rule: CompiledRule, legs: readonly Leg[], view: LimitView): Use[] {
  return usageKeysOf(rule, view).flatMap((key) => {
    const units = totalOf(legs, key.asset);
    return units > 0n ? [{ ...key, units }] : [];
  });
}

function cut(legs: readonly Leg[], limit: Limit, used: bigint): Leg[] {
  const wanted = totalOf(legs, limit.asset);
  const room = BigInt(limit.units) - used;
  let left = room > 0n ? room : 0n;
  if (wanted <= left) return [...legs];
  if (limit.over === 'nothing') left = 0n;
  return legs.map((leg) => {
    if (leg.asset !== limit.asset) return leg;
    const units = leg.units < left ? leg.units : left;
    left -= units;
    if (units === leg.units) return leg;
    const facts = { before: counted(leg.units, leg.asset), result: counted(units, leg.asset) };
    return { ...leg, units, steps: [...leg.steps, step('limit', { ...factsOf(limit, used), ...facts })] };
  });
}

function factsOf({ units, asset, of, per }: Limit, used: bigint) {
  return { limit: counted(BigInt(units), asset), used: counted(used, asset), of, per };
}

function totalOf(legs: readonly Leg[], asset: string): bigint {
  return legs.reduce((sum, leg) => (leg.asset === asset ? sum + leg.units : sum), 0n);
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
