import assert from 'node:assert/strict';

import * as fc from 'fast-check';

import { runBoth, someCase } from '../expressions.ts';
import { failure, type Counts, type Run } from './part.ts';

/** Runs generated expressions on generated activities, compiled and interpreted: values and faults must be the same. */
export async function proveExpressions({ seed, rounds, onProgress }: Run): Promise<Counts> {
  const seen = { compared: 0, values: 0, missing: 0, problems: 0 };
  const property = fc.property(someCase, (one) => {
    const both = runBoth(one);
    if (!both) return;
    assert(both.isCompiled, 'an expression that is allowed can be compiled');
    assert.deepEqual(both.compiled, both.interpreted);
    seen.compared += 1;
    if ('value' in both.compiled) seen.values += 1;
    else seen[both.compiled.fault === 'missing' ? 'missing' : 'problems'] += 1;
    onProgress?.(seen.compared);
  });
  const result = fc.check(property, { numRuns: rounds, seed });
  if (!result.failed) return seen;
  const example = `${result.counterexample?.[0].expression.text}\n${fc.stringify(result.counterexample?.[0].values)}`;
  throw failure('expressions', { seed, rounds }, result.errorInstance, example);
}
