import { uprightExif, withExif } from './exif.ts';

const longSidePx = 1600;
const shortSidePx = 900;
const quality = 0.75;
/** A JPEG up to this size is sent as it is: shrinking it would save little and cost sharpness. */
const smallBytes = 300_000;

/**
 * The photo as it should travel: at most 1600 px on the long side, but not below 900 on the short one, since a long
 * receipt would lose its letters. JPEG, with time and place of the shot kept. A picture the browser cannot open is
 * returned as it is; the server says in words what is wrong with it.
 */
export async function shrink(photo: File): Promise<Blob> {
  const isJpeg = photo.type === 'image/jpeg';
  if (isJpeg && photo.size <= smallBytes) return photo;
  try {
    const picture = await createImageBitmap(photo);
    const drawn = await draw(picture, scaleOf(picture.width, picture.height));
    picture.close();
    const exif = isJpeg ? uprightExif(await photo.arrayBuffer()) : null;
    const smaller = exif ? withExif(drawn, exif) : drawn;
    return isJpeg && smaller.size >= photo.size ? photo : smaller;
  } catch {
    return photo;
  }
}

/** Factor 0..1 by which both sides are multiplied. */
export function scaleOf(width: number, height: number): number {
  const [short, long] = width < height ? [width, height] : [height, width];
  return Math.min(1, Math.max(longSidePx / long, shortSidePx / short));
}

function draw(picture: ImageBitmap, scale: number): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  const pen = canvas.getContext('2d', { alpha: false })!;
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('not drawn'))), 'image/jpeg', quality);
  });
}
