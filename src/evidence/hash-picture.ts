import type { Sharp } from 'sharp';

const side = 64;
const kept = 8;

/**
 * A 64-bit perceptual hash, signed as PostgreSQL's bigint: forwarded and recompressed copies of one file differ in few
 * bits (see `bitsApart`). It says which of the 8 x 8 lowest frequencies of the 64 x 64 grey picture are above their
 * median (pHash; Zauner, Implementation and Benchmarking of Perceptual Image Hash Functions, 2010).
 */
export async function hashPicture(picture: Sharp): Promise<bigint> {
  const pixels = await picture.greyscale().resize(side, side, { fit: 'fill' }).raw().toBuffer();
  const frequencies: number[] = [];
  for (let v = 1; v <= kept; v += 1)
    for (let u = 1; u <= kept; u += 1) {
      let sum = 0;
      for (let y = 0; y < side; y += 1)
        for (let x = 0; x < side; x += 1) sum += pixels[y * side + x]! * cosine(u, x) * cosine(v, y);
      frequencies.push(sum);
    }
  const median = frequencies.toSorted((a, b) => a - b)[frequencies.length / 2]!;
  const bits = frequencies.reduce((hash, value) => (hash << 1n) | (value >= median ? 1n : 0n), 0n);
  return BigInt.asIntN(64, bits);
}

/** In how many of their 64 bits two hashes differ. */
export function bitsApart(a: bigint, b: bigint): number {
  let different = BigInt.asUintN(64, a ^ b);
  let count = 0;
  for (; different > 0n; different &= different - 1n) count += 1;
  return count;
}

const cosines = Float64Array.from({ length: (kept + 1) * side }, (_, i) =>
  Math.cos((Math.PI * Math.floor(i / side) * (2 * (i % side) + 1)) / (2 * side)),
);
const cosine = (frequency: number, at: number) => cosines[frequency * side + at]!;
