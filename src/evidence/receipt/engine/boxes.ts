import { findComponents, type TextMap } from './components.ts';

/**
 * A band around one line of text: a rectangle by its centre, its size along and across the text and the angle of the
 * text (radians, clockwise as seen on screen, about -45 to 45 degrees), bent as the paper bends. At the place `t` along
 * the text (-1 left end, 1 right end) the middle of the line is `offsetAt(box, t)` pixels below the straight one.
 */
export type Box = { x: number; y: number; width: number; height: number; angle: number; bend: Bend };

/** Pixels across the text for t squared and t cubed. */
export type Bend = [number, number];

type Point = [number, number];

// Constants of the paper (Liao et al., Real-time Scene Text Detection with Differentiable Binarization, 2020) as
// PP-OCR sets them, but for the unclip ratio, which undoes the shrinking of the text kernels in training: with 2.0
// instead of 1.5 fewer letters are cut at the ends, and the recogniser reads better with some air around the text.
const pixelMin = 0.3;
const scoreMin = 0.6;
const unclipRatio = 2;
const sideMinPx = 3;
// Neighbouring lines may grow together at this threshold: then columns of the component have holes, or some are far
// thicker than most, and it is taken apart at higher thresholds.
const pixelStep = 0.15;
// Less bend than this part of the thickness is noise.
const bendMin = 0.3;
const columnFillMin = 0.85;
const thickestMax = 1.8;

/** Finds text in a text map: components above the threshold, a bent band around each, grown to the letters' height. */
export function findBoxes(map: TextMap): Box[] {
  const boxes: Box[] = [];
  const whole = Uint32Array.from(map.data.keys());
  findAmong(map, new Uint8Array(whole.length), whole, pixelMin, boxes);
  return boxes;
}

/** How far below the straight middle of the box its text runs at `t`. */
export function offsetAt({ bend }: Box, t: number): number {
  return bend[0] * t * t + bend[1] * t * t * t;
}

/** The four corners of the text, clockwise from its top left; the sides between them are straight. */
export function cornersOf(box: Box): [Point, Point, Point, Point] {
  const [cos, sin] = [Math.cos(box.angle), Math.sin(box.angle)];
  const corner = (t: number, side: number): Point => {
    const along = (t * box.width) / 2;
    const across = (side * box.height) / 2 + offsetAt(box, t);
    return [box.x + along * cos - across * sin, box.y + along * sin + across * cos];
  };
  return [corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)];
}

/** Adds the boxes of the components that these pixels form above a threshold. */
function findAmong(
  map: TextMap,
  scratch: Uint8Array,
  pixels: Iterable<number>,
  threshold: number,
  boxes: Box[],
): void {
  for (const component of findComponents(map, scratch, pixels, threshold)) {
    const straight = smallestBox(hull(outline(component, map.width)));
    if (Math.min(straight.width, straight.height) < sideMinPx) continue;
    const { box, isMerged } = bendBox(straight, component, map.width);
    if (isMerged && threshold + pixelStep < 1) {
      findAmong(map, scratch, component, threshold + pixelStep, boxes);
      continue;
    }
    const text = component.reduce((sum, at) => sum + map.data[at]!, 0);
    if (text < scoreMin * box.width * box.height) continue;
    const grown = (box.width * box.height * unclipRatio) / (2 * (box.width + box.height));
    boxes.push({ ...box, width: box.width + 2 * grown, height: box.height + 2 * grown });
  }
}

