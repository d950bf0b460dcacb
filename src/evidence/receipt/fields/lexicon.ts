import { editDistance } from '../../../shared/text.ts';

/** Tells the labels of a normalised word (upper case, no accents, no marks around). */
export type Lexicon<Label extends string> = (word: string) => readonly Label[];

const rememberedMax = 50_000;

/**
 * A lexicon from words (blank between) by label; a word may stand under several. Words of five letters and more are
 * known with one wrong letter, of nine and more with two, and digits read for letters count as those: TOTAI, R0UNDlNG.
 */
export function makeLexicon<Label extends string>(words: Record<Label, string>): Lexicon<Label> {
  const dictionary = new Map<string, Label[]>();
  for (const label of Object.keys(words) as Label[]) {
    for (const word of words[label].split(' '))
      dictionary.set(word, [...(dictionary.get(word) ?? []), label]);
  }
  const longWords = [...dictionary.keys()].filter((word) => word.length >= 5);
  const remembered = new Map<string, readonly Label[]>();
  return (word) => {
    const known = remembered.get(word);
    if (known) return known;
    const found = dictionary.get(word) ?? dictionary.get(nearest(word, dictionary, longWords) ?? '') ?? [];
    if (remembered.size >= rememberedMax) remembered.clear();
    remembered.set(word, found);
    return found;
  };
}

function nearest(
  word: string,
  dictionary: ReadonlyMap<string, unknown>,
  longWords: readonly string[],
): string | undefined {
  if (!/\p{L}{2}/u.test(word)) return undefined;
  const letters = toLetters(word);
  if (dictionary.has(letters)) return letters;
  if (letters.length < 5) return undefined;
  let best: string | undefined;
  let most = 1 + Math.floor(letters.length / 9);
  for (const candidate of longWords) {
    if (Math.abs(candidate.length - letters.length) > most) continue;
    const changes = editDistance(letters, candidate, most);
    if (changes < most || (changes === most && best === undefined)) [best, most] = [candidate, changes];
  }
  return best;
}

/** The letters that a recogniser takes for these digits. */
export function toLetters(word: string): string {
  return word
    .replace(/0/g, 'O')
    .replace(/[1|]/g, 'I')
    .replace(/5/g, 'S')
    .replace(/8/g, 'B')
    .replace(/4/g, 'A');
}
