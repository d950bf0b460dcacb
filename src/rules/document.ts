import { z } from 'zod';

import { isDay, periodPattern } from '../shared/time.ts';
import { isCurrency } from '../shared/money.ts';

/** Limits of a rule document, so that a rule stays a page that a person can read. */
export const documentLengthMax = 20_000;
const expressionLengthMax = 1000;
const effectsMax = 10;
const limitsMax = 5;
const listMax = 500;
/** Far inside what the ledger can hold, and exact as a number. */
export const unitsMax = 1_000_000_000_000;
const percentMax = 10_000;

const code = z
  .string()
  .regex(/^[a-z0-9][a-z0-9:._-]{0,59}$/i, 'must be letters, digits and : . _ - only, at most 60');
const codes = z.array(code).min(1).max(listMax);
const names = z.array(z.string().min(1).max(120)).min(1).max(listMax);
const day = z.string().refine(isDay, 'must be a day such as 2018-03-21');
const expression = z.string().min(1).max(expressionLengthMax);
const units = z.int().min(1).max(unitsMax);
const currency = z.string().refine(isCurrency, 'must be an ISO 4217 code such as MYR');

/** For whom, where, which goods and when. Every list that is given must contain the value; what is absent says "any". */
const scope = z.strictObject({
  /** Kinds of activity, such as `receipt`. */
  kinds: codes,
  /** First and last day, by the date of the event in the programme's time zone; both belong to the period. */
  from: day.optional(),
  to: day.optional(),
  audience: z
    .strictObject({
      participantKinds: codes.optional(),
      tiers: codes.optional(),
      /** Codes of areas; an area contains the areas below it. */
      areas: codes.optional(),
      channels: codes.optional(),
      outlets: codes.optional(),
    })
    .optional(),
  /** Which lines count. Lines without a product of the catalogue never do. */
  products: z
    .strictObject({ skus: names.optional(), categories: names.optional(), focus: z.boolean().optional() })
    .optional(),
});

