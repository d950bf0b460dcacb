/** What a model learned: for each feature (by hash) one weight per output. As stored: features and weights in base64. */
export type StoredWeights = {
  outputs: number;
  /** Weights are signed bytes; this is the value of one step. */
  step: number;
  /** Little-endian 32-bit hashes, ascending. */
  features: string;
  /** `outputs` bytes for each feature, in the order of `features`. */
  weights: string;
};

export type Weights = { outputs: number; places: Map<number, number>; values: Float32Array };

/** FNV-1a over UTF-16 code units, 32 bits. */
export function hashFeature(feature: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < feature.length; i++) {
    hash ^= feature.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0;
}

export function unpackWeights(stored: StoredWeights): Weights {
  const features = Buffer.from(stored.features, 'base64');
  const bytes = Buffer.from(stored.weights, 'base64');
  const places = new Map<number, number>();
  for (let i = 0; i * 4 < features.length; i++) places.set(features.readUInt32LE(i * 4), i * stored.outputs);
  return {
    outputs: stored.outputs,
    places,
    values: Float32Array.from(bytes, (byte) => ((byte << 24) >> 24) * stored.step),
  };
}

/** Rounds weights to signed bytes and leaves out the features of which nothing stays. */
export function packWeights(weights: Weights): StoredWeights {
  const { outputs, values } = weights;
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  const step = most / 127 || 1;
  const rounded = Int8Array.from(values, (value) => Math.round(value / step));
  const kept = [...weights.places]
    .filter(([, place]) => rounded.subarray(place, place + outputs).some((value) => value !== 0))
    .sort(([a], [b]) => a - b);
  const features = Buffer.alloc(kept.length * 4);
  const bytes = Buffer.alloc(kept.length * outputs);
  kept.forEach(([hash, place], i) => {
    features.writeUInt32LE(hash, i * 4);
    for (let output = 0; output < outputs; output++)
      bytes.writeInt8(rounded[place + output]!, i * outputs + output);
  });
  return {
    outputs,
    step: Number(step.toPrecision(6)),
    features: features.toString('base64'),
    weights: bytes.toString('base64'),
  };
}

/** Adds the weights of every known feature to `scores`, one place per output. */
export function addScores(weights: Weights, features: Iterable<number>, scores: Float64Array): Float64Array {
  for (const feature of features) {
    const place = weights.places.get(feature);
    if (place === undefined) continue;
    for (let output = 0; output < weights.outputs; output++)
      scores[output]! += weights.values[place + output]!;
  }
  return scores;
}
