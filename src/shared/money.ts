/**
 * Money is an integer of its currency's minor unit (sen, grosz, whole rupiah) beside an ISO 4217 code. Nothing here
 * uses floating point for an amount, and nothing guesses: a text that could mean two amounts is read by the marks of
 * the currency's country or not at all.
 */

// ISO 4217 gives the rupiah two decimals; no shop prints or pays them, and ICU has said 2 and 0 in turn. Stored
// amounts must not depend on the release of ICU, so the choice is fixed here.
const digitsKnown = new Map([['IDR', 0]]);

/** How many decimals the minor unit has: 2 for MYR, 0 for IDR and JPY, 3 for KWD. Throws on what is no currency code. */
export function minorDigits(currency: string): number {
  const known = digitsKnown.get(currency);
  if (known !== undefined) return known;
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  const digits = format.resolvedOptions().maximumFractionDigits!;
  digitsKnown.set(currency, digits);
  return digits;
}

/** True for the three-letter code of a currency that the platform knows. */
export function isCurrency(code: string): boolean {
  return /^[A-Z]{3}$/.test(code) && knownCurrencies.has(code);
}

const knownCurrencies = new Set(Intl.supportedValuesOf('currency'));

/** The amount as people of `language` (BCP 47) write it: 1250 MYR in `en` is `RM 12.50`, 12500 IDR in `id` is `Rp 12.500`. */
export function formatMoney(amountMinor: bigint | number, currency: string, language: string): string {
  const digits = minorDigits(currency);
  const format = new Intl.NumberFormat(language, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return format.format(toDecimal(amountMinor, currency) as Intl.StringNumericLiteral);
}

/** The amount as a plain decimal: 1250 MYR is `12.50`. Exact for any size; what files and APIs of others expect. */
export function toDecimal(amountMinor: bigint | number, currency: string): string {
  const digits = minorDigits(currency);
  const minor = BigInt(amountMinor);
  const all = (minor < 0n ? -minor : minor).toString().padStart(digits + 1, '0');
  const sign = minor < 0n ? '-' : '';
  return digits === 0 ? `${sign}${all}` : `${sign}${all.slice(0, -digits)}.${all.slice(-digits)}`;
}

/** What stands before the decimals of a number. `none`: no decimals are printed, so every mark groups digits. */
export type DecimalMark = '.' | ',' | 'none';

const marksKnown = new Map<string, '.' | ','>([['EUR', ',']]);

/**
 * The decimal mark of the currency's country: the first two letters of an ISO 4217 code are those of ISO 3166, and CLDR
 * knows the rest. The euro has no country: most of its countries write `1.234,50`.
 */
export function decimalMarkOf(currency: string): '.' | ',' {
  const known = marksKnown.get(currency);
  if (known) return known;
  const language = new Intl.Locale(`und-${currency.slice(0, 2)}`).maximize();
  const parts = new Intl.NumberFormat(language, { numberingSystem: 'latn' }).formatToParts(1.5);
  const mark = parts.find((part) => part.type === 'decimal')?.value === ',' ? ',' : '.';
  marksKnown.set(currency, mark);
  return mark;
}

/** The mark by which amounts of money are read: `12,500` and `12.500` are the same rupiah. */
export function moneyMarkOf(currency: string): DecimalMark {
  return minorDigits(currency) > 0 ? decimalMarkOf(currency) : 'none';
}

/** An exact decimal: all digits, and how many of them stand behind the mark. 12.50 is { digits: '1250', scale: 2 }. */
export type Decimal = { digits: string; scale: number };

/**
 * Reads a number written with `.`, `,`, `'` or blanks between its digits. Two different marks say themselves which is
 * the decimal one; a single mark before exactly three digits (`1,250`) is read by `mark` and is null without it.
 */
export function parseDecimal(text: string, mark: DecimalMark | null): Decimal | null {
  if (!/^\d+(?:[.,' \u00a0\u202f]\d+)*$/.test(text)) return null;
  const parts = text.split(/[^\d]/);
  const digits = parts.join('');
  if (parts.length === 1) return { digits, scale: 0 };

  const signs = [...text.replace(/\d/g, '')];
  const last = signs.at(-1)!;
  const tail = parts.at(-1)!.length;
  if (signs.slice(1, -1).some((sign) => sign !== signs[0])) return null;
  if (!wellGrouped(parts.slice(0, -1))) return null;
  const grouped = parts[0]!.length <= 3 && tail === 3 ? { digits, scale: 0 } : null;
  const marked = last === '.' || last === ',' ? { digits, scale: tail } : null;
  if (signs.length > 1) {
    if (parts.at(-2)!.length !== 3) return grouped;
    // `1.234.56`: the recogniser took a comma for a dot.
    return signs[0] === last ? (grouped ?? (tail === 2 ? marked : null)) : marked;
  }
  if (!grouped || !marked || parts[0] === '0') return marked ?? grouped;
  if (mark === null) return null;
  return last === mark ? marked : grouped;
}

// Groups of three (1,250,000), or of two before the last three as in India (12,50,000). `parts` lacks the last one.
function wellGrouped([first, ...groups]: string[]): boolean {
  if (groups.length === 0) return true;
  return first!.length <= 3 && groups.every((group) => group.length === 3 || group.length === 2);
}

/** The decimal as minor units, or null when it has more decimals than the currency or is no safe integer. */
export function toMinor(decimal: Decimal, currency: string): number | null {
  const surplus = decimal.scale - minorDigits(currency);
  if (surplus > 0 && !/^0+$/.test(decimal.digits.slice(-surplus))) return null;
  const text = surplus > 0 ? decimal.digits.slice(0, -surplus) : decimal.digits + '0'.repeat(-surplus);
  const minor = Number(text);
  return Number.isSafeInteger(minor) ? minor : null;
}

const moneyText =
  /^\s*([-−(])?\s*(?:\p{L}{1,3}\.?|\p{Sc})?\s*([-−])?\s*(\d[\d.,' \u00a0\u202f]*?)\s*(?:\p{L}{1,3}\.?|\p{Sc})?\s*\)?\s*$/u;

/** Reads a whole text such as `RM 1,250.00`, `Rp 12.500` or `-3,50 zł` as minor units of `currency`; null if it is no such amount. */
export function parseMoney(text: string, currency: string): number | null {
  const match = moneyText.exec(text);
  const decimal = match && parseDecimal(match[3]!, moneyMarkOf(currency));
  const minor = decimal && toMinor(decimal, currency);
  if (minor === null || match === null) return null;
  return minor !== 0 && (match[1] || match[2]) ? -minor : minor;
}
