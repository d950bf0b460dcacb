import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { samplePath } from '../../../test/samples.ts';
import { loadEngine } from './engine/load.ts';
import { readLines } from './read-lines.ts';
import { rows } from './rows.ts';

const engine = await loadEngine();
const receipt = readFileSync(new URL('../../../demo/receipts/sri-sinar.jpg', import.meta.url));
const read = (stored: Buffer, detail: Buffer | null = null) => readLines(engine, { stored, detail });
const wordsOf = (page: { lines: { text: string }[] }) =>
  new Set(page.lines.flatMap(({ text }) => text.toUpperCase().split(' ')).filter((word) => word.length > 2));

/** The part of `wanted` that is in `found`. */
const recall = (wanted: ReadonlySet<string>, found: ReadonlySet<string>) =>
  [...wanted].filter((word) => found.has(word)).length / wanted.size;

const upright = await read(receipt);

describe('readLines', () => {
  test('reads a receipt, row by row', () => {
    expect(upright.turn).toBe(0);
    expect(rows(upright.lines).map((row) => row.text.toUpperCase())).toEqual(
      expect.arrayContaining([expect.stringContaining('SRI SINAR')]),
    );
  });

  test.each([90, 180, 270] as const)(
    'stands a receipt upright that lies turned by %i degrees',
    async (lying) => {
      const page = await read(await sharp(receipt).rotate(lying).jpeg({ quality: 95 }).toBuffer());
      expect(page.turn).toBe(360 - lying);
      expect([page.width, page.height]).toEqual([upright.width, upright.height]);
      expect(recall(wordsOf(upright), wordsOf(page))).toBeGreaterThan(0.85);
    },
  );

  test('reads a receipt that leans', async () => {
    const leaning = await sharp(receipt).rotate(8, { background: '#555' }).jpeg({ quality: 95 }).toBuffer();
    expect(recall(wordsOf(upright), wordsOf(await read(leaning)))).toBeGreaterThan(0.8);
  });

  test('answers in pixels of the stored picture when it reads the detailed one', async () => {
    const { width } = await sharp(receipt).metadata();
    const detail = await sharp(receipt)
      .resize(width * 2)
      .jpeg({ quality: 95 })
      .toBuffer();
    const page = await read(receipt, detail);
    expect([page.width, page.height]).toEqual([upright.width, upright.height]);
    const pairs = upright.lines.flatMap((line) => {
      const same = page.lines.find(({ text }) => text === line.text);
      return same ? [Math.abs(same.quad[0] - line.quad[0])] : [];
    });
    expect(pairs.length).toBeGreaterThan(5);
    expect(pairs.filter((apart) => apart < 6).length).toBeGreaterThan(0.9 * pairs.length);
  });

  test('finds no text on an empty sheet', async () => {
    const sheet = { create: { width: 600, height: 800, channels: 3, background: '#ccc' } } as const;
    expect(await read(await sharp(sheet).jpeg().toBuffer())).toEqual({
      lines: [],
      width: 600,
      height: 800,
      turn: 0,
    });
  });
});

const scans = samplePath('receipts/sroie/dev.jsonl');

describe.skipIf(scans === null)('on labelled scans (skipped where MITRA_SAMPLES has none)', () => {
  test('finds most words of three receipts', async () => {
    const labelled = readFileSync(scans!, 'utf8').trim().split('\n').slice(0, 3);
    let [found, all] = [0, 0];
    for (const line of labelled) {
      const truth = JSON.parse(line) as { image: string; lines: { text: string }[] };
      const words = wordsOf(await read(readFileSync(samplePath(`receipts/sroie/${truth.image}`)!)));
      const wanted = wordsOf(truth);
      found += recall(wanted, words) * wanted.size;
      all += wanted.size;
    }
    expect(found / all).toBeGreaterThan(0.85);
  }, 120_000);
});
