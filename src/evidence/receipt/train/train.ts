import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { extractWith } from '../extract.ts';
import { printedAmounts } from '../fields/choose-total.ts';
import { calibrate, loadModel, logOdds, type CalibratedField, type StoredModel } from '../fields/model.ts';
import { describeReading } from '../fields/weigh-reading.ts';
import type { Reading } from '../reading.ts';
import { lettersOf } from './align-key.ts';
import { dateOf, fitModel, totalOf } from './fit-model.ts';
import { fitLogistic } from './fit-logistic.ts';
import { readSamples, trainLocale, type Sample } from './samples.ts';

// node src/evidence/receipt/train/train.ts FOLDER [--read FOLDER] [--out FILE]
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { read: { type: 'string' }, out: { type: 'string' }, folds: { type: 'string', default: '5' } },
});
const [folder] = positionals;
if (!folder) throw new Error('Which folder? It holds train.jsonl in the shape of SROIE.');
train(readSamples(join(folder, 'train.jsonl'), values.read), Number(values.folds));

/** Fits all weights, and calibrates them on shops left out of the fit. */
function train(samples: readonly Sample[], folds: number): void {
  const judged: Judged[] = [];
  for (let fold = 0; fold < folds; fold++) {
    const isLeftOut = (sample: Sample) => foldOf(sample.shop, folds) === fold;
    const model = loadModel(fitModel(samples.filter((sample) => !isLeftOut(sample))));
    for (const sample of samples.filter(isLeftOut)) {
      const page = {
        lines: sample.page.rows.flatMap(({ lines }) => lines),
        width: 0,
        height: 0,
        turn: 0 as const,
      };
      judged.push(judge(sample, extractWith(model, page, trainLocale)));
    }
  }
  tell(judged);
  const stored: StoredModel = {
    ...fitModel(samples),
    ...calibrateOn(judged.filter(({ sample }) => sample.source === 'read')),
  };
  const out = values.out ?? new URL('../weights/extract.json', import.meta.url);
  writeFileSync(out, `${JSON.stringify(stored)}\n`);
}

type Judged = { sample: Sample; reading: Reading; right: Record<CalibratedField, boolean> };

function judge(sample: Sample, reading: Reading): Judged {
  const { key } = sample;
  return {
    sample,
    reading,
    right: {
      merchant: lettersOf(reading.merchant?.value ?? '') === lettersOf(key.company),
      address: lettersOf(reading.address?.value ?? '') === lettersOf(key.address),
      date: reading.date?.value === dateOf(sample),
      total: reading.totalMinor?.value === totalOf(sample),
    },
  };
}

function calibrateOn(judged: readonly Judged[]): Pick<StoredModel, 'calibration' | 'reading'> {
  const fields = { merchant: 'merchant', address: 'address', date: 'date', total: 'totalMinor' } as const;
  const lineOf = (name: CalibratedField) => {
    const rows = judged.flatMap(({ reading, right }) => {
      const field = reading[fields[name]];
      return field ? [{ facts: [1, logOdds(field.confidence)], right: right[name] }] : [];
    });
    const [offset, slope] = fitLogistic(rows, 0.5);
    return { slope: slope!, offset: offset! };
  };
  const calibration = {
    merchant: lineOf('merchant'),
    address: lineOf('address'),
    date: lineOf('date'),
    total: lineOf('total'),
  };
  const rows = judged.map(({ sample, reading, right }) => ({
    facts: describeReading(recalibrated(reading, calibration), printedAmounts(sample.page)),
    right: right.total && right.date,
  }));
  return { calibration, reading: fitLogistic(rows, 1) };
}

// The weights of a whole reading are learned on field confidences as they will be in production.
function recalibrated(reading: Reading, { date, total }: StoredModel['calibration']): Reading {
  return {
    ...reading,
    date: reading.date && { ...reading.date, confidence: calibrate(reading.date.confidence, date) },
    totalMinor: reading.totalMinor && {
      ...reading.totalMinor,
      confidence: calibrate(reading.totalMinor.confidence, total),
    },
  };
}

function tell(judged: readonly Judged[]): void {
  for (const source of ['true', 'read'] as const) {
    const of = judged.filter(({ sample }) => sample.source === source);
    const share = (name: CalibratedField) =>
      ((100 * of.filter(({ right }) => right[name]).length) / of.length).toFixed(1);
    const fields = ['merchant', 'date', 'address', 'total'] as const;
    process.stderr.write(
      `unseen shops, ${source} lines: ${fields.map((name) => `${name} ${share(name)}`).join(', ')} (${of.length})\n`,
    );
  }
}

// The same shop is always in the same fold.
function foldOf(shop: string, folds: number): number {
  let hash = 7;
  for (const letter of shop) hash = (hash * 31 + letter.charCodeAt(0)) >>> 0;
  return hash % folds;
}
