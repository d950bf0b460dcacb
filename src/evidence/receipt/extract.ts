import { correctName } from './fields/correct-name.ts';
import { checkSums } from './fields/check-sums.ts';
import { chooseDate } from './fields/choose-date.ts';
import { chooseTotal, printedAmounts, type PrintedAmount } from './fields/choose-total.ts';
import { findCurrency } from './fields/find-currency.ts';
import { findItems, type FoundItems } from './fields/find-items.ts';
import { findNumber } from './fields/find-number.ts';
import { findSums } from './fields/find-sums.ts';
import { findTime } from './fields/find-time.ts';
import { layOutPage, quadOfPart, type Layout } from './fields/lay-out-page.ts';
import { calibrate, loadModel, type CalibratedField, type Model, type StoredModel } from './fields/model.ts';
import { tagWords, type Span } from './fields/tag-words.ts';
import { describeReading, weighReading } from './fields/weigh-reading.ts';
import { maskCardsInLines } from './mask-cards.ts';
import type { Field, Locale, Page, Reading, ReadingItem } from './reading.ts';
import { quadAround } from './rows.ts';
import stored from './weights/extract.json' with { type: 'json' };

/** Recogniser and weights that make the readings; a change of either is a new name. */
export const engineName = 'ppocr-4/extract-1';

const model = loadModel(stored satisfies StoredModel);

/**
 * Makes of the text lines of a page what the receipt says: who sold, where, when, what, for how much, each with where it
 * stands and how sure that is. Card numbers are masked in every text. Never throws: what is not there is null. Pure.
 */
export function extractReading(page: Page, locale: Locale): Reading {
  return extractWith(model, page, locale);
}

/** As `extractReading`, by another model: how training measures itself. */
export function extractWith(model: Model, page: Page, locale: Locale): Reading {
  const lines = maskCardsInLines(page.lines);
  const currency = findCurrency(lines, locale);
  const layout = layOutPage(lines, currency.value, locale);
  const { name, address } = tagWords(layout, model.tagger);
  const date = calibrated(chooseDate(layout, model.date), 'date', model);
  const found = findItems(layout);
  const total = calibrated(chooseTotal(layout, found, model.total), 'total', model);
  const amounts = printedAmounts(layout);
  const sums = total && findSums(amounts, total.value, found.sumMinor, currency.value);
  const reading = {
    engine: engineName,
    turn: page.turn,
    width: page.width,
    height: page.height,
    lines,
    merchant: calibrated(toField(layout, name, model), 'merchant', model),
    address: calibrated(toField(layout, address, model), 'address', model),
    date,
    time: findTime(layout, date?.value ?? null),
    number: findNumber(layout),
    currency: layout.rows.length > 0 ? currency : null,
    subtotalMinor: toAmount(sums?.subtotal ?? null, sums?.closes ?? null),
    taxMinor: toAmount(sums?.tax ?? null, sums?.closes ?? null),
    totalMinor: total,
    items: toItems(layout, found),
    arithmetic: checkSums(found, sums, total?.value ?? null),
  };
  const confidence = total ? weighReading(describeReading(reading, amounts), model.reading) : 0;
  return { ...reading, confidence };
}

function calibrated<T>(field: Field<T> | null, name: CalibratedField, model: Model): Field<T> | null {
  return field && { ...field, confidence: calibrate(field.confidence, model.calibration[name]) };
}

/** The words of a span, rows joined by a blank, outer marks left off, misread words put right; `text` is as printed. */
function toField(page: Layout, span: Span | null, { lexicon }: Model): Field<string> | null {
  if (!span) return null;
  const words = page.words.slice(span.from, span.to);
  const parts = page.rows.flatMap((row) => {
    const inRow = words.filter((word) => word.row === row.index);
    return inRow.length === 0 ? [] : [{ row, start: inRow[0]!.start, end: inRow.at(-1)!.end }];
  });
  const text = parts.map(({ row, start, end }) => row.text.slice(start, end)).join(' ');
  const quads = parts
    .map(({ row, start, end }) => quadOfPart(row, start, end))
    .filter((quad) => quad !== null);
  const value = correctName(text.replace(/^[\s,;:.*"'-]+|[\s,;:*"'-]+$/g, ''), lexicon);
  if (value === '') return null;
  return { value, confidence: span.confidence, text, quad: quads.length > 0 ? quadAround(quads) : null };
}

// A sum that closes is as sure as the total it makes; words alone are right three times in four.
function toAmount(amount: PrintedAmount | null, closes: boolean | null): Field<number> | null {
  if (!amount) return null;
  const { row, numeral, minor } = amount;
  const quad = quadOfPart(row, numeral.start, numeral.end);
  return { value: minor, confidence: closes ? 0.97 : 0.75, text: numeral.text, quad };
}

function toItems(page: Layout, found: FoundItems): ReadingItem[] {
  return found.items.map(({ text, quantity, unitPriceMinor, amountMinor, quad, rows, closes }) => {
    const lines = rows.flatMap((row) => page.rows[row]!.lines);
    const clear = lines.reduce((sum, line) => sum + line.confidence, 0) / Math.max(lines.length, 1);
    const sure = found.closes ? 0.98 : closes ? 0.9 : 0.6;
    return { text, quantity, unitPriceMinor, amountMinor, confidence: clear * sure, quad };
  });
}
