import exifr from 'exifr';

/** What the camera noted. Claims of the sender's device, kept as data and never trusted alone. */
export type Exif = {
  /** Clock of the camera, `2018-03-21T18:05:33`, with the offset from UTC where the camera noted it (`+07:00`). */
  takenAt?: string;
  /** Degrees, WGS 84. */
  latitude?: number;
  longitude?: number;
  accuracyM?: number;
};

/** Reads time and place out of an EXIF block (`Exif\0\0`, then TIFF). Broken or senseless values are left away. */
export async function readExif(block: Buffer | undefined): Promise<Exif> {
  if (!block) return {};
  const tiff = block.subarray(0, 4).toString('latin1') === 'Exif' ? block.subarray(6) : block;
  let tags: Record<string, unknown>;
  try {
    // oxlint-disable-next-line import/no-named-as-default-member -- Node sees only the default export
    tags = (await exifr.parse(tiff, { ...wanted, reviveValues: false, translateValues: false })) ?? {};
  } catch {
    return {};
  }
  const exif: Exif = {};
  const takenAt = timeOf(
    tags['DateTimeOriginal'] ?? tags['CreateDate'],
    tags['OffsetTimeOriginal'] ?? tags['OffsetTime'],
  );
  if (takenAt !== null) exif.takenAt = takenAt;
  const { latitude, longitude, GPSHPositioningError: accuracyM } = tags;
  if (isWithin(latitude, 90) && isWithin(longitude, 180) && !(latitude === 0 && longitude === 0)) {
    exif.latitude = latitude;
    exif.longitude = longitude;
    if (isWithin(accuracyM, 1e6) && accuracyM > 0) exif.accuracyM = accuracyM;
  }
  return exif;
}

const wanted = {
  tiff: true,
  ifd0: {},
  exif: true,
  gps: true,
  xmp: false,
  icc: false,
  iptc: false,
  makerNote: false,
};

/** `2018:03:21 18:05:33` and `+07:00` to ISO 8601; null for a date that does not exist. */
function timeOf(stamp: unknown, offset: unknown): string | null {
  const parts = typeof stamp === 'string' ? /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)/.exec(stamp) : null;
  if (!parts) return null;
  const local = `${parts[1]}-${parts[2]}-${parts[3]}T${parts[4]}`;
  const parsed = new Date(`${local}Z`);
  if (Number.isNaN(parsed.getTime()) || parsed.toISOString().slice(0, 19) !== local) return null;
  return typeof offset === 'string' && /^[+-]\d\d:\d\d$/.test(offset) ? local + offset : local;
}

function isWithin(value: unknown, limit: number): value is number {
  return typeof value === 'number' && Number.isFinite(value) && Math.abs(value) <= limit;
}
