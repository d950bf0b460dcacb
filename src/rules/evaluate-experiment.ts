import { createHash } from 'node:crypto';

import type { Experiment } from './document-experiment.ts';

const buckets = 10_000;

/**
 * Who gets a rule under an experiment. The first 32 bits of SHA-256 over `NAME ID` (UTF-8, the id as a lower-case UUID),
 * modulo 10,000, put everybody into a bucket for ever; the buckets below a hundred times `treatmentPercent` are treated.
 * So a larger share adds people and moves nobody else, and experiments of different names split independently.
 */
export function armOf({ name, treatmentPercent }: Experiment, subject: string): 'treatment' | 'hold-out' {
  const bucket = createHash('sha256').update(`${name} ${subject}`).digest().readUInt32BE(0) % buckets;
  return bucket < treatmentPercent * (buckets / 100) ? 'treatment' : 'hold-out';
}
