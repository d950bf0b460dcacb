import {
  decimalMarkOf,
  minorDigits,
  moneyMarkOf,
  parseDecimal,
  toMinor,
  type Decimal,
} from '../../../shared/money.ts';

/** A number in a printed text, with what stands beside it. */
export type Numeral = {
  start: number;
  end: number;
  /** As printed, with sign and currency. */
  text: string;
  value: number;
  /** Minor units of the currency, signed; null when it cannot be an amount of it. */
  minor: number | null;
  /** `money` is printed as amounts are (12.50, Rp 4,000, 8000 rupiah), `count` as a whole number or a plain decimal. */
  kind: 'money' | 'count' | 'measure' | 'percent';
  /** The printed symbol or code, such as `RM`. */
  symbol: string | null;
  unit: string | null;
};

/** What a sign on the paper says of the currency. `$` says only that the home currency is meant. */
export const currencySymbols: Record<string, string> = {
  RM: 'MYR',
  // What recognisers make of a faint RM.
  RN: 'MYR',
  RH: 'MYR',
  RW: 'MYR',
  MYR: 'MYR',
  RP: 'IDR',
  IDR: 'IDR',
  '€': 'EUR',
  EUR: 'EUR',
  ZŁ: 'PLN',
  ZL: 'PLN',
  PLN: 'PLN',
  '₽': 'RUB',
  РУБ: 'RUB',
  RUB: 'RUB',
  '₴': 'UAH',
  ГРН: 'UAH',
  UAH: 'UAH',
  '₹': 'INR',
  RS: 'INR',
  INR: 'INR',
  SGD: 'SGD',
  S$: 'SGD',
  US$: 'USD',
  USD: 'USD',
  $: '$',
};

const symbolPattern = Object.keys(currencySymbols)
  .sort((a, b) => b.length - a.length)
  .map((symbol) => symbol.replace('$', String.raw`\$`))
  .join('|');

const numeralPattern = new RegExp(
  String.raw`(?<sign>[-−(])?\s?(?<symbol>(?:(?<!\p{L})(?:${symbolPattern})(?:(?!\.\d\d(?!\d))[.:]){0,2}\s{0,2}))?(?<sign2>[-−(])?` +
    String.raw`(?<number>\d+(?:[.,']\d+)*(?:(?:\s[.,]|[.,]\s)\d{2,3}(?![\d.,]))?|(?<=[\s$M])\.\d\d(?!\d))` +
    String.raw`(?:\s?(?<percent>%)|\s?(?<after>${symbolPattern}|KG|GR?|GMS?|LITRE|LTR|LT|ML|L|CM|MM|M|OZ|LB|PCS?|PC|PKT|PKS?|UNIT|UNI|SZT|BTL|BKS|EA|CTN|DOZ|SET|BOX)\.?(?![\p{L}\d]))?(?<minus>-(?![\d\p{L}]))?`,
  'giu',
);

const weighedUnits = /^(KG|GR?|GMS?|LITRE|LTR|LT|ML|L|CM|MM|M|OZ|LB)$/;

/** Every number in one printed row, left to right. Numbers inside dates, times, phone numbers and codes are left out. */
export function findNumerals(text: string, currency: string): Numeral[] {
  const found: Numeral[] = [];
  const folded = foldDigits(text);
  for (const match of folded.matchAll(numeralPattern)) {
    const numeral = toNumeral(folded, text, match, currency);
    if (numeral) found.push(numeral);
  }
  return found;
}

// `1O.00`, `l2.50`, `12:000`: what a recogniser gives for digits and marks, where the other digits leave no doubt.
function foldDigits(text: string): string {
  return text
    .replace(/(?<=\d):(?=\d{3}(?!\d))/g, '.')
    .replace(
      /(?<![\p{L}\d])(RM|RP|\$)?([\dOoQIl|]{1,6}[.,])([\dOoQIl|]{2,3})(?![\p{L}\d])/gu,
      (whole, symbol, head, tail) => {
        if (!/\d/.test(head + tail)) return whole;
        const fold = (part: string) => part.replace(/[OoQ]/g, '0').replace(/[Il|]/g, '1');
        return (symbol ?? '') + fold(head) + fold(tail);
      },
    );
}

