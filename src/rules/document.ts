import { z } from 'zod';

import { periodPattern } from '../shared/time.ts';
import { experiment } from './document-experiment.ts';
import { attributes } from './document-kinds.ts';
import { payee } from './document-payee.ts';
import { award, grant, limit, multiply, valueOfAssets } from './document-effects.ts';
import { code, codes, currency, day, expression, names, percentMax, units } from './document-words.ts';
import { must, shapeProblems, type ProblemText, type RuleProblem, type Why } from './problem.ts';

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

const period = z.string().regex(periodPattern, must('period'));

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
  texts: z.record(z.string().regex(/^[a-z]{2}$/), text).refine((texts) => 'en' in texts, must('english')),
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

/** Checks the shape of a document, and what zod cannot see: that its parts do not contradict each other. Pure. */
export function parseDocument(
  given: unknown,
): { ok: true; document: RuleDocument } | { ok: false; problems: RuleProblem[] } {
  const text = textOf(given);
  if (text === null) return refused({ code: 'not-json', at: '', why: 'not-json' });
  if (text.length > documentLengthMax)
    return refused({ code: 'too-long', at: '', why: 'too-long', facts: { max: documentLengthMax } });
  // The database keeps neither a zero character nor half a surrogate pair; JSON writes both as such an escape.
  if (/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f]..)/i.test(text))
    return refused({ code: 'not-json', at: '', why: 'unstorable' });
  const parsed = ruleDocument.safeParse(given);
  if (!parsed.success) return refused(...shapeProblems(parsed.error.issues));
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

function contradictionsOf(document: RuleDocument): RuleProblem[] {
  const problems: RuleProblem[] = [];
  const add = (at: string, why: ProblemText, facts?: Why['facts']) =>
    problems.push({ code: 'contradiction', at, why, ...(facts && { facts }) });
  const { scope, effects, limits = [] } = document;
  if (scope.from && scope.to && scope.from > scope.to)
    add('scope.to', 'period-order', { from: scope.from, to: scope.to });
  if (new Set(effects.map(({ kind }) => kind === 'multiply')).size > 1) add('effects', 'award-or-multiply');
  for (const why of goalContradictions(document)) add('goal', why);
  if (document.goal && document.experiment && document.goal.for !== document.experiment.of)
    add('experiment.of', 'experiment-of-goal');
  repeated(effects.map((effect) => `${effect.leg} ${assetOf(effect)}`)).forEach((index) =>
    add(`effects[${index}].leg`, 'leg-twice'),
  );
  for (const [index, effect] of effects.entries())
    if (effect.kind === 'multiply' && effect.groups.includes(document.stacking.group))
      add(`effects[${index}].groups`, 'own-group');
  repeated(limits.map((limit) => `${limit.of} ${limit.per} ${countedBy(limit)}`)).forEach((index) =>
    add(`limits[${index}]`, 'limit-twice'),
  );
  for (const [index, limit] of limits.entries())
    for (const { why, facts } of limitContradictions(limit, document))
      add(`limits[${index}].${'asset' in limit ? 'asset' : 'value'}`, why, facts);
  return problems;
}

function limitContradictions(limit: Limit, { effects, values = {} }: RuleDocument): Why[] {
  if ('asset' in limit)
    return effects.some((effect) => assetOf(effect) === limit.asset)
      ? []
      : [{ why: 'limit-other-asset', facts: { asset: limit.asset } }];
  const { currency } = limit.value;
  return effects.flatMap((effect) => {
    if (!('asset' in effect) || effect.asset === currency || values[effect.asset]?.currency === currency)
      return [];
    return [{ why: 'value-missing', facts: { asset: effect.asset, currency } }];
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

function goalContradictions(document: RuleDocument): ProblemText[] {
  const { goal, to, scope, effects, base, pending, limits = [] } = document;
  const found: ProblemText[] = [];
  const forGoal = effects.filter((effect) => effect.kind === 'award' && effect.per === 'goal').length;
  if (forGoal !== (goal ? effects.length : 0)) found.push('goal-effects');
  if (goal?.per === 'campaign' && !(scope.from && scope.to)) found.push('goal-campaign-days');
  if (
    goal?.per === 'campaign' &&
    (goal.inARow || (typeof goal.target === 'object' && 'percent' in goal.target))
  )
    found.push('goal-campaign-once');
  if (goal?.window && 'share' in goal.counts) found.push('goal-share-window');
  if (goal && to) found.push('goal-to');
  if (goal && base && base !== 'gross') found.push('goal-base');
  if (goal && limits.some(({ per }) => per === 'activity')) found.push('goal-limit-activity');
  if (goal && pending && 'until' in pending) found.push('goal-pending-event');
  return found;
}

// The places of those that stood in the list before.
function repeated(keys: readonly string[]): number[] {
  return keys.flatMap((key, index) => (keys.indexOf(key) < index ? [index] : []));
}
