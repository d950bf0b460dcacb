import type { Box } from './boxes.ts';
import type { Grey } from './grey.ts';

/** Cuts a tilted box out of the picture, straightened and scaled to `height`. Pixels outside repeat the border. */
export function cropBox(picture: Grey, box: Box, height: number): Grey {
  const width = Math.max(1, Math.round((box.width / box.height) * height));
  const step = box.height / height;
  const stepAlong = box.width / width;
  const [cos, sin] = [Math.cos(box.angle), Math.sin(box.angle)];
  // Where the picture is finer than the crop, several samples are averaged for each pixel.
  const samples = Math.max(1, Math.min(4, Math.round(step)));
  const data = new Uint8Array(width * height);
  for (let v = 0; v < height; v += 1)
    for (let u = 0; u < width; u += 1) {
      let sum = 0;
      for (let j = 0; j < samples; j += 1)
        for (let i = 0; i < samples; i += 1) {
          const along = (u + (i + 0.5) / samples) * stepAlong - box.width / 2;
          const across = (v + (j + 0.5) / samples) * step - box.height / 2;
          sum += sample(
            picture,
            box.x + along * cos - across * sin - 0.5,
            box.y + along * sin + across * cos - 0.5,
          );
        }
      data[v * width + u] = sum / (samples * samples);
    }
  return { data, width, height };
}

/** Bilinear interpolation between the four pixels around a point. */
function sample({ data, width, height }: Grey, x: number, y: number): number {
  const px = x < 0 ? 0 : x > width - 1 ? width - 1 : x;
  const py = y < 0 ? 0 : y > height - 1 ? height - 1 : y;
  const x0 = Math.floor(px);
  const y0 = Math.floor(py);
  const x1 = x0 + 1 < width ? x0 + 1 : x0;
  const y1 = y0 + 1 < height ? y0 + 1 : y0;
  const [fx, fy] = [px - x0, py - y0];
  const top = data[y0 * width + x0]! * (1 - fx) + data[y0 * width + x1]! * fx;
  const bottom = data[y1 * width + x0]! * (1 - fx) + data[y1 * width + x1]! * fx;
  return top * (1 - fy) + bottom * fy;
}
