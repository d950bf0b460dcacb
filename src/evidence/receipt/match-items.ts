import type { ProductId } from '../../shared/id.ts';
import { editDistance, foldConfusables, normalise, overlap, trigrams } from '../../shared/text.ts';
import type { ReadingItem } from './reading.ts';

/** What matching needs to know of a product; prices are minor units for one piece. */
export type CatalogueProduct = {
  id: ProductId;
  sku: string;
  name: string;
  aliases: string[];
  listPriceMinor: number | null;
};

/** The product seen in one item of the reading, or null where nothing resembles it enough. Score 0..1. */
export type ItemMatch = { item: number; product: ProductId | null; score: number };

/** Below this the item stays unmatched and visible: a wrong product pays a wrong seller. */
export const matchScoreMin = 0.5;

/**
 * For each item of the reading the product that it resembles most: shared trigrams or words of the name or an alias, raised or
 * lowered by whether the printed sizes and numbers agree and whether the price is near the list price. Pure.
 */
export function matchItems(
  items: readonly ReadingItem[],
  catalogue: readonly CatalogueProduct[],
): ItemMatch[] {
  const known = catalogue.map((product) => ({
    product,
    names: [product.name, ...product.aliases].map(describe),
  }));
  return items.map((item, index) => {
    const printed = describe(item.text);
    let best: ItemMatch = { item: index, product: null, score: 0 };
    for (const { product, names } of known) {
      const score = Math.max(...names.map((name) => nameScore(printed, name))) * priceFactor(item, product);
      if (score > best.score) best = { item: index, product: product.id, score };
    }
    const product = best.score >= matchScoreMin ? best.product : null;
    return { item: index, product, score: Math.min(1, best.score) };
  });
}

type Described = { pieces: Set<string>; words: string[]; sizes: Set<string> };

function describe(text: string): Described {
  const folded = foldConfusables(text);
  // A bare number in front is the shop's own code for the goods.
  const words = folded
    .split(' ')
    .filter((word, i) => word.length > 1 && !(i === 0 && /^\d{3,}$/.test(normalise(text).split(' ')[0]!)));
  return { pieces: trigrams(folded), words, sizes: sizesOf(text) };
}

// `1.5 L`, `500ML`, `35.5X25.5CM`, `6` (pieces): what tells two products of one family apart.
function sizesOf(text: string): Set<string> {
  const printed = text.toUpperCase().replace(/^\s*\d{3,}\s/, '');
  // Digits inside a word are misread letters, as in AJINOM0T0, and no size.
  const found = printed.matchAll(
    /(?<![A-WYZ\d.,])(\d+(?:[.,]\d+)?)\s*(ML|L|LT|LTR|KG|GM|GR|G|CM|MM|M|PCS|S|X)?(?![A-WYZ\d])/g,
  );
  return new Set([...found].map((m) => `${m[1]!.replace(',', '.')}${unitOf(m[2])}`));
}

function unitOf(unit: string | undefined): string {
  if (!unit || unit === 'X' || unit === 'PCS' || unit === 'S') return '';
  if (unit === 'LT' || unit === 'LTR') return 'L';
  return unit === 'GM' || unit === 'GR' ? 'G' : unit;
}

function nameScore(printed: Described, name: Described): number {
  const likeness = Math.max(overlap(printed.pieces, name.pieces), wordLikeness(printed.words, name.words));
  if (printed.sizes.size === 0 || name.sizes.size === 0) return likeness;
  const shared = [...name.sizes].filter((size) => printed.sizes.has(size)).length;
  const agreement = shared / Math.min(printed.sizes.size, name.sizes.size);
  // Equal sizes make a good match certain; different sizes make the sister product, which must not be paid.
  return likeness * (0.6 + 0.5 * agreement);
}

/**
 * The share of letters in words that both texts have, 0..1, where a word may have a wrong letter in four or be cut off
 * at its end, the last one to any length: what a faint print and a narrow till leave of a name.
 */
function wordLikeness(printed: readonly string[], name: readonly string[]): number {
  const lettersOf = (words: readonly string[]) => words.reduce((sum, word) => sum + word.length, 0);
  const left = [...printed];
  let shared = 0;
  for (const word of name) {
    const found = left.findIndex(
      (other) => isSameWord(other, word) || (other === printed.at(-1) && word.startsWith(other)),
    );
    if (found < 0) continue;
    shared += left[found]!.length + word.length;
    left.splice(found, 1);
  }
  const letters = lettersOf(printed) + lettersOf(name);
  return letters === 0 ? 0 : shared / letters;
}

function isSameWord(a: string, b: string): boolean {
  const most = Math.floor(Math.max(a.length, b.length) / 4);
  if (editDistance(a, b, most) <= most) return true;
  const shorter = Math.min(a.length, b.length);
  return shorter >= 3 && a.slice(0, shorter) === b.slice(0, shorter);
}

function priceFactor(item: ReadingItem, product: CatalogueProduct): number {
  const price = unitPriceOf(item);
  if (price === null || product.listPriceMinor === null) return 1;
  const ratio = price / product.listPriceMinor;
  if (ratio > 0.8 && ratio < 1.25) return 1.15;
  return ratio > 0.4 && ratio < 2.5 ? 1 : 0.8;
}

/** The price of one piece: as printed, else the amount by the quantity, else unknown. */
export function unitPriceOf(item: ReadingItem): number | null {
  if (item.unitPriceMinor !== null) return item.unitPriceMinor;
  if (item.amountMinor === null) return null;
  return item.quantity !== null && item.quantity > 0 ? item.amountMinor / item.quantity : item.amountMinor;
}
