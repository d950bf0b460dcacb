import { misreadCost, misreadMax } from './misread-cost.ts';

/** Tells the labels of a normalised word (upper case, no accents, no marks around). */
export type Lexicon<Label extends string> = (word: string) => readonly Label[];

const rememberedMax = 50_000;

/**
 * A lexicon from words (blank between) by label; a word may stand under several. A misread word is known while it is
 * nearer to one of the words than `misreadMax`: TOTAI, IOTAL, R0UNDlNG.
 */
export function makeLexicon<Label extends string>(words: Record<Label, string>): Lexicon<Label> {
  const dictionary = new Map<string, Label[]>();
  for (const label of Object.keys(words) as Label[]) {
    for (const word of words[label].split(' '))
      dictionary.set(word, [...(dictionary.get(word) ?? []), label]);
  }
  const candidates = [...dictionary.keys()].filter((word) => word.length >= 3);
  const remembered = new Map<string, readonly Label[]>();
  return (word) => {
    const known = remembered.get(word);
    if (known) return known;
    const found = dictionary.get(word) ?? dictionary.get(nearest(word, dictionary, candidates) ?? '') ?? [];
    if (remembered.size >= rememberedMax) remembered.clear();
    remembered.set(word, found);
    return found;
  };
}

function nearest(
  word: string,
  dictionary: ReadonlyMap<string, unknown>,
  candidates: readonly string[],
): string | undefined {
  if (word.length < 3 || !/\p{L}{2}/u.test(word)) return undefined;
  const letters = toLetters(word);
  if (dictionary.has(letters)) return letters;
  let best: string | undefined;
  let least = misreadMax(letters.length);
  for (const candidate of candidates) {
    const cost = misreadCost(letters, candidate, least);
    if (cost < least || (cost === least && best === undefined)) [best, least] = [candidate, cost];
  }
  return best;
}

/** The letters that a recogniser takes for these digits. */
function toLetters(word: string): string {
  return word
    .replace(/0/g, 'O')
    .replace(/[1|]/g, 'I')
    .replace(/5/g, 'S')
    .replace(/8/g, 'B')
    .replace(/4/g, 'A');
}
