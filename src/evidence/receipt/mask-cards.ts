import { rows } from './rows.ts';
import type { TextLine } from './reading.ts';

// 13 to 19 digits, as one number or in groups with single blanks or strokes between.
const longNumber = /(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)/g;

/**
 * The text with every payment card number masked but for its last four digits: `5128 **** **** 2118`-like, same length.
 * A card number is 13 to 19 digits that pass the Luhn check (ISO/IEC 7812-1). A bar code stays: 13 digits that pass the
 * check of EAN-13 and do not begin with 4, for only one issuer ever made cards of 13 digits and they begin with 4.
 */
export function maskCards(text: string): string {
  return text.replace(longNumber, (number) => {
    const digits = number.replace(/\D/g, '');
    if (!passesLuhn(digits) || isBarcode(digits)) return number;
    let hide = digits.length - 4;
    return number.replace(/\d/g, (digit) => (hide-- > 0 ? '*' : digit));
  });
}

/** Lines with card numbers masked, also where a number's groups were recognised as runs of their own in one row. */
export function maskCardsInLines(lines: readonly TextLine[]): TextLine[] {
  const masked = new Map<TextLine, string>();
  for (const row of rows(lines)) {
    let rest = maskCards(row.text);
    for (const line of row.lines) {
      masked.set(line, rest.slice(0, line.text.length));
      rest = rest.slice(line.text.length + 1);
    }
  }
  return lines.map((line) => ({ ...line, text: masked.get(line) ?? maskCards(line.text) }));
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    sum += i % 2 === 0 ? digit : digit > 4 ? 2 * digit - 9 : 2 * digit;
  }
  return sum % 10 === 0;
}

function isBarcode(digits: string): boolean {
  if (digits.length !== 13 || digits.startsWith('4')) return false;
  let sum = 0;
  for (let i = 0; i < 13; i++) sum += Number(digits[i]) * (i % 2 === 0 ? 1 : 3);
  return sum % 10 === 0;
}
