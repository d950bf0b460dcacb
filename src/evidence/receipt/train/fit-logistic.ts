import { sigmoid } from '../fields/model.ts';

/** Fits log odds = weights . facts by full-batch gradient steps with a ridge on all weights but the first. */
export function fitLogistic(
  rows: readonly { facts: readonly number[]; right: boolean }[],
  ridge: number,
): number[] {
  const size = rows[0]?.facts.length ?? 0;
  const weights = Array.from({ length: size }, () => 0);
  const squares = Array.from({ length: size }, () => 1e-6);
  for (let pass = 0; pass < 3000; pass++) {
    const slopes = weights.map((weight, i) => (i === 0 ? 0 : -ridge * weight));
    for (const { facts, right } of rows) {
      const miss = (right ? 1 : 0) - sigmoid(facts.reduce((sum, fact, i) => sum + fact * weights[i]!, 0));
      facts.forEach((fact, i) => (slopes[i]! += miss * fact));
    }
    slopes.forEach((slope, i) => {
      squares[i]! += slope * slope;
      weights[i]! += (0.5 * slope) / Math.sqrt(squares[i]!);
    });
  }
  return weights.map((weight) => Number(weight.toFixed(4)));
}
