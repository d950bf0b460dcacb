import { expect, test } from 'vitest';

import { asShown } from './shape.ts';
import { newDiscount, newSegment, newTiers, untaken } from './templates.ts';

test.each([newTiers, newSegment, newDiscount])('a form shows what begins with its template', (template) => {
  const document = template('MYR');
  expect(asShown(document)).toBe(document);
});

test.each([
  {},
  { ...newTiers('MYR'), tiers: [{ code: 'gold' }] },
  { ...newTiers('MYR'), window: 'P3M' },
  { ...newDiscount('MYR'), table: [{ from: 'ten' }] },
  { ...newSegment('MYR'), counters: { visits: {} } },
  { ...newSegment('MYR'), kind: 'list' },
])('what no form can walk through is shown as its text', (document) => {
  expect(asShown(document)).toBeNull();
});

test('a template takes a code that is free', () => {
  const begin = untaken(newSegment, ['new-segment', 'new-segment-2']);
  expect(begin('MYR')['code']).toBe('new-segment-3');
});
