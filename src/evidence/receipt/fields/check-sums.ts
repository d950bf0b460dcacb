import type { ArithmeticCheck } from '../reading.ts';
import type { FoundItems } from './find-items.ts';
import type { FoundSums } from './find-sums.ts';
import { explainRest } from './printed-amounts.ts';

/** The sums that should hold on the paper, with what was expected and found. Null parts were not printed or not readable. */
export function checkSums(
  found: FoundItems,
  sums: FoundSums | null,
  totalMinor: number | null,
): ArithmeticCheck[] {
  return [checkTimes(found), checkItems(found, sums, totalMinor), checkTotal(sums, totalMinor)];
}

function checkTimes({ items }: FoundItems): ArithmeticCheck {
  const code = 'quantity-times-price';
  const broken = items.find(({ closes }) => closes === false);
  const checked = broken ?? items.find(({ closes }) => closes === true);
  if (!checked) return { code, expectedMinor: null, foundMinor: null, ok: null };
  const expectedMinor = Math.round(checked.quantity! * checked.unitPriceMinor!);
  return { code, expectedMinor, foundMinor: checked.amountMinor, ok: broken === undefined };
}

function checkItems(
  { items, sumMinor, printedMinor }: FoundItems,
  sums: FoundSums | null,
  totalMinor: number | null,
): ArithmeticCheck {
  if (printedMinor !== null) {
    const code = printedMinor === totalMinor ? 'items-to-total' : 'items-to-subtotal';
    return { code, expectedMinor: printedMinor, foundMinor: printedMinor, ok: true };
  }
  const code = 'items-to-total';
  if (items.length === 0 || totalMinor === null || !sums)
    return { code, expectedMinor: totalMinor, foundMinor: null, ok: null };
  const ok = explainRest(sumMinor, totalMinor, sums.parts) !== null;
  return { code, expectedMinor: totalMinor, foundMinor: ok ? totalMinor : sumMinor, ok };
}

function checkTotal(sums: FoundSums | null, totalMinor: number | null): ArithmeticCheck {
  const code = 'subtotal-and-tax-to-total';
  if (!sums?.subtotal || totalMinor === null)
    return { code, expectedMinor: totalMinor, foundMinor: null, ok: null };
  return {
    code,
    expectedMinor: totalMinor,
    foundMinor: sums.subtotal.minor + sums.extraMinor,
    ok: sums.closes,
  };
}
