import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, test } from 'vitest';
import { samplePath } from '../../test/samples.ts';
import { openPicture, pictureBytesMax, storedSideMaxPx, type Picture } from './picture.ts';

/** A grey slope with a dark block at the top left: tells which way up a picture is. */
async function drawn(width: number, height: number): Promise<Sharp> {
  const data = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1)
      data.fill(
        x < width / 4 && y < height / 4 ? 0 : 150 + Math.round((100 * y) / height),
        3 * (y * width + x),
        3 * (y * width + x + 1),
      );
  return sharp(data, { raw: { width, height, channels: 3 } });
}

async function opened(bytes: Uint8Array): Promise<Picture> {
  const picture = await openPicture(bytes);
  if (!picture.ok) throw new Error(`refused: ${picture.refused}`);
  return picture;
}

const refusalOf = async (bytes: Uint8Array) => {
  const picture = await openPicture(bytes);
  return picture.ok ? 'accepted' : picture.refused;
};

describe('openPicture', () => {
  test.each(['jpeg', 'png', 'webp'] as const)('takes %s and stores a JPEG', async (format) => {
    const picture = await opened(await (await drawn(300, 200)).toFormat(format).toBuffer());
    expect(picture).toMatchObject({ mediaType: `image/${format}`, width: 300, height: 200, detail: null });
    expect(await sharp(picture.stored).metadata()).toMatchObject({ format: 'jpeg', width: 300, height: 200 });
  });

  test('keeps all pixels of a large photo beside the copy for screens', async () => {
    const picture = await opened(await (await drawn(3000, 1500)).jpeg().toBuffer());
    expect([picture.width, picture.height]).toEqual([storedSideMaxPx, storedSideMaxPx / 2]);
    expect(await sharp(picture.detail!).metadata()).toMatchObject({ width: 3000, height: 1500, channels: 1 });
  });

  test('keeps time and place as data, and neither in the picture', async () => {
    const bytes = await (
      await drawn(300, 200)
    )
      .withExif({
        IFD2: { DateTimeOriginal: '2018:03:21 18:05:33', OffsetTimeOriginal: '+07:00' },
        IFD3: {
          GPSLatitudeRef: 'S',
          GPSLatitude: '6/1 12/1 0/1',
          GPSLongitudeRef: 'E',
          GPSLongitude: '106/1 48/1 0/1',
          GPSHPositioningError: '12/1',
        },
      })
      .jpeg()
      .toBuffer();
    const picture = await opened(bytes);
    expect(picture.exif).toEqual({
      takenAt: '2018-03-21T18:05:33+07:00',
      latitude: -6.2,
      longitude: 106.8,
      accuracyM: 12,
    });
    const stored = await sharp(picture.stored).metadata();
    expect([stored.exif, stored.icc, stored.xmp, stored.iptc]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('leaves away a date that does not exist', async () => {
    const bytes = await (
      await drawn(30, 20)
    )
      .withExif({ IFD2: { DateTimeOriginal: '2018:02:30 18:05:33' } })
      .jpeg()
      .toBuffer();
    expect((await opened(bytes)).exif).toEqual({});
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'stands a picture with EXIF orientation %i upright',
    async (orientation) => {
      const picture = await opened(
        await (await drawn(300, 200)).withMetadata({ orientation }).jpeg().toBuffer(),
      );
      const expected = await sharp(
        await (await drawn(300, 200)).withMetadata({ orientation }).jpeg().toBuffer(),
      )
        .autoOrient()
        .raw()
        .toBuffer({ resolveWithObject: true });
      expect([picture.width, picture.height]).toEqual([expected.info.width, expected.info.height]);
      const got = await sharp(picture.stored).raw().toBuffer();
      const off = got.reduce((most, value, i) => Math.max(most, Math.abs(value - expected.data[i]!)), 0);
      expect(off).toBeLessThan(60);
    },
  );

  test('refuses picture-too-large before looking inside', async () => {
    expect(await refusalOf(new Uint8Array(pictureBytesMax + 1))).toBe('picture-too-large');
  });

  test('refuses picture-too-many-pixels from the header alone, with the numbers', async () => {
    const bytes = await sharp({ create: { width: 7000, height: 6000, channels: 3, background: 'white' } })
      .png()
      .toBuffer();
    const from = performance.now();
    expect(await openPicture(bytes)).toEqual({
      ok: false,
      refused: 'picture-too-many-pixels',
      facts: { width: 7000, height: 6000, pixels: 42_000_000, pixelsMax: 40_000_000 },
    });
    expect(performance.now() - from).toBeLessThan(200);
  });

  test('refuses picture-format and says which format it was', async () => {
    const heic = Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1');
    expect(await openPicture(heic)).toEqual({
      ok: false,
      refused: 'picture-format',
      facts: { format: 'heic' },
    });
    const svg = Buffer.from(
      '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
    );
    expect(await openPicture(svg)).toEqual({
      ok: false,
      refused: 'picture-format',
      facts: { format: 'svg' },
    });
  });

  test('refuses picture-unreadable for what is no picture, or half of one', async () => {
    expect(await refusalOf(new Uint8Array())).toBe('picture-unreadable');
    expect(await refusalOf(Buffer.from('Distributor Timur'))).toBe('picture-unreadable');
    const whole = await (await drawn(300, 200)).jpeg().toBuffer();
    expect(await refusalOf(whole.subarray(0, whole.length / 2))).toBe('picture-unreadable');
  });
});

// The answers that the README of the corpus names. SVG is refused for its format before its size could matter.
const answers: Record<string, string> = {
  'ok-exif-gps.jpg': 'accepted',
  'orientation6.jpg': 'accepted',
  'cmyk.jpg': 'accepted',
  'trailing-garbage.jpg': 'accepted',
  'polyglot-jpg-html.jpg': 'accepted',
  'polyglot-jpg-zip.jpg': 'accepted',
  'php-in-comment.jpg': 'accepted',
  'png-named.jpg': 'accepted',
  'truncated-50pct.jpg': 'picture-unreadable',
  'truncated-header.jpg': 'picture-unreadable',
  'bitflips.jpg': 'picture-unreadable',
  'bad-crc.png': 'picture-unreadable',
  'zero-dim.png': 'picture-unreadable',
  'text-named.jpg': 'picture-unreadable',
  'html-named.jpg': 'picture-unreadable',
  'empty.jpg': 'picture-unreadable',
  'gif-polyglot-js.gif': 'picture-format',
  'heic-brand-only.heic': 'picture-format',
  'huge-30000x30000.png': 'picture-too-many-pixels',
  'lying-header-100000x100000.png': 'picture-too-many-pixels',
  'svg-huge.svg': 'picture-format',
  'svg-script.svg': 'picture-format',
};
const corpus = samplePath('badinput/images');

describe.skipIf(corpus === null)('the corpus of bad pictures (skipped where MITRA_SAMPLES has none)', () => {
  const read = (name: string) => readFileSync(path.join(corpus!, name));

  test.each(corpus ? readdirSync(corpus) : [])('%s gets its answer', async (name) => {
    const from = performance.now();
    expect(await refusalOf(read(name))).toBe(answers[name]);
    expect(performance.now() - from).toBeLessThan(2000);
  });

  test('what is accepted is clean, upright, and keeps its place as data', async () => {
    const plain = await opened(read('ok-exif-gps.jpg'));
    expect([plain.exif.latitude, plain.exif.longitude]).toEqual([
      expect.closeTo(-6.2, 3),
      expect.closeTo(106.8, 3),
    ]);
    for (const name of [
      'trailing-garbage.jpg',
      'polyglot-jpg-html.jpg',
      'polyglot-jpg-zip.jpg',
      'php-in-comment.jpg',
    ])
      expect([name, (await opened(read(name))).stored.equals(plain.stored)]).toEqual([name, true]);
    expect(await opened(read('orientation6.jpg'))).toMatchObject({ width: 360, height: 240 });
  });

  test('1,000 mutations of one picture (seed 41): an answer for each, never a crash', async () => {
    const whole = read('ok-exif-gps.jpg');
    const random = randomFrom(41);
    const seen = new Map<string, number>();
    for (let i = 0; i < 1000; i += 1) {
      const bytes = Buffer.from(whole);
      for (let flips = 1 + Math.floor(random() * 8); flips > 0; flips -= 1)
        bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      const answer = await refusalOf(bytes);
      seen.set(answer, (seen.get(answer) ?? 0) + 1);
    }
    expect([...seen.keys()].filter((answer) => !/^(accepted|picture-[a-z-]+)$/.test(answer))).toEqual([]);
    expect(seen.get('accepted')).toBeGreaterThan(50);
    expect(seen.get('picture-unreadable')).toBeGreaterThan(50);
  }, 60_000);
});

/** Mulberry32: the same numbers in 0..1 for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
