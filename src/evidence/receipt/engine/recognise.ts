import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { decodeLetters, type Letter } from './decode.ts';
import type { Grey } from './grey.ts';
import { applyHead, featureCount } from './head.ts';
import type { Engine } from './load.ts';

/** Height of the text strips that the recogniser was trained with. */
export const stripHeight = 48;

// The network gives one step for every 8 pixels of width.
const stepWidth = 8;
const batchMax = 4;
const widthMin = 160;

/** Reads strips of text of `stripHeight`; answers in their order. */
export async function recogniseStrips(engine: Engine, strips: readonly Grey[]): Promise<Letter[][]> {
  const features = await describeStrips(engine.recogniser, strips);
  return features.map((values) => decodeLetters(engine.head.classes, applyHead(engine.head, values)));
}

/** What the network sees in each strip: steps x `featureCount`, what `applyHead` takes. */
export async function describeStrips(
  session: InferenceSession,
  strips: readonly Grey[],
): Promise<Float32Array[]> {
  const order = strips.map((_, i) => i).sort((a, b) => strips[a]!.width - strips[b]!.width);
  const answers: Float32Array[] = [];
  for (let from = 0; from < order.length; from += batchMax) {
    const batch = order.slice(from, from + batchMax);
    const widest = Math.max(widthMin, ...batch.map((i) => strips[i]!.width));
    const width = Math.ceil(widest / stepWidth) * stepWidth;
    const input = toTensor(
      batch.map((i) => strips[i]!),
      width,
    );
    const output = (await session.run({ [session.inputNames[0]!]: input }))[session.outputNames[0]!]!;
    const stepsOfAll = output.dims[1]!;
    batch.forEach((i, n) => {
      // What follows the strip is filling.
      const steps = Math.min(stepsOfAll, Math.ceil(strips[i]!.width / stepWidth) + 1);
      const begin = n * stepsOfAll * featureCount;
      answers[i] = (output.data as Float32Array).slice(begin, begin + steps * featureCount);
    });
    output.dispose();
  }
  return answers;
}

/** Grey strips as three equal channels in -1..1, filled up with middle grey at the right. */
function toTensor(strips: readonly Grey[], width: number): Tensor {
  const plane = stripHeight * width;
  const values = new Float32Array(strips.length * 3 * plane);
  strips.forEach((strip, n) => {
    const offset = n * 3 * plane;
    for (let y = 0; y < stripHeight; y += 1)
      for (let x = 0; x < strip.width; x += 1)
        values[offset + y * width + x] = strip.data[y * strip.width + x]! / 127.5 - 1;
    values.copyWithin(offset + plane, offset, offset + plane);
    values.copyWithin(offset + 2 * plane, offset, offset + plane);
  });
  return new Tensor('float32', values, [strips.length, 3, stripHeight, width]);
}
