import sharp from 'sharp';
import { cornersOf, type Bend, type Box } from './engine/boxes.ts';
import { cropBox } from './engine/crop.ts';
import { detectText } from './engine/detect.ts';
import { turnGrey, type Grey } from './engine/grey.ts';
import type { Engine } from './engine/load.ts';
import { findTurn } from './engine/orient.ts';
import { recogniseStrips, stripHeight } from './engine/recognise.ts';
import type { Page, Quad, TextLine } from './reading.ts';

// Text is looked for twice: in the whole frame, coarsely, to learn which way up it is, where it stands and how large
// it is; then in the part that has text, scaled so that the text has the height that the detector finds best.
const firstSideMax = 736;
const secondSideMax = 1600;
const textHeightPx = 32;

/**
 * Reads all text of a stored picture. `detail`, the same picture in all its pixels, is read instead where it is given;
 * the answer is in the pixels of `stored` all the same.
 */
export async function readLines(
  engine: Engine,
  { stored, detail }: { stored: Uint8Array; detail: Uint8Array | null },
): Promise<Page> {
  const lying = await decode(detail ?? stored);
  const { width: storedWidth, height: storedHeight } = detail ? await sharp(stored).metadata() : lying;
  const first = await detectText(engine.detector, lying, firstSideMax);
  const turn = await findTurn(engine, lying, first);
  const picture = turnGrey(lying, turn);
  const [width, height] = turn % 180 === 0 ? [storedWidth, storedHeight] : [storedHeight, storedWidth];
  const boxes = await findAgain(
    engine,
    picture,
    first.map((box) => turnBox(box, lying, turn)),
  );
  const texts = await recogniseStrips(
    engine,
    boxes.map((box) => cropBox(picture, box, stripHeight)),
  );
  const scale = width / picture.width;
  const lines: TextLine[] = [];
  boxes.forEach((box, i) => {
    const letters = texts[i]!;
    if (letters.length === 0) return;
    const marks = letters.filter((letter) => letter.char !== ' ');
    lines.push({
      text: letters.map((letter) => letter.char).join(''),
      quad: cornersOf(box)
        .flat()
        .map((value) => Math.round(value * scale)) as Quad,
      confidence: marks.reduce((sum, letter) => sum + letter.probability, 0) / marks.length,
    });
  });
  return { lines, width, height, turn };
}

async function decode(bytes: Uint8Array): Promise<Grey> {
  const { data, info } = await sharp(bytes).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** Looks again, straightened and closer, at the part of the picture that has text. */
async function findAgain(engine: Engine, picture: Grey, first: readonly Box[]): Promise<Box[]> {
  const area = textArea(first, picture);
  if (!area) return [];
  const wanted = textHeightPx / middleOf(first.map((box) => box.height));
  const scale = Math.min(2, wanted, secondSideMax / Math.max(area.width, area.height));
  const part = cropBox(picture, area, Math.round(area.height * scale));
  const found = await detectText(engine.detector, part, secondSideMax);
  const [cos, sin] = [Math.cos(area.angle), Math.sin(area.angle)];
  const factor = area.width / part.width;
  return found.map((box) => {
    const along = (box.x - part.width / 2) * factor;
    const across = (box.y - part.height / 2) * factor;
    return {
      x: area.x + along * cos - across * sin,
      y: area.y + along * sin + across * cos,
      width: box.width * factor,
      height: box.height * factor,
      angle: box.angle + area.angle,
      bend: [box.bend[0] * factor, box.bend[1] * factor],
    };
  });
}

/** The tilted rectangle around all text, with a margin of about a line. */
function textArea(boxes: readonly Box[], picture: Grey): Box | null {
  if (boxes.length === 0) return null;
  const angle = medianAngle(boxes);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const box of boxes)
    for (const [x, y] of cornersOf(box)) {
      left = Math.min(left, x * cos + y * sin);
      right = Math.max(right, x * cos + y * sin);
      top = Math.min(top, y * cos - x * sin);
      bottom = Math.max(bottom, y * cos - x * sin);
    }
  const margin = 0.02 * Math.max(picture.width, picture.height);
  const [along, across] = [(left + right) / 2, (top + bottom) / 2];
  return {
    x: along * cos - across * sin,
    y: along * sin + across * cos,
    width: right - left + 2 * margin,
    height: bottom - top + 2 * margin,
    angle,
    bend: [0, 0],
  };
}

function middleOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

/** Lean of the text as a whole: the median over the length of its lines. */
function medianAngle(boxes: readonly Box[]): number {
  const lines = boxes.filter((box) => box.width > 2 * box.height).sort((a, b) => a.angle - b.angle);
  let left = lines.reduce((sum, box) => sum + box.width, 0) / 2;
  for (const line of lines) if ((left -= line.width) <= 0) return line.angle;
  return 0;
}

/** Where a box of the picture lies after a clockwise turn of the picture. */
function turnBox(box: Box, { width, height }: Grey, turn: Page['turn']): Box {
  if (turn === 180) return { ...box, x: width - box.x, y: height - box.y };
  const lying = { ...box, width: box.height, height: box.width, bend: [0, 0] satisfies Bend };
  if (turn === 90) return { ...lying, x: height - box.y, y: box.x };
  if (turn === 270) return { ...lying, x: box.y, y: width - box.x };
  return box;
}
