import { z } from 'zod';

import { code, codes, currency } from './document-words.ts';

/** What is compared between those who get a rule and those who do not: summed up for each over the time it runs. */
const compared = z.discriminatedUnion('of', [
  z.strictObject({ of: z.enum(['activities', 'quantity']), kinds: codes.optional() }),
  /** `total`: of the whole paper; `amount`: of the principal's goods on it. */
  z.strictObject({ of: z.enum(['total', 'amount']), currency, kinds: codes.optional() }),
]);

/**
 * A share of the participants or outlets gets the rule and the others are held out, so that what it brings can be measured.
 * Rules with the same experiment share one split.
 */
export const experiment = z.strictObject({
  name: code,
  of: z.enum(['participant', 'outlet']),
  treatmentPercent: z.int().min(1).max(99),
  measure: compared,
});

export type Experiment = z.infer<typeof experiment>;
