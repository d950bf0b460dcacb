import { serialize, type ASTNode } from '@marcbachmann/cel-js';

import { globber, oneOf } from './glob.ts';
import { addInts, toInt, type Int, type LineValue, type Values } from './vocabulary.ts';

/**
 * Why an expression has no value. Thrown, and no `Error`: it is made once for a place in an expression, for a sale
 * that lacks a fact is nothing rare.
 */
export class Fault {
  readonly code: 'missing' | 'problem';
  /** The fact that is missing, or what the problem is. */
  readonly what: string;
  constructor(code: Fault['code'], what: string) {
    this.code = code;
    this.what = what;
  }
}

/** A piece of an expression, ready to run; `item` is what a comprehension is looking at. */
type Closure = (values: Values, item: unknown) => unknown;
type Place = { item: string | null };

class Unknown extends Error {}

/**
 * Turns a checked expression into functions that call each other: the same values and the same faults as the
 * interpreter's, a hundred times as fast. Null for a tree with a part that only the interpreter knows. Faults are
 * thrown as `Fault`. Whole numbers come out as `Int`.
 */
export function compileTree(ast: ASTNode): ((values: Values) => unknown) | null {
  try {
    const closure = closureOf(ast, { item: null });
    return (values) => closure(values, undefined);
  } catch (error) {
    if (error instanceof Unknown) return null;
    throw error;
  }
}

function closureOf(node: ASTNode, place: Place): Closure {
  switch (node.op) {
    case 'value':
      return constant(typeof node.args === 'bigint' ? toInt(node.args) : node.args);
    case 'id':
      return variable(node, node.args, place);
    case '.':
      return field(node, node.args, place);
    case 'list':
      return list(node.args, place);
    case '&&':
      return junction(node, false, place);
    case '||':
      return junction(node, true, place);
    case '!_':
      return not(closureOf(node.args, place));
    case '-_':
      return negated(closureOf(node.args, place));
    case '?:':
      return ternary(node.args, place);
    case 'call':
      return call(node.args, place);
    case 'rcall':
      return method(node.args, place);
    default:
      return binary(node, place);
  }
}

function typeOf(node: ASTNode): string {
  return (node as { checkedType?: { name: string } }).checkedType?.name ?? '';
}

function missing(node: ASTNode): Fault {
  return new Fault('missing', serialize(node));
}

function constant(value: unknown): Closure {
  return () => value;
}

function variable(node: ASTNode, name: string, { item }: Place): Closure {
  if (name === item) return (_values, current) => current;
  const fault = missing(node);
  return (values) => {
    const value = values[name as keyof Values];
    if (value === undefined) throw fault;
    return value;
  };
}

function field(node: ASTNode, [object, name]: readonly [ASTNode, string], place: Place): Closure {
  const fault = missing(node);
  const of = closureOf(object, place);
  return (values, item) => {
    const value = (of(values, item) as Record<string, unknown>)[name];
    if (value === undefined) throw fault;
    return value;
  };
}

// The interpreter takes the elements of a list, as the arguments of a call, from the last to the first.
function list(elements: readonly ASTNode[], place: Place): Closure {
  const closures = elements.map((element) => closureOf(element, place));
  if (elements.every(({ op }) => op === 'value')) {
    const values = closures.map((closure) => closure(undefined as never, undefined));
    return () => values;
  }
  return (values, item) => {
    const result = Array.from<unknown>({ length: closures.length });
    for (let index = closures.length - 1; index >= 0; index -= 1)
      result[index] = closures[index]!(values, item);
    return result;
  };
}

// `&&` and `||`: one part that decides makes up for faults in the others; when none does, the last fault counts.
function junction(node: ASTNode, decides: boolean, place: Place): Closure {
  const partsOf = (part: ASTNode): ASTNode[] =>
    part.op === node.op ? (part.args as ASTNode[]).flatMap(partsOf) : [part];
  const parts = partsOf(node).map((part) => closureOf(part, place));
  return (values, item) => {
    let fault: Fault | null = null;
    for (const part of parts) {
      try {
        if (part(values, item) === decides) return decides;
      } catch (error) {
        fault = faultOf(error);
      }
    }
    if (fault) throw fault;
    return !decides;
  };
}

function faultOf(error: unknown): Fault {
  if (error instanceof Fault) return error;
  throw error;
}

function not(of: Closure): Closure {
  return (values, item) => !of(values, item);
}

function negated(of: Closure): Closure {
  return (values, item) => -(of(values, item) as number);
}

