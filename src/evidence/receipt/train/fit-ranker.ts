import type { Weights } from '../fields/weights.ts';
import type { FitOptions } from './fit-tagger.ts';
import { shuffle } from './shuffle.ts';

/** Candidates of one receipt by their features, and which of them is right (several when the truth is printed in several ways). */
export type Choice = { candidates: number[][]; right: boolean[]; weight: number };

/** Fits the linear scores of a softmax over candidates (conditional logit) by AdaGrad. */
export function fitRanker(choices: readonly Choice[], options: FitOptions): Weights {
  const counts = new Map<number, number>();
  for (const { candidates } of choices) {
    for (const hash of new Set(candidates.flat())) counts.set(hash, (counts.get(hash) ?? 0) + 1);
  }
  const kept = [...counts].filter(([, count]) => count >= options.seenMin).map(([hash]) => hash);
  const places = new Map(kept.map((hash, i) => [hash, i]));
  const values = new Float32Array(kept.length);
  const squares = new Float32Array(kept.length).fill(1e-6);
  const inputs = choices
    .filter(({ right }) => right.includes(true))
    .map(({ candidates, right, weight }) => ({
      candidates: candidates.map((features) => features.flatMap((hash) => places.get(hash) ?? [])),
      right,
      weight,
    }));

  for (let pass = 0; pass < options.passes; pass++) {
    for (const { candidates, right, weight } of shuffle(inputs, pass)) {
      const scores = candidates.map((features) => features.reduce((sum, place) => sum + values[place]!, 0));
      const most = Math.max(...scores);
      const parts = scores.map((score) => Math.exp(score - most));
      const all = parts.reduce((sum, part) => sum + part, 0);
      const allRight = parts.reduce((sum, part, i) => sum + (right[i] ? part : 0), 0);
      candidates.forEach((features, i) => {
        const slope = weight * ((right[i] ? parts[i]! / Math.max(allRight, 1e-12) : 0) - parts[i]! / all);
        if (Math.abs(slope) < 1e-5) return;
        for (const place of features) {
          const down = slope - options.ridge * values[place]!;
          squares[place]! += down * down;
          values[place]! += (options.rate * down) / Math.sqrt(squares[place]!);
        }
      });
    }
  }
  return { outputs: 1, places, values };
}
