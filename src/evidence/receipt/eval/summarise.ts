import { engineName } from '../extract.ts';
import { confidenceMin } from '../judge.ts';
import type { TruthFolder } from './read-truth.ts';
import type { Measured, Measurement } from './run-eval.ts';
import { fieldNames, type FieldName, type FieldScore } from './score-fields.ts';

type Share = { right: number; of: number; share: number | null };
type FieldSummary = Record<FieldName, { strict: number; letters: number }> & {
  receipts: number;
  meanStrict: number;
  meanLetters: number;
};

/** What `mitra eval ocr` tells of a folder. Shares are 0..1; null where nothing could be measured. */
export type Summary = ReturnType<typeof summarise>;

export function summarise(labelled: TruthFolder, pictures: Measurement, trueText: readonly Measured[]) {
  const { measured, skipped, wallS, cpuS } = pictures;
  return {
    engine: engineName,
    folder: labelled.folder,
    shape: labelled.shape,
    locale: labelled.locale,
    measured: measured.length,
    skipped,
    text: summariseText(measured),
    ...summariseContent(measured),
    cost: {
      secondsPerPicture: round(wallS / measured.length),
      secondsMedian: round(
        measured.map(({ seconds }) => seconds).sort((a, b) => a - b)[measured.length >> 1] ?? 0,
      ),
      cpuSecondsPerPicture: round(cpuS / measured.length),
      peakRssMb: Math.round(process.resourceUsage().maxRSS / 1024),
    },
    worst: tellWorst(measured),
    fromTrueText: trueText.length > 0 ? summariseContent(trueText) : null,
  };
}

function summariseContent(measured: readonly Measured[]) {
  const fieldsOf = (of: readonly Measured[], pick: (one: Measured) => FieldScore | null) =>
    summariseFields(of.map(pick).filter((score) => score !== null));
  const unseen = measured.filter(({ isUnseenShop }) => isUnseenShop);
  return {
    fields: fieldsOf(measured, ({ fields }) => fields),
    fieldsUnseenShops: fieldsOf(unseen, ({ fields }) => fields),
    fieldsWithKnownMerchants: fieldsOf(measured, ({ knownFields }) => knownFields),
    fieldsWithKnownMerchantsUnseenShops: fieldsOf(unseen, ({ knownFields }) => knownFields),
    date: shareOf(
      measured.filter(({ truth }) => truth.date !== null),
      ({ truth, reading }) => reading.date?.value === truth.date,
    ),
    total: shareOf(
      measured.filter(({ truth }) => truth.totalMinor !== null),
      isTotalRight,
    ),
    items: summariseItems(measured),
    approval: summariseApproval(measured),
    calibration: calibrationOf(measured),
  };
}

function summariseText(measured: readonly Measured[]) {
  const sum = (pick: (one: Measured['text']) => number) =>
    measured.reduce((total, { text }) => total + pick(text), 0);
  const right = sum(({ wordsRight }) => wordsRight);
  const [precision, recall] = [right / sum(({ wordsRead }) => wordsRead), right / sum(({ words }) => words)];
  const boxes = sum(({ boxes }) => boxes);
  return {
    wordPrecision: round(precision),
    wordRecall: round(recall),
    wordF1: round((2 * precision * recall) / (precision + recall)),
    numbersRecalled: round(sum(({ numbersRight }) => numbersRight) / sum(({ numbers }) => numbers)),
    characterError:
      boxes > 0 ? round(sum(({ letterChanges }) => letterChanges) / sum(({ letters }) => letters)) : null,
    boxesRight: boxes > 0 ? round(sum(({ boxesRight }) => boxesRight) / boxes) : null,
  };
}

function summariseFields(scores: readonly FieldScore[]): FieldSummary | null {
  if (scores.length === 0) return null;
  const share = (name: FieldName, how: 'strict' | 'letters') =>
    round(scores.filter((score) => score[name][how]).length / scores.length);
  const each = Object.fromEntries(
    fieldNames.map((name) => [name, { strict: share(name, 'strict'), letters: share(name, 'letters') }]),
  );
  const mean = (how: 'strict' | 'letters') =>
    round(fieldNames.reduce((sum, name) => sum + share(name, how), 0) / fieldNames.length);
  return {
    receipts: scores.length,
    ...(each as Record<FieldName, { strict: number; letters: number }>),
    meanStrict: mean('strict'),
    meanLetters: mean('letters'),
  };
}

