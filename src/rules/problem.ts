import type { z } from 'zod';

/** Something that keeps a document from being saved: where in the document, where in the expression, and why. */
export type RuleProblem = {
  code: ProblemCode;
  /** Path in the document: `effects[0].units`; empty for the document itself. */
  at: string;
  /**
   * Characters of the expression at `at`, from 0, the end not included; line and column count from 1. The excerpt is that
   * line and under it carets where the problem is.
   */
  position?: { start: number; end: number; line: number; column: number; excerpt: string };
} & Why;

/** Names the sentence (`problem.…` of the texts) and what is put into it: whoever shows it says it in the reader's language. */
export type Why = { why: ProblemText; facts?: Readonly<Record<string, string | number>> };

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

/** The closed list of sentences. */
export type ProblemText =
  | Shape
  | Contradiction
  | 'gives'
  | 'not-in-language'
  | 'no-fraction'
  | 'no-name'
  | 'reserved-type'
  | 'no-matches'
  | 'nested'
  | 'item-unnamed'
  | 'item-taken'
  | 'no-function'
  | 'no-type'
  | 'expression'
  | 'unknown-name'
  | 'unknown-kind'
  | 'attribute-undeclared'
  | 'attribute-type'
  | 'group-mode'
  | 'group-pays'
  | 'experiment-differs'
  | 'steps-order'
  | 'lowest-zero'
  | 'tier-twice'
  | 'no-such-day'
  | 'tiers-add-up'
  | 'other-tiers'
  | 'twice'
  | 'misnamed';

type Shape =
  | 'not-json'
  | 'not-json-file'
  | 'too-long'
  | 'unstorable'
  | 'no-field'
  | 'missing'
  | 'must-be-text'
  | 'must-be-whole'
  | 'must-be-bool'
  | 'must-be-list'
  | 'must-be-object'
  | 'wrong-value'
  | 'one-of'
  | 'at-least'
  | 'at-most'
  | 'characters-min'
  | 'characters-max'
  | 'entries-min'
  | 'entries-max'
  | 'format-code'
  | 'format-day'
  | 'format-currency'
  | 'format-period'
  | 'format-name'
  | 'format-time-zone'
  | 'format-reserved'
  | 'format-english'
  | 'end-before-start';

type Contradiction =
  | 'period-order'
  | 'award-or-multiply'
  | 'experiment-of-goal'
  | 'leg-twice'
  | 'own-group'
  | 'limit-twice'
  | 'limit-other-asset'
  | 'value-missing'
  | 'goal-effects'
  | 'goal-campaign-days'
  | 'goal-campaign-once'
  | 'goal-share-window'
  | 'goal-to'
  | 'goal-base'
  | 'goal-limit-activity'
  | 'goal-pending-event';

/** What a text must look like: said in English where nobody reads it in another language, and the sentence for those who do. */
const formats = {
  code: ['must be letters, digits and : . _ - only, at most 60', 'format-code', ''],
  day: ['must be a day such as 2018-03-21', 'format-day', '2018-03-21'],
  dayOfYear: ['must be a day of the year such as 06-30', 'format-day', '06-30'],
  currency: ['must be an ISO 4217 code such as MYR', 'format-currency', 'MYR'],
  period: ['must be years, months, weeks or days such as P12M or P30D', 'format-period', 'P12M'],
  kindName: ['must be a name such as shelf-photo', 'format-name', 'shelf-photo'],
  attributeName: ['must be a name such as facings', 'format-name', 'facings'],
  counterName: ['must be a name such as orders', 'format-name', 'orders'],
  timeZone: ['must be an IANA time zone such as Asia/Kuala_Lumpur', 'format-time-zone', 'Asia/Kuala_Lumpur'],
  reserved: ['must be another name', 'format-reserved', ''],
  english: ['must have the language en', 'format-english', ''],
  endBeforeStart: ['is before startsOn', 'end-before-start', ''],
} as const satisfies Record<string, readonly [message: string, why: ProblemText, example: string]>;

/** The message that a schema refuses a text with; `shapeProblems` knows them all. */
export function must(be: keyof typeof formats): string {
  return formats[be][0];
}

const byMessage = new Map<string, Why>(
  Object.values(formats).map(([message, why, example]) => [
    message,
    example === '' ? { why } : { why, facts: { example } },
  ]),
);

/** At most so many fields in an object: the message of the refusal. */
export function atMost(max: number): string {
  return `at most ${max}`;
}

/** What a schema found wrong, each with its place in the document. Pure. */
export function shapeProblems(issues: readonly z.core.$ZodIssue[]): RuleProblem[] {
  return issues.flatMap(problemsOf);
}

function problemsOf(issue: z.core.$ZodIssue): RuleProblem[] {
  const at = pathOf(issue.path);
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((field) => ({
      code: 'unknown-field',
      at: at === '' ? field : `${at}.${field}`,
      why: 'no-field',
      facts: { field },
    }));
  // Of the members of a union, the one that came furthest is the one that was meant.
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const meant = issue.errors.toSorted((a, b) => depthOf(b) - depthOf(a) || a.length - b.length)[0]!;
    return meant.flatMap((inner) => problemsOf({ ...inner, path: [...issue.path, ...inner.path] }));
  }
  // A name of a field that is none: its own problem is the one.
  if (issue.code === 'invalid_key')
    return issue.issues.flatMap((inner) => problemsOf({ ...inner, path: issue.path }));
  const code = issue.code === 'too_big' && issue.origin === 'string' ? 'too-long' : 'wrong-value';
  return [{ code, at, ...whyOf(issue) }];
}

const types: Record<string, ProblemText> = {
  string: 'must-be-text',
  int: 'must-be-whole',
  number: 'must-be-whole',
  boolean: 'must-be-bool',
  array: 'must-be-list',
  tuple: 'must-be-list',
  object: 'must-be-object',
  record: 'must-be-object',
};

const mins: Record<string, ProblemText> = { string: 'characters-min', array: 'entries-min' };
const maxes: Record<string, ProblemText> = { string: 'characters-max', array: 'entries-max' };

function whyOf(issue: z.core.$ZodIssue): Why {
  if (issue.code === 'invalid_type') {
    // The schema does not keep what it was given, but says of what is absent that it is.
    if (issue.message.endsWith('received undefined')) return { why: 'missing' };
    return { why: types[issue.expected] ?? 'wrong-value' };
  }
  if (issue.code === 'invalid_value') return { why: 'one-of', facts: { values: issue.values.join(', ') } };
  if (issue.code === 'too_small') {
    const min = Number(issue.minimum);
    return { why: mins[issue.origin] ?? 'at-least', facts: { min } };
  }
  if (issue.code === 'too_big') {
    const max = Number(issue.maximum);
    return { why: maxes[issue.origin] ?? 'at-most', facts: { max } };
  }
  const [, max] = /^at most (\d+)$/.exec(issue.message) ?? [];
  if (max) return { why: 'entries-max', facts: { max: Number(max) } };
  return byMessage.get(issue.message) ?? { why: 'wrong-value' };
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
