import { nameLexicon } from './correct-name.ts';
import type { Tagger } from './tag-words.ts';
import { unpackWeights, type StoredWeights, type Weights } from './weights.ts';

/** A line through the log odds that makes a probability of a model true to its word (Platt, 1999). */
export type Calibration = { slope: number; offset: number };

export type CalibratedField = 'merchant' | 'address' | 'date' | 'total';

/** Everything that extraction has learned, as committed in `weights/`. */
export type StoredModel = {
  tagger: { words: StoredWeights; steps: number[] };
  date: StoredWeights;
  total: StoredWeights;
  /** Words of the names and addresses of the training receipts. */
  words: string;
  calibration: Record<CalibratedField, Calibration>;
  /** Log odds that a reading's date and total are right: a weight per fact of `weighReading`, the first a constant. */
  reading: number[];
};

export type Model = {
  tagger: Tagger;
  date: Weights;
  total: Weights;
  lexicon: ReadonlySet<string>;
  calibration: StoredModel['calibration'];
  reading: number[];
};

export function loadModel(stored: StoredModel): Model {
  return {
    tagger: { words: unpackWeights(stored.tagger.words), steps: Float64Array.from(stored.tagger.steps) },
    date: unpackWeights(stored.date),
    total: unpackWeights(stored.total),
    lexicon: nameLexicon(stored.words.split(' ')),
    calibration: stored.calibration,
    reading: stored.reading,
  };
}

export function calibrate(probability: number, { slope, offset }: Calibration): number {
  return sigmoid(slope * logOdds(probability) + offset);
}

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Kept within bounds, for a probability of 1 has no odds. */
export function logOdds(probability: number): number {
  const bounded = Math.min(Math.max(probability, 1e-4), 1 - 1e-4);
  return Math.log(bounded / (1 - bounded));
}
