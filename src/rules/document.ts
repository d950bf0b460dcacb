import { z } from 'zod';

import { periodPattern } from '../shared/time.ts';
import { experiment } from './document-experiment.ts';
import { attributes } from './document-kinds.ts';
import { payee } from './document-payee.ts';
import { award, grant, limit, multiply, valueOfAssets } from './document-effects.ts';
import { code, codes, currency, day, expression, names, percentMax, units } from './document-words.ts';

/** Limits of a rule document, so that a rule stays a page that a person can read. */
export const documentLengthMax = 20_000;
const effectsMax = 10;
const limitsMax = 5;

/** For whom, where, which goods and when. Every list that is given must contain the value; what is absent says "any". */
const scope = z.strictObject({
  /** Kinds of activity, such as `receipt`. */
  kinds: codes,
  /** The attributes of these kinds that expressions read, as the programme declares them. */
  attributes: attributes.optional(),
  /** First and last day, by the date of the event in the programme's time zone; both belong to the period. */
  from: day.optional(),
  to: day.optional(),
  audience: z
    .strictObject({
      participantKinds: codes.optional(),
      tiers: codes.optional(),
      /** Codes of segments; to be in one of them is enough. */
      segments: codes.optional(),
      /** Codes of areas; an area contains the areas below it. */
      areas: codes.optional(),
      channels: codes.optional(),
      outlets: codes.optional(),
    })
    .optional(),
  /** Which lines count. Lines without a product of the catalogue never do. */
  products: z
    .strictObject({
      /** Codes of lists that the programme keeps; to be on one of them is enough. */
      lists: codes.optional(),
      skus: names.optional(),
      categories: names.optional(),
      focus: z.boolean().optional(),
    })
    .optional(),
});

/**
 * What is counted: quantity in thousandths of a piece and amount in the minor unit of the currency (both of the eligible
 * lines), total (of the whole paper, in that currency), activities, or different outlets or SKUs.
 */
