import { Session } from 'node:inspector/promises';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { book, judge, line, rule, sale } from '../../test/sales.ts';
import { compileDocument } from './compile.ts';
import { documentLengthMax } from './document.ts';

/** A step is a call of a function of the parser, the checker or these rules: the same number on every machine. */
const session = new Session();
beforeAll(async () => {
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
});
afterAll(async () => {
  await session.post('Profiler.stopPreciseCoverage');
  session.disconnect();
});

/** Taking the counts sets them back to none. */
async function stepsTaken(): Promise<number> {
  const { result } = await session.post('Profiler.takePreciseCoverage');
  const ours = result.filter(({ url }) => /cel-js|src\/rules\//.test(url));
  return ours
    .flatMap(({ functions }) => functions.map(({ ranges }) => ranges[0]!.count))
    .reduce((sum, count) => sum + count, 0);
}

async function save(document: unknown) {
  await stepsTaken();
  const result = compileDocument(document);
  return { problems: result.ok ? [] : result.problems, steps: await stepsTaken() };
}

/** What the longest rule that people write takes, and then some: parsing ends at 200 nodes and checking visits each. */
const stepsMax = 10_000;
const nest = (count: number, open: string, inner: string, close: string) =>
  `${open.repeat(count)}${inner}${close.repeat(count)}`;

test.each<[string, string]>([
  ['a pattern that never ends', `"${'a'.repeat(900)}!".matches("^(a+)+$")`],
  ['the same behind a short circuit', 'true || "aaaa".matches("^(a+)+$")'],
  ['a comprehension in another', 'activity.lines.exists(a, activity.lines.exists(b, a.sku == b.sku))'],
  ['twenty of them', nest(20, 'activity.lines.exists(a, ', 'true', ')')],
  [
    'a comprehension in the list of another',
    'activity.lines.map(a, activity.lines.filter(b, true)).size() > 0',
  ],
  ['names that double', 'cel.bind(a, [1, 1], cel.bind(b, a + a, b + b)).size() > 0'],
  ['a type of the language', 'type(activity) == type(outlet)'],
  ['a type taken off', 'dyn(activity).secret == 1'],
  ['an unknown variable', 'process.env.SECRET == ""'],
  ['an unknown field', 'activity.secret == ""'],
  ['a field of the prototype', 'activity.constructor.constructor("return 1")() == 1'],
  ['a name of the prototype', 'activity.__proto__ == activity'],
  ['an own function', '(() => 1)() == 1'],
  ['a function of JavaScript', 'activity.kind.replace("a", "b") == "b"'],
  ['a text that would leave its quotes', '"a".startsWith("\\"); process.exit(1); (\\"") && x'],
  ['a bracket too many', nest(400, '(', '1', ')')],
  ['a sum without end', `${'1 + '.repeat(240)}1 > 0`],
  ['a list too long', `1 in [${'1,'.repeat(300)}1]`],
  ['a map', '{"a": 1}["a"] == 1'],
  ['an index', 'activity.lines[9999999].isFocus'],
  ['a fraction', 'activity.hour > 1e308'],
  ['too long to read', `"${'a'.repeat(2000)}" == ""`],
])('%s is refused in few steps', async (_name, condition) => {
  const { problems, steps } = await save(rule('r', { condition }));
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatchObject({ at: 'condition', why: expect.any(String) });
  expect(steps).toBeLessThan(stepsMax);
});

test('a document that is too long is refused without being read', async () => {
  const texts = { en: { title: 'x', award: 'x', unmet: 'x'.repeat(documentLengthMax) } };
  const { problems, steps } = await save(rule('r', { texts }));
  expect(problems).toMatchObject([{ code: 'too-long', at: '' }]);
  expect(steps).toBeLessThan(200);
});

test('what people write takes few steps too, and nothing of its text becomes code', async () => {
  const literal = '"); throw new Error(`${activity}`); (\'\\\\u2028"'.replaceAll('"', '\\"');
  const condition = `activity.kind == "${literal}" || glob(outlet.code, "${literal}*") || activity.kind in ["${literal}"]`;
  const { problems, steps } = await save(rule('r', { condition }));
  expect(problems).toEqual([]);
  expect(steps).toBeLessThan(stepsMax);
  const [considered] = judge(book(rule('r', { condition })), sale([line('PLAIN')])).considered;
  expect(considered!.reason.code).toBe('condition-false');
});