function ternary([condition, yes, no]: readonly [ASTNode, ASTNode, ASTNode], place: Place): Closure {
  const [when, then, otherwise] = [condition, yes, no].map((part) => closureOf(part, place)) as [
    Closure,
    Closure,
    Closure,
  ];
  return (values, item) => (when(values, item) ? then(values, item) : otherwise(values, item));
}

function binary(node: ASTNode, place: Place): Closure {
  const [left, right] = node.args as [ASTNode, ASTNode];
  const type = typeOf(left);
  const a = closureOf(left, place);
  if (node.op === 'in') return within(a, right, place);
  const b = closureOf(right, place);
  const made = operators[type.startsWith('list<') ? 'list' : type]?.[node.op];
  if (!made) throw new Unknown(node.op);
  return made(a, b);
}

type Binary = Record<string, (a: Closure, b: Closure) => Closure>;

// Each function stands for itself, although they look alike: so the machine sees one type at each place.
const ints: Binary = {
  '==': (a, b) => (values, item) => a(values, item) === b(values, item),
  '!=': (a, b) => (values, item) => a(values, item) !== b(values, item),
  '<': (a, b) => (values, item) => (a(values, item) as number) < (b(values, item) as number),
  '<=': (a, b) => (values, item) => (a(values, item) as number) <= (b(values, item) as number),
  '>': (a, b) => (values, item) => (a(values, item) as number) > (b(values, item) as number),
  '>=': (a, b) => (values, item) => (a(values, item) as number) >= (b(values, item) as number),
  '+': arithmetic(
    (a, b) => a + b,
    (a, b) => a + b,
  ),
  '-': arithmetic(
    (a, b) => a - b,
    (a, b) => a - b,
  ),
  '*': arithmetic(
    (a, b) => a * b,
    (a, b) => a * b,
  ),
  '/': (a, b) => (values, item) => divide(a(values, item) as Int, b(values, item) as Int),
  '%': (a, b) => (values, item) => remainder(a(values, item) as Int, b(values, item) as Int),
};

const texts: Binary = {
  '==': (a, b) => (values, item) => a(values, item) === b(values, item),
  '!=': (a, b) => (values, item) => a(values, item) !== b(values, item),
  '<': (a, b) => (values, item) => (a(values, item) as string) < (b(values, item) as string),
  '<=': (a, b) => (values, item) => (a(values, item) as string) <= (b(values, item) as string),
  '>': (a, b) => (values, item) => (a(values, item) as string) > (b(values, item) as string),
  '>=': (a, b) => (values, item) => (a(values, item) as string) >= (b(values, item) as string),
  '+': (a, b) => (values, item) => (a(values, item) as string) + (b(values, item) as string),
};

const lists: Binary = {
  '==': (a, b) => (values, item) => isSame(a(values, item), b(values, item)),
  '!=': (a, b) => (values, item) => !isSame(a(values, item), b(values, item)),
  '+': (a, b) => (values, item) => [...(a(values, item) as unknown[]), ...(b(values, item) as unknown[])],
};

const operators: Record<string, Binary> = { int: ints, string: texts, bool: texts, list: lists };

function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  return a.every((value, index) => isSame(value, b[index]));
}

function within(value: Closure, right: ASTNode, place: Place): Closure {
  const among = closureOf(right, place);
  if (right.op === 'list' && right.args.every(({ op }) => op === 'value')) {
    const set = new Set(among(undefined as never, undefined) as unknown[]);
    return (values, item) => set.has(value(values, item));
  }
  return (values, item) => {
    const wanted = value(values, item);
    for (const one of among(values, item) as unknown[]) if (isSame(wanted, one)) return true;
    return false;
  };
}

const intMax = 2n ** 63n - 1n;
const intMin = -(2n ** 63n);

function arithmetic(
  quick: (a: number, b: number) => number,
  exact: (a: bigint, b: bigint) => bigint,
): Binary[string] {
  return (a, b) => (values, item) => {
    const [left, right] = [a(values, item) as Int, b(values, item) as Int];
    if (typeof left === 'number' && typeof right === 'number') {
      // A result within the exact numbers was not rounded: what was rounded lies beyond them.
      const result = quick(left, right);
      if (Number.isSafeInteger(result)) return result;
    }
    const result = exact(BigInt(left), BigInt(right));
    if (result > intMax || result < intMin) throw new Fault('problem', `integer overflow: ${result}`);
    return toInt(result);
  };
}

const dividedByZero = new Fault('problem', 'division by zero');
const moduloByZero = new Fault('problem', 'modulo by zero');

// Towards zero, as whole numbers of 64 bits divide.
function divide(a: Int, b: Int): Int {
  if (b === 0) throw dividedByZero;
  if (typeof a === 'number' && typeof b === 'number') return (a - (a % b)) / b;
  return toInt(BigInt(a) / BigInt(b));
}

