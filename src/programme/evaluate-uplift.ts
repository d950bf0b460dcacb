import { studentQuantile } from './quantile.ts';

/** One group of an experiment: what its members did while it ran (`mean`, ...) and in the time just before. */
export type Group = {
  count: number;
  mean: number;
  variance: number;
  meanBefore: number;
  varianceBefore: number;
  covariance: number;
};

/** What a rule brings for each member: the difference of means, and between what it lies. */
export type Uplift = {
  difference: number;
  /** Covers the truth in 95 of 100 experiments that are looked at once. */
  interval: [low: number, high: number];
  /** The difference as a share of the mean of those held out; null where that is zero. */
  relative: number | null;
  /** How much of the variance is left after what everybody did before was taken into account; 1: all of it. */
  varianceLeft: number;
};

/** What can be said so far. Below `groupSizeMin` in either group nobody is called a winner. */
export type Verdict = 'too-small' | 'undecided' | 'better' | 'worse';

export const groupSizeMin = 100;
/** Of so many experiments without any effect at most this share is ever stopped for harm, however often one looks. */
export const falseStopsMax = 0.05;
const intervalLevel = 0.95;

/**
 * The difference between two groups with its uncertainty: Welch's interval for unequal variances, on values adjusted by
 * what the same people did before (CUPED: Deng, Xu, Kohavi and Walker, 2013). Pure.
 */
export function upliftOf(treated: Group, heldOut: Group): Uplift {
  const { difference, deviation, freedom, varianceLeft } = compare(treated, heldOut);
  const reach = deviation * studentQuantile(0.5 + intervalLevel / 2, freedom);
  return {
    difference,
    interval: [difference - reach, difference + reach],
    relative: heldOut.mean === 0 ? null : difference / heldOut.mean,
    varianceLeft,
  };
}

/**
 * What the look with this number (1, 2, ...) says. Look k may be wrong with probability `falseStopsMax` / (k (k + 1)) on each
 * side: over all looks that adds up to `falseStopsMax`, whatever they have in common, so looking often stops nothing by
 * chance. Pure.
 */
export function verdictOf(treated: Group, heldOut: Group, look: number): Verdict {
  if (Math.min(treated.count, heldOut.count) < groupSizeMin) return 'too-small';
  const { difference, deviation, freedom } = compare(treated, heldOut);
  const reach = deviation * studentQuantile(1 - falseStopsMax / (look * (look + 1)), freedom);
  if (difference + reach < 0) return 'worse';
  return difference - reach > 0 ? 'better' : 'undecided';
}

function compare(treated: Group, heldOut: Group) {
  // One slope for both groups, from what varies within them, so that the effect itself does not bend it.
  const within = (of: 'covariance' | 'varianceBefore') =>
    (treated.count - 1) * treated[of] + (heldOut.count - 1) * heldOut[of];
  const slope = within('varianceBefore') > 0 ? within('covariance') / within('varianceBefore') : 0;
  const adjusted = ({ variance, varianceBefore, covariance }: Group) =>
    Math.max(0, variance - 2 * slope * covariance + slope ** 2 * varianceBefore);
  const [a, b] = [adjusted(treated) / treated.count, adjusted(heldOut) / heldOut.count];
  const plain = treated.variance / treated.count + heldOut.variance / heldOut.count;
  const freedom = (a + b) ** 2 / (a ** 2 / (treated.count - 1) + b ** 2 / (heldOut.count - 1));
  return {
    difference: treated.mean - heldOut.mean - slope * (treated.meanBefore - heldOut.meanBefore),
    deviation: Math.sqrt(a + b),
    freedom: a + b > 0 ? freedom : Infinity,
    varianceLeft: plain > 0 ? (a + b) / plain : 1,
  };
}
