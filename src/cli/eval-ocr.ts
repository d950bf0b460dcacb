import { existsSync, statSync } from 'node:fs';
import { measurePictures, measureTrueText } from '../evidence/receipt/eval/run-eval.ts';
import { readTruth } from '../evidence/receipt/eval/read-truth.ts';
import { summarise, type Summary } from '../evidence/receipt/eval/summarise.ts';
import { createPool } from '../evidence/receipt/pool.ts';
import { isCurrency } from '../shared/money.ts';
import { printJson, readArgs, say, UsageProblem } from './command.ts';

export const summary = 'measure the reading of receipts on a labelled folder';
export const usage = `npx mitra eval ocr FOLDER [--json] [--limit N] [--labels FILE] [--currency CODE] [--date-order dmy|mdy|ymd]

FOLDER holds pictures and a file of labels, one JSON object a line, in the shape of SROIE (key, lines, image) or of the
Indonesian set (words with labels, photo). Without --labels it is dev.jsonl, else any other than train.jsonl. With a
train.jsonl beside it, shops that do not occur there are told apart, and so is what knowing the others' names gives.

  --json         one JSON document on standard output
  --limit N      the first N receipts only
  --labels FILE  the file of labels in FOLDER
  --currency, --date-order   what is known of the place beforehand; by shape MYR or IDR, and dmy`;

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = readArgs(
    args,
    {
      json: { type: 'boolean', default: false },
      limit: { type: 'string' },
      labels: { type: 'string' },
      currency: { type: 'string' },
      'date-order': { type: 'string' },
    },
    ['FOLDER'],
  );
  const labelled = findTruth(positionals, values);
  const limit = readLimit(values.limit);
  const pool = createPool({ workers: 1 });
  try {
    const pictures = await measurePictures(labelled, pool, limit);
    if (pictures.measured.length === 0) {
      process.stderr.write(
        `Not one receipt of ${labelled.folder} could be measured: ${pictures.skipped[0]?.reason ?? 'it has none'}.\n`,
      );
      return 1;
    }
    const told = summarise(labelled, pictures, measureTrueText(labelled, limit));
    if (values.json) printJson(told);
    else tellTable(told);
    return 0;
  } finally {
    await pool.close();
  }
}

type Values = {
  labels?: string | undefined;
  currency?: string | undefined;
  'date-order'?: string | undefined;
};

function findTruth([folder]: string[], values: Values) {
  if (!folder) throw new UsageProblem('Which folder?');
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new UsageProblem(`There is no folder ${folder}.`);
  const { labels, currency, 'date-order': dateOrder } = values;
  if (currency !== undefined && !isCurrency(currency))
    throw new UsageProblem(`There is no currency ${currency}.`);
  if (dateOrder !== undefined && dateOrder !== 'dmy' && dateOrder !== 'mdy' && dateOrder !== 'ymd')
    throw new UsageProblem(`--date-order is dmy, mdy or ymd, not ${dateOrder}.`);
  const labelled = readTruth(folder, labels, {
    ...(currency ? { currency } : {}),
    ...(dateOrder ? { dateOrder } : {}),
  });
  if (!labelled) throw new UsageProblem(`${folder} holds no ${labels ?? 'file of labels (*.jsonl)'}.`);
  return labelled;
}

function readLimit(text: string | undefined): number {
  if (text === undefined) return Infinity;
  if (!/^[1-9]\d*$/.test(text)) throw new UsageProblem(`--limit takes a number from 1, not ${text}.`);
  return Number(text);
}

const percent = (share: number | null): string => (share === null ? '-' : `${(100 * share).toFixed(1)} %`);

function tellTable(told: Summary): void {
  const { text, cost, skipped } = told;
  say(
    `${told.measured} receipts of ${told.folder} (${told.shape}), ${skipped.length} not measured, engine ${told.engine}\n`,
  );
  say(
    `words        F1 ${percent(text.wordF1)}, precision ${percent(text.wordPrecision)}, recall ${percent(text.wordRecall)}`,
  );
  say(`numbers      ${percent(text.numbersRecalled)} recalled`);
  if (text.characterError !== null)
    say(
      `characters   ${percent(text.characterError)} wrong inside true boxes, ${percent(text.boxesRight)} of the boxes right`,
    );
  tellContent(told);
  say(
    `cost         ${cost.secondsPerPicture.toFixed(2)} s and ${cost.cpuSecondsPerPicture.toFixed(2)} CPU s a picture, ${cost.peakRssMb} MB at most`,
  );
  if (told.fromTrueText) {
    say('\nfrom the true texts');
    tellContent(told.fromTrueText);
  }
  for (const { id, readMinor, wantedMinor } of told.worst.wrongTotals)
    say(`wrong total  ${id}: read ${readMinor ?? 'nothing'}, printed ${wantedMinor} (minor units)`);
  if (told.worst.wrongDates.length > 0) say(`wrong dates  ${told.worst.wrongDates.join(', ')}`);
  for (const { id, reason } of skipped) say(`not measured ${id}: ${reason}`);
}

function tellContent(told: Summary | NonNullable<Summary['fromTrueText']>): void {
  const rows = [
    ['fields', told.fields],
    ['  unseen', told.fieldsUnseenShops],
    ['  known', told.fieldsWithKnownMerchants],
    ['  both', told.fieldsWithKnownMerchantsUnseenShops],
  ] as const;
  for (const [name, fields] of rows) {
    if (!fields) continue;
    const each = (['company', 'date', 'address', 'total'] as const).map(
      (field) => `${field} ${percent(fields[field].strict)} / ${percent(fields[field].letters)}`,
    );
    say(
      `${name.padEnd(12)} ${each.join(', ')}; mean ${percent(fields.meanStrict)} / ${percent(fields.meanLetters)} (${fields.receipts} receipts, strict / letters)`,
    );
  }
  say(
    `date, total  ${percent(told.date.share)} of ${told.date.of}, ${percent(told.total.share)} of ${told.total.of}`,
  );
  if (told.items)
    say(
      `items        F1 ${percent(told.items.f1)}, precision ${percent(told.items.precision)}, recall ${percent(told.items.recall)}, prices found ${percent(told.items.pricesFound)} of ${told.items.wanted}`,
    );
  else say('items        not measured: the labels name none');
  const { approval } = told;
  say(
    `approval     ${percent(approval.share)} without a person, ${approval.wrongTotals} wrong totals among ${approval.approved} (${percent(approval.wrongTotalShare)})`,
  );
}
