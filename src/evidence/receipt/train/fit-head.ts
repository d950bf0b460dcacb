import { applyHead, featureCount, reach, windowSize, type Head } from '../engine/head.ts';
import { ctcLoss } from './ctc.ts';
import { shuffle } from './shuffle.ts';

/** What the network saw of a line, `steps` x `featureCount`, and what is printed there as classes of the head. */
export type LabelledStrip = { features: Float32Array; label: number[] };

export type FitOptions = { passes: number; rate: number; pull: number; batch: number };

/**
 * Trains a head further by Adam (Kingma and Ba 2015) on the CTC loss. `pull` draws every weight back to where it began:
 * what receipts of one country do not show stays as the network's makers trained it. Answers a new head.
 */
export function fitHead(
  begin: Head,
  strips: readonly LabelledStrip[],
  options: FitOptions,
  tell: (progress: string) => void,
): Head {
  const classes = begin.classes.length;
  const weights = Float32Array.from(begin.weights);
  const head: Head = { classes: begin.classes, weights };
  const slopes = new Float32Array(weights.length);
  const means = new Float32Array(weights.length);
  const squares = new Float32Array(weights.length);
  const steps = Math.ceil(strips.length / options.batch) * options.passes;
  let turn = 0;
  for (let pass = 0; pass < options.passes; pass += 1) {
    let [loss, letters] = [0, 0];
    const order = shuffle(strips, pass + 1);
    for (let from = 0; from < order.length; from += options.batch) {
      slopes.fill(0);
      for (const { features, label } of order.slice(from, from + options.batch)) {
        const output = applyHead(head, features);
        const change = new Float32Array(output.length);
        const missed = ctcLoss(output, classes, label, change);
        if (!Number.isFinite(missed)) continue;
        loss += missed;
        letters += label.length;
        addSlopes(slopes, features, change, classes);
      }
      turn += 1;
      // The rate falls to nothing along half a cosine.
      const rate = options.rate * 0.5 * (1 + Math.cos((Math.PI * turn) / steps));
      for (let i = 0; i < weights.length; i += 1) {
        const slope = slopes[i]! / options.batch + options.pull * (weights[i]! - begin.weights[i]!);
        means[i] = 0.9 * means[i]! + 0.1 * slope;
        squares[i] = 0.999 * squares[i]! + 0.001 * slope * slope;
        const mean = means[i]! / (1 - 0.9 ** turn);
        const square = squares[i]! / (1 - 0.999 ** turn);
        weights[i]! -= (rate * mean) / (Math.sqrt(square) + 1e-8);
      }
    }
    tell(`pass ${pass + 1}: loss ${(loss / letters).toFixed(4)} a letter`);
  }
  return head;
}

const slopeMin = 1e-3;

/** Slopes by the weights: outer products of what was seen and what should change. */
function addSlopes(
  slopes: Float32Array,
  features: Float32Array,
  change: Float32Array,
  classes: number,
): void {
  const steps = features.length / featureCount;
  for (let step = 0; step < steps; step += 1) {
    const row = change.subarray(step * classes, (step + 1) * classes);
    // Most steps are surely blank and have nothing to teach.
    if (row.every((value) => Math.abs(value) < slopeMin)) continue;
    for (let c = 0; c < classes; c += 1) slopes[windowSize * classes + c]! += row[c]!;
    for (let near = -reach; near <= reach; near += 1) {
      if (step + near < 0 || step + near >= steps) continue;
      for (let k = 0; k < featureCount; k += 1) {
        const value = features[(step + near) * featureCount + k]!;
        const at = ((near + reach) * featureCount + k) * classes;
        for (let c = 0; c < classes; c += 1) slopes[at + c]! += value * row[c]!;
      }
    }
  }
}
