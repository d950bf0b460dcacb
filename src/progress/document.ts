import { z } from 'zod';

import { documentLengthMax, measure } from '../rules/document.ts';
import { code, codes, names, units } from '../rules/document-words.ts';
import {
  atMost,
  must,
  shapeProblems,
  type ProblemText,
  type RuleProblem,
  type Why,
} from '../rules/problem.ts';
import { isDay, periodPattern } from '../shared/time.ts';

// What a programme says of tiers, discounts, segments and lists of products: documents beside its rules, versioned in the same way.

const period = z.string().regex(periodPattern, must('period'));
const title = z
  .record(z.string().regex(/^[a-z]{2}$/), z.string().min(1).max(80))
  .refine((texts) => 'en' in texts, must('english'));

/** Which activities count, and which of their lines. */
const counting = {
  kinds: codes,
  products: z
    .strictObject({ skus: names.optional(), categories: names.optional(), focus: z.boolean().optional() })
    .optional(),
};
/**
 * What activities add up to; or the units of an asset that rules awarded for them and goals paid, of goals on the last
 * day of their period: status points.
 */
const counts = z.union([measure, z.strictObject({ of: z.literal('earned'), asset: code })]);

const tiers = z.strictObject({
  format: z.literal(1),
  kind: z.literal('tiers'),
  /** Names the tiers of a programme for ever; a programme has one set of them. */
  code,
  title,
  ...counting,
  counts,
  /** From the lowest on. A tier is reached with `from`, and kept with `keep` (absent: with `from` again). */
  tiers: z
    .array(z.strictObject({ code, title, from: z.int().min(0), keep: z.int().min(0).optional() }))
    .min(2)
    .max(20),
  /**
   * What counts for a day: its calendar year, so long before it, or since the last such cycle began, counted from the day
   * of joining, of the contract (absent: of joining) or on which the tier began.
   */
  window: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('calendar-year') }),
    z.strictObject({ kind: z.literal('rolling'), last: period }),
    z.strictObject({ kind: z.literal('since-joining'), every: period }),
    z.strictObject({ kind: z.literal('since-contract'), every: period }),
    z.strictObject({ kind: z.literal('since-tier-start'), every: period }),
  ]),
  /**
   * How long a tier that was reached or kept is safe: so long, or to the end of that month, quarter or year; to the next
   * of a fixed day of the year, such as 06-30; or to the end of such a cycle from joining or the contract.
   */
  lasts: z.union([
    z.strictObject({ for: period, endOf: z.enum(['month', 'quarter', 'year']).optional() }),
    z.strictObject({
      until: z.string().regex(/^(0[1-9]|1[0-2])-\d\d$/, must('dayOfYear')),
    }),
    z.strictObject({ kind: z.enum(['since-joining', 'since-contract']), every: period }),
  ]),
  /** When it ends and what is counted no longer suffices: one tier down, the tier that suffices, or no change. */
  downgrade: z.enum(['one-step', 'recomputed', 'none']),
  /** So many days before a tier ends its owner is told what is missing. */
  noticeDays: z.int().min(1).max(365),
});

const discount = z.strictObject({
  format: z.literal(1),
  kind: z.literal('discount'),
  code,
  title,
  for: z.enum(['participant', 'outlet', 'partner']),
  ...counting,
  counts: measure,
  /** The volume of so long before the day of the order counts; the day itself does not. */
  window: period,
  /** From a volume on, so many percent; the highest that is reached counts. */
  table: z
    .array(z.strictObject({ from: z.int().min(0), percent: z.int().min(0).max(100) }))
    .min(1)
    .max(50),
  /** `discount` is answered to who asks; `bonus` is paid for each activity of these kinds instead, later, as units. */
  mode: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('discount') }),
    z.strictObject({
      kind: z.literal('bonus'),
      kinds: codes,
      asset: code,
      /** For each so much of the discount that would have been given, in the currency's minor unit, one unit. */
      unitMinor: units,
    }),
  ]),
});

const segment = z.strictObject({
  format: z.literal(1),
  kind: z.literal('segment'),
  code,
  title,
  /** What the condition may speak of by name: what a participant did in so long before today. */
  counters: z
    .record(
      z.string().regex(/^[a-z][A-Za-z0-9]{0,29}$/, must('counterName')),
      z.strictObject({ ...counting, counts: measure, last: period }),
    )
    .refine((counters) => Object.keys(counters).length <= 10, atMost(10)),
  /** CEL over participant and counted: `participant.tier == "gold" && counted.orders >= 3`. */
  condition: z.string().min(1).max(1000),
});

/** Products under a name that rules refer to (`products.lists`); each version holds for events from its first day on. */
const list = z.strictObject({ format: z.literal(1), kind: z.literal('list'), code, title, skus: names });

const progressDocument = z.discriminatedUnion('kind', [tiers, discount, segment, list]);
export type ProgressDocument = z.infer<typeof progressDocument>;
export type TiersDocument = z.infer<typeof tiers>;
export type DiscountDocument = z.infer<typeof discount>;
export type SegmentDocument = z.infer<typeof segment>;

/** Checks the shape of a document and that its parts do not contradict each other. Pure. */
export function parseProgressDocument(
  given: unknown,
): { ok: true; document: ProgressDocument } | { ok: false; problems: RuleProblem[] } {
  if ((JSON.stringify(given) ?? '').length > documentLengthMax)
    return refused('', 'too-long', { max: documentLengthMax });
  const parsed = progressDocument.safeParse(given);
  if (!parsed.success) return { ok: false, problems: shapeProblems(parsed.error.issues) };
  const { data } = parsed;
  const steps = data.kind === 'tiers' ? data.tiers : data.kind === 'discount' ? data.table : [];
  const field = data.kind === 'tiers' ? 'tiers' : 'table';
  if (steps.some(({ from }, i) => i > 0 && from <= steps[i - 1]!.from)) return refused(field, 'steps-order');
  if (data.kind === 'tiers' && data.tiers[0]!.from !== 0) return refused('tiers', 'lowest-zero');
  if (data.kind === 'tiers' && new Set(data.tiers.map((tier) => tier.code)).size < data.tiers.length)
    return refused('tiers', 'tier-twice');
  if (data.kind === 'tiers' && 'until' in data.lasts && !isDay(`2018-${data.lasts.until}`))
    return refused('lasts', 'no-such-day');
  if (data.kind === 'tiers' && (data.counts.of === 'outlets' || data.counts.of === 'skus'))
    return refused('counts', 'tiers-add-up');
  return { ok: true, document: data };
}

function refused(at: string, why: ProblemText, facts?: Why['facts']): { ok: false; problems: RuleProblem[] } {
  return { ok: false, problems: [{ code: 'contradiction', at, why, ...(facts && { facts }) }] };
}
