import type { Layout, PageRow, PageWord } from './lay-out-page.ts';
import { nameLabelsOf } from './name-words.ts';
import { hashFeature } from './weights.ts';

/** Row numbers and shares as a few steps, so that the model learns each by itself. */
const step = (value: number, edges: readonly number[]) => edges.findIndex((edge) => value < edge);

/**
 * The features, hashed, by which the tagger tells name and address from other words: the word itself, its neighbours,
 * what its row and the rows around it hold, and where the row stands. One list per word of the page.
 */
export function describeWords(page: Layout): number[][] {
  const rowFeatures = page.rows.map((row) => describeRow(page, row));
  return page.words.map((word, index) => {
    const features = [...describeWord(page.words, index), ...rowFeatures[word.row]!];
    return [...new Set(features.map(hashFeature))];
  });
}

/** What the words between two tags say: `row` steps are weighed apart by comma, gap and height. */
export function describeStep(page: Layout, index: number): number {
  const word = page.words[index]!;
  if (word.after !== 'row') return word.after === 'word' ? 0 : 1;
  if (index === 0) return 2;
  const before = page.words[index - 1]!;
  const [above, row] = [page.rows[before.row]!, page.rows[word.row]!];
  const wide = row.y - above.y > 2.1 * page.textHeight;
  const comma = /[,&/-]$/.test(before.text);
  return 2 + (wide ? 1 : 0) + (comma ? 2 : 0);
}
export const stepKinds = 6;

function describeWord(words: readonly PageWord[], index: number): string[] {
  const word = words[index]!;
  const key = keyOf(word);
  const before = keyOf(words[index - 1]);
  const after = keyOf(words[index + 1]);
  const features = [
    'bias',
    `w=${key}`,
    `w-1=${before}`,
    `w+1=${after}`,
    `w-1,0=${before}|${key}`,
    `w0,1=${key}|${after}`,
    `w-2=${keyOf(words[index - 2])}`,
    `w+2=${keyOf(words[index + 2])}`,
    `shape=${shapeOf(word.text)}`,
    `shape-1=${words[index - 1] ? shapeOf(words[index - 1]!.text) : ''}`,
    `shape+1=${words[index + 1] ? shapeOf(words[index + 1]!.text) : ''}`,
    `end=${/[^\p{L}\d]$/u.exec(word.text)?.[0] ?? ''}|${word.after}`,
    `register=${/\d{5,}\s?-?\s?\p{L}\b/u.test(word.text)}`,
    `register+1=${words[index + 1] ? /\d{5,}\s?-?\s?\p{L}\b/u.test(words[index + 1]!.text) : false}`,
    `after=${word.after}|${words[index + 1]?.after ?? 'row'}`,
    ...word.labels.map((label) => `label=${label}`),
    ...namesIn(word).map((label) => `name=${label}`),
    ...namesIn(words[index - 1]).map((label) => `name-1=${label}`),
    ...namesIn(words[index + 1]).map((label) => `name+1=${label}`),
  ];
  const padded = `^${word.norm.replace(/\d/g, '9')}$`;
  for (let i = 0; i + 3 <= padded.length; i++) features.push(`3=${padded.slice(i, i + 3)}`);
  return features;
}

// `JLN.TAMPOI`: each part of a word may be known.
function namesIn(word: PageWord | undefined): string[] {
  return word ? [...new Set(word.norm.split(' ').flatMap(nameLabelsOf))] : [];
}

// Digits say less by their value than by their number: postcodes and house numbers are as good as unique.
function keyOf(word: PageWord | undefined): string {
  return word ? word.norm.replace(/\d/g, '9') || word.text.slice(0, 2) : '#';
}

function shapeOf(text: string): string {
  return text
    .toUpperCase()
    .replace(/\p{L}/gu, 'A')
    .replace(/\d/g, '9')
    .replace(/A{3,}/g, 'AA+')
    .replace(/9{6,}/g, '9+');
}

function describeRow(page: Layout, row: PageRow): string[] {
  const above = page.rows[row.index - 1];
  const below = page.rows[row.index + 1];
  const features = [
    `row=${Math.min(row.index, 12)}`,
    `height=${step(row.height / page.textHeight, [0.8, 0.95, 1.1, 1.3, 1.7, 9])}`,
    `from=${step((row.x1 - page.left) / Math.max(page.right - page.left, 1), [0.05, 0.15, 0.3, 0.5, 1.1])}`,
    `middle=${step(Math.abs(row.x1 + row.x2 - page.left - page.right) / 2 / Math.max(page.right - page.left, 1), [0.03, 0.08, 0.2, 1])}`,
    `row&height=${Math.min(row.index, 6)}|${step(row.height / page.textHeight, [0.95, 1.2, 1.6, 9])}`,
    `words=${Math.min(row.words.length, 8)}`,
    `digits=${step(row.text.replace(/\D/g, '').length / row.text.length, [0.01, 0.15, 0.4, 1.1])}`,
    ...tell(row).map((fact) => `r:${fact}`),
    ...(above ? tell(above).map((fact) => `above:${fact}`) : ['above:none']),
    ...(below ? tell(below).map((fact) => `below:${fact}`) : ['below:none']),
    ...row.words.map((word) => `rw=${keyOf(word)}`),
    ...(above?.words.map((word) => `aw=${keyOf(word)}`) ?? []),
    ...(below?.words.map((word) => `bw=${keyOf(word)}`) ?? []),
  ];
  return [...features, ...soFar(page, row), ...ranks(page, row)];
}

function tell(row: PageRow): string[] {
  return [
    ...row.labels,
    ...new Set(row.words.flatMap((word) => namesIn(word).map((label) => `name-${label}`))),
    ...(row.dates.length > 0 ? ['has-date'] : []),
    ...(row.numerals.some((numeral) => numeral.kind === 'money') ? ['has-money'] : []),
    ...(/\d{5}/.test(row.text) ? ['has-postcode'] : []),
    ...(/[,&]$/.test(row.text) ? ['ends-comma'] : []),
    ...(/^\W*[([]/.test(row.text) ? ['in-brackets'] : []),
    ...(/\d/.test(row.text) ? [] : ['no-digit']),
  ];
}

// Above the first register or phone number stands the name, above the first price the address.
function soFar(page: Layout, row: PageRow): string[] {
  const seen = new Set<string>();
  for (const earlier of page.rows.slice(0, row.index)) {
    for (const label of earlier.labels) seen.add(label);
    if (earlier.dates.length > 0) seen.add('has-date');
    if (earlier.numerals.some((numeral) => numeral.kind === 'money')) seen.add('has-money');
  }
  return ['register', 'phone', 'number', 'has-date', 'has-money', 'quantity', 'total'].map(
    (fact) => `seen:${fact}=${seen.has(fact)}`,
  );
}

// The shop is named before its customer: the first row with a legal form, the first with a street, and so on.
function ranks(page: Layout, row: PageRow): string[] {
  const labelsIn = (each: PageRow) => new Set(each.words.flatMap((word) => namesIn(word)));
  const here = labelsIn(row);
  return (['form', 'trade', 'street', 'place'] as const).flatMap((label) => {
    if (!here.has(label)) return [];
    const rank = page.rows.slice(0, row.index).filter((earlier) => labelsIn(earlier).has(label)).length;
    return [`rank:${label}=${Math.min(rank, 4)}`];
  });
}
