import { describe, expect, test } from 'vitest';

import { book, factsOf, judge, line, paid, rule, sale } from '../../test/sales.ts';
import { compileDocument } from './compile.ts';
import type { RuleDocument } from './document.ts';
import { usageName } from './evaluation.ts';

const pays = (changes: Partial<RuleDocument>, activity = sale([line('PLAIN')])) =>
  paid(judge(book(rule('r', changes)), activity))['r'];
const share = (changes: object = {}): RuleDocument['effects'] => [
  {
    kind: 'award',
    leg: 'bonus',
    asset: 'points',
    per: 'share',
    basisPoints: 750,
    currency: 'MYR',
    ...changes,
  },
];

describe('a share of what was paid', () => {
  const sales = sale([line('PLAIN', { amountMinor: 1999n }), line('OTHER', { amountMinor: 151n })]);
  test.each<[string, Partial<RuleDocument>, number | undefined]>([
    ['7.5 % of 21.50, rounded down once', { effects: share() }, 161],
    ['rounded up line by line: 150 and 12', { effects: share(), rounding: { mode: 'up', at: 'line' } }, 162],
    ['one point for every ringgit of it', { effects: share({ unitMinor: 100 }) }, 1],
    ['a formula', { effects: share({ basisPoints: 'eligible.count * 100' }) }, 43],
    ['in another currency', { effects: share({ currency: 'IDR' }) }, undefined],
  ])('%s', (_name, changes, points) => {
    expect(pays(changes, sales)).toBe(points);
  });

  test('says how it was calculated', () => {
    expect(judge(book(rule('r', { effects: share() })), sales).considered[0]!.steps).toEqual([
      {
        code: 'share',
        facts: {
          percent: 7.5,
          amount: { minor: 2150, currency: 'MYR' },
          result: { units: 161, asset: 'points' },
        },
      },
    ]);
  });
});

describe('the base that counts', () => {
  // 30.00 of tea and 10.00 of somebody else's goods, 4.00 off the whole paper, 6.00 paid with points.
  const discounted = sale(
    [
      line('PLAIN', { amountMinor: 3000n }),
      line(null, { amountMinor: 1000n }),
      line(null, { amountMinor: -400n, quantityMilli: 0n }),
    ],
    { pointsMinor: 600n },
  );
  const effects = share({ basisPoints: 10_000 });
  test.each<[RuleDocument['base'], number]>([
    [undefined, 3000],
    ['gross', 3000],
    ['net-of-discount', 2700],
    ['net-of-points', 2250],
  ])('%s', (base, points) => {
    const changes = base ? { effects, base } : { effects };
    expect(pays(changes, discounted)).toBe(points);
    expect(pays({ ...changes, condition: `eligible.amountMinor == ${points}` }, discounted)).toBe(points);
  });

  test('says what counts of the amount', () => {
    const { considered } = judge(book(rule('r', { effects, base: 'net-of-points' })), discounted);
    const money = (minor: number) => ({ minor, currency: 'MYR' });
    expect(considered[0]!.steps[0]).toEqual({
      code: 'net-of-points',
      facts: { gross: money(3000), amount: money(2250) },
    });
  });

  test('goods that come back are no discount, and nothing counts below zero', () => {
    const back = sale([line('PLAIN'), line(null, { amountMinor: -400n, quantityMilli: -1000n })]);
    expect(pays({ effects, base: 'net-of-discount' }, back)).toBe(2500);
    const free = sale([line('PLAIN')], { pointsMinor: 9999n });
    expect(pays({ effects, base: 'net-of-points' }, free)).toBeUndefined();
  });
});

