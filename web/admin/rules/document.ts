/**
 * A rule document as the form knows it. What the form has no field for stays in the document untouched: the form only ever
 * changes the place that a field stands for. Quantities are thousandths, amounts the currency's smallest part.
 */
export type RuleDocument = {
  format: number;
  code: string;
  texts: Record<string, RuleText>;
  scope: Scope;
  to?: { link: string; of?: string; level?: number };
  condition?: string;
  effects: Effect[];
  base?: string;
  rounding: { mode: string; at: string };
  limits?: Limit[];
  values?: Record<string, { units: number; minor: number; currency: string }>;
  goal?: Goal;
  stacking: { group: string; order: number; mode: string };
  experiment?: { name: string; of: string; treatmentPercent: number; measure: Measure };
  taxClass?: string;
  expires?: Expiry | { earlier: [Expiry, Expiry] };
  pending?: Counted | { until: string };
};
export type RuleText = { title: string; award: string; unmet?: string };
type Scope = {
  kinds: string[];
  attributes?: Record<string, string>;
  from?: string;
  to?: string;
  audience?: Partial<Record<Audience, string[]>>;
  products?: { skus?: string[]; categories?: string[]; lists?: string[]; focus?: boolean };
};
export type Audience = 'participantKinds' | 'tiers' | 'segments' | 'areas' | 'channels' | 'outlets';
/** A number, or a formula that gives one. */
export type Size = number | string;
export type Effect = {
  kind: string;
  leg: string;
  asset?: string;
  per?: string;
  units?: Size;
  stepMilli?: number;
  stepMinor?: number;
  currency?: string;
  basisPoints?: Size;
  unitMinor?: number;
  at?: number;
  groups?: string[];
  percent?: Size;
  name?: string;
  count?: Size;
  texts?: Record<string, string>;
};
export type Limit = {
  of: string;
  per: string;
  over: string;
  asset?: string;
  units?: number;
  value?: { minor: number; currency: string };
};
export type Measure = { of: string; currency?: string; kinds?: string[]; asset?: string };
export type Target =
  | number
  | { individual: boolean; otherwise?: number }
  | { percent: number; of: string }
  | { percent: number; ofAverage: number };
type Goal = {
  for: string;
  per: string;
  window?: string;
  counts: Measure | { share: Measure; of: Measure };
  target: Target;
  inARow?: number;
};
type Counted = { after: string; endOf?: string };
export type Expiry = Counted | { on: string };

/** What is counted, with what such a measure has to say besides. */
export function beginMeasure(of: string, currency: string, asset = 'points'): Measure {
  if (of === 'amount' || of === 'total') return { of, currency };
  return of === 'earned' ? { of, asset } : { of };
}

/** Something that is wrong with a document, as the server tells it. */
export type Problem = {
  at: string;
  sentence: string;
  position?: { line: number; column: number; excerpt: string };
};

/** The document in a text; null when the text is no JSON, or nothing that the form could show. */
export function readDocument(text: string): RuleDocument | null {
  try {
    const value: unknown = JSON.parse(text);
    return isDocument(value) ? value : null;
  } catch {
    return null;
  }
}

export const writeDocument = (document: RuleDocument): string => JSON.stringify(document, null, 2);

// Deep enough for the form and the reading to walk through; what exactly stands there is for the server to judge.
function isDocument(value: unknown): value is RuleDocument {
  return (
    isRecord(value) &&
    typeof value['code'] === 'string' &&
    isEach(value['texts'], isRecord) &&
    isScope(value['scope']) &&
    isMaybe(value['to'], isRecord) &&
    isMaybe(value['condition'], isText) &&
    isListOf(value['effects'], isEffect) &&
    isRecord(value['rounding']) &&
    isRecord(value['stacking']) &&
    isMaybe(value['limits'], (limits) => isListOf(limits, isLimit)) &&
    isMaybe(value['values'], (values) => isEach(values, isRecord)) &&
    isMaybe(value['goal'], isGoal) &&
    isMaybe(value['experiment'], (one) => isRecord(one) && isRecord(one['measure'])) &&
    isMaybe(value['expires'], isExpiry) &&
    isMaybe(value['pending'], isRecord)
  );
}