function toNumeral(folded: string, text: string, match: RegExpExecArray, currency: string): Numeral | null {
  const groups = match.groups!;
  const printed = groups['number']!;
  const start = match.index + (/^\s/.exec(match[0])?.[0].length ?? 0);
  const end = match.index + match[0].length;
  const symbol = groups['symbol'] ?? null;
  const numberAt = folded.indexOf(printed, match.index + (symbol?.length ?? 0));
  const sign = groups['sign2'] ?? groups['sign'] ?? groups['minus'];
  if (isInsideCode(folded, numberAt, numberAt + printed.length, symbol !== null, sign !== undefined))
    return null;

  const after = groups['after']?.toUpperCase() ?? null;
  const symbolAfter = after !== null && after in currencySymbols ? after : null;
  const unit = after !== null && symbolAfter === null ? after : null;
  const decimal = readNumber(printed.replace(/\s/g, ''), unit, currency);
  if (!decimal) return null;
  const kind = kindOf(
    decimal,
    printed,
    { percent: !!groups['percent'], unit, symbol: !!(symbol ?? symbolAfter) },
    currency,
  );
  const negative = sign !== undefined && (sign !== '(' || /^\s?\)/.test(folded.slice(end, end + 2)));
  const minor = kind === 'percent' || kind === 'measure' ? null : toMinor(decimal, currency);
  return {
    start,
    end,
    text: text.slice(start, end).trim(),
    value: (negative ? -1 : 1) * (Number(decimal.digits) / 10 ** decimal.scale),
    minor: minor === null ? null : negative && minor !== 0 ? -minor : minor,
    kind,
    symbol: symbol?.replace(/[\s.:]/g, '') ?? symbolAfter,
    unit,
  };
}

function readNumber(printed: string, unit: string | null, currency: string): Decimal | null {
  const digits = printed.replace(/\D/g, '').length;
  if (digits > 12) return null;
  if (printed.startsWith('.')) return parseDecimal(`0${printed}`, '.');
  const mark = unit && weighedUnits.test(unit) ? decimalMarkOf(currency) : moneyMarkOf(currency);
  return parseDecimal(printed, mark);
}

function kindOf(
  decimal: Decimal,
  printed: string,
  beside: { percent: boolean; unit: string | null; symbol: boolean },
  currency: string,
): Numeral['kind'] {
  if (beside.percent) return 'percent';
  if (beside.unit && weighedUnits.test(beside.unit)) return 'measure';
  if (toMinor(decimal, currency) === null) return 'count';
  const digits = minorDigits(currency);
  if (beside.symbol) return 'money';
  if (beside.unit) return 'count';
  if (digits > 0) return decimal.scale >= digits ? 'money' : 'count';
  // Whole units of money: grouped digits, decimals that are all zero, or simply a number too large for a count.
  if (/\d[.,]\d{3}(?!\d)/.test(printed)) return 'money';
  const large =
    decimal.digits.length - decimal.scale >= 3 &&
    decimal.digits.length <= 10 &&
    !decimal.digits.startsWith('0');
  return large && decimal.scale !== 1 ? 'money' : 'count';
}

// A letter, or a mark with a digit behind it, glued to the number makes it a part of something else: W1.5, 07-3507405, 12:31.
function isInsideCode(
  text: string,
  start: number,
  end: number,
  hasSymbol: boolean,
  hasSign: boolean,
): boolean {
  const before = text.slice(Math.max(0, start - 2), start);
  const after = text.slice(end, end + 2);
  if (!hasSymbol) {
    if (/[\p{L}#_\\]$/u.test(before) && !/(^|[^\p{L}])[xX]$/u.test(before)) return true;
    if (/[\p{L}\d][-/:.,*']$/u.test(before) && !/\p{L}[:.*]$/u.test(before)) return true;
    if (hasSign && /[\p{L}\d]$/u.test(text.slice(Math.max(0, start - 2), start - 1))) return true;
  }
  if (/^[-/:.'][\d]/.test(after)) return true;
  return /^[/\\_]\p{L}/u.test(after) || (/^\p{L}/u.test(after) && !/^([SZTAE*]|SR|ZR|X|KG)/iu.test(after));
}
