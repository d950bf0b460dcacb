import { createHash } from 'node:crypto';
import { editDistance, normalise } from '../../shared/text.ts';
import type { Reading } from './reading.ts';

/** What makes a receipt recognisable when it is photographed again. */
export type Fingerprint = {
  /** MinHash signature of the words: the share of equal places estimates the Jaccard overlap of the word sets. */
  signature: number[];
  /** The drawers it is filed in; two photographs of one paper share at least one. */
  keys: string[];
};

const places = 64;

/** The fingerprint of a picture and what was read from it: `file` is the hash of the bytes received, `picture` that of
 * the pixels, equal when the same picture was forwarded or recompressed. Pure. */
export function fingerprintOf(file: Buffer, picture: bigint, reading: Reading): Fingerprint {
  return { signature: signatureOf(reading), keys: keysOf(file, picture, reading) };
}

// Each two of date, total and number: one of the three may be misread and the paper is still found.
function keysOf(file: Buffer, picture: bigint, reading: Reading): string[] {
  const date = reading.date?.value;
  const total = reading.totalMinor?.value;
  const number = numberOf(reading);
  const keys = [`file:${file.toString('hex')}`, `picture:${BigInt.asUintN(64, picture).toString(16)}`];
  if (date && total !== undefined) keys.push(`date-total:${date}|${total}`);
  if (date && number) keys.push(`date-number:${date}|${number}`);
  if (number && total !== undefined) keys.push(`number-total:${number}|${total}`);
  return keys;
}

// Numbers of fewer than four signs repeat from shop to shop and say nothing.
function numberOf(reading: Reading): string | null {
  const number = normalise(reading.number?.value ?? '').replaceAll(' ', '');
  return number.length >= 4 ? number : null;
}

function signatureOf(reading: Reading): number[] {
  const words = new Set(
    reading.lines.flatMap((line) => normalise(line.text).split(' ')).filter((word) => word.length > 1),
  );
  const signature: number[] = Array.from({ length: places }, () => 0x7fffffff);
  for (const word of words) {
    const digest = createHash('sha512').update(word).digest();
    const first = digest.readUInt32LE(0);
    const second = digest.readUInt32LE(4) | 1;
    // Two hashes give as many as are wanted: h1 + i * h2 (Kirsch and Mitzenmacher, 2006).
    for (let i = 0; i < places; i++) {
      const hash = ((first + Math.imul(i, second)) >>> 0) & 0x7fffffff;
      if (hash < signature[i]!) signature[i] = hash;
    }
  }
  return signature;
}

/** The estimated share of words that two receipts have in common, 0..1. */
export function likenessOf(a: readonly number[], b: readonly number[]): number {
  const shared = a.filter((place, i) => place === b[i] && place !== 0x7fffffff).length;
  return shared / places;
}

export type Sameness = 'same' | 'similar' | 'different';

/** Words shared by two photographs of one paper; two papers of one shop and day share their head, not their goods. */
export const sameLikenessMin = 0.45;

/**
 * Whether two readings are of one paper. `same` needs the shared words and an equal number or time; `similar` when
 * nothing tells them apart either; `different` when number or time do, as for two equal baskets on one day. Pure.
 */
export function compareReceipts(
  a: { reading: Reading; signature: readonly number[] },
  b: { reading: Reading; signature: readonly number[] },
): Sameness {
  const likeness = likenessOf(a.signature, b.signature);
  const number = agreement(numberOf(a.reading), numberOf(b.reading), 1);
  const time = agreement(
    a.reading.time?.value.slice(0, 5) ?? null,
    b.reading.time?.value.slice(0, 5) ?? null,
    0,
  );
  if (number === 'differs' && time !== 'agrees') return 'different';
  if (time === 'differs' && number !== 'agrees') return 'different';
  if (number === 'agrees' || time === 'agrees') return likeness >= sameLikenessMin / 2 ? 'same' : 'different';
  return likeness >= sameLikenessMin ? 'similar' : 'different';
}

// One wrong letter is a misreading; more is another number.
function agreement(a: string | null, b: string | null, most: number): 'agrees' | 'differs' | 'unknown' {
  if (!a || !b) return 'unknown';
  return editDistance(a, b, 2) <= most ? 'agrees' : 'differs';
}
