import type { Turn } from '../reading.ts';
import type { Box } from './boxes.ts';
import { cropBox } from './crop.ts';
import { turnGrey, type Grey } from './grey.ts';
import type { Engine } from './load.ts';
import { recogniseStrips, stripHeight } from './recognise.ts';

const testLines = 6;
// Mean probability of the letters above which a line is surely the right way up.
const surelyUpright = 0.9;

/**
 * The clockwise turn that stands the text upright. Boxes of lying text are taller than wide; which end is up shows by
 * reading a few lines both ways. `boxes` were found in `picture` as it is.
 */
export async function findTurn(engine: Engine, picture: Grey, boxes: readonly Box[]): Promise<Turn> {
  const lying = liesOnSide(boxes);
  const lines = boxes
    .map((box) => (lying ? standUp(box) : box))
    .filter((box) => box.width > 2.5 * box.height && box.width < 12 * box.height)
    .sort((a, b) => b.width * b.height - a.width * a.height)
    .slice(0, testLines);
  if (lines.length === 0) return 0;
  const strips = lines.map((box) => cropBox(picture, box, stripHeight));
  const ahead = await legibility(engine, strips);
  const upright =
    ahead > surelyUpright ||
    ahead >=
      (await legibility(
        engine,
        strips.map((strip) => turnGrey(strip, 180)),
      ));
  if (lying) return upright ? 90 : 270;
  return upright ? 0 : 180;
}

/** Whether more text runs up or down than across, by length. */
function liesOnSide(boxes: readonly Box[]): boolean {
  let [across, down] = [0, 0];
  for (const { width, height } of boxes) {
    if (width > 1.5 * height) across += width;
    else if (height > 1.5 * width) down += height;
  }
  return down > across;
}

/** The same rectangle read from its bottom left upwards: as it reads after a clockwise quarter turn of the picture. */
function standUp(box: Box): Box {
  return { ...box, width: box.height, height: box.width, angle: box.angle - Math.PI / 2, bend: [0, 0] };
}

async function legibility(engine: Engine, strips: readonly Grey[]): Promise<number> {
  const letters = (await recogniseStrips(engine, strips)).flat();
  const marks = letters.filter((letter) => letter.char !== ' ');
  return marks.reduce((sum, letter) => sum + letter.probability, 0) / Math.max(marks.length, 1);
}
