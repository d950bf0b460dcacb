import { localeOf, type Language } from '../../texts/say.ts';
import type { Measure } from '../rules/document.ts';
import { and, measureName, moneyOf, or, percentOf, unitsOf, type Reading } from '../rules/reading.ts';
import { isCounted, readComparisons, type Comparison } from './read-condition.ts';
import type { Counter, DiscountDocument, SegmentDocument, ShownDocument, TiersDocument } from './shape.ts';

export type Told = Reading;

/** Tiers, a discount or a segment in plain words: a sentence that says it, and one for each thing that is besides. */
export function readProgress(document: ShownDocument, told: Told): string[] {
  if (document.kind === 'tiers') return tiersIn(document, told);
  return document.kind === 'discount' ? discountIn(document, told) : segmentIn(document, told);
}

function tiersIn({ kinds, counts, tiers, window, lasts, downgrade, noticeDays }: TiersDocument, told: Told) {
  const { say, name, span, language } = told.reader;
  const steps = tiers.map(({ title, code, from = 0, keep }) => {
    const tier = title[language] ?? title['en'] ?? code;
    if (from === 0) return say('admin.tiers.reads.first', { tier });
    const amount = amountIn(counts, from, told);
    return keep === undefined
      ? say('admin.tiers.reads.from', { tier, amount })
      : say('admin.tiers.reads.keep', { tier, amount, keep: amountIn(counts, keep, told) });
  });
  const period = span(window.last ?? window.every ?? 'P12M');
  const time = name('admin.tiers.reads.in', window.kind, { period });
  return [
    say('admin.document.reads.steps', { steps: steps.join('; ') }),
    say('admin.document.reads.counted', {
      what: measureName({ ...counts, kinds: counts.kinds ?? kinds }, told),
      time,
    }),
    safeIn(lasts, told),
    name('admin.tiers.reads', downgrade),
    ...(noticeDays === undefined ? [] : [say('admin.tiers.reads.notice', { count: noticeDays })]),
  ];
}

function safeIn({ for: time, endOf, until, kind, every = '' }: TiersDocument['lasts'], told: Told): string {
  const { say, name, span, language } = told.reader;
  if (kind !== undefined) return name('admin.tiers.reads.safe', kind, { period: span(every) });
  if (until !== undefined) return say('admin.tiers.reads.safe.until', { day: dayOfYear(until, language) });
  return name('admin.tiers.reads.safe', endOf ?? 'for', { period: span(time ?? '') });
}

// A leap year, so that every day is one.
function dayOfYear(until: string, language: Language): string {
  const day = new Date(`2020-${until}T00:00:00Z`);
  if (Number.isNaN(day.getTime())) return until;
  return new Intl.DateTimeFormat(localeOf(language), {
    day: 'numeric',
    month: 'long',
    timeZone: 'UTC',
  }).format(day);
}

function discountIn(
  { for: who, kinds, counts, window, table, mode }: DiscountDocument,
  told: Told,
): string[] {
  const { say, name, span } = told.reader;
  const rows = table.map(({ from = 0, percent = 0 }) => {
    const share = percentOf(percent, told);
    return say('admin.discounts.reads.row', { share, amount: amountIn(counts, from, told) });
  });
  const kindsPaid = (mode.kinds ?? []).map((kind) => told.called('kinds', kind));
  return [
    say('admin.discounts.reads', { who: name('admin.discounts.for', who), rows: rows.join('; ') }),
    say('admin.document.reads.counted', {
      what: measureName({ ...counts, kinds: counts.kinds ?? kinds }, told),
      time: say('admin.tiers.reads.in.rolling', { period: span(window) }),
    }),
    mode.kind === 'bonus'
      ? say('admin.discounts.reads.bonus', {
          kinds: and(told, kindsPaid),
          asset: name('admin.asset', mode.asset ?? ''),
          amount: moneyOf(mode.unitMinor ?? 0, counts.currency ?? told.currency, told),
        })
      : say('admin.discounts.reads.discount'),
  ];
}

function segmentIn({ counters, condition }: SegmentDocument, told: Told): string[] {
  const { say } = told.reader;
  const read = readComparisons(condition);
  if (!read) return [say('admin.segments.reads.text', { condition })];
  const parts = read.parts.map((part) => comparisonIn(part, counters, told));
  const list = read.join === '&&' ? and(told, parts) : or(told, parts);
  return [say('admin.segments.reads', { list })];
}

function comparisonIn(
  { subject, is, value }: Comparison,
  counters: Record<string, Counter>,
  told: Told,
): string {
  const { name } = told.reader;
  const what = subjectIn(subject, counters, told);
  const counter = counters[subject.slice('counted.'.length)];
  const amount = isCounted(subject)
    ? amountIn(counter?.counts ?? { of: '' }, Number(value), told)
    : wordIn(subject, value, told);
  return name('admin.segments.reads.is', comparisonNames[is]!, { what, amount });
}

/** How comparisons are called in the texts. */
export const comparisonNames: Record<string, string> = {
  '>=': 'at-least',
  '<=': 'at-most',
  '>': 'more',
  '<': 'less',
  '==': 'equal',
  '!=': 'not',
};

/** What is compared: "number of activities (Visit) in the last 30 days", or a trait such as the tier. */
export function subjectIn(subject: string, counters: Record<string, Counter>, told: Told): string {
  const { say, name, span } = told.reader;
  const [of = '', field = ''] = subject.split('.');
  if (of === 'participant') return name('admin.segments.trait', field);
  const counter = counters[field];
  if (!counter) return subject;
  const time = say('admin.tiers.reads.in.rolling', { period: span(counter.last) });
  const what = measureName({ ...counter.counts, kinds: counter.kinds }, told);
  return say('admin.segments.reads.counter', { what, time });
}

/** The word that a trait is compared with, as people call it. */
function wordIn(subject: string, value: string, { called, reader }: Told): string {
  if (subject === 'participant.tier') return called('tiers', value);
  if (subject === 'participant.kind') return reader.name('admin.participant-kind', value);
  return `“${value}”`;
}

/** An amount of what is counted, in words: "10 pieces". */
function amountIn({ of, currency, asset = '' }: Measure, amount: number, told: Told): string {
  const { say, number } = told.reader;
  if (of === 'amount' || of === 'total') return moneyOf(amount, currency, told);
  if (of === 'earned') return unitsOf(amount, asset, told);
  if (of === 'quantity') return say('measure.quantity', { count: amount / 1000 });
  return inWords.includes(of as never)
    ? say(`measure.${of as (typeof inWords)[number]}`, { count: amount })
    : number(amount);
}

const inWords = ['activities', 'outlets', 'skus'] as const;

/** What stands behind a figure of a measure where it is typed. */
export function unitOf({ of, currency, asset = '' }: Measure, { reader }: Told): string | undefined {
  return of === 'earned' ? reader.name('admin.asset', asset) : currency;
}
