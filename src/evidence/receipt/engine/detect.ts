import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { findBoxes, type Box } from './boxes.ts';
import { resizeGrey, type Grey } from './grey.ts';

// Means and deviations of the network's training pictures, blue, green, red.
const means = [0.485, 0.456, 0.406];
const deviations = [0.229, 0.224, 0.225];
// The network halves the picture five times.
const stride = 32;

/** Finds text with the picture shrunk so that its long side is at most `sideMax`. Boxes in the picture's own pixels. */
export async function detectText(session: InferenceSession, picture: Grey, sideMax: number): Promise<Box[]> {
  const scale = Math.min(1, sideMax / Math.max(picture.width, picture.height));
  const width = Math.max(stride, Math.round((picture.width * scale) / stride) * stride);
  const height = Math.max(stride, Math.round((picture.height * scale) / stride) * stride);
  const small = await resizeGrey(picture, width, height);
  const values = new Float32Array(3 * width * height);
  for (let channel = 0; channel < 3; channel += 1) {
    const table = Float32Array.from(
      { length: 256 },
      (_, v) => (v / 255 - means[channel]!) / deviations[channel]!,
    );
    const offset = channel * width * height;
    for (let i = 0; i < width * height; i += 1) values[offset + i] = table[small.data[i]!]!;
  }
  const input = new Tensor('float32', values, [1, 3, height, width]);
  const output = await session.run({ [session.inputNames[0]!]: input });
  const map = output[session.outputNames[0]!]!;
  const boxes = findBoxes({ data: map.data as Float32Array, width, height });
  map.dispose();
  // Rounding to the stride may change the two scales by a hair, too little to matter for angle and bend.
  const scaled = (box: Box): Box => ({
    x: (box.x * picture.width) / width,
    y: (box.y * picture.height) / height,
    width: box.width / scale,
    height: box.height / scale,
    angle: box.angle,
    bend: [box.bend[0] / scale, box.bend[1] / scale],
  });
  return boxes.map(scaled);
}
