import sharp from 'sharp';
import { refuse, type Refused } from '../shared/refusal.ts';
import { hashPicture } from './hash-picture.ts';
import { readExif, type Exif } from './read-exif.ts';

export const pictureBytesMax = 10 * 1024 * 1024;
export const picturePixelsMax = 40_000_000;
/** Long side of the picture that is stored for screens. */
export const storedSideMaxPx = 2000;
const decodeMaxS = 10;

export type Picture = {
  ok: true;
  /** What was received; the stored copies are always JPEG. */
  mediaType: 'image/jpeg' | 'image/png' | 'image/webp';
  /** Size of `stored`. */
  width: number;
  height: number;
  exif: Exif;
  /** Perceptual hash, see `hashPicture`. */
  hash: bigint;
  /** Upright as far as EXIF tells, long side at most `storedSideMaxPx`, JPEG without any metadata. */
  stored: Buffer;
  /**
   * The same picture in all its pixels, in grey, for reading small print: a receipt is often a small part of a phone
   * photo. Null where `stored` already has them all.
   */
  detail: Buffer | null;
};

export type PictureRefused = Refused<
  'picture-unreadable' | 'picture-too-large' | 'picture-too-many-pixels' | 'picture-format'
>;

// libvips opens far more than photographs by default: SVG (which can point elsewhere), PDF, its own raw formats.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadWebp'] });

/**
 * Opens a picture that somebody sent: looks at size, format and pixel count before anything is decoded, then makes a
 * clean copy of the pixels. Whatever else the bytes carried (metadata, trailing data, scripts) is gone from the copies.
 */
export async function openPicture(bytes: Uint8Array): Promise<Picture | PictureRefused> {
  if (bytes.length > pictureBytesMax)
    return refuse('picture-too-large', { bytes: bytes.length, bytesMax: pictureBytesMax });
  const format = formatOf(bytes);
  if (format === null) return refuse('picture-unreadable');
  if (!isAllowed(format)) return refuse('picture-format', { format });
  try {
    return await openAllowed(bytes, format);
  } catch {
    // The decoder's words ("bad Huffman code") help nobody: for the sender, the picture is broken.
    return refuse('picture-unreadable', { format });
  }
}

/** A stored picture turned clockwise, for showing it as the reading sees it. */
export async function turnPicture(stored: Uint8Array, turn: 90 | 180 | 270): Promise<Buffer> {
  return sharp(stored, { limitInputPixels: picturePixelsMax }).rotate(turn).jpeg({ quality: 88 }).toBuffer();
}

async function openAllowed(bytes: Uint8Array, format: Allowed): Promise<Picture | PictureRefused> {
  const header = await sharp(bytes, { limitInputPixels: false }).metadata();
  const pixels = header.width * header.height;
  if (pixels > picturePixelsMax)
    return refuse('picture-too-many-pixels', {
      width: header.width,
      height: header.height,
      pixels,
      pixelsMax: picturePixelsMax,
    });
  const upright = () =>
    sharp(bytes, { failOn: 'error', limitInputPixels: picturePixelsMax, sequentialRead: true })
      .timeout({ seconds: decodeMaxS })
      .autoOrient()
      .flatten({ background: 'white' });
  const { data: stored, info } = await upright()
    .resize(storedSideMaxPx, storedSideMaxPx, { fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .jpeg({ quality: 88 })
    .toBuffer({ resolveWithObject: true });
  const isShrunk = Math.max(header.width, header.height) > storedSideMaxPx;
  return {
    ok: true,
    mediaType: `image/${format}`,
    width: info.width,
    height: info.height,
    exif: await readExif(header.exif),
    hash: await hashPicture(sharp(stored)),
    stored,
    detail: isShrunk ? await upright().toColourspace('b-w').jpeg({ quality: 85 }).toBuffer() : null,
  };
}

type Allowed = 'jpeg' | 'png' | 'webp';
type Format = Allowed | 'heic' | 'avif' | 'gif' | 'svg' | 'tiff' | 'bmp' | 'pdf';

const isAllowed = (format: Format): format is Allowed => ['jpeg', 'png', 'webp'].includes(format);

/** The format by its first bytes; the name and the declared type of an upload prove nothing. Null: no known picture. */
function formatOf(bytes: Uint8Array): Format | null {
  const head = Buffer.from(bytes.subarray(0, 512)).toString('latin1');
  if (head.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'png';
  if (/^RIFF[^]{4}WEBP/.test(head)) return 'webp';
  // Phones write HEIC under several brands; AVIF shares the container.
  const brand = /^[^]{4}ftyp([^]{4})/.exec(head)?.[1];
  if (brand) return /^avi[fs]$/.test(brand) ? 'avif' : /^(hei|hev|mif1|msf1)/.test(brand) ? 'heic' : null;
  if (/^GIF8[79]a/.test(head)) return 'gif';
  if (/^(II\*\0|MM\0\*)/.test(head)) return 'tiff';
  if (/^BM[^]{4}\0\0\0\0/.test(head)) return 'bmp';
  if (head.startsWith('%PDF-')) return 'pdf';
  return /<svg[\s>]/i.test(head) ? 'svg' : null;
}