/** Units per step, or a CEL expression that gives them; the units of an asset are its smallest part. */
const size = z.union([units, expression]);
const leg = { leg: code, asset: code };
const award = z.discriminatedUnion('per', [
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
const multiply = z.strictObject({
  kind: z.literal('multiply'),
  ...leg,
  groups: codes,
  percent: z.union([z.int().min(101).max(percentMax), expression]),
});

/** At most so many units of an asset, for each subject and period. `over`: pay what is left, or nothing at all. */
const limit = z.strictObject({
  of: z.enum(['participant', 'outlet', 'rule']),
  per: z.enum(['activity', 'day', 'week', 'month', 'programme']),
  asset: code,
  units,
  over: z.enum(['partial', 'nothing']),
});

/**
 * What is counted: quantity in thousandths of a piece and amount in the minor unit of the currency (both of the eligible
 * lines), total (of the whole paper, in that currency), activities, or different outlets or SKUs.
 */
const measure = z.discriminatedUnion('of', [
  z.strictObject({ of: z.enum(['quantity', 'activities', 'outlets', 'skus']), kinds: codes.optional() }),
  z.strictObject({ of: z.enum(['amount', 'total']), currency, kinds: codes.optional() }),
]);

/** A target for everybody; one that is set for each (`targets`); or so many percent of what they did themselves. */
const target = z.union([
  units,
  z.strictObject({ individual: z.literal(true), otherwise: units.optional() }),
  z.strictObject({ percent: z.int().min(1).max(percentMax), of: z.literal('last-year') }),
  z.strictObject({
    percent: z.int().min(1).max(percentMax),
    /** The average of so many periods before. */
    ofAverage: z.int().min(1).max(24),
  }),
]);

/** Something to reach in a period; the activities that fit the rule's scope and condition count towards it. */
const goal = z.strictObject({
  /** Whose goal it is and who is paid. */
  for: z.enum(['participant', 'outlet', 'partner']),
  /** `campaign` is the time between `from` and `to` of the scope. */
  per: z.enum(['day', 'week', 'month', 'quarter', 'year', 'campaign']),
  /** One measure, or the share that the first has of the second in percent: delivered of ordered is a fill rate. */
  counts: z.union([measure, z.strictObject({ share: measure, of: measure })]),
  target,
  /** Pays only for so many periods one after the other in which the target was reached; then it starts again. */
  inARow: z.int().min(2).max(60).optional(),
});

const text = z.strictObject({
  /** The name of the rule, as on a screen or a statement. */
  title: z.string().min(1).max(80),
  /** A sentence that says what is rewarded: shown with every award. */
  award: z.string().min(1).max(200),
  /** A sentence for those who missed the condition: what it takes. */
  unmet: z.string().min(1).max(200).optional(),
});

/** A day that lies a period after the event, or at the end of that day's month, quarter or year. */
const counted = z.strictObject({
  after: z.string().regex(periodPattern, 'must be years, months, weeks or days such as P12M or P30D'),
  endOf: z.enum(['month', 'quarter', 'year']).optional(),
});
const dated = z.union([counted, z.strictObject({ on: day })]);

/** A version of a rule, as it is written, stored, compared and exchanged. */
const ruleDocument = z.strictObject({
  format: z.literal(1),
  /** Names the rule in its programme for ever. */
  code,
  /** By language; English is there and stands in for what is missing. */
  texts: z
    .record(z.string().regex(/^[a-z]{2}$/), text)
    .refine((texts) => 'en' in texts, 'must have the language en'),
  scope,
  /** CEL over activity, participant, outlet and eligible; must be true. */
  condition: expression.optional(),
  effects: z
    .array(z.union([award, multiply]))
    .min(1)
    .max(effectsMax),
  /** How the number of steps, or the product with a percentage, becomes whole: for each line or once for the sum. */
  rounding: z.strictObject({ mode: z.enum(['down', 'half-up', 'up']), at: z.enum(['line', 'activity']) }),
  limits: z.array(limit).max(limitsMax).optional(),
  /** With a goal the rule pays for what is reached in a period, and not for each activity. */
  goal: goal.optional(),
  /** Rules of one group add up, or the best or the first one pays. The lower order goes first. */
  stacking: z.strictObject({
    group: code,
    order: z.int().min(0).max(9999),
    mode: z.enum(['sum', 'best', 'first']),
  }),
  /** Carried by each transfer: what tax reports sum by. */
  taxClass: code.optional(),
  /**
   * The last day on which the units can be spent; counted from the date of the event, or from the last day of a goal's
   * period. Absent: they do not expire.
   */
  expires: z.union([...dated.options, z.strictObject({ earlier: z.tuple([dated, dated]) })]).optional(),
  /**
   * The units cannot be spent at first: through the last day of a period after the event, or until an event such as
   * `delivery` or `payment` is told. Absent: they can be spent at once.
   */
  pending: z.union([counted, z.strictObject({ until: code })]).optional(),
});

export type RuleDocument = z.infer<typeof ruleDocument>;
type Effect = RuleDocument['effects'][number];
export type AwardEffect = Extract<Effect, { kind: 'award' }>;
export type MultiplyEffect = Extract<Effect, { kind: 'multiply' }>;
export type Limit = NonNullable<RuleDocument['limits']>[number];
export type Goal = NonNullable<RuleDocument['goal']>;
export type Measure = z.infer<typeof measure>;
export type Rounding = RuleDocument['rounding'];

/** Something that keeps a rule from being saved: where in the document, where in the expression, and why in words. */
export type RuleProblem = {
  code: ProblemCode;
  /** Path in the document: `effects[0].units`; empty for the document itself. */
  at: string;
  /** Characters of the expression at `at`, from 0, the end not included; line and column count from 1. */
  position?: { start: number; end: number; line: number; column: number };
  sentence: string;
};

export type ProblemCode =
  | 'not-json'
  | 'too-long'
  | 'unknown-field'
  | 'wrong-value'
  | 'contradiction'
  | 'unknown-name'
  | 'expression-syntax'
  | 'expression-forbidden'
  | 'expression-name'
  | 'expression-type';

/** Checks the shape of a document, and what zod cannot see: that its parts do not contradict each other. Pure. */
export function parseDocument(
  given: unknown,
): { ok: true; document: RuleDocument } | { ok: false; problems: RuleProblem[] } {
  const text = textOf(given);
  if (text === null) return refused({ code: 'not-json', at: '', sentence: 'A rule is a JSON document.' });
  if (text.length > documentLengthMax) {
    const sentence = `The document has ${text.length} characters; at most ${documentLengthMax} are allowed.`;
    return refused({ code: 'too-long', at: '', sentence });
  }
  // The database keeps neither a zero character nor half a surrogate pair; JSON writes both as such an escape.
  if (/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f]..)/i.test(text))
    return refused({ code: 'not-json', at: '', sentence: 'A text holds a character that cannot be kept.' });
  const parsed = ruleDocument.safeParse(given);
  if (!parsed.success) return refused(...parsed.error.issues.flatMap(problemsOf));
  const contradictions = contradictionsOf(parsed.data);
  return contradictions.length > 0 ? refused(...contradictions) : { ok: true, document: parsed.data };
}

