import { readFile } from 'node:fs/promises';
import { openPicture } from '../../picture.ts';
import { extractReading } from '../extract.ts';
import { snapMerchant } from '../fields/snap-merchant.ts';
import type { ReceiptPool } from '../pool.ts';
import type { Quad, Reading, TextLine } from '../reading.ts';
import type { Truth, TruthFolder } from './read-truth.ts';
import { isEqualInLetters } from './score-text.ts';
import { scoreFields, type FieldScore } from './score-fields.ts';
import { scoreItems, type ItemScore } from './score-items.ts';
import { scoreText, type TextScore } from './score-text.ts';

/** One receipt as measured. `known` fields are those after the merchants of the training part have lent their spelling. */
export type Measured = {
  truth: Truth;
  reading: Reading;
  isUnseenShop: boolean;
  text: TextScore;
  fields: FieldScore | null;
  knownFields: FieldScore | null;
  items: ItemScore | null;
  seconds: number;
};

export type Measurement = {
  measured: Measured[];
  skipped: { id: string; reason: string }[];
  wallS: number;
  cpuS: number;
};

/** Reads every picture of the folder (at most `limit`) and scores what was read. What cannot be read is told, not thrown. */
export async function measurePictures(
  labelled: TruthFolder,
  pool: ReceiptPool,
  limit: number,
): Promise<Measurement> {
  const truths = labelled.truths.slice(0, limit);
  const skipped = [...labelled.unusable];
  const measured: Measured[] = [];
  // The networks are loaded with the first picture: it is read once before the clock starts.
  if (truths[0]) await readPicture(truths[0], labelled, pool).catch(() => null);
  const [startedAt, startedCpu] = [performance.now(), process.cpuUsage()];
  for (const truth of truths) {
    try {
      const before = performance.now();
      const reading = await readPicture(truth, labelled, pool);
      measured.push(score(labelled, truth, reading, (performance.now() - before) / 1000));
    } catch (error) {
      skipped.push({ id: truth.id, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  const cpu = process.cpuUsage(startedCpu);
  return {
    measured,
    skipped,
    wallS: (performance.now() - startedAt) / 1000,
    cpuS: (cpu.user + cpu.system) / 1e6,
  };
}

/** Scores extraction by itself: from the true texts instead of pictures. */
export function measureTrueText(labelled: TruthFolder, limit: number): Measured[] {
  return labelled.truths.slice(0, limit).map((truth) => {
    const page = { lines: truth.lines, width: truth.width ?? 1000, height: 1000, turn: 0 as const };
    return score(labelled, truth, extractReading(page, labelled.locale), 0);
  });
}

async function readPicture(truth: Truth, { locale }: TruthFolder, pool: ReceiptPool): Promise<Reading> {
  const picture = await openPicture(await readFile(truth.picture));
  if (!picture.ok) throw new Error(picture.refused);
  return pool.read({ stored: picture.stored, detail: picture.detail }, locale);
}

function score(labelled: TruthFolder, truth: Truth, reading: Reading, seconds: number): Measured {
  const { key } = truth;
  const known = labelled.known.length > 0 ? snapMerchant(reading, labelled.known) : null;
  return {
    truth,
    reading,
    isUnseenShop: key !== null && !labelled.known.some(({ name }) => isEqualInLetters(name, key.company)),
    text: scoreText(
      truth.lines.map(({ text }) => text),
      boxesIn(reading, truth),
      reading.lines,
    ),
    fields: scoreFields(truth, reading),
    knownFields: known && scoreFields(truth, known),
    items: truth.items && scoreItems(truth.items, reading.items),
    seconds,
  };
}

// True boxes in the pixels of the stored picture; a picture that had to be turned has them in no comparable frame.
function boxesIn(reading: Reading, { lines, width }: Truth): TextLine[] | null {
  if (width === null || reading.turn !== 0) return null;
  const scale = reading.width / width;
  return lines.map((line) => ({ ...line, quad: line.quad.map((value) => value * scale) as Quad }));
}
