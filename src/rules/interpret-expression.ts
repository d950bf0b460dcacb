import { Environment, EvaluationError, serialize } from '@marcbachmann/cel-js';

import type { Attributes } from '../activity/activity.ts';
import { isOf } from '../activity/kinds.ts';
import type { AttributeType } from '../network/programmes.ts';
import { canonicalJson } from '../shared/canonical.ts';
import { Fault } from './fault.ts';
import { glob, oneOf } from './glob.ts';
import {
  toInt,
  variables,
  vocabulary,
  type AttributeTypes,
  type Int,
  type LineValue,
  type Values,
} from './vocabulary.ts';

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

export const noAttributes: AttributeTypes = Object.freeze({});
const environments = new Map<string, Environment>();
/** Environments kept; there are as many as rules that read different attributes. */
const environmentsMax = 200;

function environmentOf(scope: ExpressionScope, attributes: AttributeTypes): Environment {
  const key = scope + canonicalJson(attributes);
  const known = environments.get(key);
  if (known) return known;
  const environment = base.clone();
  for (const [name, fields] of Object.entries({ ...vocabulary, Attributes: attributes }))
    environment.registerType(name, { ctor: classes[name]!, fields });
  for (const name of variablesOf(scope)) environment.registerVariable(name, variables[name]);
  if (environments.size >= environmentsMax) environments.clear();
  environments.set(key, environment);
  return environment;
}

/** Parses by the language's own rules and limits; throws the engine's errors. What comes out can be checked and run. */
export function parseExpression(text: string, scope: ExpressionScope, attributes: AttributeTypes) {
  return environmentOf(scope, attributes).parse(text);
}

export function variablesOf(scope: ExpressionScope): readonly (keyof typeof variables)[] {
  return scope === 'line' ? [...activityNames, 'line'] : activityNames;
}

/**
 * Runs a checked expression by the interpreter: slowly, but it is the engine that everybody knows, so it is the oracle of
 * tests, and runs what `compileTree` does not know. It has whole numbers as bigint only, types by class, faults as errors.
 */
export function interpreterOf(
  parsed: (context: Record<string, unknown>) => unknown,
  attributes: AttributeTypes,
): Run {
  // Attributes are of the types that this rule says, so what was made of them is its own.
  const made = attributes === noAttributes ? shared : new WeakMap<object, object>();
  return (values) => {
    try {
      return outOf(parsed(interpretable(values, attributes, made)));
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
const shared = new WeakMap<object, object>();

function interpretable(
  values: Values,
  attributes: AttributeTypes,
  made: WeakMap<object, object>,
): Record<string, unknown> {
  const known = made.get(values);
  if (known) return known as Record<string, unknown>;
  const into = (type: string, value: unknown): unknown => {
    if (value === undefined) return undefined;
    if (type === 'int') return BigInt(value as Int);
    if (type === 'list<Line>') return (value as LineValue[]).map((line) => into('Line', line));
    if (!(type in vocabulary)) return value;
    const known = made.get(value as object);
    if (known) return known;
    const isOwn = type === 'Attributes';
    const fields: [string, string][] = Object.entries(
      isOwn ? attributes : vocabulary[type as keyof typeof vocabulary],
    );
    const object = new classes[type]!(
      Object.fromEntries(
        fields.flatMap(([name, of]) => {
          const field = (value as Record<string, unknown>)[name];
          // What was recorded as something else is not what the rule asks for.
          return isOwn && !isOf(of as AttributeType, field as Attributes[string])
            ? []
            : [[name, into(of, field)]];
        }),
      ),
    );
    made.set(value as object, object);
    return object;
  };
  const context = Object.fromEntries(
    Object.entries(variables).map(([name, type]) => [name, into(type, values[name as keyof Values])]),
  );
  made.set(values, context);
  return context;
}

function outOf(value: unknown): unknown {
  if (typeof value === 'bigint') return toInt(value);
  return Array.isArray(value) ? value.map(outOf) : value;
}
