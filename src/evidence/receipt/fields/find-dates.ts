import type { Locale } from '../reading.ts';

/** A date or a time in a printed text: where it stands, what stands there, and its value in ISO form. */
export type Moment = { start: number; end: number; text: string; value: string };

/** A date whose parts could also be read in another order is `loose`: 03/04/2018 is, 13/04/2018 is not. */
export type PrintedDate = Moment & { loose: boolean; hasMonthName: boolean };

const yearMin = 1990;
const yearMax = 2099;

// Month names as printed in the countries we know, from the platform: long, short, and as they stand after a day.
const monthLanguages = ['en', 'id', 'ms', 'pl', 'ru', 'uk', 'hi', 'de', 'fr', 'es', 'vi', 'tr'];
const monthNames = new Map<string, number>();
for (const language of monthLanguages) {
  const styles: Intl.DateTimeFormatOptions[] = [
    { month: 'long' },
    { month: 'short' },
    { month: 'long', day: 'numeric' },
    { month: 'short', day: 'numeric' },
  ];
  for (const style of styles) {
    const format = new Intl.DateTimeFormat(language, { ...style, timeZone: 'UTC' });
    for (let month = 0; month < 12; month++) {
      const part = format
        .formatToParts(Date.UTC(2018, month, 15))
        .find(({ type }) => type === 'month')!.value;
      const name = foldName(part);
      if (name.length >= 3 && !/\d/.test(name) && !monthNames.has(name)) monthNames.set(name, month + 1);
    }
  }
}
for (const [name, month] of Object.entries({ SEPT: 9, AGT: 8, AGUST: 8, NOP: 11, NOPEMBER: 11, PEBRUARI: 2 }))
  monthNames.set(name, month);

function foldName(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toUpperCase()
    .replace(/[^\p{L}\d]/gu, '');
}

const mark = String.raw`\s?[/.\-–]\s?`;
// A time may be glued to the year: 20/12/201707:10:35.
const afterYear = String.raw`(?!\d|[/.\-]\d{2,})|(?=\s?\d{1,2}:\d\d)`;
const numericPattern = new RegExp(
  String.raw`(?<![\d/.\-])(?:(?<y4>(?:19|20)\d\d)${mark}(?<m>\d{1,2})${mark}(?<d>\d{1,2})(?!\d)` +
    String.raw`|(?<a>\d{1,2})${mark}(?<b>\d{1,2})${mark}(?<c>(?:19|20)\d\d(?:${afterYear})|\d\d(?:${afterYear}|(?=[- ]\d\d[:.]\d\d))))`,
  'gu',
);
const namedPattern = new RegExp(
  String.raw`(?<![\d/.])(?<d>\d{1,2})(?:st|nd|rd|th)?[\s/.\-]{0,2}(?<month>[\p{L}\d]{3,10}?)[\s/.,\-']{0,3}(?<y>(?:19|20)\d\d|\d\d)(?!\d|[.,]\d)` +
    String.raw`|(?<month2>\p{L}{3,10})[\s.\-]{0,2}(?<d2>\d{1,2})(?:st|nd|rd|th)?[\s,.\-/]{1,3}(?<y2>(?:19|20)\d\d)(?!\d)`,
  'giu',
);
const compactPattern =
  /(?<!\d)(?:(?<y>20\d\d)(?<m>0[1-9]|1[0-2])(?<d>0[1-9]|[12]\d|3[01])|(?<d2>0[1-9]|[12]\d|3[01])(?<m2>0[1-9]|1[0-2])(?<y2>20[0-4]\d))(?!\d)/g;

// Marks lost on a faint print, `24/0622 20:04` or `20 06 22 22:36`: only a time behind makes these a date.
const unmarkedPattern =
  /(?<![\d/.-])(?<a>\d\d)[/. -]?(?<b>\d\d)[/. -]?(?<c>20\d\d|\d\d)(?=\s(?:[01]?\d|2[0-3]):[0-5]\d)/g;

/** Every date in one printed row. Two-digit years are of this century; the locale's order decides where the parts do not. */
export function findDates(text: string, order: Locale['dateOrder']): PrintedDate[] {
  const folded = foldDigits(text);
  const found: PrintedDate[] = [];
  for (const match of folded.matchAll(numericPattern)) {
    const { y4, m, d, a, b, c } = match.groups!;
    if (c?.length === 2 && isCode(folded, match)) continue;
    const date = y4 ? { value: isoDate(+y4, +m!, +d!), loose: false } : orderParts(a!, b!, c!, order);
    push(found, text, match, date.value, { loose: date.loose, hasMonthName: false });
  }
  for (const match of folded.matchAll(namedPattern)) {
    const { d, month, y, d2, month2, y2 } = match.groups!;
    const named = monthOf(month ?? month2!);
    if (named)
      push(found, text, match, isoDate(fullYear(y ?? y2!), named, +(d ?? d2!)), {
        loose: false,
        hasMonthName: true,
      });
  }
  if (found.length === 0) {
    for (const match of text.matchAll(compactPattern)) {
      const { y, m, d, y2, m2, d2 } = match.groups!;
      push(found, text, match, isoDate(+(y ?? y2!), +(m ?? m2!), +(d ?? d2!)), {
        loose: true,
        hasMonthName: false,
      });
    }
  }
  for (const match of folded.matchAll(unmarkedPattern)) {
    const { a, b, c } = match.groups!;
    push(found, text, match, orderParts(a!, b!, c!, order).value, { loose: true, hasMonthName: false });
  }
  return found.sort((a, b) => a.start - b.start);
}

