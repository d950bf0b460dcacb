import { editDistance, normalise } from '../../../shared/text.ts';
import type { ReadingItem } from '../reading.ts';
import type { TruthItem } from './truth-items.ts';

/** Counts of one receipt. A row is right when its name is like enough and its price is the same. */
export type ItemScore = { wanted: number; read: number; right: number; pricesFound: number };

export const nameLikenessMin = 0.8;

/** Compares goods one to one. Lines that only reduce (discounts, cancelled goods) are no goods and do not count. */
export function scoreItems(wanted: readonly TruthItem[], items: readonly ReadingItem[]): ItemScore {
  const left = items.filter(({ amountMinor }) => amountMinor === null || amountMinor >= 0);
  const read = left.length;
  const amounts = left.map(({ amountMinor }) => amountMinor);
  let [right, pricesFound] = [0, 0];
  for (const { name, amountMinor } of wanted) {
    const price = amounts.indexOf(amountMinor);
    if (price >= 0) {
      pricesFound++;
      amounts.splice(price, 1);
    }
    const match = left.findIndex(
      (item) => item.amountMinor === amountMinor && nameLikeness(name, item.text) >= nameLikenessMin,
    );
    if (match < 0) continue;
    right++;
    left.splice(match, 1);
  }
  return { wanted: wanted.length, read, right, pricesFound };
}

/** One less the share of letters that must change; blanks and marks do not count. */
export function nameLikeness(a: string, b: string): number {
  const [one, other] = [a, b].map((text) => normalise(text).replaceAll(' ', '')) as [string, string];
  const length = Math.max(one.length, other.length);
  return length === 0 ? 1 : 1 - editDistance(one, other, length) / length;
}
