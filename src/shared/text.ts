/**
 * Upper case, accents off, every run of other characters one space: how printed text is compared.
 * `Kacang Panjang (1 kg)` and `KACANG  PANJANG 1KG` meet up to the space before the unit.
 */
export function normalise(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

const confusables: Record<string, string> = {
  O: '0',
  Q: '0',
  D: '0',
  I: '1',
  L: '1',
  S: '5',
  B: '8',
  Z: '2',
  G: '6',
};

/** Normalised text in which the letters that a recogniser takes for digits are those digits: ENIERPRISE stays wrong, B00K meets BOOK. */
export function foldConfusables(text: string): string {
  return normalise(text).replace(/[OQDILSBZG]/g, (letter) => confusables[letter]!);
}

/** The three-letter pieces of each word, padded as in PostgreSQL's pg_trgm: two blanks before, one after. */
export function trigrams(text: string): Set<string> {
  const pieces = new Set<string>();
  for (const word of text.split(' ')) {
    if (!word) continue;
    const padded = `  ${word} `;
    for (let i = 0; i + 3 <= padded.length; i++) pieces.add(padded.slice(i, i + 3));
  }
  return pieces;
}

/** Shared pieces by all pieces (Jaccard), 0..1, the measure of pg_trgm's `similarity`. */
export function overlap<T>(a: ReadonlySet<T>, b: ReadonlySet<T>): number {
  if (a.size === 0 || b.size === 0) return 0;
  let shared = 0;
  for (const piece of a) if (b.has(piece)) shared++;
  return shared / (a.size + b.size - shared);
}

/** The fewest single-letter changes from one text to the other, counted no further than `most` + 1. */
export function editDistance(a: string, b: string, most = 8): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    if (Math.min(...next) > most) return most + 1;
    row = next;
  }
  return row[b.length]!;
}
