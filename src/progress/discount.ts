import type { Counted } from './counter.ts';
import type { DiscountDocument } from './document.ts';

/** What a discount counts. */
export function countedByDiscount({ for: subject, kinds, products, counts }: DiscountDocument): Counted {
  return { for: subject, measure: counts, scope: { kinds, ...(products && { products }) } };
}
