import type { Activity } from '../activity/activity.ts';
import type { RuleDocument } from './document.ts';

/** The part of an amount that counts: `of` in `in`. Null: all of it. */
export type Share = { of: bigint; in: bigint } | null;

/**
 * Which part of each line's amount counts for a rule: lines bear the discounts on the whole paper, and what was paid with
 * points, in proportion to their amounts. A discount is a line below zero without a product and without goods that go
 * back.
 */
export function shareOf(base: RuleDocument['base'], { lines, pointsMinor = 0n }: Activity): Share {
  if (base === undefined || base === 'gross') return null;
  let gross = 0n;
  let off = base === 'net-of-points' ? pointsMinor : 0n;
  for (const { product, amountMinor, quantityMilli } of lines)
    if (product === null && amountMinor < 0n && quantityMilli >= 0n) off -= amountMinor;
    else gross += amountMinor;
  if (off <= 0n || gross <= 0n) return null;
  return { of: off < gross ? gross - off : 0n, in: gross };
}

/** The part of an amount that counts, rounded towards zero. */
export function partOf(amountMinor: bigint, share: Share): bigint {
  return share === null ? amountMinor : (amountMinor * share.of) / share.in;
}
