import { expect, test } from 'vitest';

import { parseDocument, type RuleDocument } from './document.ts';
import { expiryOf, pendingOf } from './evaluate-dates.ts';

test.each<[string, NonNullable<RuleDocument['expires']>, string]>([
  ['twelve months', { after: 'P12M' }, '2019-03-21'],
  ['a year is the same', { after: 'P1Y' }, '2019-03-21'],
  ['six weeks', { after: 'P6W' }, '2018-05-02'],
  ['rounded to the end of the month', { after: 'P12M', endOf: 'month' }, '2019-03-31'],
  ['to the end of the quarter', { after: 'P12M', endOf: 'quarter' }, '2019-03-31'],
  ['to the end of the year', { after: 'P30D', endOf: 'year' }, '2018-12-31'],
  ['a fixed day', { on: '2018-12-25' }, '2018-12-25'],
  [
    'the earlier of two: the fixed day comes first',
    { earlier: [{ after: 'P12M' }, { on: '2018-12-25' }] },
    '2018-12-25',
  ],
  [
    'the earlier of two: the period ends first',
    { earlier: [{ on: '2018-12-25' }, { after: 'P30D' }] },
    '2018-04-20',
  ],
])('units of 21 March 2018 expire: %s', (_name, expires, day) => {
  expect(expiryOf(expires, '2018-03-21')).toBe(day);
});

test('units are pending through the last day of a period, or until an event', () => {
  expect(pendingOf({ after: 'P14D' }, '2018-03-21')).toEqual({ through: '2018-04-04' });
  expect(pendingOf({ after: 'P14D', endOf: 'month' }, '2018-03-21')).toEqual({ through: '2018-04-30' });
  expect(pendingOf({ until: 'delivery' }, '2018-03-21')).toEqual({ until: 'delivery' });
  expect(pendingOf(undefined, '2018-03-21')).toBeUndefined();
});

test.each([
  [{ expires: { after: 'P0D' } }, 'expires.after'],
  [{ expires: { earlier: [{ on: '2018-12-25' }] } }, 'expires.earlier'],
  [{ expires: { after: 'P1M', endOf: 'week' } }, 'expires.endOf'],
  [{ pending: { after: 'two weeks' } }, 'pending.after'],
  [{ pending: { until: '' } }, 'pending.until'],
])('%j is refused with the place', (part, at) => {
  const parsed = parseDocument({ ...base, ...part });
  expect(parsed.ok ? [] : parsed.problems.map((problem) => problem.at)).toContain(at);
});

const base: RuleDocument = {
  format: 1,
  code: 'base',
  texts: { en: { title: 'Base', award: 'A point for each piece' } },
  scope: { kinds: ['receipt'] },
  effects: [{ kind: 'award', leg: 'base', asset: 'points', per: 'activity', units: 1 }],
  rounding: { mode: 'down', at: 'line' },
  stacking: { group: 'base', order: 1, mode: 'sum' },
};
