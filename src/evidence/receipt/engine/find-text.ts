import type { Turn } from '../reading.ts';
import { cornersOf, type Box } from './boxes.ts';
import { cropBox } from './crop.ts';
import { detectText } from './detect.ts';
import { turnGrey, type Grey } from './grey.ts';
import type { Engine } from './load.ts';
import { findTurn } from './orient.ts';

/** The picture stood upright by a clockwise turn, and where its text lines are, in its pixels. */
export type FoundText = { picture: Grey; turn: Turn; boxes: Box[] };

// Text is looked for twice: in the whole frame, coarsely, to learn which way up it is, where it stands and how large
// it is; then in the part that has text, scaled so that the text has the height that the detector finds best.
const firstSideMax = 736;
const secondSideMax = 1600;
const textHeightPx = 32;
const enlargeMax = 2;

/** Finds the lines of text in a picture that may lie on its side, lean and bend. */
export async function findText(engine: Engine, lying: Grey): Promise<FoundText> {
  const first = await detectText(engine.detector, lying, firstSideMax);
  const turn = await findTurn(engine, lying, first);
  const picture = turnGrey(lying, turn);
  if (first.length === 0) return { picture, turn, boxes: [] };
  const upright = first.map((box) => turnBox(box, lying, turn));
  const area = areaOf(upright, 0.02 * Math.max(picture.width, picture.height));
  const height = middleOf(upright.map((box) => box.height));
  const scale = Math.min(
    enlargeMax,
    textHeightPx / height,
    secondSideMax / Math.max(area.width, area.height),
  );
  const part = cropBox(picture, area, Math.max(1, Math.round(area.height * scale)));
  const found = await detectText(engine.detector, part, secondSideMax);
  return { picture, turn, boxes: found.map((box) => placeBox(box, part, area)) };
}

/** The tilted rectangle around all text, with a margin. */
function areaOf(boxes: readonly Box[], margin: number): Box {
  const angle = middleAngle(boxes);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const corners = boxes.flatMap((box) => cornersOf(box));
  const along = corners.map(([x, y]) => x * cos + y * sin);
  const across = corners.map(([x, y]) => y * cos - x * sin);
  const [left, right] = [Math.min(...along), Math.max(...along)];
  const [top, bottom] = [Math.min(...across), Math.max(...across)];
  return {
    x: ((left + right) * cos - (top + bottom) * sin) / 2,
    y: ((left + right) * sin + (top + bottom) * cos) / 2,
    width: right - left + 2 * margin,
    height: bottom - top + 2 * margin,
    angle,
    bend: [0, 0],
  };
}

/** Where a box found in a part of the picture lies in the whole picture. */
function placeBox(box: Box, part: Grey, area: Box): Box {
  const scale = area.width / part.width;
  const along = (box.x - part.width / 2) * scale;
  const across = (box.y - part.height / 2) * scale;
  return {
    x: area.x + along * Math.cos(area.angle) - across * Math.sin(area.angle),
    y: area.y + along * Math.sin(area.angle) + across * Math.cos(area.angle),
    width: box.width * scale,
    height: box.height * scale,
    angle: box.angle + area.angle,
    bend: [box.bend[0] * scale, box.bend[1] * scale],
  };
}

/** Where a box of the picture lies after a clockwise turn of the picture. */
function turnBox(box: Box, { width, height }: Grey, turn: Turn): Box {
  if (turn === 0) return box;
  if (turn === 180) return { ...box, x: width - box.x, y: height - box.y, bend: [-box.bend[0], box.bend[1]] };
  const [x, y] = turn === 90 ? [height - box.y, box.x] : [box.y, width - box.x];
  return { x, y, width: box.height, height: box.width, angle: box.angle, bend: [0, 0] };
}

/** Lean of the text as a whole: the median over the length of its lines. */
function middleAngle(boxes: readonly Box[]): number {
  const lines = boxes.filter((box) => box.width > 2 * box.height).sort((a, b) => a.angle - b.angle);
  const half = lines.reduce((sum, box) => sum + box.width, 0) / 2;
  let passed = 0;
  for (const line of lines) {
    passed += line.width;
    if (passed >= half) return line.angle;
  }
  return 0;
}

function middleOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
