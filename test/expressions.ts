import * as fc from 'fast-check';

import { Fault } from '../src/rules/fault.ts';
import { compileExpression } from '../src/rules/expression.ts';
import { toInt, type LineValue, type Values } from '../src/rules/vocabulary.ts';

/** Texts of well-typed expressions by type; those of `body` speak of the item `l` and contain no comprehension. */
type Grammar = Record<'int' | 'double' | 'bool' | 'text' | 'texts' | 'ints' | 'lines', string>;

/** What the activities may tell, as a rule says it. */
const attributes = { facings: 'int', score: 'double', passed: 'bool', place: 'string' } as const;

const words = ['"gold"', '"tea"', '"Tea 100g"', '""', '"é😀"', '"FOCUS"', '"johor"', '"*o*"', '"jo*"'];
const numbers = ['0', '1', '3', '-7', '1000', '9007199254740991', '9007199254740993', '4611686018427387904'];
const facts = {
  int: [
    'activity.weekday',
    'activity.hour',
    'activity.totalMinor',
    'activity.attributes.facings',
    'eligible.count',
    'eligible.amountMinor',
  ],
  double: ['activity.attributes.score', '0.5', '-2.25', '0.0', '1e300'],
  text: [
    'activity.kind',
    'activity.date',
    'activity.attributes.place',
    'participant.tier',
    'participant.kind',
    'outlet.code',
    'outlet.area',
  ],
  bool: [
    'has(participant.tier)',
    'has(outlet.channel)',
    'true',
    'false',
    'has(participant.segments)',
    'activity.attributes.passed',
    'has(activity.attributes.score)',
    'has(activity.attributes.facings)',
  ],
  texts: ['outlet.areas', 'participant.segments', '["gold", "tea"]', '[]'],
  lines: ['activity.lines', 'eligible.lines'],
};
const ofLine = {
  // Some of them fail, and for each line in another way.
  int: ['l.quantityMilli', 'l.amountMinor', '(7 / l.quantityMilli)', '(l.amountMinor * l.quantityMilli)'],
  text: ['l.text', 'l.sku', 'l.category'],
  bool: ['l.isFocus', 'has(l.sku)'],
};

const pick = (...texts: string[]) => fc.constantFrom(...texts);
/** A text with each `#` replaced by the parts in turn. */
const fill = (text: string, ...parts: fc.Arbitrary<string>[]) =>
  fc.tuple(...parts).map((given) => given.reduce((done, part) => done.replace('#', () => part), text));

type Parts = fc.LetrecValue<Grammar>;

/** Without `body`: the grammar of a comprehension's body. */
function grammar(body: Parts | null): Parts {
  return fc.letrec<Grammar>((tie) => {
    const [int, bool, text, double] = [tie('int'), tie('bool'), tie('text'), tie('double')];
    const [texts, ints, lines] = [tie('texts'), tie('ints'), tie('lines')];
    const compare = pick('==', '!=', '<', '<=', '>', '>=');
    const item = <T extends keyof typeof ofLine>(type: T) => (body ? [] : ofLine[type]);
    const top = (make: (body: Parts) => fc.Arbitrary<string>[]) => (body ? make(body) : []);
    const size = { maxDepth: 4, depthIdentifier: body ? 'top' : 'body' } as const;
    return {
      int: fc.oneof(
        size,
        pick(...numbers, ...facts.int, ...item('int')),
        fill('(# # #)', int, pick('+', '-', '*', '/', '%'), int),
        fill('-(#)', int),
        fill('(# ? # : #)', bool, int, int),
        fill('#(#, #)', pick('min', 'max'), int, int),
        fill('size(#)', fc.oneof(text, texts, lines)),
        fill('#.size()', fc.oneof(text, texts)),
        fill('sum(#)', ints),
        fill('int(#)', double),
      ),
      double: fc.oneof(
        size,
        pick(...facts.double),
        fill('(# # #)', double, pick('+', '-', '*', '/'), double),
        fill('-(#)', double),
        fill('(# ? # : #)', bool, double, double),
        fill('double(#)', int),
      ),
      bool: fc.oneof(
        size,
        pick(...facts.bool, ...item('bool')),
        fill('(# # #)', int, compare, int),
        fill('(# # #)', double, compare, double),
        fill('(# # #)', int, pick('<', '<=', '>', '>='), double),
        fill('(# # #)', double, pick('<', '<=', '>', '>='), int),
        fill('(# # #)', text, compare, text),
        fill('(# # #)', bool, pick('==', '!='), bool),
        fill('(# # #)', bool, pick('&&', '||'), bool),
        fill('(# && # && # || #)', bool, bool, bool, bool),
        fill('!(#)', bool),
        fill('(# ? # : #)', bool, bool, bool),
        fill('(# in #)', text, texts),
        fill('(# in #)', int, ints),
        fill('(# # #)', ints, pick('==', '!='), ints),
        fill('(# # #)', texts, pick('==', '!='), texts),
        fill('#.#(#)', text, pick('startsWith', 'endsWith', 'contains'), text),
        fill('glob(#, #)', text, text),
        fill('oneOf(#, #)', text, texts),
        ...top((b) => [fill('#.#(l, #)', lines, pick('exists', 'all', 'exists_one'), b.bool)]),
      ),
      text: fc.oneof(
        size,
        pick(...words, ...facts.text, ...item('text')),
        fill('(# + #)', text, text),
        fill('(# ? # : #)', bool, text, text),
        fill('#.#()', text, pick('lowerAscii', 'upperAscii', 'trim')),
      ),
      texts: fc.oneof(
        size,
        pick(...facts.texts),
        fill('[#, #]', text, text),
        fill('(# + #)', texts, texts),
        ...top((b) => [fill('#.map(l, #)', lines, b.text), fill('#.map(l, #, #)', lines, b.bool, b.text)]),
      ),
      ints: fc.oneof(
        size,
        pick('[1, 3]', '[]', '[9007199254740993]'),
        fill('[#, #]', int, int),
        ...top((b) => [fill('#.map(l, #)', lines, b.int), fill('#.map(l, #, #)', lines, b.bool, b.int)]),
      ),
      lines: fc.oneof(
        size,
        pick(...facts.lines),
        fill('(# + #)', lines, lines),
        ...top((b) => [fill('#.filter(l, #)', lines, b.bool)]),
      ),
    };
  });
}

