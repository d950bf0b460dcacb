import { serialize, type ASTNode } from '@marcbachmann/cel-js';

import type { Attributes } from '../activity/activity.ts';
import { isOf } from '../activity/kinds.ts';
import type { AttributeType } from '../network/programmes.ts';
import { oneOf, globber } from './glob.ts';
import { add, divide, multiply, negate, remainder, subtract, sum, truncate } from './int.ts';
import { Fault } from './fault.ts';
import { hasField, toInt, uncertainTypes, type Values } from './vocabulary.ts';

/**
 * Turns a checked expression into one function: the same values and the same faults as the interpreter's, fifty times
 * as fast. Null for a tree with a part that only the interpreter knows, and where code may not be made. Faults are
 * thrown as `Fault`; whole numbers come out as `Int`.
 *
 * Nothing of a rule's text becomes code: what is written here is put together, literals are handed over as values, and
 * the names of fields are taken from the vocabulary.
 */
export function compileTree(ast: ASTNode): ((values: Values) => unknown) | null {
  const code: Code = { values: [], functions: [] };
  try {
    const result = write(ast, { item: null, code });
    const names = code.values.map((_, index) => `c${index}`);
    const whole = /^(f\d+)\(v\)$/.exec(result)?.[1] ?? `(v) => ${result}`;
    const source = `'use strict'; ${code.functions.join(' ')} return ${whole};`;
    // oxlint-disable-next-line no-new-func -- see above: no word in it comes from outside this file
    const make = new Function('h', ...names, source) as (...given: unknown[]) => (values: Values) => unknown;
    return make(helpers, ...code.values);
  } catch (error) {
    // An EvalError: this Node was told to make no code from texts.
    if (error instanceof Unknown || error instanceof EvalError) return null;
    throw error;
  }
}

/** What is gathered on the way: values that the code refers to, and functions that it is made of. */
type Code = { values: unknown[]; functions: string[] };
/** `item`: what a comprehension calls its item; in the code it is `i`, and the values are `v`. */
type Place = { item: string | null; code: Code };

class Unknown extends Error {}

function write(node: ASTNode, place: Place): string {
  switch (node.op) {
    case 'value':
      return keep(typeof node.args === 'bigint' ? toInt(node.args) : node.args, place);
    case 'id':
      return variable(node, node.args, place);
    case '.':
      return field(node, node.args, place);
    case 'list':
      return list(node.args, place);
    case '&&':
    case '||':
      return junction(node, place);
    case '!_':
      return `!${write(node.args, place)}`;
    case '-_':
      return typeOf(node) === 'double'
        ? `(-${write(node.args, place)})`
        : `h.negate(${write(node.args, place)})`;
    case '?:': {
      const [when, then, otherwise] = node.args.map((part) => write(part, place));
      return `(${when} ? ${then} : ${otherwise})`;
    }
    case 'call':
      return call(node.args, place);
    case 'rcall':
      return method(node.args, place);
    default:
      return binary(node, place);
  }
}

// The machine keeps a text that names a property only once, and compares such texts by where they are.
function keep(given: unknown, { code }: Place): string {
  const value = typeof given === 'string' ? Object.keys({ [given]: 0 })[0] : given;
  return `c${code.values.push(value) - 1}`;
}

/** Adds a function of its own; answers the name by which the code calls it. */
function define(parameters: string, body: string, { code }: Place): string {
  const name = `f${code.functions.length}`;
  code.functions.push(`function ${name}(${parameters}) { ${body} }`);
  return name;
}

function missing(node: ASTNode, place: Place): string {
  return keep(new Fault('missing', serialize(node)), place);
}

function typeOf(node: ASTNode): string {
  return (node as { checkedType?: { name: string } }).checkedType?.name ?? '';
}

const certain = ['activity', 'participant', 'eligible'];
const uncertain = ['outlet', 'line'];

function variable(node: ASTNode, name: string, place: Place): string {
  if (name === place.item) return 'i';
  if (certain.includes(name)) return `v.${name}`;
  if (!uncertain.includes(name)) throw new Unknown(name);
  return `h.need(v.${name}, ${missing(node, place)})`;
}

function field(node: ASTNode, args: readonly [ASTNode, string], place: Place): string {
  if (typeOf(args[0]) === 'Attributes')
    return `h.attribute(${fieldOf(args, place)}, '${attributeType(node)}', ${missing(node, place)})`;
  const value = fieldOf(args, place);
  const isCertain = !uncertainTypes.some((type) => type === typeOf(args[0]));
  return isCertain ? value : `h.need(${value}, ${missing(node, place)})`;
}

const attributeTypes = ['string', 'int', 'double', 'bool'] as const;

