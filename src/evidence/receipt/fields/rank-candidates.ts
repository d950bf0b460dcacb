import { addScores, type Weights } from './weights.ts';

/**
 * The probability of each candidate to be the right one, by the features it has: a softmax over linear scores.
 * `features` holds one list of hashes per candidate.
 */
export function rankCandidates(features: readonly (readonly number[])[], weights: Weights): number[] {
  const scores = features.map((each) => addScores(weights, each, new Float64Array(1))[0]!);
  const most = Math.max(...scores);
  const parts = scores.map((score) => Math.exp(score - most));
  const all = parts.reduce((sum, part) => sum + part, 0);
  return parts.map((part) => part / all);
}
