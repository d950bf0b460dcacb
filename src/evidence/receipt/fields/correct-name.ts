import { normalise } from '../../../shared/text.ts';
import { alikeCost, misreadCost } from './misread-cost.ts';
import { nameWords } from './name-words.ts';

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
    if (known.length < 3) continue;
    const cost = misreadCost(printed, known, bestCost);
    if (cost < bestCost - 1e-9) [best, bestCost, isOnly] = [known, cost, true];
    else if (cost <= bestCost + 1e-9 && best !== null && known !== best) isOnly = false;
  }
  if (best === null || !isOnly) return null;
  return word === word.toUpperCase() ? best : best[0] + best.slice(1).toLowerCase();
}

// The two words of the legal form vouch for one another: SON BHD, SIN BHU.
function correctForm(text: string): string {
  const short = text
    .replace(/(?<![\p{L}\d])([S5s])\/[8D93](?![\p{L}\d])/u, '$1/B')
    .replace(/(?<![\p{L}\d])5\/B$/u, 'S/B');
  return short.replace(
    /(?<![\p{L}\d])([\p{L}\d]{3})(\.?\s)([\p{L}\d]{3})(?![\p{L}\d])/gu,
    (whole, sdn: string, between: string, bhd: string) => {
      const cost = misreadCost(sdn.toUpperCase(), 'SDN', 1.6) + misreadCost(bhd.toUpperCase(), 'BHD', 1.6);
      if (cost === 0 || cost > 1.6) return whole;
      return sdn === sdn.toUpperCase() ? `SDN${between}BHD` : `Sdn${between}Bhd`;
    },
  );
}