function attributeType(node: ASTNode): string {
  const type = attributeTypes.find((one) => one === typeOf(node));
  if (!type) throw new Unknown(typeOf(node));
  return type;
}

function fieldOf([object, name]: readonly [ASTNode, string], place: Place): string {
  // Of attributes the name is not ours, so it is a value and no word of the code.
  if (typeOf(object) === 'Attributes') return `${write(object, place)}[${keep(name, place)}]`;
  if (!hasField(typeOf(object), name)) throw new Unknown(name);
  return `${write(object, place)}.${name}`;
}

// The interpreter takes the elements of a list, as the arguments of a call, from the last to the first.
function list(elements: readonly ASTNode[], place: Place): string {
  const known = literals(elements);
  if (known) return keep(known, place);
  const parts = elements.map((element) => write(element, place));
  return `[${parts.toReversed().join(', ')}].reverse()`;
}

function literals(elements: readonly ASTNode[]): unknown[] | null {
  const known = elements.flatMap((node) => (node.op === 'value' ? [node.args] : []));
  if (known.length < elements.length) return null;
  return known.map((value) => (typeof value === 'bigint' ? toInt(value) : value));
}

// `&&` and `||`: one part that decides makes up for faults in the others, so a fault makes it look at each part.
function junction(node: ASTNode, place: Place): string {
  const partsOf = (part: ASTNode): ASTNode[] =>
    part.op === node.op ? (part.args as ASTNode[]).flatMap(partsOf) : [part];
  const parts = partsOf(node).map((part) => write(part, place));
  const each = parts.map((part) => `(v, i) => ${part}`).join(', ');
  const name = define(
    'v, i',
    `try { return ${parts.join(` ${node.op} `)}; } ` +
      `catch (e) { return h.decide(e, ${node.op === '||'}, [${each}], v, i); }`,
    place,
  );
  return place.item === null ? `${name}(v)` : `${name}(v, i)`;
}

const comparisons = new Set<string>(['==', '!=', '<', '<=', '>', '>=']);
const arithmetic: Record<string, string> = {
  '+': 'add',
  '-': 'subtract',
  '*': 'multiply',
  '/': 'divide',
  '%': 'remainder',
};

function binary(node: ASTNode, place: Place): string {
  const [left, right] = node.args as [ASTNode, ASTNode];
  const a = write(left, place);
  if (node.op === 'in') return within(a, right, place);
  const b = write(right, place);
  const type = typeOf(left);
  if (type.startsWith('list<')) {
    if (node.op === '+') return `[...${a}, ...${b}]`;
    if (node.op === '==') return `h.isSame(${a}, ${b})`;
    if (node.op === '!=') return `!h.isSame(${a}, ${b})`;
  } else if (type === 'double' || typeOf(right) === 'double') {
    // Beside a whole number only order is asked, and for that the two need not be of one sort.
    if (comparisons.has(node.op)) return `(${a} ${node.op.replace(/^([=!]=)$/, '$1=')} ${b})`;
    if (['+', '-', '*', '/'].includes(node.op)) return `(${a} ${node.op} ${b})`;
  } else if (['int', 'string', 'bool'].includes(type)) {
    // Numbers and bigints compare as what they are, and are equal only as the same sort of thing.
    if (comparisons.has(node.op)) return `(${a} ${node.op.replace(/^([=!]=)$/, '$1=')} ${b})`;
    if (type === 'string' && node.op === '+') return `(${a} + ${b})`;
    if (type === 'int' && arithmetic[node.op]) return `h.${arithmetic[node.op]}(${a}, ${b})`;
  }
  throw new Unknown(node.op);
}

const comparedMax = 16;

function within(value: string, right: ASTNode, place: Place): string {
  const known = right.op === 'list' ? literals(right.args) : null;
  if (!known) return `h.isAmong(${value}, ${write(right, place)})`;
  if (known.length > comparedMax) return `${keep(new Set(known), place)}.has(${value})`;
  const equal = known.map((each) => `x === ${keep(each, place)}`);
  return `${define('x', `return ${equal.join(' || ') || 'false'};`, place)}(${value})`;
}

function call([name, args]: readonly [string, readonly ASTNode[]], place: Place): string {
  if (name === 'has') {
    const [path] = args as [ASTNode];
    if (path.op !== '.') throw new Unknown('has');
    if (typeOf(path.args[0]) === 'Attributes')
      return `h.isOf('${attributeType(path)}', ${fieldOf(path.args, place)})`;
    if (path.args[0].op !== 'id') throw new Unknown('has');
    return `(${fieldOf(path.args, place)} !== undefined)`;
  }
  const [first, second] = args as [ASTNode, ASTNode | undefined];
  if (name === 'size') return size(first, place);
  if (name === 'sum') return `h.sum(${write(first, place)})`;
  if (name === 'glob' && second!.op === 'value')
    return `${keep(globber(second!.args as string), place)}(${write(first, place)})`;
  if (name === 'int' && typeOf(first) === 'double') return `h.truncate(${write(first, place)})`;
  if (name === 'double' && typeOf(first) === 'int') return `Number(${write(first, place)})`;
  if (!['glob', 'oneOf', 'min', 'max'].includes(name)) throw new Unknown(name);
  return `h.${name}(${write(second!, place)}, ${write(first, place)})`;
}

