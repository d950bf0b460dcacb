import { parseMoney } from '../../../shared/money.ts';
import type { Quad, TextLine } from '../reading.ts';
import { rows } from '../rows.ts';

/** One line of goods as labelled: its name and the amount printed for it. */
export type TruthItem = { name: string; amountMinor: number };

/** A word with its meaning and its box: left, top, right, bottom in thousandths of the page. */
export type LabelledWord = { text: string; label: string; box1000: [number, number, number, number] };

/**
 * Joins the labelled names and prices of a receipt, for the labels do not say which belong together: one by one where
 * there are as many rows of names as of prices; else a price takes the name words of its row and of the rows above that
 * had no price, else those of the row below. Null where goods were bought and no price or no name is labelled.
 */
export function truthItems(words: readonly LabelledWord[], currency: string): TruthItem[] | null {
  const labels = new Map(words.map((word) => [toLine(word), word.label]));
  const lines = [...labels].flatMap(([line, label]) =>
    label === 'Prod_item_value' || label === 'Prod_price_value' ? [line] : [],
  );
  const labelled = rows(lines).map((row) => {
    const texts = (label: string) =>
      row.lines.filter((line) => labels.get(line) === label).map(({ text }) => text);
    const amountMinor = parseMoney(texts('Prod_price_value').join(''), currency);
    return { name: texts('Prod_item_value').join(' '), amountMinor };
  });
  const names = labelled.flatMap(({ name }) => (name === '' ? [] : [name]));
  const amounts = labelled.flatMap(({ amountMinor }) => amountMinor ?? []);
  if (names.length === 0 || amounts.length === 0) return null;
  return names.length === amounts.length
    ? names.map((name, i) => ({ name, amountMinor: amounts[i]! }))
    : joinNear(labelled);
}

function joinNear(labelled: readonly { name: string; amountMinor: number | null }[]): TruthItem[] {
  const items: TruthItem[] = [];
  let waiting: string[] = [];
  let nameless: TruthItem | null = null;
  for (const { name, amountMinor } of labelled) {
    if (amountMinor === null) {
      if (nameless && name !== '') nameless.name = name;
      else waiting.push(name);
      nameless = null;
      continue;
    }
    const item = { name: [...waiting, name].join(' ').trim(), amountMinor };
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
