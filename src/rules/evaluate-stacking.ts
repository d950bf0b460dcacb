import type { CompiledRule } from './compile.ts';
import type { Leg } from './evaluate-limits.ts';
import { reason, type ViewLine } from './evaluate-scope.ts';
import type { Reason } from './evaluation.ts';

/** A rule on its way through the evaluation of one activity. `reason` is set as soon as it will not pay. */
export type Outcome = {
  rule: CompiledRule;
  lines: readonly ViewLine[];
  legs: Leg[];
  reason: Reason | null;
};

/**
 * Settles which rules of a group pay: all of them (`sum`), the first one in order that has something to pay (`first`),
 * or for each asset the one that pays most (`best`; of equals the first). Where a rule of an `exclusive` group pays, none
 * of any other group does. The mode is that of the group's first rule in order. Rules that lose all they had say to whom. `outcomes` are in order and are changed in place.
 */
export function stack(outcomes: readonly Outcome[]): void {
  const paying = outcomes.filter(({ reason }) => !reason);
  if (paying.length < 2) return;
  const exclusive = paying.find(({ rule }) => rule.document.stacking.mode === 'exclusive');
  if (exclusive) {
    for (const outcome of paying) if (outcome !== exclusive) lose(outcome, exclusive);
    return;
  }
  const groups = Map.groupBy(paying, ({ rule }) => rule.document.stacking.group);
  for (const [name, group] of groups) {
    if (group.length < 2) continue;
    const { mode } = outcomes.find(({ rule }) => rule.document.stacking.group === name)!.rule.document
      .stacking;
    if (mode === 'first') for (const outcome of group.slice(1)) lose(outcome, group[0]!);
    else if (mode !== 'sum') keepBest(group);
  }
}

function keepBest(paying: readonly Outcome[]): void {
  const assets = new Set(paying.flatMap(({ legs }) => legs.map(({ asset }) => asset)));
  const winners = new Map([...assets].map((asset) => [asset, bestFor(asset, paying)]));
  const kept = paying.map((outcome) => outcome.legs.filter(({ asset }) => winners.get(asset) === outcome));
  for (const [index, outcome] of paying.entries()) {
    if (kept[index]!.length === 0) lose(outcome, winners.get(outcome.legs[0]!.asset)!);
    else outcome.legs = kept[index]!;
  }
}

function bestFor(asset: string, paying: readonly Outcome[]): Outcome {
  return paying.reduce((best, one) => (total(one.legs, asset) > total(best.legs, asset) ? one : best));
}

function lose(outcome: Outcome, winner: Outcome): void {
  const { code, stacking } = winner.rule.document;
  const { group, mode } = stacking;
  outcome.reason =
    mode === 'exclusive'
      ? reason('excluded', { winner: code, group })
      : reason('lower-in-stacking', { winner: code, group, mode });
}

function total(legs: readonly Leg[], asset: string): bigint {
  return legs.reduce((sum, leg) => (leg.asset === asset ? sum + leg.units : sum), 0n);
}
