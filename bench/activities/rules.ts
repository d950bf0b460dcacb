import type { RuleDocument } from '../../src/rules/document.ts';

export const rulesCount = 200;
export const conditionsPerRule = 10;
export const skusCount = 500;
export const areasCount = 100;
export const categories = Array.from({ length: 20 }, (_, i) => `category-${i}`);
export const channels = ['general-trade', 'modern-trade', 'pharmacy', 'horeca'];
export const tiers = ['bronze', 'silver', 'gold'];
export const skuOf = (index: number): string => `SKU-${index}`;

/**
 * Two hundred rules as a large programme has them: by area, by tier and channel, by category, by a few goods; a tenth
 * of them with a limit for each participant and month; each with a condition of ten comparisons. An activity fits about a
 * dozen of them and about two pay. The last one is everybody's goal for the month, so each activity moves a counter.
 */
export function ruleDocuments(): RuleDocument[] {
  return Array.from({ length: rulesCount }, (_, index) => ruleDocument(index));
}

function ruleDocument(index: number): RuleDocument {
  if (index === rulesCount - 1) return monthlyGoal;
  const title = `Rule ${index}`;
  return {
    format: 1,
    code: `rule-${index}`,
    texts: { en: { title, award: `${title} pays.` } },
    scope: { kinds: ['sale'], from: '2018-01-01', ...scopeOf(index) },
    condition: conditionOf(index),
    effects: [
      {
        kind: 'award',
        leg: 'main',
        asset: 'points',
        per: 'quantity',
        stepMilli: 1000,
        units: 1 + (index % 5),
      },
    ],
    rounding: { mode: 'down', at: 'activity' },
    ...(index % 10 === 0 && {
      limits: [{ of: 'participant', per: 'month', asset: 'points', units: 5000, over: 'partial' }],
    }),
    stacking: { group: `group-${index % 4}`, order: index, mode: 'best' },
    expires: { after: 'P12M', endOf: 'month' },
  };
}

function scopeOf(index: number): Partial<RuleDocument['scope']> {
  const nth = Math.floor(index / 4);
  const kinds = [
    { audience: { areas: [`area-${nth}`, `area-${nth + 50}`] } },
    { audience: { tiers: [tiers[nth % 3]!], channels: [channels[nth % 4]!] } },
    { products: { categories: [categories[nth % 20]!] } },
    { products: { skus: Array.from({ length: 5 }, (_, i) => skuOf(nth * 5 + i)) } },
  ];
  return kinds[index % kinds.length]!;
}

// Nine comparisons that hold and a tenth that decides.
function conditionOf(index: number): string {
  return [
    'activity.totalMinor > 0',
    'activity.currency == "IDR"',
    'activity.hour >= 0',
    'activity.weekday in [1, 2, 3, 4, 5, 6, 7]',
    'participant.kind == "owner"',
    'outlet.code.startsWith("o-")',
    'outlet.channel != "none"',
    'eligible.count >= 1',
    'activity.lines.exists(l, l.quantityMilli > 0)',
    `activity.totalMinor % ${3 + (index % 4)} == 0`,
  ].join(' && ');
}

const monthlyGoal: RuleDocument = {
  format: 1,
  code: 'goal',
  texts: { en: { title: 'Month', award: 'The month pays.' } },
  scope: { kinds: ['sale'], from: '2018-01-01' },
  goal: { for: 'participant', per: 'month', counts: { of: 'quantity' }, target: 500_000 },
  effects: [{ kind: 'award', leg: 'month', asset: 'points', per: 'goal', units: 100 }],
  rounding: { mode: 'down', at: 'activity' },
  stacking: { group: 'goals', order: 0, mode: 'sum' },
};
