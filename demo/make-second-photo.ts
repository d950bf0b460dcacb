import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import sharp from 'sharp';

/*
 * Makes receipts/subang-bestari-again.jpg from receipts/subang-bestari.jpg: the same paper as a hurried second
 * photograph shows it. Run once by hand (`node demo/make-second-photo.ts`); its result is committed.
 */

const folder = path.join(import.meta.dirname, 'receipts');

/** Where the corners of the first picture lie in the second, clockwise from the top left, as shares of its size. */
const corners = [
  [0.09, 0.05],
  [0.9, 0.02],
  [0.97, 1.02],
  [0.04, 0.985],
] as const;
const size = { width: 900, height: 1800 };
const table = { r: 96, g: 78, b: 62 };

type Grey = { width: number; height: number; data: Uint8Array };

async function main(): Promise<void> {
  const first = await open(path.join(folder, 'subang-bestari.jpg'));
  const back = inverseOf(corners.map(([x, y]) => [x * size.width, y * size.height] as const));
  const pixels = Buffer.alloc(size.width * size.height * 3);
  const noise = noiseFrom(20_170_505);
  for (let y = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++) {
      const [u, v] = back(x + 0.5, y + 0.5);
      // A lamp at the top left: the far corner of the paper is darker and warmer.
      const light = 0.98 - 0.3 * (x / size.width) * (y / size.height) + 0.03 * noise();
      const ink = u > 0 && u < 1 && v > 0 && v < 1 ? sample(first, u, v) / 255 : null;
      const at = (y * size.width + x) * 3;
      pixels[at] = 255 * light * (ink === null ? table.r / 255 : 0.06 + 0.92 * ink);
      pixels[at + 1] = 255 * light * (ink === null ? table.g / 255 : 0.05 + 0.9 * ink);
      pixels[at + 2] = 255 * light * (ink === null ? table.b / 255 : 0.05 + 0.83 * ink);
    }
  }
  const raw = { width: size.width, height: size.height, channels: 3 as const };
  const photo = await sharp(pixels, { raw }).blur(0.8).jpeg({ quality: 72 }).toBuffer();
  writeFileSync(path.join(folder, 'subang-bestari-again.jpg'), photo);
}

async function open(file: string): Promise<Grey> {
  const { data, info } = await sharp(readFileSync(file))
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

/** Between the four nearest pixels; u and v are shares of the width and the height. */
function sample({ width, height, data }: Grey, u: number, v: number): number {
  const x = Math.min(width - 1.001, Math.max(0, u * width - 0.5));
  const y = Math.min(height - 1.001, Math.max(0, v * height - 0.5));
  const at = Math.floor(y) * width + Math.floor(x);
  const [dx, dy] = [x - Math.floor(x), y - Math.floor(y)];
  const top = data[at]! * (1 - dx) + data[at + 1]! * dx;
  const bottom = data[at + width]! * (1 - dx) + data[at + width + 1]! * dx;
  return top * (1 - dy) + bottom * dy;
}

/**
 * From a point of the second picture to the place on the first: the inverse of the projective map that sends the unit
 * square to the four corners (Heckbert, Fundamentals of Texture Mapping and Image Warping, 1989, section 2.2.3).
 */
function inverseOf(quad: readonly (readonly [number, number])[]): (x: number, y: number) => [number, number] {
  const [[x0, y0], [x1, y1], [x2, y2], [x3, y3]] = quad as [
    readonly [number, number],
    readonly [number, number],
    readonly [number, number],
    readonly [number, number],
  ];
  const [dx1, dx2, dy1, dy2] = [x1 - x2, x3 - x2, y1 - y2, y3 - y2];
  const [sx, sy] = [x0 - x1 + x2 - x3, y0 - y1 + y2 - y3];
  const area = dx1 * dy2 - dx2 * dy1;
  const g = (sx * dy2 - dx2 * sy) / area;
  const h = (dx1 * sy - sx * dy1) / area;
  const [a, b, c] = [x1 - x0 + g * x1, x3 - x0 + h * x3, x0];
  const [d, e, f] = [y1 - y0 + g * y1, y3 - y0 + h * y3, y0];
  return (x, y) => {
    const w = (d * h - e * g) * x + (b * g - a * h) * y + (a * e - b * d);
    return [
      ((e - f * h) * x + (c * h - b) * y + (b * f - c * e)) / w,
      ((f * g - d) * x + (a - c * g) * y + (c * d - a * f)) / w,
    ];
  };
}

/** Numbers between -1 and 1, the same on every run (a linear congruential generator). */
function noiseFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 2_147_483_648 - 1;
  };
}

await main();
