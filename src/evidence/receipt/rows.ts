import type { Quad, TextLine } from './reading.ts';

/** What the printer put on one line of paper, as runs of text from left to right. */
export type Row = { lines: TextLine[]; text: string; quad: Quad };

/** A run of text by its middle line: where it starts and ends, its mean height, and its slope. */
type Run = { line: TextLine; x1: number; y1: number; x2: number; y2: number; height: number; slope: number };

/** How much text leans at a place of the picture: slope = base + byX * x + byY * y. */
type Lean = { base: number; byX: number; byY: number };

// Two runs share a row when they overlap by this part of the smaller height, and do not stand above one another
// by more than this part of the smaller width.
const overlapMin = 0.5;
const coverMax = 0.3;

/**
 * Groups text lines into printed rows, top to bottom. Paper in a photo leans and bends, so a run is followed along the
 * lean of the text around it and not along the pixel rows. Coordinates are those of the quads.
 */
export function rows(lines: readonly TextLine[]): Row[] {
  const runs = lines.map(measure).sort((a, b) => a.x1 - b.x1);
  const lean = fitLean(runs);
  const groups: Run[][] = [];
  for (const run of runs) {
    let best: Run[] | undefined;
    let bestMiss = Infinity;
    for (const group of groups) {
      const miss = missOf(group, run, lean);
      if (miss < bestMiss) [best, bestMiss] = [group, miss];
    }
    if (best) best.push(run);
    else groups.push([run]);
  }
  const middle = (runs.length ? Math.max(...runs.map((run) => run.x2)) : 0) / 2;
  return groups
    .map((group) => ({ group, y: heightAt(group[0]!, middle, lean) }))
    .sort((a, b) => a.y - b.y)
    .map(({ group }) => toRow(group.map((run) => run.line)));
}

function toRow(lines: TextLine[]): Row {
  return {
    lines,
    text: lines.map((line) => line.text).join(' '),
    quad: quadAround(lines.map((line) => line.quad)),
  };
}

/** The smallest quad around quads: as tilted as their row from the first to the last one, or as the widest of several rows. */
export function quadAround(quads: readonly Quad[]): Quad {
  const angle = tiltOf(quads);
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const quad of quads)
    for (let i = 0; i < 8; i += 2) {
      const along = quad[i]! * cos + quad[i + 1]! * sin;
      const across = quad[i + 1]! * cos - quad[i]! * sin;
      left = Math.min(left, along);
      right = Math.max(right, along);
      top = Math.min(top, across);
      bottom = Math.max(bottom, across);
    }
  const corner = (along: number, across: number) => [
    Math.round(along * cos - across * sin),
    Math.round(along * sin + across * cos),
  ];
  return [corner(left, top), corner(right, top), corner(right, bottom), corner(left, bottom)].flat() as Quad;
}

// The line from the first to the last quad is the row's own, but a diagonal where they stand in different rows.
const tiltDifferenceMax = 0.15;
function tiltOf(quads: readonly Quad[]): number {
  const first = quads[0]!;
  const last = quads[quads.length - 1]!;
  const across = Math.atan2(last[3] + last[5] - first[1] - first[7], last[2] + last[4] - first[0] - first[6]);
  const widest = quads.reduce((one, other) => (other[2] - other[0] > one[2] - one[0] ? other : one));
  const own = Math.atan2(widest[3] - widest[1], widest[2] - widest[0]);
  return Math.abs(across - own) > tiltDifferenceMax ? own : across;
}

function measure(line: TextLine): Run {
  const [ax, ay, bx, by, cx, cy, dx, dy] = line.quad;
  const [x1, y1, x2, y2] = [(ax + dx) / 2, (ay + dy) / 2, (bx + cx) / 2, (by + cy) / 2];
  const height = (Math.hypot(dx - ax, dy - ay) + Math.hypot(cx - bx, cy - by)) / 2;
  return { line, x1, y1, x2, y2, height: Math.max(height, 1), slope: (y2 - y1) / Math.max(x2 - x1, 1) };
}

/** How far `run` misses the end of the group's last run, in small heights; infinite when it is no continuation. */
function missOf(group: readonly Run[], run: Run, lean: Lean): number {
  for (const other of group) {
    const covered = Math.min(other.x2, run.x2) - Math.max(other.x1, run.x1);
    if (covered > coverMax * Math.min(other.x2 - other.x1, run.x2 - run.x1)) return Infinity;
  }
  const tail = group[group.length - 1]!;
  const smaller = Math.min(tail.height, run.height);
  const miss = Math.abs(heightAt(tail, run.x1, lean) - run.y1);
  const overlap = Math.min((tail.height + run.height) / 2 - miss, smaller);
  return overlap < overlapMin * smaller ? Infinity : miss / smaller;
}

/** Where the middle line of a run arrives when it is followed to `x` along the lean of the text. */
function heightAt(run: Run, x: number, lean: Lean): number {
  const [fromX, fromY] = x > (run.x1 + run.x2) / 2 ? [run.x2, run.y2] : [run.x1, run.y1];
  const slope = lean.base + (lean.byX * (fromX + x)) / 2 + lean.byY * fromY;
  return fromY + slope * (x - fromX);
}

/** Least squares over the slopes of long runs, weighted by length; the plain median where there are too few. */
function fitLean(runs: readonly Run[]): Lean {
  const long = runs.filter((run) => run.x2 - run.x1 >= 2 * run.height);
  const sorted = long.map((run) => run.slope).sort((a, b) => a - b);
  const median = sorted[sorted.length >> 1] ?? 0;
  const agreed = long.filter((run) => Math.abs(run.slope - median) < 0.1);
  if (agreed.length < 4) return { base: median, byX: 0, byY: 0 };

  const meanOf = (value: (run: Run) => number) =>
    agreed.reduce((sum, run) => sum + value(run) * (run.x2 - run.x1), 0) /
    agreed.reduce((sum, run) => sum + (run.x2 - run.x1), 0);
  const x0 = meanOf(middleX);
  const y0 = meanOf(middleY);
  const slope0 = meanOf((run) => run.slope);
  const xx = meanOf((run) => (middleX(run) - x0) ** 2);
  const yy = meanOf((run) => (middleY(run) - y0) ** 2);
  const xy = meanOf((run) => (middleX(run) - x0) * (middleY(run) - y0));
  const xs = meanOf((run) => (middleX(run) - x0) * run.slope);
  const ys = meanOf((run) => (middleY(run) - y0) * run.slope);
  // Text in one column tells nothing of how the lean changes from left to right; the ridge keeps that at zero.
  const ridge = 0.05 * (xx + yy) + 1;
  const determinant = (xx + ridge) * (yy + ridge) - xy * xy;
  const byX = ((yy + ridge) * xs - xy * ys) / determinant;
  const byY = ((xx + ridge) * ys - xy * xs) / determinant;
  return { base: slope0 - byX * x0 - byY * y0, byX, byY };
}

const middleX = (run: Run) => (run.x1 + run.x2) / 2;
const middleY = (run: Run) => (run.y1 + run.y2) / 2;
