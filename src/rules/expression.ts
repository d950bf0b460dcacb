import { ParseError, TypeError as CelTypeError, type ASTNode } from '@marcbachmann/cel-js';

import { compileTree } from './compile-expression.ts';

import {
  interpreterOf,
  noAttributes,
  parseExpression,
  variablesOf,
  type ExpressionScope,
  type Run,
} from './interpret-expression.ts';
import type { ProblemCode, ProblemText, RuleProblem, Why } from './problem.ts';
import { hasField, type AttributeTypes } from './vocabulary.ts';

const functions = new Set(['size', 'has', 'glob', 'oneOf', 'sum', 'min', 'max', 'int', 'double']);
const comprehensions = new Set(['exists', 'all', 'exists_one', 'filter', 'map']);
const methods = new Set(['startsWith', 'endsWith', 'contains', 'lowerAscii', 'upperAscii', 'trim', 'size']);
const operators = new Set(
  'value id . call rcall list ?: || && !_ -_ != == in + - * / % < <= > >='.split(' '),
);

export type Expression = {
  text: string;
  ast: ASTNode;
  /** Its value: a text, a bool, an `Int` or a list of them. Throws a `Fault` where it has none. */
  run: Run;
  /** The same by the interpreter, slowly: the oracle of tests, and what runs where nothing faster is known. */
  interpret: Run;
};
export type ExpressionProblem = Omit<RuleProblem, 'at'>;

/**
 * Parses and checks an expression that must give a bool or an int; answers with the first problem, its position and a
 * sentence otherwise. Allowed is what is typed and bounded: no regular expressions, no comprehension inside another,
 * nothing from outside the vocabulary.
 */
export function compileExpression(
  text: string,
  wanted: 'bool' | 'int' | 'double' | 'string',
  scope: ExpressionScope = 'activity',
  attributes: AttributeTypes = noAttributes,
): { ok: true; expression: Expression } | { ok: false; problem: ExpressionProblem } {
  try {
    const parsed = parseExpression(text, scope, attributes);
    const fractions = Object.values(attributes).includes('double');
    checkNode(parsed.ast, { names: variablesOf(scope), depth: 0, fractions });
    const checked = parsed.check();
    if (!checked.valid) throw checked.error!;
    checkTypes(parsed.ast, attributes);
    if (checked.type !== wanted)
      throw new Forbidden('expression-type', parsed.ast, 'gives', { type: checked.type ?? '', wanted });
    const interpret = interpreterOf(parsed, attributes);
    return {
      ok: true,
      expression: { text, ast: parsed.ast, run: compileTree(parsed.ast) ?? interpret, interpret },
    };
  } catch (error) {
    return { ok: false, problem: problemOf(error, text) };
  }
}

class Forbidden extends Error {
  readonly code: ProblemCode;
  readonly node: ASTNode;
  readonly why: Why;
  constructor(code: ProblemCode, node: ASTNode, why: ProblemText, facts: Why['facts'] = {}) {
    super(why);
    this.code = code;
    this.node = node;
    this.why = { why, facts };
  }
}

/** `fractions`: whether the rule reads an attribute that may have one; amounts and quantities have none. */
type Place = { names: readonly string[]; depth: number; fractions: boolean };

function checkNode(node: ASTNode, place: Place): void {
  if (!operators.has(node.op))
    throw new Forbidden('expression-forbidden', node, 'not-in-language', { name: node.op });
  if (node.op === 'value') return checkValue(node, node.args, place);
  if (node.op === 'id') return checkName(node, node.args, place);
  if (node.op === 'call') return checkCall(node, node.args, place);
  if (node.op === 'rcall') return checkMethod(node, node.args, place);
  for (const child of childrenOf(node)) checkNode(child, place);
}

function childrenOf(node: ASTNode): ASTNode[] {
  return [node.args]
    .flat(2)
    .filter((arg): arg is ASTNode => typeof arg === 'object' && arg !== null && 'op' in arg);
}

function checkValue(node: ASTNode, value: unknown, { fractions }: Place): void {
  if (['string', 'bigint', 'boolean'].includes(typeof value)) return;
  if (typeof value === 'number' && fractions) return;
  throw new Forbidden('expression-type', node, 'no-fraction');
}

