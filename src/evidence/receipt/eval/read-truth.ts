import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseMoney } from '../../../shared/money.ts';
import { findDates } from '../fields/find-dates.ts';
import type { Locale, Quad, TextLine } from '../reading.ts';
import type { Merchant } from '../fields/snap-merchant.ts';
import { toLine, truthItems, type LabelledWord, type TruthItem } from './truth-items.ts';

/** The four fields of SROIE as a person wrote them down. */
export type Key = { company: string; date: string; address: string; total: string };

/** What is true of one receipt; null where the data set does not say. */
export type Truth = {
  id: string;
  /** Path of the picture. */
  picture: string;
  /** The true texts, each in its box. */
  lines: TextLine[];
  /** Width of the picture in the pixels of the boxes; null where the boxes are in another frame than the picture. */
  width: number | null;
  key: Key | null;
  date: string | null;
  totalMinor: number | null;
  items: TruthItem[] | null;
};

/** A labelled folder: its receipts, the rows that could not be used and why, and the merchants of its training part. */
export type TruthFolder = {
  folder: string;
  shape: 'sroie' | 'ina';
  locale: Locale;
  truths: Truth[];
  unusable: { id: string; reason: string }[];
  known: Merchant[];
};

const locales: Record<TruthFolder['shape'], Locale> = {
  sroie: { currency: 'MYR', timeZone: 'Asia/Kuala_Lumpur', dateOrder: 'dmy' },
  ina: { currency: 'IDR', timeZone: 'Asia/Jakarta', dateOrder: 'dmy' },
};

/**
 * Reads the labels of a folder: the file `labels`, else `dev.jsonl`, else any file of lines of JSON other than
 * `train.jsonl`, else that. Rows with `key` and `lines` have the shape of SROIE, rows with `words` that of the Indonesian
 * set. A bad row is named, not thrown. Null when the folder holds no labels.
 */
export function readTruth(folder: string, labels?: string, given: Partial<Locale> = {}): TruthFolder | null {
  const files = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
  const file =
    labels ??
    files.find((name) => name === 'dev.jsonl') ??
    files.find((name) => name !== 'train.jsonl') ??
    files[0];
  if (!file || !files.includes(file)) return null;
  const rows = readRows(join(folder, file));
  const shape = rows.some(({ row }) => Array.isArray(row?.words)) ? 'ina' : 'sroie';
  const locale = { ...locales[shape], ...given };
  const truths: Truth[] = [];
  const unusable: TruthFolder['unusable'] = [];
  for (const { id, row } of rows) {
    const truth =
      row && (shape === 'ina' ? toInaTruth(folder, row, locale) : toSroieTruth(folder, row, locale));
    if (truth) truths.push(truth);
    else
      unusable.push({
        id,
        reason: row ? 'the row lacks its picture or its texts' : 'the row is no JSON object',
      });
  }
  const known =
    file !== 'train.jsonl' && files.includes('train.jsonl') ? readKnown(join(folder, 'train.jsonl')) : [];
  return { folder, shape, locale, truths, unusable, known };
}

type Row = {
  id?: unknown;
  image?: unknown;
  photo?: unknown;
  segmented?: unknown;
  key?: Partial<Key>;
  lines?: unknown;
  words?: unknown;
  width?: unknown;
  originalWidth?: unknown;
};

function readRows(file: string): { id: string; row: Row | null }[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const row = parseRow(line);
    return [{ id: typeof row?.id === 'string' ? row.id : `line ${index + 1}`, row }];
  });
}

function parseRow(line: string): Row | null {
  try {
    const row: unknown = JSON.parse(line);
    return typeof row === 'object' && row !== null && !Array.isArray(row) ? (row as Row) : null;
  } catch {
    return null;
  }
}

function readKnown(file: string): Merchant[] {
  return readRows(file).flatMap(({ row }) =>
    row?.key?.company ? [{ name: row.key.company, address: row.key.address ?? '' }] : [],
  );
}

type Label = { text: string; quad: Quad };

function toSroieTruth(folder: string, row: Row, locale: Locale): Truth | null {
  if (typeof row.id !== 'string' || typeof row.image !== 'string') return null;
  const labels = Array.isArray(row.lines) ? row.lines.filter(isLabel) : [];
  const key = row.key ? { company: '', date: '', address: '', total: '', ...row.key } : null;
  return {
    id: row.id,
    picture: join(folder, row.image),
    lines: labels.map(({ text, quad }) => ({ text, quad, confidence: 1 })),
    width: Number(row.originalWidth ?? row.width) || null,
    key,
    date: key ? (findDates(key.date, locale.dateOrder)[0]?.value ?? null) : null,
    totalMinor: key ? parseMoney(key.total, locale.currency) : null,
    items: null,
  };
}

const isLabel = (line: unknown): line is Label =>
  typeof (line as Label)?.text === 'string' &&
  Array.isArray((line as Label).quad) &&
  (line as Label).quad.length === 8;

function toInaTruth(folder: string, row: Row, locale: Locale): Truth | null {
  const picture = row.photo ?? row.segmented;
  if (typeof row.id !== 'string' || typeof picture !== 'string' || !Array.isArray(row.words)) return null;
  const words = (row.words as LabelledWord[]).filter(
    (word) => typeof word?.text === 'string' && word.box1000?.length === 4,
  );
  const joined = (...labels: string[]) =>
    words
      .filter(({ label }) => labels.includes(label))
      .map(({ text }) => text)
      .join(' ');
  const total = joined('Total_value').replace(/\s/g, '');
  return {
    id: row.id,
    picture: join(folder, picture),
    lines: words.map((word) => toLine(word)),
    // The boxes are in the frame of an upright crop, not of the photograph.
    width: null,
    key: null,
    date: findDates(joined('Date_value', 'Time_value'), locale.dateOrder)[0]?.value ?? null,
    totalMinor: total === '' ? null : parseMoney(total, locale.currency),
    items: truthItems(words, locale.currency),
  };
}
