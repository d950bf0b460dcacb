import { expect, test } from 'vitest';
import type { Quad, TextLine } from './reading.ts';
import { rows } from './rows.ts';

/** Text in a box of 10 pixels per letter and 20 pixels height, with its middle line moved by `bend`. */
function line(
  text: string,
  x: number,
  y: number,
  bend: (x: number, y: number) => number = () => 0,
): TextLine {
  const right = x + text.length * 10;
  const [a, b] = [bend(x, y), bend(right, y)];
  const quad: Quad = [x, y + a, right, y + b, right, y + 20 + b, x, y + 20 + a];
  return { text, quad, confidence: 1 };
}

const printed = (bend?: (x: number, y: number) => number) => [
  line('8.40', 600, 100, bend),
  line('ULTRA MILK 250ML', 20, 100, bend),
  line('2 x', 300, 100, bend),
  line('INDOMIE GORENG', 20, 126, bend),
  line('12.00', 590, 126, bend),
  line('TOTAL', 20, 152, bend),
  line('20.40', 590, 152, bend),
];
const expected = ['ULTRA MILK 250ML 2 x 8.40', 'INDOMIE GORENG 12.00', 'TOTAL 20.40'];

test('joins what stands on one row, left to right and top to bottom', () => {
  expect(rows(printed()).map((row) => row.text)).toEqual(expected);
});

test('follows rows that lean by more than their own height', () => {
  expect(rows(printed((x) => x * 0.08)).map((row) => row.text)).toEqual(expected);
  expect(rows(printed((x) => x * -0.08)).map((row) => row.text)).toEqual(expected);
});

test('follows paper that bends', () => {
  expect(rows(printed((x) => 15 * Math.sin(x / 300))).map((row) => row.text)).toEqual(expected);
});

test('keeps a narrow column under another one apart', () => {
  const apart = rows([line('QTY', 20, 100), line('1', 20, 112), line('PRICE', 200, 100)]);
  expect(apart.map((row) => row.text)).toEqual(['QTY PRICE', '1']);
});

test('draws the quad around the whole row', () => {
  expect(rows(printed())[1]!.quad).toEqual([20, 126, 640, 126, 640, 146, 20, 146]);
});

test('has no rows where there is no text', () => {
  expect(rows([])).toEqual([]);
});
