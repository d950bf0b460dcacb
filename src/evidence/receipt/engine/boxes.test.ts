import { describe, expect, test } from 'vitest';
import { cornersOf, findBoxes, offsetAt } from './boxes.ts';
import type { TextMap } from './components.ts';

type Line = { left: number; right: number; height: number; middle: (x: number) => number };

/** A text map with bands of certain text along the middle lines. */
function mapOf(lines: readonly Line[], width = 400, height = 200, value = 0.95): TextMap {
  const data = new Float32Array(width * height);
  for (const { left, right, height: tall, middle } of lines)
    for (let x = left; x < right; x += 1)
      for (let y = Math.round(middle(x) - tall / 2); y < Math.round(middle(x) + tall / 2); y += 1)
        data[y * width + x] = value;
  return { data, width, height };
}

const straight = (y: number): Line => ({ left: 50, right: 350, height: 10, middle: () => y });

describe('findBoxes', () => {
  test('finds a straight line and grows it to the height of its letters', () => {
    const [box, ...others] = findBoxes(mapOf([straight(100)]));
    expect(others).toEqual([]);
    // Area 3000 by half the perimeter 310, times the unclip ratio 2, is 9.7 pixels more on every side.
    expect(box).toMatchObject({ x: 200, y: 100, angle: 0, bend: [0, 0] });
    expect([box!.width, box!.height]).toEqual([expect.closeTo(319.4, 0), expect.closeTo(29.4, 0)]);
  });

  test.each([-20, -5, 5, 20])('finds the angle of a line that leans by %i degrees', (degrees) => {
    const slope = Math.tan((degrees * Math.PI) / 180);
    const [box] = findBoxes(mapOf([{ ...straight(0), middle: (x) => 100 + slope * (x - 200) }]));
    expect((box!.angle * 180) / Math.PI).toBeCloseTo(degrees, 0);
  });

  test('follows a line that bends by more than its height, and keeps it whole', () => {
    const [box, ...others] = findBoxes(
      mapOf([{ ...straight(0), middle: (x) => 90 + 20 * ((x - 200) / 150) ** 2 }]),
    );
    expect(others).toEqual([]);
    expect(box!.y).toBeCloseTo(90, 0);
    expect(offsetAt(box!, 1)).toBeGreaterThan(15);
    expect(box!.height).toBeLessThan(36);
    const [topLeft, topRight] = cornersOf(box!);
    expect(topLeft[1]).toBeCloseTo(topRight[1], 0);
  });

  test('takes lines apart that have grown together where they touch weakly', () => {
    const map = mapOf([straight(90), straight(110)]);
    // A weak bridge between the two.
    for (let y = 90; y < 110; y += 1)
      for (let x = 100; x < 140; x += 1)
        map.data[y * map.width + x] = Math.max(map.data[y * map.width + x]!, 0.4);
    expect(findBoxes(map).map((box) => Math.round(box.y))).toEqual([90, 110]);
  });

  test('leaves away specks and weak text', () => {
    expect(findBoxes(mapOf([{ ...straight(100), left: 100, right: 102, height: 2 }]))).toEqual([]);
    expect(findBoxes(mapOf([straight(100)], 400, 200, 0.5))).toEqual([]);
    expect(findBoxes(mapOf([]))).toEqual([]);
  });
});
