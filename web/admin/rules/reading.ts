import { localeOf } from '../../texts/say.ts';
import type { Reader } from '../language.tsx';
import type { Effect, Expiry, Limit, Measure, RuleDocument, Size, Target } from './document.ts';
import { readCondition } from './read-condition.ts';

/** How codes are called: assets, tiers, areas and the like, products by SKU, groups by the rules in them. */
export type Called = (what: NamedKind, code: string) => string;
type NamedKind =
  | 'tiers'
  | 'segments'
  | 'areas'
  | 'channels'
  | 'outlets'
  | 'products'
  | 'lists'
  | 'groups'
  | 'kinds';

export type Reading = {
  reader: Reader;
  called: Called;
  scaleOf: (asset: string) => { kind: string; scale: number };
  /** The programme's, for amounts in conditions, which name none. */
  currency: string;
};

/**
 * A rule in plain words: one sentence on who gets what for what, and one for each thing that is besides. Where a language
 * would bend a name, the sentence is built so that it need not.
 */
export function readRule(document: RuleDocument, told: Reading): string[] {
  const { say } = told.reader;
  const main = [mainClause(document, told), ...limitClauses(document, told), ...whenClause(document, told)];
  return [
    say('admin.read.sentence', { clauses: main.join(', ') }),
    ...(document.condition
      ? [say('admin.read.if', { condition: readCondition(document.condition, told.currency, told.reader) })]
      : []),
    ...(document.base && document.base !== 'gross'
      ? [told.reader.name('admin.read.base', document.base)]
      : []),
    ...payeeSentences(document, told),
    ...stackingSentences(document, told),
    ...spendingSentences(document, told),
    ...experimentSentences(document, told),
  ];
}

function mainClause(document: RuleDocument, told: Reading): string {
  const { say } = told.reader;
  const what = and(
    told,
    document.effects.map((effect) => rewardOf(effect, document, told)),
  );
  const who = whoOf(document, told);
  if (!document.goal) return say('admin.read.get', { who, what });
  const { goal } = document;
  const period = [
    told.reader.name('admin.read.in', goal.per),
    ...(goal.inARow ? [say(`admin.read.row.${goal.per as 'week'}`, { count: goal.inARow })] : []),
  ].join(', ');
  return say('admin.read.goal', { who, what, target: targetOf(document, told), period });
}

// For whom

function whoOf({ goal, scope: { audience = {} } }: RuleDocument, told: Reading): string {
  const { say, name } = told.reader;
  const { participantKinds = [] } = audience;
  const people =
    goal && goal.for !== 'participant'
      ? name('admin.read.owners', goal.for)
      : participantKinds.length > 0
        ? and(
            told,
            participantKinds.map((kind) => name('admin.read.people', kind)),
          )
        : say('admin.read.everybody');
  const traits = (['tiers', 'segments', 'areas', 'channels', 'outlets'] as const).flatMap((what) => {
    const codes = audience[what];
    if (!codes || codes.length === 0) return [];
    return [
      say(`admin.read.who.${what}`, {
        list: or(
          told,
          codes.map((code) => told.called(what, code)),
        ),
      }),
    ];
  });
  return traits.length > 0 ? say('admin.read.who', { people, traits: traits.join(' ') }) : people;
}

// Which goods, in the form that "of" asks for

function goodsOf({ scope: { products = {} } }: RuleDocument, told: Reading): string {
  const { say } = told.reader;
  const { skus = [], categories = [], lists = [], focus } = products;
  const named = (codes: readonly string[]) => or(told, codes);
  const parts = [
    ...(focus === undefined ? [] : [say(focus ? 'admin.read.goods.focus' : 'admin.read.goods.not-focus')]),
    ...(categories.length > 0
      ? [say('admin.read.goods.categories', { count: categories.length, list: named(categories) })]
      : []),
    ...(lists.length > 0
      ? [
          say('admin.read.goods.lists', {
            count: lists.length,
            list: named(lists.map((list) => told.called('lists', list))),
          }),
        ]
      : []),
    ...(skus.length > 0 && skus.length <= namedMax
      ? [say('admin.read.goods.skus', { list: named(skus.map((sku) => told.called('products', sku))) })]
      : []),
    ...(skus.length > namedMax ? [say('admin.read.goods.many', { count: skus.length })] : []),
  ];
  return parts.length > 0 ? parts.join(', ') : say('admin.read.goods.all');
}

/** More products than these are counted and not named. */
const namedMax = 3;

// What it pays

function rewardOf(effect: Effect, document: RuleDocument, told: Reading): string {
  if (effect.kind === 'award') return awardOf(effect, document, told);
  const { say } = told.reader;
  const { name = '', count = 1 } = effect;
  if (effect.kind === 'multiply') return multiplierOf(effect, told);
  if (effect.kind === 'message') {
    const text = effect.texts?.[told.reader.language] ?? effect.texts?.['en'] ?? '';
    return say('admin.read.message', { text });
  }
  if (effect.kind !== 'certificate' && effect.kind !== 'draw') return effect.kind;
  return typeof count === 'number'
    ? say(`admin.read.${effect.kind}`, { count, name })
    : say(`admin.read.${effect.kind}-by`, { formula: count, name });
}

