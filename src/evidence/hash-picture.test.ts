import sharp, { type Sharp } from 'sharp';
import { expect, test } from 'vitest';
import { bitsApart, hashPicture } from './hash-picture.ts';

/** Blocks of grey, different for each seed. */
function blocks(seed: number): Sharp {
  const side = 12;
  const data = Buffer.from(
    Array.from({ length: side * side }, (_, i) => (Math.imul(i + 1, seed * 2654435761) >>> 24) & 255),
  );
  return sharp(data, { raw: { width: side, height: side, channels: 1 } }).resize(600, 800, { fit: 'fill' });
}

const picture = await blocks(7).jpeg({ quality: 95 }).toBuffer();

test('a forwarded copy, smaller and recompressed, differs in few bits', async () => {
  const forwarded = await sharp(picture).resize(450).jpeg({ quality: 40 }).toBuffer();
  expect(
    bitsApart(await hashPicture(sharp(picture)), await hashPicture(sharp(forwarded))),
  ).toBeLessThanOrEqual(3);
});

test('another picture differs in many bits', async () => {
  expect(bitsApart(await hashPicture(sharp(picture)), await hashPicture(blocks(8).png()))).toBeGreaterThan(
    15,
  );
});

test('a hash fits a signed 64-bit integer', async () => {
  const hash = await hashPicture(sharp(picture));
  expect(BigInt.asIntN(64, hash)).toBe(hash);
  expect(bitsApart(-1n, 0n)).toBe(64);
});
