import { parseMoney } from '../../../shared/money.ts';
import type { Quad, TextLine } from '../reading.ts';
import { rows } from '../rows.ts';

/** One line of goods as labelled: its name and the amount printed for it. */
export type TruthItem = { name: string; amountMinor: number };

/** A word with its meaning and its box: left, top, right, bottom in thousandths of the page. */
export type LabelledWord = { text: string; label: string; box1000: [number, number, number, number] };

/**
 * Joins the labelled names and prices of a receipt row by row, for the labels do not say which belong together: a price
 * takes the name words of its row and of the rows above that had no price, else those of the row below.
 */
export function truthItems(words: readonly LabelledWord[], currency: string): TruthItem[] {
  const labels = new Map(words.map((word) => [toLine(word), word.label]));
  const lines = [...labels].flatMap(([line, label]) =>
    label === 'Prod_item_value' || label === 'Prod_price_value' ? [line] : [],
  );
  const items: TruthItem[] = [];
  let waiting: string[] = [];
  let nameless: TruthItem | null = null;
  for (const row of rows(lines)) {
    const texts = (label: string) =>
      row.lines.filter((line) => labels.get(line) === label).map(({ text }) => text);
    const names = texts('Prod_item_value');
    const amountMinor = parseMoney(texts('Prod_price_value').join(''), currency);
    if (amountMinor === null) {
      if (nameless && names.length > 0) nameless.name = names.join(' ');
      else waiting.push(...names);
      nameless = null;
      continue;
    }
    const item = { name: [...waiting, ...names].join(' '), amountMinor };
    items.push(item);
    nameless = item.name === '' ? item : null;
    waiting = [];
  }
  return items.filter(({ name }) => name !== '');
}

/** A labelled word as a line of text; 1000 pixels are the page's width and height. */
export function toLine({ text, box1000: [x0, y0, x1, y1] }: LabelledWord): TextLine {
  return { text, quad: [x0, y0, x1, y0, x1, y1, x0, y1] satisfies Quad, confidence: 1 };
}
