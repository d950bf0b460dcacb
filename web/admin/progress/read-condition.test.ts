import { expect, test } from 'vitest';

import { readComparisons, writeComparisons } from './read-condition.ts';

test.each([
  'counted.visits >= 2',
  'counted.visits >= 2 && participant.tier == "gold"',
  'participant.kind != "seller" || participant.language == "id" || counted.sum1 < 100',
])('%s is chosen together and written as it was', (condition) => {
  expect(writeComparisons(readComparisons(condition)!)).toBe(condition);
});

test('a figure that is being typed may be missing', () => {
  const read = readComparisons('counted.visits >=');
  expect(read?.parts).toEqual([{ subject: 'counted.visits', is: '>=', value: '' }]);
  expect(writeComparisons(read!)).toBe('counted.visits >=');
});

test.each([
  '',
  'true',
  'counted.a >= 1 && counted.b >= 1 || counted.c >= 1',
  '(counted.a >= 1)',
  'counted.a + counted.b >= 2',
  'participant.code == "a && b"',
  String.raw`participant.code == "a\"b"`,
  '!(participant.tier == "gold")',
])('%s says more than comparisons can', (condition) => {
  expect(readComparisons(condition)).toBeNull();
});