const expressions = grammar(grammar(null));

const someExpression = fc.oneof(
  fc.record({ wanted: fc.constant('bool' as const), text: expressions.bool }),
  fc.record({ wanted: fc.constant('int' as const), text: expressions.int }),
  fc.record({ wanted: fc.constant('string' as const), text: expressions.text }),
);

const int = fc
  .oneof(
    fc.bigInt({ min: -20n, max: 20n }),
    fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }),
    fc.constantFrom(2n ** 53n, 2n ** 53n - 1n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n), 0n, 1000n),
  )
  .map(toInt);
const maybe = <T>(some: fc.Arbitrary<T>) => fc.option(some, { nil: undefined, freq: 2 });
const word = fc.constantFrom('gold', 'tea', 'TEA', 'Tea 100g ', '', 'é😀', 'FOCUS', 'johor', '1');
const line: fc.Arbitrary<LineValue> = fc.record({
  text: word,
  sku: word,
  category: word,
  isFocus: fc.boolean(),
  quantityMilli: int,
  amountMinor: int,
});
const lines = fc.array(line, { maxLength: 3 });
const someValues: fc.Arbitrary<Values> = fc.record({
  activity: fc.record({
    kind: word,
    currency: word,
    date: fc.constant('2018-03-21'),
    weekday: int,
    hour: int,
    totalMinor: int,
    lines,
    // Now and then there is one of another type, or none.
    attributes: fc.record(
      {
        facings: fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -3, max: 9 }), fc.constant('four')),
        score: fc.double({ noNaN: true, noDefaultInfinity: true }),
        passed: fc.boolean(),
        place: fc.oneof(word, fc.constant(7)),
      },
      { requiredKeys: [] },
    ),
  }),
  participant: fc.record({
    kind: maybe(word),
    tier: maybe(word),
    segments: maybe(fc.array(word, { maxLength: 2 })),
  }),
  outlet: maybe(
    fc.record({
      code: word,
      channel: maybe(word),
      area: maybe(word),
      areas: fc.array(word, { maxLength: 2 }),
    }),
  ),
  eligible: fc.record({ lines, count: int, quantityMilli: int, amountMinor: int }),
});

/** An expression as people could write it, and an activity to run it on. */
export const someCase = fc.record({ expression: someExpression, values: someValues });

export type Case = typeof someCase extends fc.Arbitrary<infer T> ? T : never;
type Told = { value: unknown } | { fault: string; what: string };

/**
 * Runs a case both ways; null for an expression that is refused (too long, too deep, or of no definite type, as a list
 * that nobody says anything about).
 */
export function runBoth({ expression: { wanted, text }, values }: Case): {
  compiled: Told;
  interpreted: Told;
  isCompiled: boolean;
} | null {
  const result = compileExpression(text, wanted, 'activity', attributes);
  if (!result.ok) return null;
  const { run, interpret } = result.expression;
  return {
    compiled: outcomeOf(() => run(values)),
    interpreted: outcomeOf(() => interpret(values)),
    isCompiled: run !== interpret,
  };
}

function outcomeOf(run: () => unknown): Told {
  try {
    const value = run();
    // Below zero and above are one zero: the sign of a number's zero says nothing.
    return { value: value === 0 ? 0 : value };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { fault: error.code, what: error.what };
  }
}
