import type { TextKey } from '../language.tsx';
import type { Effect, RuleDocument } from './document.ts';

/** What a new rule begins with. `today` as a day; the rest is what the programme has. */
export type Beginning = {
  today: string;
  currency: string;
  asset: string;
  kind: string;
  tiers: readonly string[];
  categories: readonly string[];
  skus: readonly string[];
  /** Groups of rules that award units, which a multiplier can multiply. */
  groups: readonly string[];
};

/** A rule to begin with: named by its code, `admin.template.CODE` and `admin.template.CODE.how`. */
export type Template = {
  code: string;
  title: TextKey;
  how: TextKey;
  make: (given: Beginning) => Omit<Partial<RuleDocument>, 'code' | 'texts'>;
};

const award = ({ asset }: Beginning, more: Partial<Effect>): Effect[] => [
  { kind: 'award', leg: 'main', asset, ...more },
];
const goalAward = (given: Beginning, units: number) => award(given, { per: 'goal', units });
const goals = { group: 'goals', order: 100, mode: 'sum' };

/** The templates that a manager picks from. */
export const templates: Template[] = [
  {
    code: 'per-piece',
    title: 'admin.template.per-piece',
    how: 'admin.template.per-piece.how',
    make: (given) => ({
      scope: {
        kinds: [given.kind],
        ...(given.categories[0] && { products: { categories: [given.categories[0]] } }),
      },
      effects: award(given, { per: 'quantity', stepMilli: 1000, units: 1 }),
      limits: [{ of: 'participant', per: 'day', asset: given.asset, units: 100, over: 'partial' }],
    }),
  },
  {
    code: 'per-amount',
    title: 'admin.template.per-amount',
    how: 'admin.template.per-amount.how',
    make: (given) => ({
      effects: award(given, { per: 'amount', stepMinor: 1000, currency: given.currency, units: 1 }),
    }),
  },
  {
    code: 'double-points',
    title: 'admin.template.double-points',
    how: 'admin.template.double-points.how',
    make: ({ kind, asset, today, groups }) => ({
      scope: { kinds: [kind], from: firstOfNextMonth(today), to: lastOfNextMonth(today) },
      effects: [{ kind: 'multiply', leg: 'more', asset, groups: [groups[0] ?? 'base'], percent: 200 }],
      stacking: { group: 'double-points', order: 200, mode: 'sum' },
    }),
  },
  {
    code: 'tier-bonus',
    title: 'admin.template.tier-bonus',
    how: 'admin.template.tier-bonus.how',
    make: ({ kind, asset, tiers, groups }) => ({
      scope: { kinds: [kind], ...(tiers.length > 1 && { audience: { tiers: tiers.slice(1) } }) },
      effects: [{ kind: 'multiply', leg: 'tier', asset, groups: [groups[0] ?? 'base'], percent: 120 }],
      stacking: { group: 'tier-bonus', order: 210, mode: 'sum' },
    }),
  },
  {
    code: 'weekly-goal',
    title: 'admin.template.weekly-goal',
    how: 'admin.template.weekly-goal.how',
    make: (given) => ({
      goal: { for: 'participant', per: 'week', counts: { of: 'quantity' }, target: 20_000 },
      effects: goalAward(given, 100),
      stacking: goals,
    }),
  },
  {
    code: 'milestones',
    title: 'admin.template.milestones',
    how: 'admin.template.milestones.how',
    make: (given) => ({
      goal: {
        for: 'participant',
        per: 'month',
        counts: { of: 'total', currency: given.currency },
        target: 100_000,
      },
      effects: [
        ...goalAward(given, 100),
        { kind: 'award', leg: 'half', asset: given.asset, per: 'goal', at: 50, units: 30 },
        { kind: 'award', leg: 'beyond', asset: given.asset, per: 'goal', at: 120, units: 50 },
      ],
      stacking: goals,
    }),
  },
  {
    code: 'in-a-row',
    title: 'admin.template.in-a-row',
    how: 'admin.template.in-a-row.how',
    make: (given) => ({
      goal: {
        for: 'participant',
        per: 'week',
        counts: { of: 'activities' },
        target: 3,
        inARow: 3,
      },
      effects: goalAward(given, 150),
      stacking: goals,
    }),
  },
  {
    code: 'last-year',
    title: 'admin.template.last-year',
    how: 'admin.template.last-year.how',
    make: (given) => ({
      goal: {
        for: 'participant',
        per: 'month',
        counts: { of: 'quantity' },
        target: { percent: 110, of: 'last-year' },
      },
      effects: goalAward(given, 200),
      stacking: goals,
    }),
  },
  {
    code: 'must-sell',
    title: 'admin.template.must-sell',
    how: 'admin.template.must-sell.how',
    make: (given) => ({
      scope: {
        kinds: [given.kind],
        ...(given.skus.length > 0 && { products: { skus: given.skus.slice(0, 5) } }),
      },
      goal: {
        for: 'outlet',
        per: 'month',
        counts: { of: 'skus' },
        target: Math.min(5, given.skus.length || 5),
      },
      effects: goalAward(given, 100),
      stacking: goals,
    }),
  },
  {
    code: 'visits',
    title: 'admin.template.visits',
    how: 'admin.template.visits.how',
    make: (given) => ({
      scope: { kinds: ['visit'] },
      effects: award(given, { per: 'activity', units: 5 }),
      limits: [{ of: 'participant', per: 'day', asset: given.asset, units: 25, over: 'partial' }],
    }),
  },
  {
    code: 'share',
    title: 'admin.template.share',
    how: 'admin.template.share.how',
    make: (given) => ({
      effects: award(given, { per: 'share', basisPoints: 200, unitMinor: 10, currency: given.currency }),
    }),
  },
  {
    code: 'prize-draw',
    title: 'admin.template.prize-draw',
    how: 'admin.template.prize-draw.how',
    make: () => ({
      condition: 'eligible.amountMinor >= 5000',
      effects: [{ kind: 'draw', leg: 'draw', name: 'prize', count: 1 }],
    }),
  },
];

/** A whole document out of a template, without texts; its code is one that no rule of the programme has. */
export function beginWith(template: Template, given: Beginning, taken: readonly string[]): RuleDocument {
  const made = template.make(given);
  const { scope = { kinds: [given.kind] }, effects = [], condition, goal, limits, ...rest } = made;
  return {
    format: 1,
    code: freeCode(template.code, taken),
    texts: {},
    scope,
    ...(condition && { condition }),
    effects,
    rounding: { mode: 'down', at: 'activity' },
    ...(limits && { limits }),
    ...(goal && { goal }),
    stacking: { group: template.code, order: 50, mode: 'sum' },
    ...rest,
  };
}

/** The code, or with a number after it one that no rule has. */
export function freeCode(code: string, taken: readonly string[]): string {
  let free = code;
  for (let number = 2; taken.includes(free); number++) free = `${code}-${number}`;
  return free;
}

const firstOfNextMonth = (today: string): string => dayOf(today, 1, 1);
const lastOfNextMonth = (today: string): string => dayOf(today, 2, 0);

function dayOf(today: string, months: number, day: number): string {
  const [year = 0, month = 1] = today.split('-').map(Number);
  return new Date(Date.UTC(year, month - 1 + months, day)).toISOString().slice(0, 10);
}
