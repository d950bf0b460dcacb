import sharp from 'sharp';
import { cornersOf, type Box } from './engine/boxes.ts';
import { cropBox } from './engine/crop.ts';
import type { Letter } from './engine/decode.ts';
import { findText } from './engine/find-text.ts';
import type { Grey } from './engine/grey.ts';
import type { Engine } from './engine/load.ts';
import { recogniseStrips, stripHeight } from './engine/recognise.ts';
import type { Page, Quad, TextLine } from './reading.ts';

/**
 * Reads all text of a stored picture. `detail`, the same picture in all its pixels, is read instead where it is given;
 * the answer is in the pixels of `stored` all the same.
 */
export async function readLines(
  engine: Engine,
  { stored, detail }: { stored: Uint8Array; detail: Uint8Array | null },
): Promise<Page> {
  const lying = await decodeGrey(detail ?? stored);
  const size = detail ? await sharp(stored).metadata() : lying;
  const { picture, turn, boxes } = await findText(engine, lying);
  const strips = boxes.map((box) => cropBox(picture, box, stripHeight));
  const texts = await recogniseStrips(engine, strips);
  const [width, height] = turn % 180 === 0 ? [size.width, size.height] : [size.height, size.width];
  const scale = width / picture.width;
  return { lines: boxes.flatMap((box, i) => toLine(box, texts[i]!, scale) ?? []), width, height, turn };
}

/** The pixels of a picture of ours, in grey. */
export async function decodeGrey(bytes: Uint8Array): Promise<Grey> {
  const { data, info } = await sharp(bytes).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

function toLine(box: Box, letters: readonly Letter[], scale: number): TextLine | null {
  const marks = letters.filter((letter) => letter.char !== ' ');
  if (marks.length === 0) return null;
  return {
    text: letters.map((letter) => letter.char).join(''),
    quad: cornersOf(box)
      .flat()
      .map((value) => Math.round(value * scale)) as Quad,
    confidence: marks.reduce((sum, letter) => sum + letter.probability, 0) / marks.length,
  };
}
