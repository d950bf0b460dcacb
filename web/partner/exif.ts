/**
 * The camera writes time and place of the shot into the first pages of a JPEG (EXIF, in the APP1 segment), and drawing
 * the picture smaller loses them. These functions carry the segment over, byte for byte but for the orientation: the
 * smaller picture is already upright.
 */

const soi = 0xffd8;
const app1 = 0xffe1;
const startOfScan = 0xffda;
const orientation = 0x0112;
const exifMark = 0x45786966; // "Exif"

/** The EXIF segment of a JPEG with its orientation set to upright, or null where there is none. */
export function uprightExif(jpeg: ArrayBuffer): Uint8Array<ArrayBuffer> | null {
  const view = new DataView(jpeg);
  if (view.byteLength < 4 || view.getUint16(0) !== soi) return null;
  for (let at = 2; at + 10 < view.byteLength;) {
    const marker = view.getUint16(at);
    const length = view.getUint16(at + 2) + 2;
    if (marker === startOfScan || marker < 0xff00 || at + length > view.byteLength) return null;
    if (marker === app1 && view.getUint32(at + 4) === exifMark) {
      const segment = new Uint8Array(jpeg.slice(at, at + length));
      standUpright(new DataView(segment.buffer, 10));
      return segment;
    }
    at += length;
  }
  return null;
}

/** Sets the orientation in the first directory of a TIFF block to 1. Leaves a block it does not understand alone. */
function standUpright(tiff: DataView): void {
  if (tiff.byteLength < 14) return;
  const little = tiff.getUint16(0) === 0x4949;
  const directory = tiff.getUint32(4, little);
  if (directory + 2 > tiff.byteLength) return;
  const entries = tiff.getUint16(directory, little);
  for (let entry = 0; entry < entries; entry++) {
    const at = directory + 2 + entry * 12;
    if (at + 12 > tiff.byteLength) return;
    if (tiff.getUint16(at, little) === orientation) return tiff.setUint16(at + 8, 1, little);
  }
}

/** The JPEG with the segment put right behind its first marker, where readers look for it. */
export function withExif(jpeg: Blob, segment: Uint8Array<ArrayBuffer>): Blob {
  return new Blob([jpeg.slice(0, 2), segment, jpeg.slice(2)], { type: 'image/jpeg' });
}
