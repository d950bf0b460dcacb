import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { layOutPage, type Layout } from '../fields/lay-out-page.ts';
import type { Locale, Quad, TextLine } from '../reading.ts';
import { alignKey, lettersOf } from './align-key.ts';

/** What a person wrote down of a receipt, as in the SROIE data set. */
export type Key = { company: string; date: string; address: string; total: string };

/** A receipt with the truth about it; `source` says whether its lines are the true ones or were read from the picture. */
export type Sample = {
  id: string;
  shop: string;
  key: Key;
  page: Layout;
  tags: Uint8Array;
  source: 'true' | 'read';
};

/** Where the training receipts come from. */
export const trainLocale: Locale = { currency: 'MYR', timeZone: 'Asia/Kuala_Lumpur', dateOrder: 'dmy' };

/** Receipts of `file` (SROIE shape) by their true lines, and by the lines read from their pictures where `readFolder` has ID.json. */
export function readSamples(file: string, readFolder?: string): Sample[] {
  const receipts = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Receipt);
  return receipts.flatMap((receipt) => {
    const samples = [
      toSample(
        receipt,
        receipt.lines.map(({ text, quad }) => ({ text, quad, confidence: 1 })),
        'true',
      ),
    ];
    const read = readFolder && join(readFolder, `${receipt.id}.json`);
    if (read && existsSync(read)) {
      const { lines } = JSON.parse(readFileSync(read, 'utf8')) as { lines: TextLine[] };
      samples.push(toSample(receipt, lines, 'read'));
    }
    return samples;
  });
}

type Receipt = { id: string; key: Partial<Key>; lines: { text: string; quad: Quad }[] };

function toSample(receipt: Receipt, lines: TextLine[], source: Sample['source']): Sample {
  const key: Key = { company: '', date: '', address: '', total: '', ...receipt.key };
  const page = layOutPage(lines, trainLocale.currency, trainLocale);
  const tags = new Uint8Array(page.words.length);
  for (const [value, first] of [
    [key.company, 1],
    [key.address, 3],
  ] as const) {
    const found = alignKey(page, value);
    if (!found) continue;
    tags.fill(first + 1, found.from, found.to);
    tags[found.from] = first;
  }
  return { id: receipt.id, shop: lettersOf(key.company), key, page, tags, source };
}
