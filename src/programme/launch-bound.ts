import type { RuleDocument } from '../rules/document.ts';

/** Units by asset. */
export type Cost = Readonly<Record<string, number>>;

/** Why one person may not launch a rule alone: how much it can cost of an asset (null: unknown), and how much is allowed. */
export type Beyond = { asset: string; units: number | null; limit: number };

/**
 * What of a rule goes beyond what one person may launch, or null. What it can cost is its own budget (its limit on
 * everybody together for the whole programme), else what a replay says that it would have cost; else nobody knows, and
 * that is beyond every bound. Pure.
 */
export function beyondBound(
  document: RuleDocument,
  allowed: Cost = {},
  replayed: Cost | null,
): Beyond | null {
  const assets = new Set(document.effects.flatMap((effect) => ('asset' in effect ? [effect.asset] : [])));
  for (const asset of assets) {
    const limit = allowed[asset];
    if (limit === undefined) continue;
    const units = budgetOf(document, asset) ?? (replayed ? (replayed[asset] ?? 0) : null);
    if (units === null || units > limit) return { asset, units, limit };
  }
  return null;
}

/** The most units of an asset that a rule can ever award, by its own limits; null when they do not say. */
function budgetOf({ limits = [], values = {} }: RuleDocument, asset: string): number | null {
  const budgets = limits.flatMap((limit) => {
    if (limit.of !== 'rule' || limit.per !== 'programme' || limit.over === 'honour') return [];
    if ('asset' in limit) return limit.asset === asset ? [limit.units] : [];
    const { minor, currency } = limit.value;
    if (asset === currency) return [minor];
    const worth = values[asset];
    return worth ? [Math.floor((minor * worth.units) / worth.minor)] : [];
  });
  return budgets.length > 0 ? Math.min(...budgets) : null;
}
