import type { Letter } from './decode.ts';

/**
 * Decides between 0 and O, and between 1, I and l, by the other characters of the word: the shapes are the same on
 * many a printer. Where the word does not tell, what was recognised stays. Changes the letters in place.
 */
export function settleLookalikes(letters: Letter[]): void {
  for (let from = 0; from < letters.length;) {
    if (!isWord(letters[from]!.char)) {
      from += 1;
      continue;
    }
    let to = from;
    while (to < letters.length && isWord(letters[to]!.char)) to += 1;
    settleWord(letters.slice(from, to), letters[from - 1]?.char ?? ' ', letters[to]?.char ?? ' ');
    from = to;
  }
}

function settleWord(word: Letter[], before: string, after: string): void {
  const text = word.map((letter) => letter.char).join('');
  const digits = text.replace(/[^2-9]/g, '').length;
  const letters = text.replace(/[^A-HJ-NP-Za-km-z]/g, '').length;
  // Only digits besides the doubtful ones, or a part of a number such as the O of 12.O5.
  const numeric = letters === 0 && (digits > 0 || /[01]/.test(text) || (before === '.' && after === ' '));
  word.forEach((letter, i) => {
    const left = word[i - 1]?.char ?? '';
    const right = word[i + 1]?.char ?? '';
    if (numeric && /[Oo]/.test(letter.char) && (digits > 0 || /[01]/.test(text))) letter.char = '0';
    else if (numeric && /[Il]/.test(letter.char) && text.length > 1) letter.char = '1';
    else if (letter.char === '0' && digits === 0 && letters > 0 && isOAmongLetters(text, i))
      letter.char = /[a-z]/.test(left) ? 'o' : 'O';
    else if (letter.char === '1' && digits === 0 && isLetter(left) && isLetter(right))
      letter.char = /[a-z]/.test(left) ? 'l' : 'I';
  });
}

/** A zero with letters on both sides, or at one end of a word of letters; RM0 and 10PCS keep theirs. */
function isOAmongLetters(text: string, i: number): boolean {
  if (/^(RM|Rp|RP|IDR|MYR)[01]*$/.test(text)) return false;
  const left = text[i - 1] ?? '';
  const right = text[i + 1] ?? '';
  if (left === '') return /^0[A-Z]{2}/i.test(text);
  return isLetter(left) && (right === '' || isLetter(right) || right === '0');
}

const isLetter = (char: string) => /^[A-Za-z]$/.test(char);
const isWord = (char: string) => /^[A-Za-z0-9]$/.test(char);
