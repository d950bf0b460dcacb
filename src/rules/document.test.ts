import { describe, expect, test } from 'vitest';

import { multiplier, rule } from '../../test/sales.ts';
import { compileDocument } from './compile.ts';
import { documentLengthMax } from './document.ts';
import { glob, oneOf } from './glob.ts';

function problemsOf(document: unknown) {
  const compiled = compileDocument(document);
  return compiled.ok ? [] : compiled.problems;
}

describe('expressions that are refused when a rule is saved', () => {
  test.each<[string, string, string, string]>([
    [
      'a regular expression',
      'activity.kind.matches("(a+)+$")',
      'expression-forbidden',
      'activity.kind.matches("(a+)+$")',
    ],
    [
      'a comprehension inside another',
      'activity.lines.exists(l, eligible.lines.exists(m, m.sku == l.sku))',
      'expression-forbidden',
      'eligible.lines.exists(m, m.sku == l.sku)',
    ],
    ['the reserved word type', 'type == "receipt"', 'expression-name', 'type'],
    ['an unknown variable', '1 < 2 && shop == "x"', 'expression-name', 'shop'],
    ['an unknown field', 'participant.teir == "gold"', 'expression-name', 'teir'],
    ['the line, outside a formula for each line', 'line.isFocus', 'expression-name', 'line'],
    ['a prototype', 'activity.constructor == "x"', 'expression-name', 'constructor'],
    ['another prototype', 'activity.__proto__ == "x"', 'expression-name', '__proto__'],
    ['an unknown function', 'now() > 1', 'expression-forbidden', 'now()'],
    ['a type taken off', 'dyn(activity.hour) == "1"', 'expression-forbidden', 'dyn(activity.hour)'],
    [
      'bound names, which can double for ever',
      'cel.bind(x, 1, x > 0)',
      'expression-forbidden',
      'cel.bind(x, 1, x > 0)',
    ],
    ['a name with two meanings', 'eligible.lines.exists(outlet, true)', 'expression-name', 'outlet'],
    ['unlike types', 'activity.hour == "9"', 'expression-type', 'activity.hour == "9"'],
    ['a result that is no bool', 'activity.hour + 1', 'expression-type', 'activity.hour + 1'],
    ['a fraction', 'activity.hour > 1.5', 'expression-type', '1.5'],
    ['bytes', 'b"a" == b"a"', 'expression-type', 'b"a"'],
    ['nothing', 'null == null', 'expression-type', 'null'],
    ['an index', 'activity.lines[0].isFocus', 'expression-forbidden', 'activity.lines[0]'],
    ['a field of nothing, asked with has', 'has(activity.nothing)', 'expression-name', 'activity.nothing'],
    ['half an expression', 'activity.hour >', 'expression-syntax', ''],
    ['an open text', 'activity.kind == "x', 'expression-syntax', '"x'],
    ['too many parts', `${'1+'.repeat(250)}1 > 0`, 'too-long', ''],
    ['too deep', `${'('.repeat(100)}1${')'.repeat(100)} > 0`, 'too-long', ''],
  ])('%s', (_name, condition, code, place) => {
    const [problem, ...others] = problemsOf(rule('r', { condition }));
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ code, at: 'condition', why: expect.any(String) });
    const { start, end } = problem!.position!;
    expect(condition.slice(start, end)).toBe(place);
  });

  test('the position names line and column, also in a formula', () => {
    const units = 'eligible.count *\n  eligible.cuont';
    const effects = [{ kind: 'award', leg: 'a', asset: 'points', per: 'activity', units }] as const;
    expect(problemsOf({ ...rule('r'), effects })).toEqual([
      {
        code: 'expression-name',
        at: 'effects[0].units',
        position: {
          start: 28,
          end: 33,
          line: 2,
          column: 12,
          excerpt: '  eligible.cuont\n           ^^^^^',
        },
        why: 'no-field',
        facts: { field: 'cuont' },
      },
    ]);
  });

  test('every wrong expression of a document is told at once', () => {
    const effects = [{ kind: 'award', leg: 'a', asset: 'points', per: 'activity', units: 'foo' }] as const;
    expect(problemsOf({ ...rule('r', { condition: 'bar' }), effects }).map(({ at }) => at)).toEqual([
      'condition',
      'effects[0].units',
    ]);
  });
});

describe('expressions that are allowed', () => {
  test.each([
    'has(participant.tier) && participant.tier in ["silver", "gold"]',
    'eligible.lines.filter(l, l.isFocus).exists(l, l.quantityMilli >= 12000)',
    'sum(eligible.lines.map(l, l.amountMinor)) >= max(1000, 500)',
    'activity.lines.exists_one(l, glob(l.text, "tea*"))',
    'oneOf(outlet.code, ["toko-*", "jin-seng"]) || "johor" in outlet.areas',
    'activity.weekday > 5 ? activity.hour < 12 : !(eligible.count < 2)',
  ])('%s', (condition) => expect(problemsOf(rule('r', { condition }))).toEqual([]));
});