function size(node: ASTNode, place: Place): string {
  const of = write(node, place);
  return typeOf(node) === 'string' ? `h.length(${of})` : `${of}.length`;
}

const ofText = new Set(['startsWith', 'endsWith', 'contains', 'lowerAscii', 'upperAscii', 'trim']);

function method(
  [name, receiver, args]: readonly [string, ASTNode, readonly ASTNode[]],
  place: Place,
): string {
  if (name === 'size') return size(receiver, place);
  if (loops[name]) return comprehension(loops[name], receiver, args, place);
  if (!ofText.has(name) || typeOf(receiver) !== 'string') throw new Unknown(name);
  return `h.${name}(${[...args, receiver].map((part) => write(part, place)).join(', ')})`;
}

/** The body of a loop over the items, what stands before it, and what after. */
type Loop = (body: string, transform: string | undefined) => [before: string, each: string, after: string];

// One item that decides makes up for faults in the others; when none does, the first fault counts.
const quantifier =
  (decides: boolean): Loop =>
  (body) => [
    'let f = null;',
    `try { if (${decides ? '' : '!'}${body}) return ${decides}; } catch (e) { f ??= h.faultOf(e); }`,
    `if (f) throw f; return ${!decides};`,
  ];

const loops: Record<string, Loop> = {
  exists: quantifier(true),
  all: quantifier(false),
  exists_one: (body) => ['let n = 0;', `if (${body}) n += 1;`, 'return n === 1;'],
  filter: (body) => ['const r = [];', `if (${body}) r.push(i);`, 'return r;'],
  map: (body, transform) => [
    'const r = [];',
    transform === undefined ? `r.push(${body});` : `if (${body}) r.push(${transform});`,
    'return r;',
  ],
};

function comprehension(loop: Loop, receiver: ASTNode, args: readonly ASTNode[], place: Place): string {
  const [item, ...bodies] = args;
  const items = write(receiver, place);
  const inside = { ...place, item: item!.args as string };
  const [body, transform] = bodies.map((each) => write(each, inside));
  const [before, each, after] = loop(body!, transform);
  const name = define('v, l', `${before} for (const i of l) { ${each} } ${after}`, place);
  return `${name}(v, ${items})`;
}

function faultOf(error: unknown): Fault {
  if (error instanceof Fault) return error;
  throw error;
}

type Part = (values: Values, item: unknown) => unknown;

// When no part decides, the last fault counts.
function decide(
  error: unknown,
  decides: boolean,
  parts: readonly Part[],
  values: Values,
  item: unknown,
): boolean {
  let fault = faultOf(error);
  for (const part of parts) {
    try {
      if (part(values, item) === decides) return decides;
    } catch (again) {
      fault = faultOf(again);
    }
  }
  throw fault;
}

function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  return a.every((value, index) => isSame(value, b[index]));
}

/** What the code calls. Of two arguments the second comes first, for it is evaluated first. */
const helpers = {
  need: (value: unknown, fault: Fault) => {
    if (value === undefined) throw fault;
    return value;
  },
  faultOf,
  decide,
  add,
  subtract,
  multiply,
  divide,
  remainder,
  negate,
  sum,
  truncate,
  isOf,
  attribute: (value: Attributes[string] | undefined, type: AttributeType, fault: Fault) => {
    if (!isOf(type, value)) throw fault;
    return value;
  },
  isSame,
  isAmong: (value: unknown, among: readonly unknown[]) => among.some((one) => isSame(value, one)),
  // Characters, and not the halves of which some of them consist.
  length: (text: string) => [...text].length,
  min: <T>(b: T, a: T) => (a < b ? a : b),
  max: <T>(b: T, a: T) => (a > b ? a : b),
  glob: (pattern: string, text: string) => globber(pattern)(text),
  oneOf: (patterns: readonly string[], text: string) => oneOf(text, patterns),
  startsWith: (arg: string, text: string) => text.startsWith(arg),
  endsWith: (arg: string, text: string) => text.endsWith(arg),
  contains: (arg: string, text: string) => text.includes(arg),
  lowerAscii: (text: string) => text.toLowerCase(),
  upperAscii: (text: string) => text.toUpperCase(),
  trim: (text: string) => text.trim(),
};
