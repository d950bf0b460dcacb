import { editDistance, normalise } from '../../../shared/text.ts';
import type { TextLine } from '../reading.ts';

/** Counts of one receipt, added up over a folder. Words are exact tokens, upper case, in no order. */
export type TextScore = {
  words: number;
  wordsRead: number;
  wordsRight: number;
  numbers: number;
  numbersRight: number;
  /** Letters inside the true boxes and the changes that make what was read of them; 0 where boxes are not known. */
  letters: number;
  letterChanges: number;
  boxes: number;
  boxesRight: number;
};

export function scoreText(
  texts: readonly string[],
  boxes: readonly TextLine[] | null,
  read: readonly TextLine[],
): TextScore {
  const words = texts.flatMap(wordsOf);
  const wordsRead = read.flatMap(({ text }) => wordsOf(text));
  const numbers = texts.flatMap(numbersOf);
  const inBoxes = boxes ? scoreBoxes(boxes, read) : { letters: 0, letterChanges: 0, boxes: 0, boxesRight: 0 };
  return {
    words: words.length,
    wordsRead: wordsRead.length,
    wordsRight: sharedCount(words, wordsRead),
    numbers: numbers.length,
    numbersRight: sharedCount(
      numbers,
      read.flatMap(({ text }) => numbersOf(text)),
    ),
    ...inBoxes,
  };
}

const wordsOf = (text: string): string[] => text.toUpperCase().split(/\s+/).filter(Boolean);
const numbersOf = (text: string): string[] => text.match(/\d+(?:[.,:/-]\d+)*/g) ?? [];

function sharedCount(a: readonly string[], b: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const word of a) counts.set(word, (counts.get(word) ?? 0) + 1);
  let shared = 0;
  for (const word of b) {
    const left = counts.get(word) ?? 0;
    if (left > 0) shared++;
    counts.set(word, left - 1);
  }
  return shared;
}

// Letters read are dealt to the true box that holds their middle; blanks and case do not count.
function scoreBoxes(boxes: readonly TextLine[], read: readonly TextLine[]) {
  const dealt = boxes.map(() => [] as { letter: string; x: number }[]);
  for (const letter of read.flatMap(lettersOf)) {
    const box = boxes.findIndex(({ quad }) => holds(quad, letter.x, letter.y));
    if (box >= 0) dealt[box]!.push(letter);
  }
  let [letters, letterChanges, boxesRight] = [0, 0, 0];
  boxes.forEach(({ text }, i) => {
    const wanted = text.toUpperCase().replace(/\s/g, '');
    const got = dealt[i]!.sort((a, b) => a.x - b.x)
      .map(({ letter }) => letter)
      .join('');
    const changes = editDistance(wanted, got, Math.max(wanted.length, got.length));
    letters += wanted.length;
    letterChanges += Math.min(changes, wanted.length);
    boxesRight += changes === 0 ? 1 : 0;
  });
  return { letters, letterChanges, boxes: boxes.length, boxesRight };
}

function lettersOf({ text, quad }: TextLine): { letter: string; x: number; y: number }[] {
  const [ax, ay, bx, by, cx, cy, dx, dy] = quad;
  return [...text.toUpperCase()].flatMap((letter, i) => {
    if (/\s/.test(letter)) return [];
    const at = (i + 0.5) / text.length;
    const x = ((ax + dx) * (1 - at) + (bx + cx) * at) / 2;
    const y = ((ay + dy) * (1 - at) + (by + cy) * at) / 2;
    return [{ letter, x, y }];
  });
}

function holds(quad: TextLine['quad'], x: number, y: number): boolean {
  const xs = [quad[0], quad[2], quad[4], quad[6]];
  const ys = [quad[1], quad[3], quad[5], quad[7]];
  return x >= Math.min(...xs) && x <= Math.max(...xs) && y >= Math.min(...ys) && y <= Math.max(...ys);
}

/** Strictly equal: upper case, blanks collapsed, outer marks trimmed. */
export function isStrictlyEqual(a: string, b: string): boolean {
  const tidy = (text: string) =>
    text
      .toUpperCase()
      .replace(/\s+/g, ' ')
      .replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
  return tidy(a) === tidy(b);
}

/** Equal in letters and digits. */
export function isEqualInLetters(a: string, b: string): boolean {
  const letters = (text: string) => normalise(text).replaceAll(' ', '');
  return letters(a) === letters(b);
}