describe('documents that are refused', () => {
  const { texts: _texts, ...withoutTexts } = rule('r');
  const effect = { kind: 'award', leg: 'a', asset: 'points', per: 'activity', units: 1 } as const;
  const limit = { of: 'participant', per: 'day', asset: 'points', units: 5, over: 'partial' } as const;
  test.each<[string, unknown, string, string]>([
    ['no document', undefined, 'not-json', ''],
    ['a number', 7, 'wrong-value', ''],
    ['an unknown field', { ...rule('r'), budget: 5 }, 'unknown-field', 'budget'],
    [
      'an unknown field in the scope',
      { ...rule('r'), scope: { kinds: ['a'], tires: ['b'] } },
      'unknown-field',
      'scope.tires',
    ],
    [
      'an unknown field in an effect',
      rule('r', { effects: [{ ...effect, unit: 5 } as never] }),
      'unknown-field',
      'effects[0].unit',
    ],
    ['no texts', withoutTexts, 'wrong-value', 'texts'],
    ['no English', { ...rule('r'), texts: { id: { title: 'a', award: 'b' } } }, 'wrong-value', 'texts'],
    ['units below one', rule('r', { effects: [{ ...effect, units: 0 }] }), 'wrong-value', 'effects[0].units'],
    ['half a unit', rule('r', { effects: [{ ...effect, units: 1.5 }] }), 'wrong-value', 'effects[0].units'],
    ['no effect', rule('r', { effects: [] }), 'wrong-value', 'effects'],
    [
      'a day that is none',
      rule('r', { scope: { kinds: ['a'], from: '2018-02-30' } }),
      'wrong-value',
      'scope.from',
    ],
    [
      'a period that ends before it starts',
      rule('r', { scope: { kinds: ['a'], from: '2018-03-02', to: '2018-03-01' } }),
      'contradiction',
      'scope.to',
    ],
    [
      'awarding and multiplying',
      rule('r', { effects: [effect, { ...multiplier('m', 200).effects[0]!, groups: ['other'] } as never] }),
      'contradiction',
      'effects',
    ],
    [
      'multiplying its own group',
      multiplier('m', 200, { stacking: { group: 'base', order: 1, mode: 'sum' } }),
      'contradiction',
      'effects[0].groups',
    ],
    [
      'two legs of one name',
      rule('r', { effects: [effect, { ...effect, units: 2 }] }),
      'contradiction',
      'effects[1].leg',
    ],
    [
      'the same limit twice',
      rule('r', { limits: [limit, { ...limit, units: 9 }] }),
      'contradiction',
      'limits[1]',
    ],
    [
      'a limit on what is not awarded',
      rule('r', { limits: [{ ...limit, asset: 'status' }] }),
      'contradiction',
      'limits[0].asset',
    ],
    ['a percentage that takes away', multiplier('m', 50), 'wrong-value', 'effects[0].percent'],
    [
      'a currency that is none',
      rule('r', { effects: [{ ...effect, per: 'amount', stepMinor: 1, currency: 'XX' }] }),
      'wrong-value',
      'effects[0].currency',
    ],
    [
      'a goal with a base of its own',
      rule('r', {
        base: 'net-of-points',
        goal: {
          for: 'participant',
          per: 'month',
          counts: { of: 'amount', currency: 'MYR' },
          target: 100_000,
        },
        effects: [{ ...effect, per: 'goal', units: 5 }],
      }),
      'contradiction',
      'goal',
    ],
    [
      'a goal whose units wait for an event, which nobody could tell of it',
      rule('r', {
        goal: { for: 'participant', per: 'week', counts: { of: 'quantity' }, target: 5000 },
        effects: [{ kind: 'award', leg: 'units', asset: 'points', per: 'goal', units: 5 }],
        pending: { until: 'payment' },
      }),
      'contradiction',
      'goal',
    ],
    [
      'a campaign several times in a row',
      rule('r', {
        scope: { kinds: ['a'], from: '2018-03-01', to: '2018-03-31' },
        goal: { for: 'participant', per: 'campaign', counts: { of: 'quantity' }, target: 5, inARow: 2 },
        effects: [{ ...effect, per: 'goal', units: 5 }],
      }),
      'contradiction',
      'goal',
    ],
    [
      'a share over a window',
      rule('r', {
        goal: {
          for: 'participant',
          per: 'month',
          window: 'P3M',
          counts: { share: { of: 'quantity' }, of: { of: 'activities' } },
          target: 5,
        },
        effects: [{ ...effect, per: 'goal', units: 5 }],
      }),
      'contradiction',
      'goal',
    ],
    [
      'an overlong expression',
      rule('r', { condition: `"${'a'.repeat(1000)}" == "b"` }),
      'too-long',
      'condition',
    ],
    ['an overlong document', rule('r', { condition: 'a'.repeat(documentLengthMax) }), 'too-long', ''],
    [
      'a character that cannot be kept',
      rule('r', { texts: { en: { title: 'a\0', award: 'b' } } }),
      'not-json',
      '',
    ],
    ['half a character', rule('r', { texts: { en: { title: 'a\ud800', award: 'b' } } }), 'not-json', ''],
  ])('%s', (_name, document, code, at) => {
    expect(problemsOf(document)).toMatchObject([{ code, at, why: expect.any(String) }]);
  });
});

test.each([
  ['TEH BOTOL 350ML', 'teh*ml', true],
  ['teh', 'teh', true],
  ['teh botol', 'teh', false],
  ['abc', '*b*', true],
  ['aba', 'aba*aba', false],
  ['abcabc', '*c*a*', true],
  ['', '*', true],
  ['', '', true],
  ['a', '', false],
])('glob(%j, %j) is %s', (text, pattern, expected) => expect(glob(text, pattern)).toBe(expected));

test('oneOf takes several patterns; long texts and many stars end at once', () => {
  expect(oneOf('jin-seng', ['toko*', '*seng'])).toBe(true);
  expect(glob('a'.repeat(500), `${'*a'.repeat(400)}b`)).toBe(false);
});