// `FZ02 - 6/54` and `HD03-04-06` are codes of goods: a short year has no letter in front and one kind of mark.
function isCode(text: string, match: RegExpExecArray): boolean {
  const marks = match[0].replace(/[\d\s]/g, '');
  return marks[0] !== marks[1] || /\p{L}$/u.test(text.slice(0, match.index));
}

function push(
  found: PrintedDate[],
  text: string,
  match: RegExpExecArray,
  value: string | null,
  how: { loose: boolean; hasMonthName: boolean },
) {
  const start = match.index;
  const end = start + match[0].length;
  if (value === null || found.some((other) => start < other.end && other.start < end)) return;
  found.push({ start, end, text: text.slice(start, end), value, ...how });
}

function orderParts(
  a: string,
  b: string,
  c: string,
  order: Locale['dateOrder'],
): { value: string | null; loose: boolean } {
  const byOrder = {
    dmy: () => isoDate(fullYear(c), +b, +a),
    mdy: () => isoDate(fullYear(c), +a, +b),
    ymd: () => (c.length === 4 ? null : isoDate(fullYear(a.padStart(2, '0')), +b, +c)),
  };
  const orders: Locale['dateOrder'][] = [order, 'dmy', 'mdy', 'ymd'];
  const readings = orders.map((each) => byOrder[each]()).filter((value) => value !== null);
  return { value: readings[0] ?? null, loose: new Set(readings).size > 1 };
}

function fullYear(text: string): number {
  return text.length === 4 ? Number(text) : 2000 + Number(text);
}

function isoDate(year: number, month: number, day: number): string | null {
  if (year < yearMin || year > yearMax || month < 1 || month > 12 || day < 1) return null;
  if (day > new Date(Date.UTC(year, month, 0)).getUTCDate()) return null;
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

function monthOf(printed: string): number | undefined {
  const name = foldName(printed);
  if (/^\d/.test(name) && !/[^\d]/.test(name)) return undefined;
  return (
    monthNames.get(name) ?? monthNames.get(name.replace(/0/g, 'O').replace(/1/g, 'I').replace(/5/g, 'S'))
  );
}

// `O1/I2/2O18`: letters between digits and date marks that a recogniser gives for digits. Same length, so places hold.
function foldDigits(text: string): string {
  return text.replace(/[\dOoIlQ|]{1,4}(?:\s?[/.-]\s?[\dOoIlQ|]{1,4}){2}/g, (whole) =>
    /\d/.test(whole) ? whole.replace(/[OoQ]/g, '0').replace(/[Il|]/g, '1') : whole,
  );
}

// A faint PM is read as PH or PN.
const timePattern =
  /(?<![\d:.,/-]|\d[.,])(?<h>[01]?\d|2[0-4])\s?(?<mark>[:.;])\s?(?<m>[0-5]\d)(?:\s?[:.;]\s?(?<s>[0-5]\d))?(?!\d|[.,:/-]\d)\s?(?<half>[AP]\.?[MHN]\.?(?!\p{L}))?/giu;

/**
 * Every time of day in one printed row, as `18:05` or `18:05:33`. `12.50` is a time only with seconds, AM or PM, or
 * where `labelled` says that the row speaks of a time.
 */
export function findTimes(text: string, labelled = false): Moment[] {
  const found: Moment[] = [];
  for (const match of unglueYear(text).matchAll(timePattern)) {
    const { h, m, s, half, mark } = match.groups!;
    if (mark !== ':' && !s && !half && !labelled) continue;
    const hour = hourOf(Number(h), half?.[0]?.toUpperCase());
    if (hour === null) continue;
    const value = [String(hour).padStart(2, '0'), m, ...(s ? [s] : [])].join(':');
    const end = match.index + match[0].trimEnd().length;
    found.push({ start: match.index, end, text: text.slice(match.index, end), value });
  }
  return found;
}

// The year before a glued time is blanked, so that 201707:10:35 and 22-23:08 leave 07:10:35 and 23:08. Places hold.
function unglueYear(text: string): string {
  return text.replace(/([/.-](?:(?:19|20)\d\d|\d\d)[-T]?)(?=\d{1,2}\s?:\s?\d\d)/g, (year) =>
    ' '.repeat(year.length),
  );
}

// `23:14:15 PM` is printed by real tills; the half of the day then says nothing new.
function hourOf(hour: number, half: string | undefined): number | null {
  if (hour === 24) return half ? null : 0;
  if (half === 'P' && hour < 12) return hour + 12;
  return half === 'A' && hour === 12 ? 0 : hour;
}
