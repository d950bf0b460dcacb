import { editDistance, foldConfusables } from '../../../shared/text.ts';
import type { Field, Reading } from '../reading.ts';

/** A merchant known before, as its receipts print it: the outlets of a register, or the truth of other receipts. */
export type Merchant = { name: string; address: string };

// Share of letters that must agree, once letters and digits that look alike are the same.
export const nameLikenessMin = 0.8;
export const addressLikenessMin = 0.85;

/**
 * The reading with name and address as the known merchant spells them, where one of `merchants` is near enough: the
 * name by itself, the address among the branches of that name. What resembles nobody stays as it was read. Pure.
 */
export function snapMerchant(reading: Reading, merchants: readonly Merchant[]): Reading {
  const { merchant, address } = reading;
  if (!merchant) return reading;
  const named = nearest(merchant.value, merchants, ({ name }) => name, nameLikenessMin);
  if (!named) return reading;
  const branches = merchants.filter(({ name }) => fold(name) === fold(named.name));
  const located = address && nearest(address.value, branches, (branch) => branch.address, addressLikenessMin);
  return {
    ...reading,
    merchant: spelled(merchant, named.name),
    address: address && located ? spelled(address, located.address) : address,
  };
}

const spelled = (field: Field<string>, value: string): Field<string> => ({
  ...field,
  value,
  confidence: Math.max(field.confidence, 0.95),
});

const fold = (text: string): string => foldConfusables(text).replaceAll(' ', '');

function nearest(
  read: string,
  merchants: readonly Merchant[],
  textOf: (merchant: Merchant) => string,
  least: number,
): Merchant | null {
  const wanted = fold(read);
  let best: Merchant | null = null;
  let bestLikeness = least;
  for (const merchant of merchants) {
    const known = fold(textOf(merchant));
    const length = Math.max(known.length, wanted.length, 1);
    const most = Math.floor((1 - bestLikeness) * length + 1e-9);
    const changes = editDistance(wanted, known, most);
    const likeness = 1 - changes / length;
    if (changes <= most && (likeness > bestLikeness || best === null))
      [best, bestLikeness] = [merchant, likeness];
  }
  return best;
}
