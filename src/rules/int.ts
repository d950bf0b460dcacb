import { Fault } from './fault.ts';
import { toInt, type Int } from './vocabulary.ts';

// Arithmetic on whole numbers of 64 bits, as expressions have it. A result within the exact numbers was not rounded,
// for what was rounded lies beyond them; so where both sides are numbers and the result is exact, it is right.

export function add(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const result = a + b;
    if (Number.isSafeInteger(result)) return result;
  }
  return bounded(BigInt(a) + BigInt(b));
}

export function subtract(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const result = a - b;
    if (Number.isSafeInteger(result)) return result;
  }
  return bounded(BigInt(a) - BigInt(b));
}

export function multiply(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const result = a * b;
    if (Number.isSafeInteger(result)) return result;
  }
  return bounded(BigInt(a) * BigInt(b));
}

const dividedByZero = new Fault('problem', 'division by zero');
const moduloByZero = new Fault('problem', 'modulo by zero');

/** Towards zero. */
export function divide(a: Int, b: Int): Int {
  if (b === 0) throw dividedByZero;
  if (typeof a === 'number' && typeof b === 'number') return (a - (a % b)) / b;
  return toInt(BigInt(a) / BigInt(b));
}

/** With the sign of what is divided. */
export function remainder(a: Int, b: Int): Int {
  if (b === 0) throw moduloByZero;
  if (typeof a === 'number' && typeof b === 'number') return a % b;
  return toInt(BigInt(a) % BigInt(b));
}

export function negate(a: Int): Int {
  return typeof a === 'number' ? 0 - a : -a;
}

/** All of a list; beyond 64 bits too, as the interpreter has it. */
export function sum(list: readonly Int[]): Int {
  let total: Int = 0;
  for (const each of list) {
    const next: Int = typeof total === 'number' && typeof each === 'number' ? total + each : 0.5;
    total = Number.isSafeInteger(next) ? next : toInt(BigInt(total) + BigInt(each));
  }
  return total;
}

const intMax = 2n ** 63n - 1n;
const intMin = -(2n ** 63n);

function bounded(result: bigint): Int {
  if (result > intMax || result < intMin) throw new Fault('problem', `integer overflow: ${result}`);
  return toInt(result);
}

const unbounded = new Fault('problem', 'int() type error: integer overflow');

/** What stands before the point. */
export function truncate(value: number): Int {
  if (!Number.isFinite(value)) throw unbounded;
  return toInt(BigInt(Math.trunc(value)));
}
