import { Environment, EvaluationError, serialize } from '@marcbachmann/cel-js';

import { Fault } from './fault.ts';
import { glob, oneOf } from './glob.ts';
import { toInt, variables, vocabulary, type Int, type LineValue, type Values } from './vocabulary.ts';

/** Nodes of one expression, and elements of one list in it. */
const nodesMax = 200;
const depthMax = 24;
const elementsMax = 100;

/** What an expression speaks of: an activity, or one line of it as well. */
export type ExpressionScope = 'activity' | 'line';
/** Gives the value of an expression: a text, a bool, an `Int` or a list of them. Throws a `Fault` where it has none. */
export type Run = (values: Values) => unknown;

// One class for each type: it is by the class that the interpreter knows a value's type.
const classes = Object.fromEntries(
  Object.keys(vocabulary).map((name) => [
    name,
    class {
      readonly type = name;
      constructor(fields: object) {
        Object.assign(this, fields);
      }
    },
  ]),
);

const activityNames = ['activity', 'participant', 'outlet', 'eligible'] as const;

const base = new Environment({
  limits: {
    maxAstNodes: nodesMax,
    maxDepth: depthMax,
    maxListElements: elementsMax,
    maxMapEntries: 0,
    maxCallArguments: 3,
  },
})
  .registerFunction('glob(string, string): bool', glob)
  .registerFunction('oneOf(string, list<string>): bool', oneOf)
  .registerFunction('sum(list<int>): int', (list: bigint[]) => list.reduce((a, b) => a + b, 0n))
  .registerFunction('min(int, int): int', (a: bigint, b: bigint) => (a < b ? a : b))
  .registerFunction('max(int, int): int', (a: bigint, b: bigint) => (a > b ? a : b));
for (const [name, fields] of Object.entries(vocabulary))
  base.registerType(name, { ctor: classes[name]!, fields });
const forActivity = base.clone();
for (const name of activityNames) forActivity.registerVariable(name, variables[name]);
const forLine = forActivity.clone().registerVariable('line', variables.line);

/** Parses by the language's own rules and limits; throws the engine's errors. What comes out can be checked and run. */
export function parseExpression(text: string, scope: ExpressionScope) {
  return (scope === 'line' ? forLine : forActivity).parse(text);
}

export function variablesOf(scope: ExpressionScope): readonly string[] {
  return scope === 'line' ? [...activityNames, 'line'] : activityNames;
}

/**
 * Runs a checked expression by the interpreter: slowly, but it is the engine that everybody knows, so it is the oracle of
 * tests, and runs what `compileTree` does not know. It has whole numbers as bigint only, types by class, faults as errors.
 */
export function interpreterOf(parsed: (context: Record<string, unknown>) => unknown): Run {
  return (values) => {
    try {
      return outOf(parsed(interpretable(values)));
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      const isMissing = error.code === 'no_such_key' || error.code === 'unknown_variable';
      if (isMissing && error.node && 'op' in error.node)
        throw new Fault('missing', serialize(error.node as never));
      throw new Fault('problem', error.summary);
    }
  };
}

// The same activity meets many rules, so what was made of it is kept for as long as it lives.
const made = new WeakMap<object, object>();

function interpretable(values: Values): Record<string, unknown> {
  const known = made.get(values);
  if (known) return known as Record<string, unknown>;
  const context = Object.fromEntries(
    Object.entries(variables).map(([name, type]) => [name, into(type, values[name as keyof Values])]),
  );
  made.set(values, context);
  return context;
}

function into(type: string, value: unknown): unknown {
  if (value === undefined) return undefined;
  if (type === 'int') return BigInt(value as Int);
  if (type === 'list<Line>') return (value as LineValue[]).map((line) => into('Line', line));
  if (!(type in vocabulary)) return value;
  const known = made.get(value as object);
  if (known) return known;
  const fields = Object.entries(vocabulary[type as keyof typeof vocabulary]);
  const object = new classes[type]!(
    Object.fromEntries(
      fields.map(([name, of]) => [name, into(of, (value as Record<string, unknown>)[name])]),
    ),
  );
  made.set(value as object, object);
  return object;
}

function outOf(value: unknown): unknown {
  if (typeof value === 'bigint') return toInt(value);
  return Array.isArray(value) ? value.map(outOf) : value;
}