/** Lets a straight box follow the pixels of its component; tells when they look like several lines grown together. */
function bendBox(
  straight: Box,
  component: readonly number[],
  mapWidth: number,
): { box: Box; isMerged: boolean } {
  const [cos, sin] = [Math.cos(straight.angle), Math.sin(straight.angle)];
  const columns = Array.from({ length: Math.ceil(straight.width) + 1 }, () => ({
    n: 0,
    sum: 0,
    min: Infinity,
    max: -Infinity,
  }));
  for (const at of component) {
    const dy = Math.floor(at / mapWidth) + 0.5 - straight.y;
    const dx = (at % mapWidth) + 0.5 - straight.x;
    const v = dy * cos - dx * sin;
    const column = columns[Math.max(0, Math.round(dx * cos + dy * sin + straight.width / 2 - 0.5))]!;
    column.n += 1;
    column.sum += v;
    column.min = Math.min(column.min, v);
    column.max = Math.max(column.max, v);
  }
  const filled = columns
    .map((column, i) => ({ ...column, t: ((i + 0.5) * 2) / straight.width - 1 }))
    .filter(({ n }) => n > 0);
  const thick = filled.map(({ min, max }) => max - min + 1).sort((a, b) => a - b);
  const median = thick[thick.length >> 1]!;
  const isMerged =
    thick[Math.floor(thick.length * 0.95)]! > thickestMax * median + 1 ||
    component.length < columnFillMin * thick.reduce((sum, value) => sum + value, 0);
  if (straight.width < 4 * median) return { box: straight, isMerged };
  const [c0, c1, c2, c3] = fitCubic(filled.map(({ t, sum, n }) => [t, sum / n]));
  const middle = (t: number) => c0 + t * (c1 + t * (c2 + t * c3));
  const above = filled.map(({ t, min }) => middle(t) - min + 0.5).sort((a, b) => b - a);
  const below = filled.map(({ t, max }) => max - middle(t) + 0.5).sort((a, b) => b - a);
  const outliers = Math.floor(filled.length * 0.02);
  if (Math.max(Math.abs(c2), Math.abs(c3)) < bendMin * median) return { box: straight, isMerged };
  const tilt = Math.atan2(c1, straight.width / 2);
  return {
    box: {
      x: straight.x - c0 * sin,
      y: straight.y + c0 * cos,
      width: straight.width,
      height: above[outliers]! + below[outliers]!,
      angle: straight.angle + tilt,
      bend: [c2, c3],
    },
    isMerged,
  };
}

/** Least squares for a polynomial of third degree through (t, value), by Gauss on the normal equations. */
function fitCubic(points: readonly Point[]): [number, number, number, number] {
  const rows = Array.from({ length: 4 }, (_, i) =>
    Array.from({ length: 5 }, (_, j) =>
      points.reduce((sum, [t, value]) => sum + t ** i * (j < 4 ? t ** j : value), 0),
    ),
  );
  for (let i = 0; i < 4; i += 1)
    for (let j = 0; j < 4; j += 1) {
      if (i === j) continue;
      const factor = rows[j]![i]! / rows[i]![i]!;
      for (let k = i; k < 5; k += 1) rows[j]![k]! -= factor * rows[i]![k]!;
    }
  return rows.map((row, i) => row[4]! / row[i]!) as [number, number, number, number];
}

/** The corners of the first and last pixel of each pixel row: enough for the hull. */
function outline(component: readonly number[], width: number): Point[] {
  const rows = new Map<number, [number, number]>();
  for (const at of component) {
    const y = Math.floor(at / width);
    const x = at - y * width;
    const row = rows.get(y);
    if (!row) rows.set(y, [x, x]);
    else if (x < row[0]) row[0] = x;
    else if (x > row[1]) row[1] = x;
  }
  return [...rows].flatMap(([y, [left, right]]): Point[] => [
    [left, y],
    [left, y + 1],
    [right + 1, y],
    [right + 1, y + 1],
  ]);
}

/** Convex hull by Andrew's monotone chain. */
function hull(points: Point[]): Point[] {
  const sorted = points.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
  const half = (points: readonly Point[]) => {
    const chain: Point[] = [];
    for (const p of points) {
      while (chain.length >= 2 && cross(chain[chain.length - 2]!, chain[chain.length - 1]!, p) <= 0)
        chain.pop();
      chain.push(p);
    }
    chain.pop();
    return chain;
  };
  return half(sorted).concat(half(sorted.toReversed()));
}

const cross = (o: Point, a: Point, b: Point) => (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);

/** The rectangle of smallest area around a convex hull: one of its sides lies on a side of the hull. */
function smallestBox(hull: Point[]): Box {
  let best: Box = { x: 0, y: 0, width: 0, height: 0, angle: 0, bend: [0, 0] };
  let bestArea = Infinity;
  for (let i = 0; i < hull.length; i += 1) {
    const [p, q] = [hull[i]!, hull[(i + 1) % hull.length]!];
    // Directions a quarter turn apart give the same rectangle; take the one along the text.
    let angle = Math.atan2(q[1] - p[1], q[0] - p[0]);
    angle -= (Math.round(angle / (Math.PI / 2)) * Math.PI) / 2;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
    for (const [x, y] of hull) {
      const along = x * cos + y * sin;
      const across = y * cos - x * sin;
      if (along < left) left = along;
      if (along > right) right = along;
      if (across < top) top = across;
      if (across > bottom) bottom = across;
    }
    const [width, height] = [right - left, bottom - top];
    if (width * height >= bestArea) continue;
    bestArea = width * height;
    const [along, across] = [(left + right) / 2, (top + bottom) / 2];
    best = {
      x: along * cos - across * sin,
      y: along * sin + across * cos,
      width,
      height,
      angle,
      bend: [0, 0],
    };
  }
  return best;
}
