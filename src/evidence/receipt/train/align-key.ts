import { editDistance, normalise } from '../../../shared/text.ts';
import type { Layout } from '../fields/lay-out-page.ts';

/** The run of words, `to` exclusive, that says `value` best, and how far it is off as a share of its letters. */
export type Alignment = { from: number; to: number; miss: number };

/** Letters and digits only: how the words of a page and the truth about it are compared. */
export const lettersOf = (text: string): string => normalise(text).replaceAll(' ', '');

/** Finds where on the page a truth such as a name or an address is printed; null when no run of words is near it. */
export function alignKey(page: Layout, value: string, missMax = 0.4): Alignment | null {
  const wanted = lettersOf(value);
  if (wanted === '') return null;
  const words = page.words.map((word) => word.norm.replaceAll(' ', ''));
  let best: Alignment | null = null;
  for (let from = 0; from < words.length; from++) {
    if (words[from] === '') continue;
    let said = '';
    for (let to = from; to < words.length; to++) {
      said += words[to];
      if (said.length > wanted.length * 1.4 + 2) break;
      if (words[to] === '' || said.length < wanted.length * 0.6) continue;
      const most = Math.floor((best ? best.miss - 1e-9 : missMax) * wanted.length);
      const changes = said === wanted ? 0 : editDistance(said, wanted, most);
      if (changes > most) continue;
      best = { from, to: to + 1, miss: changes / wanted.length };
      if (changes === 0) return best;
    }
  }
  return best;
}
