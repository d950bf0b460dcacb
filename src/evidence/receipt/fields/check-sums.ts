import type { ArithmeticCheck } from '../reading.ts';
import type { FoundItems } from './find-items.ts';
import type { FoundSums } from './find-sums.ts';

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

function checkItems(found: FoundItems, sums: FoundSums | null, totalMinor: number | null): ArithmeticCheck {
  const subtotalMinor = sums?.subtotal?.minor ?? null;
  const isListed = found.items.length > 0;
  if (subtotalMinor !== null && (!isListed || found.sumMinor === subtotalMinor)) {
    const foundMinor = isListed ? found.sumMinor : null;
    return {
      code: 'items-to-subtotal',
      expectedMinor: subtotalMinor,
      foundMinor,
      ok: isListed ? true : null,
    };
  }
  const code = 'items-to-total';
  if (!isListed || totalMinor === null)
    return { code, expectedMinor: totalMinor, foundMinor: null, ok: null };
  const rounding = sums?.rounding?.minor ?? 0;
  const extra = [0, sums?.extraMinor ?? 0, rounding, -rounding, sums?.tax?.minor ?? 0];
  const foundMinor =
    extra.map((each) => found.sumMinor + each).find((minor) => minor === totalMinor) ?? found.sumMinor;
  return {
    code,
    expectedMinor: totalMinor,
    foundMinor,
    ok: foundMinor === totalMinor || isCashRounding(foundMinor, totalMinor),
  };
}

// Where the smallest coin is five cents, cash totals are rounded to it by one or two, and the line that says so is small print.
function isCashRounding(sumMinor: number, totalMinor: number): boolean {
  return totalMinor % 5 === 0 && Math.abs(sumMinor - totalMinor) <= 2;
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