export const measure = z.discriminatedUnion('of', [
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

const period = z.string().regex(periodPattern, 'must be years, months, weeks or days such as P12M or P30D');

/** Something to reach in a period; the activities that fit the rule's scope and condition count towards it. */
const goal = z.strictObject({
  /** Whose goal it is and who is paid. */
  for: z.enum(['participant', 'outlet', 'partner']),
  /** `campaign` is the time between `from` and `to` of the scope. */
  per: z.enum(['day', 'week', 'month', 'quarter', 'year', 'campaign']),
  /**
   * Absent: the period itself is added up. Otherwise so long before each day of the period on which something counts, with
   * that day; the target is reached in the period when one of these sums reaches it.
   */
  window: period.optional(),
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
  after: period,
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
  /** Who is paid. Absent: the participant whose activity it is. */
  to: payee.optional(),
  /** CEL over activity, participant, outlet and eligible; must be true. */
  condition: expression.optional(),
  effects: z
    .array(z.union([award, multiply, ...grant]))
    .min(1)
    .max(effectsMax),
  /**
   * Which part of an amount counts, for effects and conditions alike. `gross` (or absent): the lines as they stand, after
   * discounts within the line. `net-of-discount`: less their share in the discounts on the whole paper. `net-of-points`:
   * less, besides, their share of what was paid with points.
   */
  base: z.enum(['gross', 'net-of-discount', 'net-of-points']).optional(),
  /** How the number of steps, or the product with a percentage, becomes whole: for each line or once for the sum. */
  rounding: z.strictObject({ mode: z.enum(['down', 'half-up', 'up']), at: z.enum(['line', 'activity']) }),
  limits: z.array(limit).max(limitsMax).optional(),
  /** What units are worth, for limits in money; a currency is worth itself. */
  values: valueOfAssets.optional(),
  /** With a goal the rule pays for what is reached in a period, and not for each activity. */
  goal: goal.optional(),
  /**
   * Rules of one group add up, or the best or the first one pays; of an exclusive group the first one pays, and beside it
   * no rule of any other group. The lower order goes first.
   */
  stacking: z.strictObject({
    group: code,
    order: z.int().min(0).max(9999),
    mode: z.enum(['sum', 'best', 'first', 'exclusive']),
  }),
  /** Absent: the rule is for everybody in its audience. */
  experiment: experiment.optional(),
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
export type GrantEffect = Exclude<Effect, AwardEffect | MultiplyEffect>;
export type Limit = NonNullable<RuleDocument['limits']>[number];
export type Goal = NonNullable<RuleDocument['goal']>;
export type Measure = z.infer<typeof measure>;
export type Rounding = RuleDocument['rounding'];

/** Something that keeps a rule from being saved: where in the document, where in the expression, and why in words. */
export type RuleProblem = {
  code: ProblemCode;
  /** Path in the document: `effects[0].units`; empty for the document itself. */
  at: string;
  /**
   * Characters of the expression at `at`, from 0, the end not included; line and column count from 1. The excerpt is that
   * line and under it carets where the problem is.
   */
  position?: { start: number; end: number; line: number; column: number; excerpt: string };
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
  if (new Set(effects.map(({ kind }) => kind === 'multiply')).size > 1)
    add('effects', 'A rule either awards or multiplies; write two rules for both.');
  for (const sentence of goalContradictions(document)) add('goal', sentence);
  if (document.goal && document.experiment && document.goal.for !== document.experiment.of)
    add('experiment.of', 'The experiment of a goal splits those whose goal it is.');
  repeated(effects.map((effect) => `${effect.leg} ${assetOf(effect)}`)).forEach((index) =>
    add(`effects[${index}].leg`, 'Two effects have the same leg and asset; give each leg a name of its own.'),
  );
  for (const [index, effect] of effects.entries())
    if (effect.kind === 'multiply' && effect.groups.includes(document.stacking.group))
      add(`effects[${index}].groups`, 'A rule cannot multiply the group that it belongs to.');
  repeated(limits.map((limit) => `${limit.of} ${limit.per} ${countedBy(limit)}`)).forEach((index) =>
    add(`limits[${index}]`, 'There is another limit for the same subject, period and asset.'),
  );
  for (const [index, limit] of limits.entries())
    for (const sentence of limitContradictions(limit, document))
      add(`limits[${index}].${'asset' in limit ? 'asset' : 'value'}`, sentence);
  return problems;
}

function limitContradictions(limit: Limit, { effects, values = {} }: RuleDocument): string[] {
  if ('asset' in limit)
    return effects.some((effect) => assetOf(effect) === limit.asset)
      ? []
      : [`The rule does not award ${limit.asset}.`];
  const { currency } = limit.value;
  return effects.flatMap((effect) => {
    if (!('asset' in effect) || effect.asset === currency || values[effect.asset]?.currency === currency)
      return [];
    return [`What ${effect.asset} is worth in ${currency} must be said in "values".`];
  });
}

/** What an effect gives, by the name that limits and stacking know it by; for a grant it is no asset of the ledger. */
export function assetOf(effect: Effect): string {
  return 'asset' in effect
    ? effect.asset
    : `${effect.kind}:${effect.kind === 'message' ? effect.leg : effect.name}`;
}

/** What a limit counts: an asset, or the worth of all of them in a currency. */
export function countedBy(limit: Limit): string {
  return 'asset' in limit ? limit.asset : `worth:${limit.value.currency}`;
}

function goalContradictions(document: RuleDocument): string[] {
  const { goal, to, scope, effects, base, pending, limits = [] } = document;
  const sentences: string[] = [];
  const forGoal = effects.filter((effect) => effect.kind === 'award' && effect.per === 'goal').length;
  if (forGoal !== (goal ? effects.length : 0))
    sentences.push('A rule with a goal pays per goal, and no other rule does.');
  if (goal?.per === 'campaign' && !(scope.from && scope.to))
    sentences.push('A goal over a campaign needs the first and the last day of the scope.');
  if (
    goal?.per === 'campaign' &&
    (goal.inARow || (typeof goal.target === 'object' && 'percent' in goal.target))
  )
    sentences.push('A campaign comes once: there is none before it to grow from or to follow.');
  if (goal?.window && 'share' in goal.counts)
    sentences.push('A share is taken of a whole period, so it has no window.');
  if (goal && to) sentences.push('A goal is paid to whose goal it is.');
  if (goal && base && base !== 'gross')
    sentences.push('A goal counts amounts as they stand, so it has no other base.');
  if (goal && limits.some(({ per }) => per === 'activity'))
    sentences.push('A goal is not paid for an activity, so no limit per activity applies to it.');
  if (goal && pending && 'until' in pending)
    sentences.push(
      'A goal is not paid for an activity, so no event is told of it: let its units wait for a time.',
    );
  return sentences;
}

// The places of those that stood in the list before.
function repeated(keys: readonly string[]): number[] {
  return keys.flatMap((key, index) => (keys.indexOf(key) < index ? [index] : []));
}
