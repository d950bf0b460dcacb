import { minorDigits, toDecimal } from '../../../shared/money.ts';
import { layOutPage, type Layout } from '../fields/lay-out-page.ts';
import type { TextLine } from '../reading.ts';
import { tillWords, type TillLanguage } from './till-words.ts';
import { randomFrom } from './shuffle.ts';

/** A receipt that nobody was given: the text of one, laid out, and its total. */
export type Invented = { page: Layout; totalMinor: number };

/**
 * Receipts by rule: goods in three layouts, then subtotal, discount, service, tax, rounding, total, payment and what
 * tills print below, each present or not, in the words of several countries. They teach what the words mean where the
 * real training receipts, all from one country, have no example. The same seed gives the same receipts.
 */
export function inventReceipts(count: number, seed: number): Invented[] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, () => invent(random));
}

type Random = () => number;
type Row = [left: string, right: string];

const currencies: Record<TillLanguage, string> = { en: 'MYR', id: 'IDR', pl: 'PLN', ru: 'RUB', uk: 'UAH' };

function invent(random: Random): Invented {
  const languages = Object.keys(tillWords) as TillLanguage[];
  const language = pick(random, random() < 0.5 ? (['en'] as const) : languages);
  const currency = currencies[language];
  const rows: Row[] = heading(random);
  const sumMinor = goods(random, currency, rows);
  const totalMinor = sums(random, language, currency, sumMinor, rows);
  const locale = { currency, timeZone: 'UTC', dateOrder: 'dmy' as const };
  return { page: layOutPage(toLines(random, rows), currency, locale), totalMinor };
}

function heading(random: Random): Row[] {
  const words = ['MAJU', 'TIMUR', 'SENTOSA', 'BARU', 'JAYA', 'UTAMA'];
  const name = [pick(random, words), pick(random, words), pick(random, ['MART', 'TRADING', 'STORE'])].join(
    ' ',
  );
  const date = `${10 + Math.floor(random() * 18)}/0${1 + Math.floor(random() * 9)}/201${6 + Math.floor(random() * 3)}`;
  return [
    [name, ''],
    [`${1 + Math.floor(random() * 90)} JALAN ${pick(random, words)}`, ''],
    [`TEL 03-${10_000_000 + Math.floor(random() * 80_000_000)}`, ''],
    [date, `${10 + Math.floor(random() * 12)}:${10 + Math.floor(random() * 49)}`],
  ];
}

function goods(random: Random, currency: string, rows: Row[]): number {
  const layout = Math.floor(random() * 3);
  const count = 1 + Math.floor(random() * random() * 12);
  let sumMinor = 0;
  for (let i = 0; i < count; i++) {
    const names = ['MILO', 'SUSU', 'BERAS', 'KOPI', 'TEH', 'GULA', 'SABUN', 'ROTI', 'MINYAK', 'BISKUT'];
    const name = `${pick(random, names)} ${pick(random, names)} ${100 + Math.floor(random() * 900)}G`;
    const quantity = random() < 0.7 ? 1 : 2 + Math.floor(random() * 5);
    const priceMinor = price(random, currency);
    const amount = write(random, quantity * priceMinor, currency);
    if (layout === 0) rows.push([name, amount]);
    else if (layout === 1)
      rows.push([name, ''], [`${quantity} X ${write(random, priceMinor, currency)}`, amount]);
    else
      rows.push(
        [
          `${10_000 + Math.floor(random() * 80_000)} ${quantity} ${write(random, priceMinor, currency)}`,
          amount,
        ],
        [name, ''],
      );
    sumMinor += quantity * priceMinor;
  }
  return sumMinor;
}

const price = (random: Random, currency: string): number =>
  minorDigits(currency) > 0
    ? 5 * Math.ceil(random() ** 3 * 1500 + 4) - (random() < 0.3 ? 1 : 0)
    : 500 * Math.ceil(random() ** 3 * 80);

