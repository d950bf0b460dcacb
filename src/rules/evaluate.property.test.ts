import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { book, factsOf, line, multiplier, rule, sale } from '../../test/sales.ts';
import type { RuleDocument } from './document.ts';
import { evaluate, usageWanted } from './evaluate.ts';
import { outOfScope, viewOf } from './evaluate-scope.ts';
import { awardsOf, usageName, type Subject } from './evaluation.ts';
import { candidatesOf } from './select.ts';

const maybe = <T>(some: fc.Arbitrary<T>) => fc.option(some, { nil: undefined });
const someOf = (...values: string[]) => maybe(fc.uniqueArray(fc.constantFrom(...values), { minLength: 1 }));
const without = <T extends object>(given: T): T =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as T;

const scope = fc
  .record({
    kinds: fc.constant(['receipt']),
    from: maybe(fc.constantFrom('2018-03-01', '2018-03-21', '2018-03-22')),
    to: maybe(fc.constantFrom('2018-03-31', '2018-04-01')),
    audience: fc
      .record({
        participantKinds: someOf('seller', 'owner'),
        tiers: someOf('silver', 'gold'),
        areas: someOf('johor', 'penang', 'my'),
        channels: someOf('general-trade', 'pharmacy'),
        outlets: someOf('toko-maju', 'jin-seng'),
      })
      .map(without),
    products: maybe(
      fc
        .record({
          skus: someOf('PLAIN', 'FOCUS'),
          categories: someOf('tea', 'rice'),
          focus: maybe(fc.boolean()),
        })
        .map(without),
    ),
  })
  .map((given): RuleDocument['scope'] => without({ ...given, kinds: [...given.kinds] }));

const condition = maybe(
  fc.constantFrom(
    'eligible.amountMinor >= 1000',
    'participant.tier == "gold" || outlet.channel == "pharmacy"',
    'activity.lines.all(l, l.quantityMilli > 0) && eligible.count < 3',
    '100 / (eligible.count - 1) > 3',
    'oneOf(outlet.area, ["joh*"])',
  ),
);
const effect = { leg: 'a', asset: 'points' } as const;
const awards = fc.constantFrom<RuleDocument['effects'][]>(
  [{ kind: 'award', ...effect, per: 'activity', units: 'eligible.amountMinor * 1000000' }],
  [{ kind: 'award', ...effect, per: 'line', units: 'line.quantityMilli / line.amountMinor' }],
  [{ kind: 'award', ...effect, per: 'quantity', stepMilli: 1000, units: 3 }],
  [
    {
      kind: 'award',
      ...effect,
      per: 'amount',
      stepMinor: 100,
      currency: 'MYR',
      units: 'participant.tier == "gold" ? 2 : 1',
    },
  ],
);
const limits = maybe(
  fc.constantFrom<NonNullable<RuleDocument['limits']>[]>(
    [{ of: 'participant', per: 'day', asset: 'points', units: 20, over: 'partial' }],
    [{ of: 'rule', per: 'month', asset: 'points', units: 30, over: 'nothing' }],
    [{ of: 'outlet', per: 'activity', asset: 'points', units: 5, over: 'partial' }],
  ),
);
const rounding = fc.record({
  mode: fc.constantFrom('down' as const, 'half-up' as const, 'up' as const),
  at: fc.constantFrom('line' as const, 'activity' as const),
});
const mode = fc.constantFrom('sum' as const, 'best' as const, 'first' as const);

const awarding = fc.record({ scope, condition, effects: awards, limits, rounding, mode, order: fc.nat(20) });
const multiplying = fc.record({ scope, condition, rounding, mode, order: fc.nat(20) });
const rules = fc
  .tuple(fc.array(awarding, { maxLength: 40 }), fc.array(multiplying, { maxLength: 3 }))
  .map(([some, more]) =>
    book(
      ...some.map(({ mode, order, ...changes }, index) =>
        rule(`award-${index}`, {
          ...without(changes),
          stacking: { group: `g${index % 3}`, order, mode },
        } as never),
      ),
      ...more.map(({ mode, order, ...changes }, index) =>
        multiplier(`multiply-${index}`, 'participant.tier == "gold" ? 250 : 110', {
          ...without(changes),
          effects: [{ kind: 'multiply', leg: 'm', asset: 'points', groups: ['g0', 'g1'], percent: 150 }],
          stacking: { group: 'm', order, mode },
        } as never),
      ),
    ),
  );

