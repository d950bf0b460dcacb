/** Values that the network gives for each step, and how many steps before and after the head looks at. */
export const featureCount = 120;
export const reach = 1;
export const windowSize = (2 * reach + 1) * featureCount;

/**
 * The last layer of the recogniser, trained by us: from what the network saw at a step and its neighbours to a
 * probability for each character. The layer that comes with the network chooses among 6,625 characters, most of them
 * Chinese, and hardly ever chooses a space.
 */
export type Head = {
  /** One character a class; class 0 is blank. */
  classes: string[];
  /** `windowSize` rows of one weight for each class, and one more for the bias. */
  weights: Float32Array;
};

/** A head as stored: the letters of its classes in one string, weights in base64 as 16-bit steps. */
export type StoredHead = { letters: string; step: number; weights: string };

/** Probabilities, steps x classes, from features, steps x `featureCount`. */
export function applyHead({ classes, weights }: Head, features: Float32Array): Float32Array {
  const count = classes.length;
  const steps = features.length / featureCount;
  const output = new Float32Array(steps * count);
  for (let step = 0; step < steps; step += 1) {
    const row = output.subarray(step * count, (step + 1) * count);
    row.set(weights.subarray(windowSize * count));
    for (let near = -reach; near <= reach; near += 1) {
      if (step + near < 0 || step + near >= steps) continue;
      for (let k = 0; k < featureCount; k += 1) {
        const value = features[(step + near) * featureCount + k]!;
        const at = ((near + reach) * featureCount + k) * count;
        for (let c = 0; c < count; c += 1) row[c]! += value * weights[at + c]!;
      }
    }
    toProbabilities(row);
  }
  return output;
}

export function packHead({ classes, weights }: Head): StoredHead {
  const step = weights.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 32767;
  const bytes = Buffer.alloc(weights.length * 2);
  weights.forEach((value, i) => bytes.writeInt16LE(Math.round(value / step), i * 2));
  return { letters: classes.slice(1).join(''), step, weights: bytes.toString('base64') };
}

export function unpackHead({ letters, step, weights }: StoredHead): Head {
  const bytes = Buffer.from(weights, 'base64');
  const values = Float32Array.from({ length: bytes.length / 2 }, (_, i) => bytes.readInt16LE(i * 2) * step);
  return { classes: ['', ...letters], weights: values };
}

/** Softmax, in place. */
function toProbabilities(values: Float32Array): void {
  let most = -Infinity;
  for (const value of values) if (value > most) most = value;
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) {
    values[i] = Math.exp(values[i]! - most);
    sum += values[i]!;
  }
  for (let i = 0; i < values.length; i += 1) values[i]! /= sum;
}