// SROIE labels no goods, and what our own reading of its texts says would be no truth.
function summariseItems(measured: readonly Measured[]) {
  const scores = measured.flatMap(({ items }) => items ?? []);
  if (scores.length === 0) return null;
  const sum = (pick: (score: (typeof scores)[number]) => number) =>
    scores.reduce((total, score) => total + pick(score), 0);
  const [wanted, read, right] = [
    sum((score) => score.wanted),
    sum((score) => score.read),
    sum((score) => score.right),
  ];
  const [precision, recall] = [right / read, right / wanted];
  const pricesFound = round(sum((score) => score.pricesFound) / wanted);
  return {
    wanted,
    read,
    right,
    precision: round(precision),
    recall: round(recall),
    f1: round((2 * precision * recall) / (precision + recall)),
    pricesFound,
  };
}

/** What needs no person: date and total read, no sum broken, sure enough. The checks of `judge` that look at the paper alone. */
function isApproved({ reading }: Measured): boolean {
  const isRead = reading.date !== null && reading.totalMinor !== null;
  return isRead && reading.confidence >= confidenceMin && reading.arithmetic.every(({ ok }) => ok !== false);
}

function summariseApproval(measured: readonly Measured[]) {
  const judged = measured.filter(({ truth }) => truth.totalMinor !== null);
  const approved = judged.filter(isApproved);
  const wrong = approved.filter((one) => !isTotalRight(one));
  return {
    confidenceMin,
    approved: approved.length,
    share: judged.length > 0 ? round(approved.length / judged.length) : null,
    wrongTotals: wrong.length,
    wrongTotalShare: approved.length > 0 ? round(wrong.length / approved.length) : null,
    wrongIds: wrong.map(({ truth }) => truth.id),
  };
}

const isTotalRight = ({ truth, reading }: Measured): boolean =>
  reading.totalMinor?.value === truth.totalMinor;

/** How sure the fields say they are, beside how often they are right. */
function calibrationOf(measured: readonly Measured[]) {
  const tell = (of: readonly { confidence: number; isRight: boolean }[]) =>
    of.length === 0
      ? null
      : {
          confidence: round(meanOf(of.map(({ confidence }) => confidence))),
          right: round(of.filter(({ isRight }) => isRight).length / of.length),
        };
  return {
    date: tell(
      measured.flatMap(({ reading, truth }) =>
        reading.date && truth.date
          ? [{ confidence: reading.date.confidence, isRight: reading.date.value === truth.date }]
          : [],
      ),
    ),
    total: tell(
      measured.flatMap((one) =>
        one.reading.totalMinor && one.truth.totalMinor !== null
          ? [{ confidence: one.reading.totalMinor.confidence, isRight: isTotalRight(one) }]
          : [],
      ),
    ),
  };
}

const worstMax = 10;
function tellWorst(measured: readonly Measured[]) {
  const recall = ({ text }: Measured) => text.wordsRight / Math.max(text.words, 1);
  const wrong = (name: FieldName) =>
    measured.flatMap(({ truth, fields }) =>
      fields && !fields[name].letters
        ? [{ id: truth.id, read: fields[name].read, wanted: fields[name].wanted }]
        : [],
    );
  const ids = (of: readonly Measured[]) => of.map(({ truth }) => truth.id);
  return {
    text: measured
      .toSorted((a, b) => recall(a) - recall(b))
      .slice(0, worstMax)
      .map((one) => ({ id: one.truth.id, wordRecall: round(recall(one)) })),
    fields: Object.fromEntries(fieldNames.map((name) => [name, wrong(name).slice(0, worstMax)])),
    wrongDates: ids(
      measured.filter(({ truth, reading }) => truth.date !== null && reading.date?.value !== truth.date),
    ),
    wrongTotals: measured
      .filter((one) => one.truth.totalMinor !== null && !isTotalRight(one))
      .map(({ truth, reading }) => ({
        id: truth.id,
        readMinor: reading.totalMinor?.value ?? null,
        wantedMinor: truth.totalMinor,
      })),
    items: measured
      .flatMap(({ truth, items }) =>
        items && items.right < items.wanted ? [{ id: truth.id, ...items }] : [],
      )
      .sort((a, b) => b.wanted - b.right - (a.wanted - a.right))
      .slice(0, worstMax),
    slowest: measured
      .toSorted((a, b) => b.seconds - a.seconds)
      .slice(0, 3)
      .map(({ truth, seconds }) => ({ id: truth.id, seconds: round(seconds) })),
  };
}

function shareOf<T>(of: readonly T[], isRight: (one: T) => boolean): Share {
  const right = of.filter(isRight).length;
  return { right, of: of.length, share: of.length > 0 ? round(right / of.length) : null };
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const round = (value: number): number => (Number.isFinite(value) ? Math.round(value * 10_000) / 10_000 : 0);