export type Check = (value: unknown) => boolean;
export const isText: Check = (value) => typeof value === 'string';
export const isMaybe = (value: unknown, check: Check): boolean => value === undefined || check(value);
export const isListOf = (value: unknown, check: Check): boolean => Array.isArray(value) && value.every(check);
const isTexts: Check = (value) => isMaybe(value, (list) => isListOf(list, isText));
export const isEach = (value: unknown, check: Check): boolean =>
  isRecord(value) && Object.values(value).every(check);

function isScope(scope: unknown): boolean {
  if (!isRecord(scope) || !isListOf(scope['kinds'], isText)) return false;
  const { audience = {}, products = {}, attributes = {} } = scope;
  const { focus: _focus, ...lists } = isRecord(products) ? products : {};
  return (
    isEach(audience, isTexts) && isRecord(products) && isEach(lists, isTexts) && isEach(attributes, isText)
  );
}

const isEffect: Check = (effect) =>
  isRecord(effect) &&
  isText(effect['kind']) &&
  isTexts(effect['groups']) &&
  isMaybe(effect['texts'], (texts) => isEach(texts, isText)) &&
  ['units', 'percent', 'basisPoints', 'count'].every((size) =>
    isMaybe(effect[size], (given) => isText(given) || typeof given === 'number'),
  );

const isLimit: Check = (limit) => isRecord(limit) && isMaybe(limit['value'], isRecord);

export const isMeasure: Check = (measure) =>
  isRecord(measure) && isText(measure['of']) && isTexts(measure['kinds']);

function isGoal(goal: unknown): boolean {
  if (!isRecord(goal) || !isRecord(goal['counts']) || !isMaybe(goal['window'], isText)) return false;
  const { counts, target } = goal;
  const isCounted =
    'share' in counts ? isMeasure(counts['share']) && isMeasure(counts['of']) : isMeasure(counts);
  return isCounted && isMaybe(target, (given) => typeof given === 'number' || isRecord(given));
}

const isExpiry: Check = (expires) =>
  isRecord(expires) &&
  ('earlier' in expires ? isListOf(expires['earlier'], isExpiry) : isText(expires['on'] ?? expires['after']));

export function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

// `effects[0].units` as its steps.
const stepsOf = (path: string): (string | number)[] =>
  path
    .split(/[.[\]]+/)
    .filter((step) => step !== '')
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));

/** What stands at a place, written as the server writes places: `effects[0].units`. */
export function valueAt(document: unknown, path: string): unknown {
  return stepsOf(path).reduce<unknown>((value, step) => {
    const fields = value as Record<string | number, unknown> | null | undefined;
    return fields?.[step];
  }, document);
}

/** The document with another value at a place. `undefined` takes it out, and with it what then holds nothing. */
export function withValue<Document>(document: Document, path: string, value: unknown): Document {
  return put(document, stepsOf(path), value) as Document;
}

function put(at: unknown, [step, ...rest]: (string | number)[], value: unknown): unknown {
  if (step === undefined) return value;
  const held = at ?? (typeof step === 'number' ? [] : {});
  const fields = held as Record<string | number, unknown>;
  const given = put(fields[step], rest, value);
  // Taking something out takes with it what then is empty.
  const next = value === undefined && isRecord(given) && Object.keys(given).length === 0 ? undefined : given;
  if (Array.isArray(held)) {
    const list: unknown[] = held;
    return list.toSpliced(Number(step), 1, ...(next === undefined ? [] : [next]));
  }
  const { [step]: _before, ...others } = fields;
  return next === undefined ? others : { ...fields, [step]: next };
}
