import { expect, test } from 'vitest';

import { measureRules } from './rules/bench-rules.ts';

/** No speed is asserted: what counts here is that all engines agree and everything was measured. */
test('the rules bench compares engines that name the same rules', async () => {
  const plan = { rules: 60, manyRules: 120, activities: 40, rounds: 1, seconds: 0.02 };
  const measured = await measureRules(plan, true);
  expect(Object.values(measured.ratios).every((ratio) => typeof ratio === 'number')).toBe(true);
  expect(measured.figures).toMatchObject({ considered: expect.any(Number), storedBytes: expect.any(Number) });
  expect(measured.figures['fired']).toBeGreaterThan(0.5);
  expect(Object.keys(measured.goals)).toEqual([
    'vsJsonRulesEngine',
    'vsUnindexedCel',
    'compiledVsInterpreted',
  ]);
});
