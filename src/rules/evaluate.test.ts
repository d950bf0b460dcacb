import { describe, expect, test } from 'vitest';

import { book, factsOf, judge, line, paid, rule, ruleId, sale } from '../../test/sales.ts';
import type { RuleDocument } from './document.ts';

const tenPacks = sale([line('PLAIN')]);
const byAmount = (changes: object = {}) => ({
  effects: [
    {
      kind: 'award' as const,
      leg: 'points',
      asset: 'points',
      per: 'amount' as const,
      stepMinor: 100,
      currency: 'MYR',
      units: 1,
      ...changes,
    },
  ],
});
const reasonOf = (document: RuleDocument, activity = tenPacks, facts = factsOf()) =>
  judge(book(document), activity, facts).considered[0]!.reason;

describe('what an award rule pays', () => {
  const effect = { kind: 'award', leg: 'points', asset: 'points' } as const;
  const twoLines = sale([
    line('PLAIN', { quantityMilli: 2500n, amountMinor: 1999n }),
    line('OTHER', { quantityMilli: 1500n, amountMinor: 151n }),
  ]);
  test.each<[string, Partial<RuleDocument>, number]>([
    ['once for the sale', { effects: [{ ...effect, per: 'activity', units: 7 }] }, 7],
    ['for each line', { effects: [{ ...effect, per: 'line', units: 3 }] }, 6],
    ['for each piece: 4 in all', { effects: [{ ...effect, per: 'quantity', stepMilli: 1000, units: 2 }] }, 8],
    [
      'for each whole piece of each line: 2 and 1',
      {
        effects: [{ ...effect, per: 'quantity', stepMilli: 1000, units: 2 }],
        rounding: { mode: 'down', at: 'line' },
      },
      6,
    ],
    ['for each full ringgit of 21.50', byAmount(), 21],
    ['for each ringgit, half up', { ...byAmount(), rounding: { mode: 'half-up', at: 'activity' } }, 22],
    ['for each ringgit begun', { ...byAmount(), rounding: { mode: 'up', at: 'activity' } }, 22],
    [
      'for each full ringgit of each line: 19 and 1',
      { ...byAmount(), rounding: { mode: 'down', at: 'line' } },
      20,
    ],
    ['half up line by line: 20 and 2', { ...byAmount(), rounding: { mode: 'half-up', at: 'line' } }, 22],
    ['5 for every full 10 ringgit', byAmount({ stepMinor: 1000, units: 5 }), 10],
    ['a formula', { effects: [{ ...effect, per: 'activity', units: 'eligible.count * 100' }] }, 200],
    [
      'a formula for each line',
      { effects: [{ ...effect, per: 'line', units: 'line.amountMinor > 1000 ? 10 : 1' }] },
      11,
    ],
    ['steps times a formula', byAmount({ units: 'participant.tier == "gold" ? 2 : 3' }), 63],
  ])('%s', (_name, changes, points) => {
    expect(paid(judge(book(rule('r', changes)), twoLines))).toEqual({ r: points });
  });

  test('where rounding line by line makes a difference, the arithmetic says that it was done', () => {
    const stepsFor = (at: 'line' | 'activity') => {
      const document = rule('r', { ...byAmount(), rounding: { mode: 'down', at } });
      return judge(book(document), twoLines).considered[0]!.steps.map(({ code }) => code);
    };
    expect(stepsFor('line')).toEqual(['by-line', 'amount']);
    expect(stepsFor('activity')).toEqual(['amount']);
  });

  test('half up rounds exactly half up and less down, for odd steps as well', () => {
    const document = rule('r', {
      ...byAmount({ stepMinor: 3 }),
      rounding: { mode: 'half-up', at: 'activity' },
    });
    const cents = [1n, 2n, 4n, 5n].map(
      (amountMinor) => paid(judge(book(document), sale([line('PLAIN', { amountMinor })])))['r'],
    );
    expect(cents).toEqual([undefined, 1, 1, 2]);
  });

  test('only lines of the rule count, and lines without a product never do', () => {
    const basket = sale([line('FOCUS'), line('PLAIN', { category: 'rice' }), line(null)]);
    const pays = (products: NonNullable<RuleDocument['scope']['products']>) =>
      paid(judge(book(rule('r', { scope: { kinds: ['receipt'], products } })), basket))['r'];
    expect(pays({ focus: true })).toBe(10);
    expect(pays({ categories: ['rice', 'tea'] })).toBe(20);
    expect(pays({ categories: ['rice'], focus: true })).toBeUndefined();
    expect(pays({ skus: ['PLAIN'], categories: ['rice'] })).toBe(10);
  });

  test('goods that went back and discounts count against the rest', () => {
    const withReturn = sale([line('PLAIN'), line('PLAIN', { quantityMilli: -4000n, amountMinor: -1000n })]);
    expect(paid(judge(book(rule('r')), withReturn))).toEqual({ r: 6 });
    const onlyReturn = sale([line('PLAIN', { quantityMilli: -4000n, amountMinor: -1000n })]);
    expect(judge(book(rule('r')), onlyReturn).considered[0]!.reason.code).toBe('nothing-earned');
  });

  test('an award carries rule, version, leg, last day and tax class', () => {
    const document = rule('r', { taxClass: 'purchase', expires: { after: 'P12M', endOf: 'month' } });
    expect(judge(book(document), tenPacks).considered[0]!.awards).toEqual([
      {
        rule: ruleId('r'),
        code: 'r',
        version: 1,
        leg: 'points',
        asset: 'points',
        units: 10n,
        expiresOn: '2019-03-31',
        taxClass: 'purchase',
      },
    ]);
  });

  test('a rule about the activity as such needs no lines', () => {
    const training = sale([], { kind: 'training' });
    const document = rule('r', {
      scope: { kinds: ['training'] },
      effects: [{ ...effect, per: 'activity', units: 50 }],
    });
    expect(paid(judge(book(document), training))).toEqual({ r: 50 });
  });
});

