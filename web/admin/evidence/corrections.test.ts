import { describe, expect, test } from 'vitest';
import { correctionsOf, emptyLine, missingIn, type Draft } from './corrections.ts';

const read: Draft = {
  outlet: 'toko-maju',
  date: '2018-02-07',
  time: '15:16',
  number: '18301/102/T0305',
  totalMinor: 4535,
  lines: [
    { product: 'lychees', quantityMilli: 3000, amountMinor: 1014 },
    { product: null, quantityMilli: null, amountMinor: 3520 },
  ],
};
const withLine = (line: number, change: Partial<Draft['lines'][number]>): Draft => ({
  ...read,
  lines: read.lines.map((each, index) => (index === line ? { ...each, ...change } : each)),
});

describe('corrections', () => {
  test('are absent when the reviewer changed nothing', () => {
    expect(correctionsOf(read, read)).toBeUndefined();
  });

  test('hold only what was changed', () => {
    expect(correctionsOf(read, { ...read, totalMinor: 4355 })).toEqual({ totalMinor: 4355 });
    expect(correctionsOf(read, withLine(1, { product: 'sugar' }))).toEqual({
      lines: [{ item: 1, product: 'sugar', quantityMilli: 1000, amountMinor: 3520 }],
    });
  });

  test('count added items on without a gap, whatever was added and left empty', () => {
    const added = { product: 'biscuits', quantityMilli: 2000, amountMinor: 1800 };
    expect(correctionsOf(read, { ...read, lines: [...read.lines, emptyLine, added] })).toEqual({
      lines: [{ item: 2, ...added }],
    });
  });
});

describe('a receipt to approve', () => {
  test('lacks nothing when outlet, date, total and one product are there', () => {
    expect(missingIn(read)).toBeNull();
  });

  test.each([
    ['outlet', 'outlet', { ...read, outlet: null }],
    ['date', 'date', { ...read, date: '' }],
    ['total', 'totalMinor', { ...read, totalMinor: null }],
    ['product', 'product-0', withLine(0, { product: null })],
    ['amount', 'amount-0', withLine(0, { amountMinor: null })],
    ['amount', 'quantity-0', withLine(0, { quantityMilli: 0 })],
  ] as const)('lacks %s, and says where: %s', (what, input, draft) => {
    expect(missingIn(draft)).toEqual({ what, input });
  });
});
