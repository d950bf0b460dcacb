import { expect, test } from 'vitest';
import { decodeLetters } from './decode.ts';

const classes = ['', 'A', 'B', ' '];
const [blank, a, b, space] = [0, 1, 2, 3];

/** Steps in each of which one class has 0.7 and the others 0.1. */
const output = (...steps: number[]) =>
  Float32Array.from(steps.flatMap((best) => classes.map((_, c) => (c === best ? 0.7 : 0.1))));
const read = (...steps: number[]) =>
  decodeLetters(classes, output(...steps))
    .map(({ char }) => char)
    .join('');

test('drops blanks and repeats; a blank between them keeps equal letters apart', () => {
  expect(read(a, a, blank, b, b, blank, b)).toBe('ABB');
});

test('has one space between words, and none at the ends', () => {
  expect(read(space, a, space, blank, space, b, space)).toBe('A B');
});

test('gives each letter the highest probability of its steps', () => {
  const values = output(a, a);
  values.set([0.02, 0.95, 0.02, 0.01], classes.length);
  expect(decodeLetters(classes, values)).toEqual([{ char: 'A', probability: expect.closeTo(0.95, 5) }]);
});

test('reads nothing in nothing', () => {
  expect(read(blank, blank)).toBe('');
  expect(read()).toBe('');
});
