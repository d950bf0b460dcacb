import { normalise } from '../../../shared/text.ts';
import { quadAround, rows, type Row } from '../rows.ts';
import type { Locale, Quad, TextLine } from '../reading.ts';
import { findDates, findTimes, type Moment, type PrintedDate } from './find-dates.ts';
import { findNumerals, type Numeral } from './find-numerals.ts';
import { labelsOf, type Label } from './label-words.ts';

/** One word as printed, with its place. `start` and `end` are places in the text of its row. */
export type PageWord = {
  text: string;
  /** Upper case, no accents, no marks: how words are compared. Empty for a word of marks only. */
  norm: string;
  labels: readonly Label[];
  start: number;
  end: number;
  row: number;
  /** Index of the text line in its row. */
  line: number;
  /** What lies between the word before and this one: nothing but a blank, a gap in the row, or the row's end. */
  after: 'word' | 'gap' | 'row';
  x1: number;
  x2: number;
};

/** One printed row, read by every grammar. */
export type PageRow = {
  index: number;
  text: string;
  lines: TextLine[];
  words: PageWord[];
  numerals: Numeral[];
  dates: PrintedDate[];
  times: Moment[];
  labels: ReadonlySet<Label>;
  y: number;
  height: number;
  x1: number;
  x2: number;
  quad: Quad;
};

export type Layout = {
  rows: PageRow[];
  words: PageWord[];
  currency: string;
  /** Where the text starts and ends, left to right, and its usual height, in pixels. */
  left: number;
  right: number;
  textHeight: number;
};

/** Groups lines into rows and reads words, numbers, dates and times in each. Lines without text are left out. */
export function layOutPage(lines: readonly TextLine[], currency: string, locale: Locale): Layout {
  const printed = rows(lines.filter((line) => line.text.trim() !== '').map(trimmed));
  const laid = printed.map((row, index) => layOutRow(row, index, currency, locale));
  const lefts = laid.map((row) => row.x1);
  const rights = laid.map((row) => row.x2);
  return {
    rows: laid,
    words: laid.flatMap((row) => row.words),
    currency,
    left: lefts.reduce((a, b) => Math.min(a, b), Infinity),
    right: rights.reduce((a, b) => Math.max(a, b), -Infinity),
    textHeight: medianOf(laid.map((row) => row.height)) ?? 1,
  };
}

const trimmed = (line: TextLine): TextLine => ({ ...line, text: line.text.trim().replace(/\s+/g, ' ') });

export function medianOf(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

function layOutRow(row: Row, index: number, currency: string, locale: Locale): PageRow {
  const words = wordsOf(row, index);
  const labels = new Set(words.flatMap((word) => word.labels));
  const [ax, ay, bx, by, cx, cy, dx, dy] = row.quad;
  return {
    index,
    text: row.text,
    lines: row.lines,
    words,
    numerals: findNumerals(row.text, currency),
    dates: findDates(row.text, locale.dateOrder),
    times: findTimes(row.text, labels.has('time')),
    labels,
    y: (ay + by + cy + dy) / 4,
    height: medianOf(row.lines.map(({ quad: q }) => Math.hypot(q[6] - q[0], q[7] - q[1]))) ?? 1,
    x1: Math.min(ax, dx),
    x2: Math.max(bx, cx),
    quad: row.quad,
  };
}

// A bracket starts a word of its own, for a register number often hangs on the name, and with a number in it ends one:
// `MART(519537-X)`, `(139386 X)`.
const wordPattern = /[([][^()[\]]*\d{5}[^()[\]]*[)\]]|[([][^\s([]*|[^\s([]+/g;

function wordsOf(row: Row, index: number): PageWord[] {
  const words: PageWord[] = [];
  let offset = 0;
  row.lines.forEach((line, lineIndex) => {
    const [ax, , bx, , cx, , dx] = line.quad;
    const [x1, x2] = [(ax + dx) / 2, (bx + cx) / 2];
    const at = (place: number) => x1 + ((x2 - x1) * place) / Math.max(line.text.length, 1);
    for (const match of line.text.matchAll(wordPattern)) {
      const start = match.index;
      const end = start + match[0].length;
      const norm = normalise(match[0].replace(/[!|](?=\p{L})|(?<=\p{L})[!|]/gu, 'I'));
      words.push({
        text: match[0],
        norm,
        labels: labelsOfParts(norm),
        start: offset + start,
        end: offset + end,
        row: index,
        line: lineIndex,
        after: words.length === 0 ? 'row' : start === 0 ? 'gap' : 'word',
        x1: at(start),
        x2: at(end),
      });
    }
    offset += line.text.length + 1;
  });
  return words;
}

// `SUB-TOTAL`, `CASH/CARD`: normalising has put blanks where the marks were.
function labelsOfParts(norm: string): readonly Label[] {
  if (!norm.includes(' ')) return labelsOf(norm);
  return [...new Set(norm.split(' ').flatMap((part) => labelsOf(part)))];
}

/** The quad around a part of a row's text, cut from the quads of the lines it lies in; null for an empty part. */
export function quadOfPart(row: PageRow, start: number, end: number): Quad | null {
  const quads: Quad[] = [];
  let offset = 0;
  for (const line of row.lines) {
    const from = Math.max(start - offset, 0) / Math.max(line.text.length, 1);
    const to = Math.min(end - offset, line.text.length) / Math.max(line.text.length, 1);
    if (to > from) quads.push(cutQuad(line.quad, from, to));
    offset += line.text.length + 1;
  }
  return quads.length > 0 ? quadAround(quads) : null;
}

function cutQuad(quad: Quad, from: number, to: number): Quad {
  const [ax, ay, bx, by, cx, cy, dx, dy] = quad;
  const between = (a: number, b: number, share: number) => Math.round(a + (b - a) * share);
  return [
    between(ax, bx, from),
    between(ay, by, from),
    between(ax, bx, to),
    between(ay, by, to),
    between(dx, cx, to),
    between(dy, cy, to),
    between(dx, cx, from),
    between(dy, cy, from),
  ];
}
