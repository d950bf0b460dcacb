import sharp from 'sharp';
import type { Turn } from '../reading.ts';

/** A picture in shades of grey: one byte a pixel, row by row. */
export type Grey = { data: Uint8Array | Uint8ClampedArray; width: number; height: number };

/** Turns a picture clockwise. */
export function turnGrey(picture: Grey, turn: Turn): Grey {
  if (turn === 0) return picture;
  const { data, width, height } = picture;
  const out = new Uint8Array(width * height);
  if (turn === 180) {
    for (let i = 0, j = out.length - 1; j >= 0; i += 1, j -= 1) out[j] = data[i]!;
    return { data: out, width, height };
  }
  // A clockwise quarter turn sends (x, y) to (height - 1 - y, x); three of them send it to (y, width - 1 - x).
  for (let y = 0; y < height; y += 1) {
    const column = turn === 90 ? height - 1 - y : y;
    for (let x = 0; x < width; x += 1) {
      const row = turn === 90 ? x : width - 1 - x;
      out[row * height + column] = data[y * width + x]!;
    }
  }
  return { data: out, width: height, height: width };
}

/** Resizes to exactly this size. */
export async function resizeGrey(picture: Grey, width: number, height: number): Promise<Grey> {
  if (width === picture.width && height === picture.height) return picture;
  const data = await sharp(picture.data, {
    raw: { width: picture.width, height: picture.height, channels: 1 },
  })
    .resize(width, height, { fit: 'fill', kernel: 'linear' })
    .toColourspace('b-w')
    .raw()
    .toBuffer();
  return { data, width, height };
}
