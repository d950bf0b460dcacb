import { z } from 'zod';

import { code, codes, currency, expression, percentMax, units } from './document-words.ts';
import { must } from './problem.ts';

const countMax = 1000;

/** Units per step, or a CEL expression that gives them; the units of an asset are its smallest part. */
const size = z.union([units, expression]);
const leg = { leg: code, asset: code };
export const award = z.discriminatedUnion('per', [
  z.strictObject({ kind: z.literal('award'), ...leg, per: z.literal('activity'), units: size }),
  /** For each eligible line; the expression sees it as `line`. */
  z.strictObject({ kind: z.literal('award'), ...leg, per: z.literal('line'), units: size }),
  /** For every `stepMilli` thousandths of a piece in the eligible lines: 1000 is one piece. */
  z.strictObject({
    kind: z.literal('award'),
    ...leg,
    per: z.literal('quantity'),
    stepMilli: units,
    units: size,
  }),
  /** For every `stepMinor` of what was paid for the eligible lines, in this currency only. */
  z.strictObject({
    kind: z.literal('award'),
    ...leg,
    per: z.literal('amount'),
    stepMinor: units,
    currency,
    units: size,
  }),
  /**
   * A bonus: so many hundredths of a percent of what was paid for the eligible lines, in this currency only; one unit for
   * every `unitMinor` of it (absent: 1, as for money that is paid in its own currency).
   */
  z.strictObject({
    kind: z.literal('award'),
    ...leg,
    per: z.literal('share'),
    basisPoints: z.union([z.int().min(1).max(100_000), expression]),
    unitMinor: units.optional(),
    currency,
  }),
  /** Once for each period in which this percentage of the goal is reached (absent: 100), for rules with a goal. */
  z.strictObject({
    kind: z.literal('award'),
    ...leg,
    per: z.literal('goal'),
    at: z.int().min(1).max(percentMax).optional(),
    units,
  }),
]);

/** Pays what the groups' awards earned once more, less what they earned: 200 percent doubles. */
export const multiply = z.strictObject({
  kind: z.literal('multiply'),
  ...leg,
  groups: codes,
  percent: z.union([z.int().min(101).max(percentMax), expression]),
});

const count = z.union([z.int().min(1).max(countMax), expression]);
const sentence = z.string().min(1).max(300);

/**
 * What is granted beside units of the ledger, by its name elsewhere: certificates, entries in a draw, a message to the
 * participant by language. Limits name them `certificate:NAME`, `draw:NAME`, `message:LEG`.
 */
export const grant = [
  z.strictObject({ kind: z.literal('certificate'), leg: code, name: code, count }),
  z.strictObject({ kind: z.literal('draw'), leg: code, name: code, count }),
  z.strictObject({
    kind: z.literal('message'),
    leg: code,
    texts: z
      .record(z.string().regex(/^[a-z]{2}$/), sentence)
      .refine((texts) => 'en' in texts, must('english')),
  }),
] as const;

const limited = {
  of: z.enum(['participant', 'outlet', 'rule']),
  per: z.enum(['activity', 'day', 'week', 'month', 'programme']),
  /** What is paid beyond it: what is left, nothing at all, or everything, which is then reported. */
  over: z.enum(['partial', 'nothing', 'honour']),
};

/** At most so many units of an asset, or so much money's worth of everything, for each subject and period. */
export const limit = z.union([
  z.strictObject({ ...limited, asset: code, units }),
  z.strictObject({ ...limited, value: z.strictObject({ minor: units, currency }) }),
]);

/** By asset: so many units are worth so much money. */
export const valueOfAssets = z.record(code, z.strictObject({ units, minor: units, currency }));