describe('why a rule did not pay', () => {
  const scoped = (scope: Partial<RuleDocument['scope']>) =>
    rule('r', { scope: { kinds: ['receipt'], ...scope } });
  const formula = (units: string) =>
    rule('r', { effects: [{ kind: 'award', leg: 'a', asset: 'points', per: 'activity', units }] });
  test.each<[string, RuleDocument, object]>([
    [
      'before its period',
      scoped({ from: '2018-04-01' }),
      { code: 'before-period', facts: { date: '2018-03-21', from: '2018-04-01' } },
    ],
    [
      'after its period',
      scoped({ to: '2018-03-20' }),
      { code: 'after-period', facts: { date: '2018-03-21', to: '2018-03-20' } },
    ],
    [
      'another kind of participant',
      scoped({ audience: { participantKinds: ['owner'] } }),
      { code: 'other-participant', facts: { value: 'seller', wanted: 'owner' } },
    ],
    [
      'another tier',
      scoped({ audience: { tiers: ['gold', 'platinum'] } }),
      { code: 'other-tier', facts: { value: 'silver', wanted: 'gold, platinum' } },
    ],
    [
      'another area',
      scoped({ audience: { areas: ['penang'] } }),
      { code: 'other-area', facts: { value: 'johor-bahru', wanted: 'penang' } },
    ],
    [
      'another channel',
      scoped({ audience: { channels: ['pharmacy'] } }),
      { code: 'other-channel', facts: { value: 'general-trade', wanted: 'pharmacy' } },
    ],
    [
      'another outlet',
      scoped({ audience: { outlets: ['jin-seng'] } }),
      { code: 'other-outlet', facts: { value: 'toko-maju', wanted: 'jin-seng' } },
    ],
    [
      'no line of it',
      scoped({ products: { focus: true } }),
      { code: 'no-eligible-line', facts: { lines: 1 } },
    ],
    [
      'a comparison, with the value',
      rule('r', { condition: 'activity.weekday < 6 && eligible.amountMinor >= 5000' }),
      { code: 'comparison-false', facts: { comparison: 'eligible.amountMinor >= 5000', value: 2500 } },
    ],
    [
      'a comparison, with the value on its right',
      rule('r', { condition: '5000 <= eligible.amountMinor' }),
      { code: 'comparison-false', facts: { comparison: '5000 <= eligible.amountMinor', value: 2500 } },
    ],
    [
      'a condition without a value',
      rule('r', { condition: 'eligible.lines.exists(l, l.sku == "FOCUS" || l.isFocus)' }),
      {
        code: 'condition-false',
        facts: { comparison: 'eligible.lines.exists(l, l.sku == "FOCUS" || l.isFocus)' },
      },
    ],
    [
      'amounts in another currency',
      rule('r', byAmount({ currency: 'IDR' })),
      { code: 'other-currency', facts: { value: 'MYR', wanted: 'IDR' } },
    ],
    ['less than one step', rule('r', byAmount({ stepMinor: 10_000 })), { code: 'nothing-earned', facts: {} }],
    [
      'a division by zero',
      formula('100 / (eligible.count - 1)'),
      { code: 'cannot-evaluate', facts: { problem: 'division by zero' } },
    ],
    [
      'a number beyond all bounds',
      formula('9000000000000000000'),
      { code: 'cannot-evaluate', facts: { problem: '9000000000000000000 > 1000000000000' } },
    ],
  ])('%s', (_name, document, reason) => expect(reasonOf(document)).toEqual(reason));

  test.each<[string, RuleDocument, string]>([
    ['the tier, in the audience', scoped({ audience: { tiers: ['gold'] } }), 'participant.tier'],
    [
      'the tier, in the condition',
      rule('r', { condition: 'participant.tier == "gold"' }),
      'participant.tier',
    ],
    ['the tier, in a formula', formula('participant.tier == "gold" ? 2 : 1'), 'participant.tier'],
    ['the outlet, in the audience', scoped({ audience: { areas: ['johor'] } }), 'outlet.areas'],
    ['the outlet, in the condition', rule('r', { condition: 'outlet.channel == "x"' }), 'outlet'],
  ])('a fact is missing and the rule is skipped: %s', (_name, document, fact) => {
    const facts = factsOf(null, { outlet: null });
    expect(reasonOf(document, tenPacks, facts)).toEqual({ code: 'context-missing', facts: { fact } });
  });

  test('a missing fact does not matter where the rest decides', () => {
    const document = rule('r', { condition: 'participant.tier == "gold" || eligible.count == 1' });
    expect(reasonOf(document, tenPacks, factsOf(null)).code).toBe('fired');
  });

  test('rules for other kinds of activity and withdrawn activities are not considered', () => {
    const visits = rule('visits', { scope: { kinds: ['visit'] } });
    expect(judge(book(visits, rule('r')), tenPacks).considered.map(({ code }) => code)).toEqual(['r']);
    expect(judge(book(rule('r')), { ...tenPacks, withdrawn: true })).toMatchObject({
      considered: [],
      uses: [],
    });
  });
});

describe('days are those of the programme, by the time of the event', () => {
  const march = rule('r', { scope: { kinds: ['receipt'], from: '2018-03-01', to: '2018-03-31' } });
  test.each([
    ['the last second of February in Kuala Lumpur', '2018-02-28T15:59:59Z', 'before-period'],
    ['the first of March', '2018-02-28T16:00:00Z', 'fired'],
    ['the last second of March', '2018-03-31T15:59:59Z', 'fired'],
    ['the first of April', '2018-03-31T16:00:00Z', 'after-period'],
  ])('%s', (_name, occurredAt, code) => {
    expect(reasonOf(march, { ...tenPacks, occurredAt: new Date(occurredAt) }).code).toBe(code);
  });

  test('expressions see day, weekday and hour of the same clock', () => {
    const condition = 'activity.date == "2018-04-01" && activity.weekday == 7 && activity.hour == 1';
    const occurredAt = new Date('2018-03-31T17:30:00Z');
    expect(reasonOf(rule('r', { condition }), { ...tenPacks, occurredAt }).code).toBe('fired');
  });
});
