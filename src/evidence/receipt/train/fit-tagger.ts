import { describeStep, describeWords } from '../fields/describe-words.ts';
import type { Layout } from '../fields/lay-out-page.ts';
import {
  backwardSums,
  forwardSums,
  isStep,
  logSum,
  stepAt,
  stepSize,
  tagCount,
  type Lattice,
  type Tagger,
} from '../fields/tag-words.ts';
import { shuffle } from './shuffle.ts';

/** A page whose words' tags are known. `weight` says how much it counts. */
export type TaggedPage = { page: Layout; tags: Uint8Array; weight: number };

export type FitOptions = { passes: number; rate: number; ridge: number; seenMin: number };

/** Fits a conditional random field by AdaGrad over the log likelihood (Duchi et al., 2011), features seen at least `seenMin` times. */
export function fitTagger(samples: readonly TaggedPage[], options: FitOptions): Tagger {
  const described = samples.map(({ page }) => describeWords(page));
  const places = countFeatures(described, options.seenMin);
  const inputs = samples.map(({ page, tags, weight }, i) => ({
    words: described[i]!.map((features) =>
      Int32Array.from(features.flatMap((hash) => places.get(hash) ?? [])),
    ),
    kinds: Uint8Array.from(page.words, (_, at) => describeStep(page, at)),
    tags,
    weight,
  }));
  const values = new Float32Array(places.size * tagCount);
  const squares = new Float32Array(values.length).fill(1e-6);
  const steps = new Float64Array(stepSize);
  const stepSquares = new Float64Array(stepSize).fill(1e-6);

  const nudge = (
    to: Float32Array | Float64Array,
    sums: Float32Array | Float64Array,
    at: number,
    slope: number,
  ) => {
    sums[at]! += slope * slope;
    to[at]! += (options.rate * slope) / Math.sqrt(sums[at]!);
  };
  for (let pass = 0; pass < options.passes; pass++) {
    for (const { words, kinds, tags, weight } of shuffle(inputs, pass)) {
      if (words.length === 0) continue;
      const lattice: Lattice = {
        scores: new Float64Array(words.length * tagCount),
        kinds,
        length: words.length,
      };
      words.forEach((features, i) => {
        for (const place of features)
          for (let tag = 0; tag < tagCount; tag++)
            lattice.scores[i * tagCount + tag]! += values[place + tag]!;
      });
      const forward = forwardSums(lattice, steps);
      const backward = backwardSums(lattice, steps);
      const all = logSum(forward.subarray((words.length - 1) * tagCount));
      const stepSlopes = new Float64Array(stepSize);
      for (let i = 0; i < words.length; i++) {
        for (let tag = 0; tag < tagCount; tag++) {
          const chance = Math.exp(forward[i * tagCount + tag]! + backward[i * tagCount + tag]! - all);
          const slope = weight * ((tags[i] === tag ? 1 : 0) - chance);
          if (Math.abs(slope) < 1e-4) continue;
          for (const place of words[i]!)
            nudge(values, squares, place + tag, slope - options.ridge * values[place + tag]!);
        }
        if (i === 0) continue;
        for (let from = 0; from < tagCount; from++) {
          for (let to = 0; to < tagCount; to++) {
            if (!isStep(from, to)) continue;
            const at = stepAt(kinds[i]!, from, to);
            const score =
              forward[(i - 1) * tagCount + from]! +
              steps[at]! +
              lattice.scores[i * tagCount + to]! +
              backward[i * tagCount + to]!;
            stepSlopes[at]! +=
              weight * ((tags[i - 1] === from && tags[i] === to ? 1 : 0) - Math.exp(score - all));
          }
        }
      }
      stepSlopes.forEach((slope, at) => slope !== 0 && nudge(steps, stepSquares, at, slope));
    }
  }
  return { words: { outputs: tagCount, places, values }, steps };
}

/** A place for each feature seen often enough, in steps of the number of tags. */
function countFeatures(described: readonly number[][][], seenMin: number): Map<number, number> {
  const counts = new Map<number, number>();
  for (const page of described)
    for (const features of page) for (const hash of features) counts.set(hash, (counts.get(hash) ?? 0) + 1);
  const kept = [...counts].filter(([, count]) => count >= seenMin);
  return new Map(kept.map(([hash], i) => [hash, i * tagCount]));
}
