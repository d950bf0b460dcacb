import { normalise } from '../../../shared/text.ts';
import { nameWords } from './name-words.ts';

// Letters that a recogniser takes for one another cost less than others.
const alike = [
  'O0DQUC',
  'I1LTJ!|',
  'S5',
  'B83E',
  'Z2',
  'G6C',
  'A4',
  'MNHW',
  'VYU',
  'EFB',
  'RKP',
  'HKR',
  'PF',
];
const alikeCost = 0.4;
const gapCost = 0.9;
// A digit is never one letter too many: `7/4Kawasan` holds a house number.
const digitGapCost = 3;
const costs = new Map<string, number>();
for (const group of alike)
  for (const a of group) for (const b of group) if (a !== b) costs.set(a + b, alikeCost);

/** The words that names and addresses are made of: those every country uses, and those learned from receipts. */
export function nameLexicon(learned: readonly string[]): ReadonlySet<string> {
  return new Set([...Object.values(nameWords).flatMap((words) => words.split(' ')), ...learned]);
}

/**
 * A name or an address with its misread words put right: a word that is none becomes the only known word near it
 * (JAlAN, SELANGGR), letters in a postcode become digits (4O3OO), and the legal form is SDN BHD or S/B however it was read.
 * Marks, blanks and case stay as printed.
 */
export function correctName(text: string, lexicon: ReadonlySet<string>): string {
  const words = text.replace(
    /[\p{L}\d]+/gu,
    (word) => correctPostcode(word) ?? correctWord(word, lexicon) ?? word,
  );
  return correctForm(words);
}

function correctPostcode(word: string): string | null {
  if (
    word.length !== 5 ||
    !/^[\dOoQDIlSB]+$/.test(word) ||
    word.replace(/\D/g, '').length < 3 ||
    /^\d+$/.test(word)
  )
    return null;
  return word
    .replace(/[OoQD]/g, '0')
    .replace(/[Il]/g, '1')
    .replace(/S/g, '5')
    .replace(/B/g, '8');
}

function correctWord(word: string, lexicon: ReadonlySet<string>): string | null {
  const printed = normalise(word);
  if (
    printed.length < 3 ||
    lexicon.has(printed) ||
    printed.replace(/\P{L}/gu, '').length < printed.length / 2
  )
    return null;
  const most =
    printed.length <= 3 ? alikeCost : printed.length <= 5 ? 2 * alikeCost : printed.length < 9 ? 1 : 1.8;
  let best: string | null = null;
  let bestCost = most + 1e-9;
  let isOnly = true;
  for (const known of lexicon) {
    // GARDENS is as good a word as GARDEN.
    if (printed === `${known}S` || known === `${printed}S`) return null;
    if (known.length < 3 || Math.abs(known.length - printed.length) * gapCost > most) continue;
    const cost = changeCost(printed, known, bestCost);
    if (cost < bestCost - 1e-9) [best, bestCost, isOnly] = [known, cost, true];
    else if (cost <= bestCost + 1e-9 && best !== null && known !== best) isOnly = false;
  }
  if (best === null || !isOnly) return null;
  return word === word.toUpperCase() ? best : best[0] + best.slice(1).toLowerCase();
}

/** Weighted edit distance, given up beyond `most`. */
function changeCost(a: string, b: string, most: number): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j * gapCost);
  for (let i = 1; i <= a.length; i++) {
    const drop = /\d/.test(a[i - 1]!) ? digitGapCost : gapCost;
    const next = [row[0]! + drop];
    let least = next[0]!;
    for (let j = 1; j <= b.length; j++) {
      const pair = a[i - 1] === b[j - 1] ? 0 : (costs.get(a[i - 1]! + b[j - 1]!) ?? 1);
      next.push(Math.min(row[j - 1]! + pair, row[j]! + drop, next[j - 1]! + gapCost));
      least = Math.min(least, next[j]!);
    }
    if (least > most) return Infinity;
    row = next;
  }
  return row[b.length]!;
}

// The two words of the legal form vouch for one another: SON BHD, SIN BHU.
function correctForm(text: string): string {
  const short = text
    .replace(/(?<![\p{L}\d])([S5s])\/[8D93](?![\p{L}\d])/u, '$1/B')
    .replace(/(?<![\p{L}\d])5\/B$/u, 'S/B');
  return short.replace(
    /(?<![\p{L}\d])([\p{L}\d]{3})(\.?\s)([\p{L}\d]{3})(?![\p{L}\d])/gu,
    (whole, sdn: string, between: string, bhd: string) => {
      const cost = changeCost(sdn.toUpperCase(), 'SDN', 1.6) + changeCost(bhd.toUpperCase(), 'BHD', 1.6);
      if (cost === 0 || cost > 1.6) return whole;
      return sdn === sdn.toUpperCase() ? `SDN${between}BHD` : `Sdn${between}Bhd`;
    },
  );
}
