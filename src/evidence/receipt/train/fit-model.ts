import { dateCandidates } from '../fields/choose-date.ts';
import { totalCandidates } from '../fields/choose-total.ts';
import { findDates } from '../fields/find-dates.ts';
import { findItems } from '../fields/find-items.ts';
import type { StoredModel } from '../fields/model.ts';
import { packWeights } from '../fields/weights.ts';
import { parseMoney } from '../../../shared/money.ts';
import { normalise } from '../../../shared/text.ts';
import { fitRanker, type Choice } from './fit-ranker.ts';
import { fitTagger, type FitOptions } from './fit-tagger.ts';
import { inventReceipts } from './invent-receipts.ts';
import { trainLocale, type Sample } from './samples.ts';

// Chosen by leaving out every fourth shop of the training receipts.
const taggerOptions: FitOptions = { passes: 12, rate: 0.1, ridge: 0.003, seenMin: 2 };
const rankerOptions: FitOptions = { passes: 40, rate: 0.1, ridge: 0.01, seenMin: 2 };

const plain = { slope: 1, offset: 0 };

/** The date that a person wrote down, in ISO form. */
export const dateOf = (sample: Sample): string | null =>
  findDates(sample.key.date, trainLocale.dateOrder)[0]?.value ?? null;
export const totalOf = (sample: Sample): number | null => parseMoney(sample.key.total, trainLocale.currency);

/** Fits tagger and rankers to the samples; the probabilities they give are not calibrated yet. */
export function fitModel(samples: readonly Sample[]): StoredModel {
  const weightOf = weighShops(samples);
  const tagger = fitTagger(
    samples.map((sample) => ({ ...sample, weight: weightOf(sample) })),
    taggerOptions,
  );
  return {
    tagger: {
      words: packWeights(tagger.words),
      steps: [...tagger.steps].map((step) => Number(step.toFixed(3))),
    },
    date: packWeights(fitRanker(samples.map(toDateChoice), rankerOptions)),
    total: packWeights(fitRanker([...samples.flatMap(toTotalChoices), ...inventedChoices()], rankerOptions)),
    words: learnWords(samples).join(' '),
    calibration: { merchant: plain, address: plain, date: plain, total: plain },
    reading: [],
  };
}

// A shop with many receipts teaches little more than a shop with one.
function weighShops(samples: readonly Sample[]): (sample: Sample) => number {
  const counts = new Map<string, number>();
  for (const { shop } of samples) counts.set(shop, (counts.get(shop) ?? 0) + 1);
  return ({ shop }) => (2 / counts.get(shop)!) ** 0.5;
}

function learnWords(samples: readonly Sample[]): string[] {
  const words = new Set(samples.flatMap(({ key }) => normalise(`${key.company} ${key.address}`).split(' ')));
  return [...words].filter((word) => /^\p{L}{3,}$/u.test(word)).sort();
}

function toDateChoice(sample: Sample): Choice {
  const candidates = dateCandidates(sample.page);
  const right = dateOf(sample);
  return {
    candidates: candidates.map(({ features }) => features),
    right: candidates.map(({ value }) => value === right),
    weight: 1,
  };
}

const inventedCount = 500;
function inventedChoices(): Choice[] {
  return inventReceipts(inventedCount, 3).map(({ page, totalMinor }) => {
    const candidates = totalCandidates(page, findItems(page));
    return {
      candidates: candidates.map(({ features }) => features),
      right: candidates.map(({ minor }) => minor === totalMinor),
      weight: 1,
    };
  });
}

// Each receipt twice, with its words and without: so the meaning of words is learned for words of other shops too.
function toTotalChoices(sample: Sample): Choice[] {
  const candidates = totalCandidates(sample.page, findItems(sample.page));
  const right = candidates.map(({ minor }) => minor === totalOf(sample));
  return [
    { candidates: candidates.map(({ features, spelled }) => [...features, ...spelled]), right, weight: 1 },
    { candidates: candidates.map(({ features }) => features), right, weight: 1 },
  ];
}