describe('what is granted beside units', () => {
  const certificate = { kind: 'certificate' as const, leg: 'c', name: 'tea-expert', count: 1 };
  const draw = { kind: 'draw' as const, leg: 'd', name: 'spring', count: 'eligible.quantityMilli / 5000' };
  const message = { kind: 'message' as const, leg: 'm', texts: { en: 'Well done!' } };

  test('certificates, entries and messages are granted with their arithmetic, and are no awards', () => {
    const evaluation = judge(
      book(rule('r', { effects: [certificate, draw, message] })),
      sale([line('PLAIN')]),
    );
    expect(evaluation.considered[0]).toMatchObject({
      fired: true,
      awards: [],
      grants: [
        { kind: 'certificate', leg: 'c', name: 'tea-expert', count: 1 },
        { kind: 'draw', leg: 'd', name: 'spring', count: 2 },
        { kind: 'message', leg: 'm', name: 'm', count: 1 },
      ],
      steps: [{ code: 'certificate' }, { code: 'draw' }, { code: 'message' }],
    });
  });

  test('a limit counts them: one certificate for each participant', () => {
    const one = rule('r', {
      effects: [certificate],
      limits: [
        { of: 'participant', per: 'programme', asset: 'certificate:tea-expert', units: 1, over: 'nothing' },
      ],
    });
    const first = judge(book(one), sale([line('PLAIN')]));
    const usage = new Map(first.uses.map((use) => [usageName(use), use.units]));
    expect(judge(book(one), sale([line('PLAIN')]), factsOf(), usage).considered[0]!.reason.code).toBe(
      'limit-reached',
    );
  });
});

describe('limits in money', () => {
  const worth = {
    effects: share({ basisPoints: 10_000, unitMinor: 10 }),
    values: { points: { units: 100, minor: 150, currency: 'MYR' } },
  };
  const limit = { of: 'rule', per: 'month', value: { minor: 200, currency: 'MYR' } } as const;

  test('pays what is left of a budget, and never more', () => {
    // 250 points are worth 3.75; 2.00 buy 133 (and a third) points.
    const cut = rule('r', { ...worth, limits: [{ ...limit, over: 'partial' }] });
    const evaluation = judge(book(cut), sale([line('PLAIN')]));
    expect(paid(evaluation)).toEqual({ r: 133 });
    expect(evaluation.uses).toMatchObject([{ asset: 'worth:MYR', units: 200n }]);
  });

  test('refuses what does not fit as a whole, or honours and reports it', () => {
    expect(pays({ ...worth, limits: [{ ...limit, over: 'nothing' }] })).toBeUndefined();
    const honoured = judge(
      book(rule('r', { ...worth, limits: [{ ...limit, over: 'honour' }] })),
      sale([line('PLAIN')]),
    );
    expect(paid(honoured)).toEqual({ r: 250 });
    expect(honoured.uses[0]!.units).toBe(375n);
    expect(honoured.considered[0]!.steps.at(-1)).toEqual({
      code: 'over-limit',
      facts: {
        limit: { minor: 200, currency: 'MYR' },
        used: { minor: 0, currency: 'MYR' },
        of: 'rule',
        per: 'month',
      },
    });
  });

  test('asks what an asset is worth', () => {
    const compiled = compileDocument(
      rule('r', { effects: worth.effects, limits: [{ ...limit, over: 'nothing' }] }),
    );
    expect(compiled).toMatchObject({
      problems: [
        {
          code: 'contradiction',
          at: 'limits[0].value',
          why: 'value-missing',
          facts: { asset: 'points', currency: 'MYR' },
        },
      ],
    });
  });
});

test('where a rule of an exclusive group pays, no rule of any other group does', () => {
  const alone = rule('alone', {
    condition: 'eligible.quantityMilli >= 10000',
    stacking: { group: 'launch', order: 50, mode: 'exclusive' },
  });
  const rules = book(rule('base'), alone);
  const evaluation = judge(rules, sale([line('PLAIN')]));
  expect(paid(evaluation)).toEqual({ alone: 10 });
  expect(evaluation.considered[0]!.reason).toEqual({
    code: 'excluded',
    facts: { winner: 'alone', group: 'launch' },
  });
  expect(paid(judge(rules, sale([line('PLAIN', { quantityMilli: 9000n })])))).toEqual({ base: 9 });
});

test('a rule for a segment pays its members, and waits where segments are not known', () => {
  const rules = book(rule('r', { scope: { kinds: ['receipt'], audience: { segments: ['pharmacists'] } } }));
  const outcome = (segments?: string[]) => {
    const facts = factsOf();
    const participant = segments ? { ...facts.participant, segments } : facts.participant;
    return judge(rules, sale([line('PLAIN')]), { ...facts, participant }).considered[0]!.reason;
  };
  expect(outcome(['new', 'pharmacists']).code).toBe('fired');
  expect(outcome(['new'])).toEqual({ code: 'other-segment', facts: { wanted: 'pharmacists' } });
  expect(outcome()).toEqual({ code: 'context-missing', facts: { fact: 'participant.segments' } });
});
