import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { decodeLetters, type Alphabet, type Letter } from './decode.ts';
import type { Grey } from './grey.ts';

/** Height of the text strips that the recogniser was trained with. */
export const stripHeight = 48;

const batchMax = 4;
const widthMin = 160;

/** Reads strips of text of `stripHeight`; answers in their order. */
export async function recogniseStrips(
  session: InferenceSession,
  alphabet: Alphabet,
  strips: readonly Grey[],
): Promise<Letter[][]> {
  const order = strips.map((_, i) => i).sort((a, b) => strips[a]!.width - strips[b]!.width);
  const answers: Letter[][] = Array.from({ length: strips.length }, () => []);
  for (let from = 0; from < order.length; from += batchMax) {
    const batch = order.slice(from, from + batchMax);
    const widest = Math.max(widthMin, ...batch.map((i) => strips[i]!.width));
    const width = Math.ceil(widest / 8) * 8;
    const output = await session.run({
      [session.inputNames[0]!]: toTensor(
        batch.map((i) => strips[i]!),
        width,
      ),
    });
    const tensor = output[session.outputNames[0]!]!;
    const steps = tensor.dims[1]!;
    batch.forEach((i, n) => {
      answers[i] = decodeLetters(tensor.data as Float32Array, n * steps * alphabet.size, steps, alphabet);
    });
    tensor.dispose();
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
