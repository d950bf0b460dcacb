import { parse } from 'exifr';
import sharp from 'sharp';
import { expect, test } from 'vitest';

import { uprightExif, withExif } from '../web/partner/exif.ts';

const plain = sharp({ create: { width: 40, height: 30, channels: 3, background: 'white' } });

async function shotOf(exif: boolean): Promise<ArrayBuffer> {
  const picture = exif
    ? plain.clone().withExif({
        IFD0: { Orientation: '6', Make: 'Phone' },
        IFD2: { DateTimeOriginal: '2018:02:07 15:16:00' },
        IFD3: {
          GPSLatitudeRef: 'N',
          GPSLatitude: '1/1 29/1 0/1',
          GPSLongitudeRef: 'E',
          GPSLongitude: '103/1 44/1 0/1',
        },
      })
    : plain.clone();
  const bytes = await picture.jpeg().toBuffer();
  return new Uint8Array(bytes).buffer;
}

test('a smaller photo keeps time and place of the shot and is upright', async () => {
  const segment = uprightExif(await shotOf(true));
  const smaller = withExif(new Blob([await shotOf(false)]), segment!);

  const bytes = Buffer.from(await smaller.arrayBuffer());
  const told = await parse(bytes, { reviveValues: false, gps: true });
  expect(told.DateTimeOriginal).toBe('2018:02:07 15:16:00');
  expect(told.latitude).toBeCloseTo(1.483, 3);
  expect((await sharp(bytes).metadata()).orientation).toBe(1);
});

test('a picture without such facts, or that is no JPEG, has none to keep', async () => {
  expect(uprightExif(await shotOf(false))).toBeNull();
  expect(uprightExif(new TextEncoder().encode('not a picture at all').buffer)).toBeNull();
  expect(uprightExif(new ArrayBuffer(0))).toBeNull();
});

test('a segment that lies about its length is left alone', async () => {
  const whole = new Uint8Array(await shotOf(true));
  for (let length = 0; length < Math.min(whole.length, 400); length++) {
    expect(() => uprightExif(whole.slice(0, length).buffer)).not.toThrow();
  }
});
