import { z } from 'zod';

import { payee } from '../rules/document-payee.ts';
import { shapeProblems, type RuleProblem } from '../rules/problem.ts';

const code = z.string().min(1).max(60);
const whole = z.int();

const line = z.strictObject({
  /** Absent: something that is not of the principal's catalogue. */
  sku: z.string().min(1).max(120).optional(),
  category: z.string().max(120).optional(),
  isFocus: z.boolean().optional(),
  text: z.string().max(500).optional(),
  quantityMilli: whole,
  amountMinor: whole,
});

const activity = z.strictObject({
  /** Absent: `receipt`. */
  kind: code.optional(),
  at: z.iso.datetime({ offset: true }),
  /** Absent: what the lines add up to. */
  totalMinor: whole.optional(),
  /** Of the total, what was paid with points. */
  pointsMinor: whole.optional(),
  /** Absent: the programme's. */
  currency: z.string().length(3).optional(),
  /** By the names that the programme declares for the kind. */
  attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  lines: z.array(line).max(100).optional(),
});

const example = z.strictObject({
  name: z.string().min(1).max(200),
  /** What is known of the people and the place; absent: nothing. */
  participant: z
    .strictObject({ kind: code.optional(), tier: code.optional(), segments: z.array(code).optional() })
    .optional(),
  outlet: z.strictObject({ code, channel: code.optional(), areas: z.array(code) }).optional(),
  /** Links that somebody has; for all others there is nobody. */
  linked: z.array(payee).optional(),
  /** Experiments in which they are held out; in all others they are treated. */
  heldOutOf: z.array(code).optional(),
  /** Their own targets, by rule. */
  targets: z.record(z.string(), z.int().min(1)).optional(),
  /** What the same participant did at the same outlet before: it uses up limits and counts towards goals. */
  before: z.array(activity).max(200).optional(),
  activity,
  expect: z.strictObject({
    /** Exactly what is awarded, added up by rule and asset. */
    awards: z.array(z.strictObject({ rule: code, asset: code, units: z.int().min(1) })),
    /** Exactly what is granted besides; absent: not looked at. */
    grants: z.array(z.strictObject({ rule: code, kind: code, name: code, count: z.int().min(1) })).optional(),
    /** By rule: the code of its reason. Rules that are not named are not looked at. */
    reasons: z.record(z.string(), z.string()).optional(),
  }),
});

const exampleFile = z.strictObject({ format: z.literal(1), examples: z.array(example).min(1).max(500) });

export type Example = z.infer<typeof example>;
export type ExampleActivity = z.infer<typeof activity>;

/** Reads a file of examples; problems with their place in it. Pure. */
export function parseExamples(
  given: unknown,
): { ok: true; examples: Example[] } | { ok: false; problems: RuleProblem[] } {
  const parsed = exampleFile.safeParse(given);
  if (parsed.success) return { ok: true, examples: parsed.data.examples };
  return { ok: false, problems: shapeProblems(parsed.error.issues) };
}