const byTier = /^participant\.tier == (['"])([^'"]+)\1 \? (\d+) : (\d+)$/;

function multiplierOf({ groups: codes = [], percent = '' }: Effect, told: Reading): string {
  const { say, language } = told.reader;
  const groups = and(
    told,
    codes.map((group) => told.called('groups', group)),
  );
  const timesOf = (share: number) =>
    new Intl.NumberFormat(localeOf(language), { maximumFractionDigits: 2 }).format(share / 100);
  if (typeof percent === 'number') return say('admin.read.multiply', { times: timesOf(percent), groups });
  const [, , tier, first, others] = byTier.exec(percent) ?? [];
  if (tier === undefined) return say('admin.read.multiply-by', { formula: percent, groups });
  return say('admin.read.multiply-tier', {
    tier: told.called('tiers', tier),
    first: timesOf(Number(first)),
    others: timesOf(Number(others)),
    groups,
  });
}

function awardOf(effect: Effect, document: RuleDocument, told: Reading): string {
  const { say } = told.reader;
  const { per, asset = '', currency = '' } = effect;
  const goods = goodsOf(document, told);
  const units = unitsOf(effect.units ?? 0, asset, told);
  if (per === 'line') return say('admin.read.per.line', { units, goods });
  if (per === 'quantity') {
    const count = (effect.stepMilli ?? 0) / 1000;
    return count === 1
      ? say('admin.read.per.piece', { units, goods })
      : say('admin.read.per.pieces', { units, count, goods });
  }
  if (per === 'amount')
    return say('admin.read.per.amount', {
      units,
      amount: moneyOf(effect.stepMinor ?? 0, currency, told),
      goods,
    });
  if (per === 'share') {
    const { basisPoints = 0 } = effect;
    const share = typeof basisPoints === 'number' ? percentOf(basisPoints / 100, told) : `“${basisPoints}”`;
    return say('admin.read.per.share', { share, goods, asset: assetName(asset, told) });
  }
  if (per === 'goal')
    return effect.at === undefined || effect.at === 100
      ? units
      : say('admin.read.at', { units, share: percentOf(effect.at, told) });
  const every = or(
    told,
    document.scope.kinds.map((kind) => everyOf(kind, told)),
  );
  return document.scope.products
    ? say('admin.read.per.activity-with', { units, every, goods })
    : say('admin.read.per.activity', { units, every });
}

function everyOf(kind: string, { reader, called }: Reading): string {
  const known = reader.name('admin.read.every', kind);
  return known === kind ? reader.say('admin.read.every-kind', { kind: called('kinds', kind) }) : known;
}

/** Units of an asset as people say them: "20 points", "RM 2.00", or the formula that gives them. */
export function unitsOf(units: Size, asset: string, told: Reading): string {
  const { say, number } = told.reader;
  const called = assetName(asset, told);
  if (typeof units === 'string') return say('admin.read.formula', { formula: units, asset: called });
  const { kind, scale } = told.scaleOf(asset);
  if (kind === 'money') return moneyOf(units, asset, told);
  if (asset === 'points') return say('admin.read.points', { count: units });
  return say('admin.read.units', { units: number(units / 10 ** scale, scale), asset: called });
}

const assetName = (asset: string, { reader }: Reading): string => reader.name('admin.read.asset', asset);

// Goals

function targetOf(document: RuleDocument, told: Reading): string {
  const { say } = told.reader;
  const { counts, target = 0 } = document.goal!;
  if ('share' in counts)
    return say('admin.read.target.share', {
      share: percentOf(typeof target === 'number' ? target : 0, told),
      part: measureName(counts.share, told),
      whole: measureName(counts.of, told),
    });
  if (typeof target === 'number') return amountOf(counts, target, document, told);
  const measure = measureOf(counts.of, told);
  return say('admin.read.target.relative', { target: relativeOf(target, told), measure });
}

function relativeOf(target: Exclude<Target, number>, told: Reading): string {
  const { say } = told.reader;
  if ('ofAverage' in target)
    return say('admin.read.target.average', {
      share: percentOf(target.percent, told),
      count: target.ofAverage,
    });
  if ('percent' in target)
    return say('admin.read.target.last-year', { share: percentOf(target.percent, told) });
  return say('admin.read.target.individual');
}

function amountOf(measure: Measure, amount: number, document: RuleDocument, told: Reading): string {
  const { say } = told.reader;
  const goods = goodsOf(document, told);
  const kinds = and(
    told,
    (measure.kinds ?? document.scope.kinds).map((kind) => told.called('kinds', kind)),
  );
  if (measure.of === 'quantity') return say('admin.read.target.quantity', { count: amount / 1000, goods });
  if (measure.of === 'amount')
    return say('admin.read.target.amount', { amount: moneyOf(amount, measure.currency, told), goods });
  if (measure.of === 'total')
    return say('admin.read.target.total', { amount: moneyOf(amount, measure.currency, told) });
  if (measure.of === 'skus') return say('admin.read.target.skus', { count: amount, goods });
  if (measure.of === 'outlets') return say('admin.read.target.outlets', { count: amount });
  return say('admin.read.target.activities', { count: amount, kinds });
}

export function measureName({ of, kinds = [] }: Measure, told: Reading): string {
  const measure = measureOf(of, told);
  const called = kinds.map((kind) => told.called('kinds', kind));
  return called.length > 0 ? `${measure} (${and(told, called)})` : measure;
}

// The label of a field, within a sentence.
const measureOf = (of: string, { reader: { name, language } }: Reading): string =>
  name('admin.measure', of).toLocaleLowerCase(localeOf(language));

// Limits, dates, what is besides

function limitClauses({ limits = [] }: RuleDocument, told: Reading): string[] {
  const { say, name } = told.reader;
  const worth = (limit: Limit) =>
    limit.value
      ? say('admin.read.worth', { amount: moneyOf(limit.value.minor, limit.value.currency, told) })
      : unitsOf(limit.units ?? 0, limit.asset ?? '', told);
  return limits.map((limit) =>
    name('admin.read.limit', limit.of, { units: worth(limit), period: name('admin.read.a', limit.per) }),
  );
}

function whenClause({ scope: { from, to } }: RuleDocument, { reader: { say } }: Reading): string[] {
  if (from && to) return [say('admin.read.from-to', { from, to })];
  if (from) return [say('admin.read.from', { from })];
  return to ? [say('admin.read.to', { to })] : [];
}

function payeeSentences({ to, goal }: RuleDocument, told: Reading): string[] {
  const { say, name } = told.reader;
  return [
    ...(to
      ? [say('admin.read.payee', { link: to.link, of: name('admin.read.payee.of', to.of ?? 'participant') })]
      : []),
    ...(goal?.window ? [say('admin.read.window', { period: periodOf(goal.window, told) })] : []),
  ];
}

function stackingSentences({ stacking, limits = [] }: RuleDocument, told: Reading): string[] {
  const { reader, called } = told;
  return [
    ...[...new Set(limits.map(({ over }) => over))].flatMap((over) =>
      over === 'partial' ? [] : [reader.name('admin.read.over', over)],
    ),
    ...(stacking.mode === 'sum'
      ? []
      : [reader.name('admin.read.mode', stacking.mode, { group: called('groups', stacking.group) })]),
  ];
}

function spendingSentences({ expires, pending }: RuleDocument, told: Reading): string[] {
  const { say } = told.reader;
  const until = (one: Expiry): string =>
    'on' in one
      ? say('admin.read.until.day', { day: one.on })
      : say(one.endOf ? `admin.read.until.${one.endOf as 'month'}` : 'admin.read.until.after', {
          period: periodOf(one.after, told),
        });
  const ends = expires && ('earlier' in expires ? expires.earlier.map(until) : [until(expires)]);
  return [
    ...(pending
      ? [
          'until' in pending
            ? say('admin.read.pending.event', { event: pending.until })
            : say('admin.read.pending.after', { period: periodOf(pending.after, told) }),
        ]
      : []),
    ...(ends ? [say('admin.read.expires', { until: or(told, ends) })] : []),
  ];
}

function experimentSentences({ experiment }: RuleDocument, told: Reading): string[] {
  if (!experiment) return [];
  const share = percentOf(experiment.treatmentPercent, told);
  return [told.reader.say('admin.read.experiment', { share })];
}

/** `P12M` as "12 months". */
function periodOf(iso: string, { reader: { language } }: Reading): string {
  const units = { Y: 'year', M: 'month', W: 'week', D: 'day' } as const;
  const parts = [...iso.matchAll(/(\d+)([YMWD])/g)].map(([, count, unit]) =>
    new Intl.NumberFormat(localeOf(language), {
      style: 'unit',
      unit: units[unit as keyof typeof units],
      unitDisplay: 'long',
    }).format(Number(count)),
  );
  return parts.join(' ') || iso;
}

export const percentOf = (percent: number, { reader: { language } }: Reading): string =>
  new Intl.NumberFormat(localeOf(language), { style: 'percent', maximumFractionDigits: 2 }).format(
    percent / 100,
  );
// What is typed is not yet a currency at every moment.
export const moneyOf = (minor: number, currency: string | undefined, { reader }: Reading): string =>
  currency && /^[A-Z]{3}$/.test(currency) ? reader.money(minor, currency) : reader.number(minor);
export const and = ({ reader: { language } }: Reading, items: readonly string[]): string =>
  new Intl.ListFormat(localeOf(language), { type: 'conjunction' }).format(items);
export const or = ({ reader: { language } }: Reading, items: readonly string[]): string =>
  new Intl.ListFormat(localeOf(language), { type: 'disjunction' }).format(items);
