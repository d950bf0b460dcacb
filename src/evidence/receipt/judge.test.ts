import { describe, expect, test } from 'vitest';

import type { EvidenceId, OutletId, ProductId } from '../../shared/id.ts';
import { judge, type Duplicate, type JudgeContext } from './judge.ts';
import type { Field, Reading } from './reading.ts';

const outlet = { outlet: 'toko-maju' as OutletId, name: 'Toko Maju', score: 0.9, how: 'sender' as const };
const milo = { id: 'milo' as ProductId, sku: 'NF-1003', name: 'Milo', aliases: [], listPriceMinor: 1365 };

function field<T>(value: T): Field<T> {
  return { value, confidence: 1, text: String(value), quad: null };
}

/** Sari's receipt from Toko Maju: one pack of Milo in launch month, read well. */
function reading(changes: Partial<Reading> = {}): Reading {
  return {
    engine: 'test',
    turn: 0,
    width: 400,
    height: 900,
    lines: Array.from({ length: 9 }, (_, i) => ({
      text: `line ${i}`,
      quad: [0, i, 1, i, 1, i + 1, 0, i + 1],
      confidence: 1,
    })),
    merchant: field('TOKO MAJU'),
    address: null,
    date: field('2017-05-05'),
    time: field('14:49'),
    number: field('18023'),
    currency: field('MYR'),
    subtotalMinor: null,
    taxMinor: null,
    totalMinor: field(1365),
    items: [
      { text: 'MILO', quantity: 1, unitPriceMinor: null, amountMinor: 1365, confidence: 1, quad: null },
    ],
    arithmetic: [{ code: 'items-to-total', expectedMinor: 1365, foundMinor: 1365, ok: true }],
    confidence: 0.97,
    ...changes,
  };
}

function context(changes: Partial<JudgeContext> = {}): JudgeContext {
  return {
    programme: { startsOn: '2017-05-01', endsOn: '2018-12-31', currency: 'MYR', totalMinorMax: 100_000 },
    outlet,
    items: [{ item: 0, product: milo.id, score: 1 }],
    products: [milo],
    duplicate: null,
    reviewed: false,
    ...changes,
  };
}

const failedIn = (read: Reading, given = context()) => {
  const { verdict, checks } = judge(read, given);
  return [verdict, ...checks.filter((check) => !check.ok).map((check) => check.code)];
};
const nothing = [{ item: 0, product: null, score: 0.1 }];
const duplicate = (how: Duplicate['how'], bySameSender: boolean) => ({
  evidence: 'e1' as EvidenceId,
  how,
  bySameSender,
});
const broken = [{ code: 'items-to-total' as const, expectedMinor: 1365, foundMinor: 1000, ok: false }];

test('A5: a clean receipt passes with no human', () => {
  expect(failedIn(reading())).toEqual(['verified']);
});

describe('A5: rejected with a named reason', () => {
  test.each<[string, Reading, JudgeContext]>([
    ['programme-dates', reading({ date: field('2016-01-24') }), context()],
    ['known-outlet', reading(), context({ outlet: null })],
    ['eligible-line', reading(), context({ items: nothing })],
    ['same-receipt', reading(), context({ duplicate: duplicate('same', true) })],
  ])('%s', (code, read, given) => expect(failedIn(read, given)).toEqual(['rejected', code]));
});

describe('a person must decide', () => {
  test.each<[string, Reading, JudgeContext]>([
    ['total-read', reading({ totalMinor: null }), context()],
    ['date-read', reading({ date: null }), context()],
    ['currency', reading({ currency: field('IDR') }), context()],
    ['sender-outlet', reading(), context({ outlet: { ...outlet, how: 'printed' } })],
    ['arithmetic', reading({ arithmetic: broken }), context()],
    ['confidence', reading({ confidence: 0.3 }), context()],
    ['same-file', reading(), context({ duplicate: duplicate('file', false) })],
    ['same-receipt', reading(), context({ duplicate: duplicate('same', false) })],
    ['similar-receipt', reading(), context({ duplicate: duplicate('similar', true) })],
    ['plausible-amount', reading({ totalMinor: field(200_000) }), context()],
    ['plausible-amount', reading({ items: [{ ...reading().items[0]!, amountMinor: 13_650 }] }), context()],
    ['plausible-amount', reading({ items: [{ ...reading().items[0]!, quantity: 5000 }] }), context()],
  ])('%s', (code, read, given) => expect(failedIn(read, given)).toEqual(['needs-review', code]));
});

test('what an unsure reading says against a receipt goes to a person, a picture of nothing does not', () => {
  const unsure = reading({ confidence: 0.1 });
  expect(failedIn(unsure, context({ items: nothing }))).toEqual([
    'needs-review',
    'eligible-line',
    'confidence',
  ]);
  const blank = reading({ confidence: 0, lines: [], items: [], totalMinor: null, date: null });
  expect(failedIn(blank, context({ items: [], outlet: null }))[0]).toBe('rejected');
});

test('a person’s word settles how sure the reading is, and not what the programme rules out', () => {
  const unsure = reading({ confidence: 0.1, arithmetic: broken });
  expect(failedIn(unsure, context({ reviewed: true }))).toEqual(['verified']);
  const old = reading({ confidence: 0.1, date: field('2016-01-24') });
  expect(failedIn(old, context({ reviewed: true }))).toEqual(['rejected', 'programme-dates']);
});