function remainder(a: Int, b: Int): Int {
  if (b === 0) throw moduloByZero;
  if (typeof a === 'number' && typeof b === 'number') return a % b;
  return toInt(BigInt(a) % BigInt(b));
}

function call([name, args]: readonly [string, readonly ASTNode[]], place: Place): Closure {
  if (name === 'has') return has(args[0]!, place);
  const [a, b] = args.map((arg) => closureOf(arg, place)) as [Closure, Closure];
  switch (name) {
    case 'size':
      return size(args[0]!, a);
    case 'glob':
      return globbing(a, args[1]!, b);
    case 'oneOf':
      return backwards(a, b, (text: string, patterns: string[]) => oneOf(text, patterns));
    case 'sum':
      return (values, item) => (a(values, item) as Int[]).reduce(addInts, 0);
    case 'min':
      return backwards(a, b, (x: Int, y: Int) => (x < y ? x : y));
    case 'max':
      return backwards(a, b, (x: Int, y: Int) => (x > y ? x : y));
    default:
      throw new Unknown(name);
  }
}

function backwards<A, B>(a: Closure, b: Closure, apply: (a: A, b: B) => unknown): Closure {
  return (values, item) => {
    const second = b(values, item);
    return apply(a(values, item) as A, second as B);
  };
}

function has(node: ASTNode, place: Place): Closure {
  if (node.op !== '.' || node.args[0].op !== 'id') throw new Unknown('has');
  const [object, name] = node.args;
  const of = closureOf(object, place);
  return (values, item) => (of(values, item) as Record<string, unknown>)[name] !== undefined;
}

// Texts are counted in characters, not in the halves of which some of them consist.
function size(node: ASTNode, of: Closure): Closure {
  if (typeOf(node) === 'string') return (values, item) => [...(of(values, item) as string)].length;
  return (values, item) => (of(values, item) as unknown[]).length;
}

function globbing(text: Closure, node: ASTNode, pattern: Closure): Closure {
  if (node.op !== 'value')
    return backwards(text, pattern, (given: string, like: string) => globber(like)(given));
  const fits = globber(node.args as string);
  return (values, item) => fits(text(values, item) as string);
}

type Iterate = (of: Closure, body: Closure, ...more: Closure[]) => Closure;

const comprehensions: Record<string, Iterate> = {
  exists: (of, body) => quantifier(of, body, true),
  all: (of, body) => quantifier(of, body, false),
  exists_one: (of, body) => (values) => {
    let count = 0;
    for (const item of of(values, undefined) as unknown[]) if (body(values, item)) count += 1;
    return count === 1;
  },
  filter: (of, body) => (values) => (of(values, undefined) as unknown[]).filter((item) => body(values, item)),
  map: (of, body, transform) => (values) => {
    const items = of(values, undefined) as unknown[];
    if (!transform) return items.map((item) => body(values, item));
    return items.flatMap((item) => (body(values, item) ? [transform(values, item)] : []));
  },
};

// One item that decides makes up for faults in the others; when none does, the first fault counts.
function quantifier(of: Closure, body: Closure, decides: boolean): Closure {
  return (values) => {
    let fault: Fault | null = null;
    for (const item of of(values, undefined) as LineValue[]) {
      try {
        if (body(values, item) === decides) return decides;
      } catch (error) {
        fault ??= faultOf(error);
      }
    }
    if (fault) throw fault;
    return !decides;
  };
}

const ofText: Record<string, (text: string, arg: string) => unknown> = {
  startsWith: (text, arg) => text.startsWith(arg),
  endsWith: (text, arg) => text.endsWith(arg),
  contains: (text, arg) => text.includes(arg),
  lowerAscii: (text) => text.toLowerCase(),
  upperAscii: (text) => text.toUpperCase(),
  trim: (text) => text.trim(),
};

function method(
  [name, receiver, args]: readonly [string, ASTNode, readonly ASTNode[]],
  place: Place,
): Closure {
  const of = closureOf(receiver, place);
  if (name === 'size') return size(receiver, of);
  const iterate = comprehensions[name];
  if (iterate) {
    const [item, ...bodies] = args;
    const within = { item: item!.args as string };
    const [body, ...more] = bodies.map((each) => closureOf(each, within));
    return iterate(of, body!, ...more);
  }
  const apply = ofText[name];
  if (!apply || typeOf(receiver) !== 'string') throw new Unknown(name);
  const [arg] = args.map((each) => closureOf(each, place));
  return arg ? backwards(of, arg, apply) : (values, item) => apply(of(values, item) as string, '');
}
