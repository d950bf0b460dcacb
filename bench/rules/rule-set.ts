import type { RuleDocument } from '../../src/rules/document.ts';

export const conditionsPerRule = 10;
export const tiers = ['bronze', 'silver', 'gold'];
export const channels = ['general-trade', 'modern-trade', 'pharmacy', 'horeca'];
export const categories = Array.from({ length: 20 }, (_, i) => `category-${i}`);
export const areas = Array.from({ length: 40 }, (_, i) => `area-${i}`);

/** Ten conditions, said once: each engine gets the same ones in its own language. */
export type PlainRule = {
  code: string;
  kind: string;
  from: string;
  to: string;
  audience: { tiers: string[] } | { areas: string[] } | { channels: string[] };
  categories: string[];
  weekdayMax: number;
  hourMin: number;
  totalMin: number;
  outletPrefix: string;
  lineAbove: number;
};

/** Rules as a large programme has them: by tier, area or channel, each for a category or two. */
export function ruleSet(count: number): PlainRule[] {
  return Array.from({ length: count }, (_, index) => ({
    code: `rule-${index}`,
    kind: 'receipt',
    from: index % 4 === 0 ? '2018-03-15' : '2018-01-01',
    to: '2018-12-31',
    audience: audienceOf(index),
    categories:
      index % 5 === 0 ? [of(categories, index), of(categories, index + 7)] : [of(categories, index)],
    weekdayMax: 5 + (index % 3),
    hourMin: 6 + (index % 4),
    totalMin: 1000 * (1 + (index % 5)),
    outletPrefix: 'shop-',
    lineAbove: 200 * (index % 6),
  }));
}

function audienceOf(index: number): PlainRule['audience'] {
  const nth = Math.floor(index / 3);
  if (index % 3 === 0) return { tiers: [of(tiers, nth)] };
  if (index % 3 === 1) return { areas: [of(areas, nth), of(areas, nth + 20)] };
  return { channels: [of(channels, nth)] };
}

function of<T>(list: readonly T[], index: number): T {
  return list[index % list.length]!;
}

/** Five conditions are facts of the scope, which the index knows; five are an expression. */
export function documentOf(rule: PlainRule): RuleDocument {
  const { code, kind, from, to, audience, weekdayMax, hourMin, totalMin, outletPrefix, lineAbove } = rule;
  return {
    format: 1,
    code,
    texts: { en: { title: code, award: `Points by ${code}.` } },
    scope: { kinds: [kind], from, to, audience, products: { categories: rule.categories } },
    condition: [
      `activity.weekday <= ${weekdayMax}`,
      `activity.hour >= ${hourMin}`,
      `activity.totalMinor >= ${totalMin}`,
      `outlet.code.startsWith("${outletPrefix}")`,
      `activity.lines.exists(l, l.amountMinor > ${lineAbove})`,
    ].join(' && '),
    effects: [{ kind: 'award', leg: 'main', asset: 'points', per: 'quantity', stepMilli: 1000, units: 1 }],
    rounding: { mode: 'down', at: 'activity' },
    stacking: { group: 'base', order: 10, mode: 'sum' },
  };
}

/** All ten as one expression, for the engine of `expressionOf` in peers.ts and for compiling. */
export function expressionOf(rule: PlainRule): string {
  const { kind, from, to, audience, weekdayMax, hourMin, totalMin, outletPrefix, lineAbove } = rule;
  const among = (names: readonly string[]) => JSON.stringify(names);
  const audienceFits =
    'tiers' in audience
      ? `participant.tier in ${among(audience.tiers)}`
      : 'areas' in audience
        ? `outlet.areas.exists(a, a in ${among(audience.areas)})`
        : `outlet.channel in ${among(audience.channels)}`;
  return [
    `activity.kind == "${kind}"`,
    `activity.date >= "${from}"`,
    `activity.date <= "${to}"`,
    audienceFits,
    `activity.lines.exists(l, l.category in ${among(rule.categories)})`,
    `activity.weekday <= ${weekdayMax}`,
    `activity.hour >= ${hourMin}`,
    `activity.totalMinor >= ${totalMin}`,
    `outlet.code.startsWith("${outletPrefix}")`,
    `activity.lines.exists(l, l.amountMinor > ${lineAbove})`,
  ].join(' && ');
}

const holding = (index: number) => [
  'activity.kind == "receipt"',
  'activity.weekday <= 7',
  `activity.totalMinor >= ${index}`,
  'activity.currency in ["MYR", "IDR", "INR"]',
  'outlet.code.startsWith("shop-")',
  'outlet.channel != "none"',
  'eligible.count >= 1',
  `eligible.quantityMilli >= ${index}`,
  `activity.lines.exists(l, l.amountMinor > ${index % 100})`,
  'activity.hour >= 0',
];
const failing = (index: number) => [
  'activity.kind == "visit"',
  'activity.weekday > 7',
  `activity.totalMinor < ${index % 100}`,
  'activity.currency in ["PLN", "UAH", "RUB"]',
  'outlet.code.startsWith("depot-")',
  'outlet.channel == "none"',
  'eligible.count > 3',
  `eligible.quantityMilli > ${99_000 + index}`,
  `activity.lines.exists(l, l.amountMinor > ${100_000 + index})`,
  'activity.hour > 23',
];

/** Conditions of ten comparisons each, of which half hold; in the others each comparison in turn is the one that fails. */
export function conditionTexts(count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const fails = index % 2 === 1 ? (index >> 1) % conditionsPerRule : null;
    return holding(index)
      .map((text, at) => (at === fails ? failing(index)[at]! : text))
      .join(' && ');
  });
}
