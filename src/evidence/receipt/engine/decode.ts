import { settleLookalikes } from './settle.ts';

/** One character with the probability the recogniser gave it and the time step at which it stood. */
export type Letter = { char: string; probability: number; step: number };

/** The recogniser's classes: blank first, space last. `char` is null for a class that is never to be chosen. */
export type Alphabet = {
  size: number;
  blank: number;
  space: number;
  latin: { index: number; char: string }[];
};

// The recogniser hardly ever chooses a space between Latin words, yet it gives it a telling probability in the gap.
const spaceMin = 0.025;

/** Makes the alphabet from the model's key file: one character a line; blank goes first and space last. */
export function makeAlphabet(keys: string): Alphabet {
  const chars = keys.replace(/\n$/, '').split('\n');
  const latin = chars
    .map((char, i) => ({ index: i + 1, char: fold(char) }))
    .filter(({ char }) => /^[\x21-\x7e£¥€°×éÉüäàèòíóúáñ]$/u.test(char));
  return { size: chars.length + 2, blank: 0, space: chars.length + 1, latin };
}

/** Full-width forms and look-alike marks to the plain character. */
function fold(char: string): string {
  const code = char.codePointAt(0)!;
  if (code >= 0xff01 && code <= 0xff5e) return String.fromCodePoint(code - 0xfee0);
  return marks[char] ?? char;
}

const marks: Record<string, string> = {
  '￡': '£',
  '￥': '¥',
  '’': "'",
  '‘': "'",
  '“': '"',
  '”': '"',
  '：': ':',
  '—': '-',
  '∶': ':',
  '﹣': '-',
  '－': '-',
  '─': '-',
};

/**
 * Best path of a CTC output (Graves et al. 2006): the likeliest class of each step, repeats and blanks dropped.
 * Only Latin classes take part. `steps` x `alphabet.size` probabilities start at `offset`.
 */
export function decodeLetters(
  output: Float32Array,
  offset: number,
  steps: number,
  alphabet: Alphabet,
): Letter[] {
  const letters: Letter[] = [];
  let previous = alphabet.blank;
  let gap = 0;
  for (let step = 0; step < steps; step += 1) {
    const row = offset + step * alphabet.size;
    let best = alphabet.blank;
    let bestP = output[row + alphabet.blank]!;
    let char = '';
    for (const letter of alphabet.latin) {
      const p = output[row + letter.index]!;
      if (p > bestP) [best, bestP, char] = [letter.index, p, letter.char];
    }
    const space = output[row + alphabet.space]!;
    if (best === alphabet.blank || space > bestP) {
      gap = Math.max(gap, space);
      previous = alphabet.blank;
      continue;
    }
    if (best === previous) {
      const last = letters[letters.length - 1]!;
      last.probability = Math.max(last.probability, bestP);
      continue;
    }
    if (gap > spaceMin && letters.length > 0) letters.push({ char: ' ', probability: gap, step });
    letters.push({ char, probability: bestP, step });
    previous = best;
    gap = 0;
  }
  settleLookalikes(letters);
  return letters;
}
