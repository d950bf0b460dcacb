import { offsetAt, type Box } from './boxes.ts';
import type { Grey } from './grey.ts';

/**
 * Cuts a tilted, bent box out of the picture, straightened and scaled to `height`. Pixels outside repeat the border.
 * Small print is enlarged by cubic convolution (Keys 1981), which reads better than straight interpolation; where the
 * picture is finer than the crop, several samples are averaged for each pixel.
 */
export function cropBox(picture: Grey, box: Box, height: number): Grey {
  const width = Math.max(1, Math.round((box.width / box.height) * height));
  const step = box.height / height;
  const stepAlong = box.width / width;
  const samples = Math.max(1, Math.min(6, Math.ceil(step - 0.05)));
  const sample = samples === 1 ? sampleCubic : sampleLinear;
  const [cos, sin] = [Math.cos(box.angle), Math.sin(box.angle)];
  const data = new Uint8ClampedArray(width * height);
  for (let u = 0; u < width; u += 1) {
    const bent = offsetAt(box, (2 * (u + 0.5)) / width - 1);
    for (let v = 0; v < height; v += 1) {
      let sum = 0;
      for (let i = 0; i < samples; i += 1)
        for (let j = 0; j < samples; j += 1) {
          const along = (u + (i + 0.5) / samples) * stepAlong - box.width / 2;
          const across = (v + (j + 0.5) / samples) * step - box.height / 2 + bent;
          sum += sample(
            picture,
            box.x + along * cos - across * sin - 0.5,
            box.y + along * sin + across * cos - 0.5,
          );
        }
      data[v * width + u] = sum / (samples * samples);
    }
  }
  return { data, width, height };
}

function sampleLinear({ data, width, height }: Grey, x: number, y: number): number {
  const px = clamp(x, width);
  const py = clamp(y, height);
  const x0 = Math.floor(px);
  const y0 = Math.floor(py);
  const x1 = clamp(x0 + 1, width);
  const y1 = clamp(y0 + 1, height);
  const [fx, fy] = [px - x0, py - y0];
  const top = data[y0 * width + x0]! * (1 - fx) + data[y0 * width + x1]! * fx;
  const bottom = data[y1 * width + x0]! * (1 - fx) + data[y1 * width + x1]! * fx;
  return top * (1 - fy) + bottom * fy;
}

function sampleCubic({ data, width, height }: Grey, x: number, y: number): number {
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  const [ax, bx, cx, dx] = cubicWeights(x - x0);
  const [x1, x2, x3, x4] = [
    clamp(x0 - 1, width),
    clamp(x0, width),
    clamp(x0 + 1, width),
    clamp(x0 + 2, width),
  ];
  const weights = cubicWeights(y - y0);
  let sum = 0;
  for (let j = 0; j < 4; j += 1) {
    const row = clamp(y0 - 1 + j, height) * width;
    sum +=
      weights[j]! *
      (ax * data[row + x1]! + bx * data[row + x2]! + cx * data[row + x3]! + dx * data[row + x4]!);
  }
  return sum;
}

/** Keys' kernel with a = -1/2 for the two pixels before and the two after a point at `t` between them. */
function cubicWeights(t: number): [number, number, number, number] {
  return [
    t * (-0.5 + t * (1 - 0.5 * t)),
    1 + t * t * (1.5 * t - 2.5),
    t * (0.5 + t * (2 - 1.5 * t)),
    t * t * (0.5 * t - 0.5),
  ];
}

function clamp(at: number, size: number): number {
  return at < 0 ? 0 : at > size - 1 ? size - 1 : at;
}