function sums(
  random: Random,
  language: TillLanguage,
  currency: string,
  sumMinor: number,
  rows: Row[],
): number {
  const words = tillWords[language];
  const say = (role: keyof typeof words, minor: number) =>
    rows.push([pick(random, words[role]), write(random, minor, currency)]);
  const chance = (share: number) => random() < share;
  if (chance(0.3))
    rows.push([
      `${pick(random, words.count)} ${1 + Math.floor(random() * 9)}`,
      chance(0.3) ? write(random, sumMinor, currency) : '',
    ]);
  let dueMinor = sumMinor;
  const isReduced = chance(0.3);
  const discountMinor = isReduced ? Math.max(1, Math.round((sumMinor * (1 + random() * 30)) / 100)) : 0;
  const serviceMinor = chance(0.2) ? Math.round(sumMinor * 0.1) : 0;
  const taxMinor = chance(0.4)
    ? Math.round((sumMinor - discountMinor + serviceMinor) * pick(random, [0.06, 0.1, 0.11, 0.2]))
    : 0;
  if (isReduced || serviceMinor || taxMinor ? chance(0.85) : chance(0.4)) say('subtotal', dueMinor);
  if (isReduced) say('discount', chance(0.5) ? -discountMinor : discountMinor);
  dueMinor -= discountMinor;
  if (serviceMinor) say('service', serviceMinor);
  if (taxMinor) say('tax', taxMinor);
  dueMinor += serviceMinor + taxMinor;
  dueMinor = round(random, currency, dueMinor, rows, say);
  say('total', dueMinor);
  pay(random, dueMinor, currency, say);
  if (chance(0.4)) rows.push(['TAX SUMMARY', '']);
  if (!taxMinor && chance(0.3)) say('tax', Math.round(dueMinor / 11));
  if (chance(0.2)) say('points', Math.ceil(dueMinor / 100) * 10 ** minorDigits(currency));
  rows.push(['THANK YOU', '']);
  return dueMinor;
}

type Say = (role: 'rounding' | 'unrounded' | 'cash' | 'card' | 'change', minor: number) => void;

function round(random: Random, currency: string, dueMinor: number, rows: Row[], say: Say): number {
  const step = minorDigits(currency) > 0 ? 5 : 100;
  if (random() > 0.35) return dueMinor;
  const rounded = Math.round(dueMinor / step) * step;
  if (random() < 0.5) say('unrounded', dueMinor);
  say('rounding', rounded - dueMinor);
  return rounded;
}

function pay(random: Random, dueMinor: number, currency: string, say: Say): void {
  if (random() < 0.15) return;
  const note = minorDigits(currency) > 0 ? 500 : 5000;
  const isCard = random() < 0.25;
  const paidMinor =
    isCard || random() < 0.25 ? dueMinor : Math.ceil((dueMinor + random() * note) / note) * note;
  say(isCard ? 'card' : 'cash', paidMinor);
  if (!isCard) say('change', paidMinor - dueMinor);
}

function write(random: Random, minor: number, currency: string): string {
  const decimal = toDecimal(minor, currency);
  if (minorDigits(currency) > 0) return currency === 'MYR' ? decimal : decimal.replace('.', ',');
  const mark = pick(random, ['.', ',']);
  return decimal.replace(/\B(?=(\d{3})+$)/g, mark);
}

function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)]!;
}

const [rowHeight, letterWidth, edge] = [24, 10, 480];
function toLines(random: Random, rows: readonly Row[]): TextLine[] {
  const lineAt = (text: string, x: number, y: number): TextLine => {
    const right = x + text.length * letterWidth;
    return { text, quad: [x, y, right, y, right, y + 18, x, y + 18], confidence: 1 };
  };
  return rows.flatMap(([left, right], i) => {
    const y = 20 + i * rowHeight;
    const lines = [lineAt(left, 20, y)];
    if (right !== '' && random() < 0.97) lines.push(lineAt(right, edge - right.length * letterWidth, y));
    return lines;
  });
}