// Null for what JSON cannot say: a function, a circle, a bigint.
function textOf(given: unknown): string | null {
  try {
    return JSON.stringify(given) ?? null;
  } catch {
    return null;
  }
}

function refused(...problems: RuleProblem[]): { ok: false; problems: RuleProblem[] } {
  return { ok: false, problems };
}

function problemsOf(issue: z.core.$ZodIssue): RuleProblem[] {
  const at = pathOf(issue.path);
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      code: 'unknown-field',
      at: at === '' ? key : `${at}.${key}`,
      sentence: `There is no field "${key}" here.`,
    }));
  // Of the members of a union, the one that came furthest is the one that was meant.
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const meant = issue.errors.toSorted((a, b) => depthOf(b) - depthOf(a) || a.length - b.length)[0]!;
    return meant.flatMap((inner) => problemsOf({ ...inner, path: [...issue.path, ...inner.path] }));
  }
  const code = issue.code === 'too_big' && issue.origin === 'string' ? 'too-long' : 'wrong-value';
  return [{ code, at, sentence: `${at || 'The document'}: ${issue.message}.` }];
}

function depthOf(issues: z.core.$ZodIssue[]): number {
  return Math.max(...issues.map((issue) => issue.path.length));
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}

function contradictionsOf(document: RuleDocument): RuleProblem[] {
  const problems: RuleProblem[] = [];
  const add = (at: string, sentence: string) => problems.push({ code: 'contradiction', at, sentence });
  const { scope, effects, limits = [] } = document;
  if (scope.from && scope.to && scope.from > scope.to)
    add('scope.to', `The period ends on ${scope.to}, before it starts on ${scope.from}.`);
  if (new Set(effects.map(({ kind }) => kind)).size > 1)
    add('effects', 'A rule either awards or multiplies; write two rules for both.');
  for (const sentence of goalContradictions(document)) add('goal', sentence);
  repeated(effects.map(({ leg, asset }) => `${leg} ${asset}`)).forEach((index) =>
    add(`effects[${index}].leg`, 'Two effects have the same leg and asset; give each leg a name of its own.'),
  );
  for (const [index, effect] of effects.entries())
    if (effect.kind === 'multiply' && effect.groups.includes(document.stacking.group))
      add(`effects[${index}].groups`, 'A rule cannot multiply the group that it belongs to.');
  repeated(limits.map(({ of, per, asset }) => `${of} ${per} ${asset}`)).forEach((index) =>
    add(`limits[${index}]`, 'There is another limit for the same subject, period and asset.'),
  );
  for (const [index, { asset }] of limits.entries())
    if (!effects.some((effect) => effect.asset === asset))
      add(`limits[${index}].asset`, `The rule does not award ${asset}.`);
  return problems;
}

function goalContradictions({ goal, scope, effects, limits = [] }: RuleDocument): string[] {
  const sentences: string[] = [];
  const forGoal = effects.filter((effect) => effect.kind === 'award' && effect.per === 'goal').length;
  if (forGoal !== (goal ? effects.length : 0))
    sentences.push('A rule with a goal pays per goal, and no other rule does.');
  if (goal?.per === 'campaign' && !(scope.from && scope.to))
    sentences.push('A goal over a campaign needs the first and the last day of the scope.');
  if (goal && limits.some(({ per }) => per === 'activity'))
    sentences.push('A goal is not paid for an activity, so no limit per activity applies to it.');
  return sentences;
}

// The places of those that stood in the list before.
function repeated(keys: readonly string[]): number[] {
  return keys.flatMap((key, index) => (keys.indexOf(key) < index ? [index] : []));
}