function checkName(node: ASTNode, name: string, { names }: Place): void {
  if (names.includes(name)) return;
  const known = names.join(', ');
  // What sort of thing something is, is called kind.
  throw new Forbidden('expression-name', node, name === 'type' ? 'reserved-type' : 'no-name', {
    name,
    known,
  });
}

function checkCall(node: ASTNode, [name, args]: readonly [string, ASTNode[]], place: Place): void {
  if (!functions.has(name)) throw unknownFunction(node, name);
  for (const arg of args) checkNode(arg, place);
}

function checkMethod(
  node: ASTNode,
  [name, receiver, args]: readonly [string, ASTNode, ASTNode[]],
  place: Place,
): void {
  if (name === 'matches') throw new Forbidden('expression-forbidden', node, 'no-matches');
  if (!comprehensions.has(name) && !methods.has(name)) throw unknownFunction(node, name);
  checkNode(receiver, place);
  if (!comprehensions.has(name)) {
    for (const arg of args) checkNode(arg, place);
    return;
  }
  if (place.depth > 0) throw new Forbidden('expression-forbidden', node, 'nested', { name });
  const [item, ...bodies] = args;
  if (item?.op !== 'id') throw new Forbidden('expression-syntax', node, 'item-unnamed', { name });
  if (place.names.includes(item.args))
    throw new Forbidden('expression-name', item, 'item-taken', { name: item.args });
  const inside = { ...place, names: [...place.names, item.args], depth: place.depth + 1 };
  for (const body of bodies) checkNode(body, inside);
}

function unknownFunction(node: ASTNode, name: string): Forbidden {
  const known = [...functions, ...methods, ...comprehensions].join(', ');
  return new Forbidden('expression-forbidden', node, 'no-function', { name, known });
}

// The checker leaves its finding at each node. What has no definite type would be decided only when a rule runs.
function checkTypes(node: ASTNode, attributes: AttributeTypes): void {
  const type = (node as { checkedType?: { hasDynType?: boolean; name: string } }).checkedType;
  if (type?.hasDynType) throw new Forbidden('expression-type', node, 'no-type');
  if (node.op === 'call' && node.args[0] === 'has') checkHas(node.args[1][0]!, attributes);
  for (const child of childrenOf(node)) checkTypes(child, attributes);
}

// The checker looks only at the variable inside `has`: a field that nothing has would make it false for ever.
function checkHas(node: ASTNode, attributes: AttributeTypes): void {
  if (node.op !== '.') return;
  const [object, field] = node.args;
  const type = (object as { checkedType?: { name: string } }).checkedType?.name ?? '';
  if (type === 'Attributes' ? Object.hasOwn(attributes, field) : hasField(type, field)) return;
  throw new Forbidden('expression-name', node, 'no-field', { field });
}

function problemOf(error: unknown, text: string): ExpressionProblem {
  if (error instanceof Forbidden)
    return { code: error.code, position: positionOf(error.node.range, text), ...error.why };
  if (error instanceof ParseError || error instanceof CelTypeError) {
    const code = codeOf(error);
    return {
      code,
      position: positionOf(error.range ?? { start: 0, end: text.length }, text),
      ...whyOf(error),
    };
  }
  throw error;
}

function codeOf(error: ParseError | CelTypeError): ProblemCode {
  if (error.code === 'limit_exceeded') return 'too-long';
  if (error instanceof ParseError) return 'expression-syntax';
  return error.code === 'no_such_key' ? 'expression-name' : 'expression-type';
}

function whyOf(error: ParseError | CelTypeError): Why {
  if (error.code !== 'no_such_key') return { why: 'expression', facts: { detail: error.summary } };
  return { why: 'no-field', facts: { field: /No such key: (.*)/.exec(error.summary)?.[1] ?? '' } };
}

function positionOf(
  range: { start: number; end: number },
  text: string,
): NonNullable<RuleProblem['position']> {
  const before = text.slice(0, range.start).split('\n');
  const [line, column] = [before.length, before.at(-1)!.length + 1];
  const shown = text.split('\n')[line - 1]!;
  const width = Math.min(range.end - range.start, shown.length + 1 - column);
  const excerpt = `${shown}\n${' '.repeat(column - 1)}${'^'.repeat(Math.max(1, width))}`;
  return { start: range.start, end: range.end, line, column, excerpt };
}
