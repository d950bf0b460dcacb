/** Element types whose arrays are sent as bytes: batches are made of them, and their text is slow to read. */
export type BinaryType = keyof typeof formats;

type Format = {
  oid: number;
  bytes: number;
  /** Writes one value; false where it is not of this type. */
  write(buffer: Buffer, value: unknown, at: number): boolean;
};

// Type oids and what each element looks like: src/include/catalog/pg_type.dat and the *_recv functions of PostgreSQL.
const formats = {
  uuid: { oid: 2950, bytes: 16, write: writeUuid },
  bigint: { oid: 20, bytes: 8, write: writeBigint },
  timestamptz: { oid: 1184, bytes: 8, write: writeMoment },
} as const satisfies Record<string, Format>;

const headBytes = 20;
const lengthBytes = 4;
const microsecondsPerMs = 1000;
// 2000-01-01T00:00:00Z, from which PostgreSQL counts.
const epochMs = 946_684_800_000;

/**
 * An array as PostgreSQL's binary format has it (array_recv), or null where a value is not of the type: then its text is sent,
 * and the database says what is wrong with it.
 */
export function arrayBytes(type: BinaryType, values: readonly unknown[]): Buffer | null {
  const { oid, bytes, write }: Format = formats[type];
  const buffer = Buffer.allocUnsafe(headBytes + values.length * (lengthBytes + bytes));
  let at = headBytes;
  let hasNull = 0;
  for (const value of values) {
    if (value === null || value === undefined) {
      hasNull = 1;
      at = buffer.writeInt32BE(-1, at);
      continue;
    }
    at = buffer.writeInt32BE(bytes, at);
    if (!write(buffer, value, at)) return null;
    at += bytes;
  }
  const dimensions = values.length > 0 ? 1 : 0;
  buffer.writeInt32BE(dimensions, 0);
  buffer.writeInt32BE(hasNull, 4);
  buffer.writeInt32BE(oid, 8);
  buffer.writeInt32BE(values.length, 12);
  buffer.writeInt32BE(1, 16);
  return buffer.subarray(0, dimensions === 0 ? 12 : at);
}

const dashes = new Set([8, 13, 18, 23]);
// Where in the text of a UUID the two digits of each byte stand.
const digits = Array.from({ length: 36 }, (_, i) => i).filter((i) => !dashes.has(i));
const highs = digits.filter((_, i) => i % 2 === 0);
const nibbles = new Int8Array(256).fill(-1);
for (const [value, digit] of [...'0123456789abcdef'].entries()) nibbles[digit.charCodeAt(0)] = value;

function writeUuid(buffer: Buffer, value: unknown, at: number): boolean {
  if (typeof value !== 'string' || value.length !== 36) return false;
  for (let i = 0; i < 16; i += 1) {
    const place = highs[i]!;
    const high = nibbles[value.charCodeAt(place)];
    const low = nibbles[value.charCodeAt(place + 1)];
    // Below zero: no lower-case hexadecimal digit. Undefined: not even a byte.
    if (!(high! >= 0 && low! >= 0)) return false;
    buffer[at + i] = (high! << 4) | low!;
  }
  return true;
}

function writeBigint(buffer: Buffer, value: unknown, at: number): boolean {
  if (typeof value !== 'bigint')
    return Number.isSafeInteger(value) && writeInteger(buffer, value as number, at);
  if (BigInt.asIntN(64, value) !== value) return false;
  buffer.writeBigInt64BE(value, at);
  return true;
}

function writeMoment(buffer: Buffer, value: unknown, at: number): boolean {
  const microseconds = value instanceof Date ? (value.getTime() - epochMs) * microsecondsPerMs : Number.NaN;
  return Number.isSafeInteger(microseconds) && writeInteger(buffer, microseconds, at);
}

/** A whole number as 64 bits, without a detour over bigint. */
function writeInteger(buffer: Buffer, value: number, at: number): true {
  buffer.writeInt32BE(Math.floor(value / 2 ** 32), at);
  buffer.writeUInt32BE(value >>> 0, at + 4);
  return true;
}
