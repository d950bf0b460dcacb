import { z } from 'zod';

import { code, codes, currency, names } from './document-words.ts';

/** Which goods count: activities count with at least one of them. */
const products = z
  .strictObject({ skus: names.optional(), categories: names.optional(), focus: z.boolean().optional() })
  .optional();
const counting = { kinds: codes.optional(), products };

/**
 * What is compared between those who get a rule and those who do not: counted for each over the time it runs, as goals and
 * segments count. `activities` of the kind `visit` are visits; `skus` and `outlets` are different ones, so how broad somebody sells.
 */
const compared = z.discriminatedUnion('of', [
  z.strictObject({ of: z.enum(['activities', 'quantity', 'skus', 'outlets']), ...counting }),
  /** Of the principal's goods. */
  z.strictObject({ of: z.literal('amount'), currency, ...counting }),
  /** Of the whole paper. */
  z.strictObject({ of: z.literal('total'), currency, kinds: codes.optional() }),
  /** The units of an asset that rules award for activities, whatever they cost in the end. */
  z.strictObject({ of: z.literal('earned'), asset: code, kinds: codes.optional() }),
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
