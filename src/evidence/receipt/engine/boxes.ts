/**
 * A rectangle around text that may be tilted: its centre, its size along and across the text, and the angle of the
 * text in radians, clockwise as seen on screen, always between -45 and 45 degrees.
 */
export type Box = { x: number; y: number; width: number; height: number; angle: number };

/** A map of probabilities that a pixel is text, row by row. */
export type TextMap = { data: Float32Array; width: number; height: number };

type Point = [number, number];

// Constants of the paper (Liao et al., Real-time Scene Text Detection with Differentiable Binarization, 2020) as
// PP-OCR sets them. The unclip ratio undoes the shrinking of the text kernels in training.
const pixelMin = 0.3;
const boxMin = 0.6;
const unclipRatio = 1.5;
const sideMinPx = 3;
const boxesMax = 1000;

/** Finds tilted text boxes in a text map: components above the threshold, the smallest rectangle around each, grown. */
export function findBoxes(map: TextMap): Box[] {
  const boxes: Box[] = [];
  for (const points of outlines(map)) {
    const box = smallestBox(hull(points));
    if (Math.min(box.width, box.height) < sideMinPx) continue;
    if (meanInside(map, box) < boxMin) continue;
    const grown = (box.width * box.height * unclipRatio) / (2 * (box.width + box.height));
    boxes.push({ ...box, width: box.width + 2 * grown, height: box.height + 2 * grown });
    if (boxes.length >= boxesMax) break;
  }
  return boxes;
}

/** The four corners of a box, clockwise from the top left of the text. */
export function cornersOf(box: Box): [Point, Point, Point, Point] {
  const [ax, ay] = [(Math.cos(box.angle) * box.width) / 2, (Math.sin(box.angle) * box.width) / 2];
  const [bx, by] = [(-Math.sin(box.angle) * box.height) / 2, (Math.cos(box.angle) * box.height) / 2];
  return [
    [box.x - ax - bx, box.y - ay - by],
    [box.x + ax - bx, box.y + ay - by],
    [box.x + ax + bx, box.y + ay + by],
    [box.x - ax + bx, box.y - ay + by],
  ];
}

/** For each connected component (8 neighbours) the ends of its pixel rows: enough for its hull. */
function* outlines({ data, width, height }: TextMap): Generator<Point[]> {
  const seen = new Uint8Array(data.length);
  const stack: number[] = [];
  for (let start = 0; start < data.length; start += 1) {
    if (seen[start] || data[start]! <= pixelMin) continue;
    const left = new Map<number, number>();
    const right = new Map<number, number>();
    stack.push(start);
    seen[start] = 1;
    while (stack.length > 0) {
      const at = stack.pop()!;
      const y = Math.floor(at / width);
      const x = at - y * width;
      if (x < (left.get(y) ?? Infinity)) left.set(y, x);
      if (x > (right.get(y) ?? -1)) right.set(y, x);
      for (let ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny += 1)
        for (let nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx += 1) {
          const next = ny * width + nx;
          if (seen[next] || data[next]! <= pixelMin) continue;
          seen[next] = 1;
          stack.push(next);
        }
    }
    const points: Point[] = [];
    for (const [y, x] of left)
      points.push([x, y], [right.get(y)! + 1, y], [x, y + 1], [right.get(y)! + 1, y + 1]);
    yield points;
  }
}

/** Convex hull by Andrew's monotone chain. */
function hull(points: Point[]): Point[] {
  points.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const half = (sorted: Iterable<Point>) => {
    const chain: Point[] = [];
    for (const p of sorted) {
      while (chain.length >= 2 && cross(chain[chain.length - 2]!, chain[chain.length - 1]!, p) <= 0)
        chain.pop();
      chain.push(p);
    }
    chain.pop();
    return chain;
  };
  const lower = half(points);
  return lower.concat(half(points.reverse()));
}

const cross = (o: Point, a: Point, b: Point) => (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);

/** The rectangle of smallest area around a convex hull: one of its sides lies on a side of the hull. */
function smallestBox(hull: Point[]): Box {
  let best: Box = { x: 0, y: 0, width: 0, height: 0, angle: 0 };
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
    best = { x: along * cos - across * sin, y: along * sin + across * cos, width, height, angle };
  }
  return best;
}

/** Mean probability over the pixels whose centre lies in the box. */
function meanInside({ data, width, height }: TextMap, box: Box): number {
  const [cos, sin] = [Math.cos(box.angle), Math.sin(box.angle)];
  const reachX = (Math.abs(cos) * box.width + Math.abs(sin) * box.height) / 2;
  const reachY = (Math.abs(sin) * box.width + Math.abs(cos) * box.height) / 2;
  let [sum, count] = [0, 0];
  for (let y = Math.max(0, Math.floor(box.y - reachY)); y < Math.min(height, box.y + reachY); y += 1)
    for (let x = Math.max(0, Math.floor(box.x - reachX)); x < Math.min(width, box.x + reachX); x += 1) {
      const [dx, dy] = [x + 0.5 - box.x, y + 0.5 - box.y];
      if (Math.abs(dx * cos + dy * sin) > box.width / 2 || Math.abs(dy * cos - dx * sin) > box.height / 2)
        continue;
      sum += data[y * width + x]!;
      count += 1;
    }
  return count ? sum / count : 0;
}
