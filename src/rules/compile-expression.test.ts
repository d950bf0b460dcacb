import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { runBoth, someCase } from '../../test/expressions.ts';

/** `MITRA_CASES=100000` takes the long way. */
const cases = Number(process.env['MITRA_CASES'] ?? 4000);

test(
  'compiled expressions say what the interpreter says, values and faults alike',
  { timeout: 600_000 },
  () => {
    const seen = { compiled: 0, values: 0, missing: 0, problems: 0 };
    fc.assert(
      fc.property(someCase, (one) => {
        const both = runBoth(one);
        if (!both) return;
        expect(both.isCompiled).toBe(true);
        expect(both.compiled).toEqual(both.interpreted);
        seen.compiled += 1;
        if ('value' in both.compiled) seen.values += 1;
        else if (both.compiled.fault === 'missing') seen.missing += 1;
        else seen.problems += 1;
      }),
      { numRuns: cases },
    );
    // A generator of which most is refused, or nothing fails, would prove little.
    expect(seen.compiled).toBeGreaterThan(cases * 0.8);
    expect(seen.missing).toBeGreaterThan(cases * 0.02);
    expect(seen.problems).toBeGreaterThan(cases * 0.005);
  },
);