const amount = fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n });
const smallAmount = fc.bigInt({ min: -2000n, max: 20_000n });
const someLine = fc
  .record({
    sku: fc.constantFrom('PLAIN', 'FOCUS', 'OTHER', null),
    category: fc.constantFrom('tea', 'rice'),
    quantityMilli: fc.oneof(amount, smallAmount),
    amountMinor: fc.oneof(amount, smallAmount),
  })
  .map(({ sku, ...changes }) => line(sku, sku === null ? {} : changes));
const facts = fc
  .record({
    tier: fc.constantFrom('silver', 'gold', null),
    kind: fc.constantFrom('seller', null),
    outlet: fc.constantFrom(
      null,
      factsOf().outlet,
      { code: 'jin-seng', channel: null, areas: ['penang', 'my'] },
      { code: 'nowhere', channel: 'pharmacy', areas: [] },
    ),
  })
  .map(({ tier, kind, outlet }) => factsOf(tier, { participant: { kind, tier }, outlet }));
const activity = fc
  .record({
    lines: fc.array(someLine, { maxLength: 5 }),
    occurredAt: fc.date({
      min: new Date('2018-02-28T00:00:00Z'),
      max: new Date('2018-04-02T00:00:00Z'),
      noInvalidDate: true,
    }),
    currency: fc.constantFrom('MYR', 'IDR'),
    withdrawn: fc.boolean(),
  })
  .map(({ lines, ...changes }) => sale(lines, changes));
const subjects = fc.array(fc.record({ activity, facts }), { maxLength: 6 });

const everything = fc.tuple(rules, subjects);

test('evaluation never throws, gives every rule a reason, and pays whole units above zero', () => {
  fc.assert(
    fc.property(everything, ([given, some]) => {
      const evaluations = evaluate(given, some);
      expect(evaluations).toHaveLength(some.length);
      for (const [index, { considered }] of evaluations.entries()) {
        const { withdrawn } = some[index]!.activity;
        expect(considered).toHaveLength(withdrawn ? 0 : given.rules.length);
        for (const { fired, reason, awards } of considered) {
          expect(reason.code === 'fired').toBe(fired);
          expect(awards.length > 0).toBe(fired);
          for (const { units } of awards) expect(units > 0n).toBe(true);
        }
      }
    }),
  );
});

test('the same input gives the same answer and stays as it was', () => {
  fc.assert(
    fc.property(everything, ([given, some]) => {
      const before = structuredClone(some);
      const once = evaluate(given, some);
      expect(evaluate(given, some)).toEqual(once);
      expect(some).toEqual(before);
    }),
  );
});

test('the index leaves out no rule that fits, so asking it first changes no award', () => {
  fc.assert(
    fc.property(everything, ([given, some]) => {
      for (const subject of some) {
        const view = viewOf(subject);
        const named = new Set(candidatesOf(given, view).map(({ id }) => id));
        const fitting = given.rules.filter((one) => outOfScope(one, view) === null);
        for (const one of fitting) expect(named).toContain(one.id);
      }
      const all = evaluate(given, some);
      const quick = evaluate(given, some, { consider: 'candidates' });
      expect(quick.map(awardsOf)).toEqual(all.map(awardsOf));
      expect(quick.map(({ uses }) => uses)).toEqual(all.map(({ uses }) => uses));
    }),
  );
});

test('no limit is passed, however activities are cut into batches', () => {
  fc.assert(
    fc.property(everything, fc.nat(6), ([given, some], cut) => {
      const used = new Map<string, bigint>();
      for (const batch of [some.slice(0, cut), some.slice(cut)]) {
        for (const { uses } of evaluate(given, batch, { usage: used }))
          for (const use of uses) used.set(usageName(use), (used.get(usageName(use)) ?? 0n) + use.units);
      }
      const whole = new Map<string, bigint>();
      for (const { uses } of evaluate(given, some))
        for (const use of uses) whole.set(usageName(use), (whole.get(usageName(use)) ?? 0n) + use.units);
      expect(used).toEqual(whole);
      const wanted = new Set(usageWanted(given, some as Subject[]).map(usageName));
      for (const [name, units] of used) {
        expect(wanted).toContain(name);
        expect(units <= 30n).toBe(true);
      }
    }),
  );
});
