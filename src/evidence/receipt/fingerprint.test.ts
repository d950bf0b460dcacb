import { describe, expect, test } from 'vitest';

import { compareReceipts, fingerprintOf, likenessOf } from './fingerprint.ts';
import type { Field, Reading } from './reading.ts';

function field<T>(value: T): Field<T> {
  return { value, confidence: 1, text: String(value), quad: null };
}

const head = [
  '99 SPEED MART S/B',
  'LOT PT 2811 JALAN ANGSA',
  'TAMAN BERKELEY',
  '41150 KLANG SELANGOR',
  'GST ID NO 000181747712',
];
const morning = [
  'AH HUAT WHITE COFFEE 12.65',
  'MASSIMO WHEAT GERM 2.39',
  'CADBURY CHOCOLATE 9.65',
  'MILO FUZE ORIGINAL 13.65',
];
const evening = ['COLGATE TOTAL 11.90', 'DETTOL SOAP 8.45', 'JASMINE RICE 29.90', 'PLASTIC BAG 0.20'];

function receipt(goods: string[], changes: Partial<Reading> = {}): Reading {
  const lines = [...head, ...goods].map((text) => ({
    text,
    quad: [0, 0, 1, 0, 1, 1, 0, 1] as Reading['lines'][0]['quad'],
    confidence: 1,
  }));
  return {
    engine: 'test',
    turn: 0,
    width: 1,
    height: 1,
    lines,
    merchant: field('99 SPEED MART'),
    address: null,
    date: field('2017-05-05'),
    time: field('14:49'),
    number: field('18023/103/T0052'),
    currency: field('MYR'),
    subtotalMinor: null,
    taxMinor: null,
    totalMinor: field(4235),
    items: [],
    arithmetic: [],
    confidence: 1,
    ...changes,
  };
}

const print = (reading: Reading, file = 'a') => fingerprintOf(Buffer.from(file), 1n, reading);
const compared = (a: Reading, b: Reading) =>
  compareReceipts(
    { reading: a, signature: print(a).signature },
    { reading: b, signature: print(b).signature },
  );
const drawers = (a: Reading, b: Reading) =>
  print(a, 'a').keys.filter((key) => print(b, 'b').keys.includes(key) && !key.startsWith('picture:'));

describe('abuse 12: the same paper photographed again', () => {
  const faint = morning.map((line) => line.replace('AH', 'RH').replace('MILO', 'HILO'));

  test.each<[string, Reading]>([
    ['read a little differently', receipt(faint)],
    ['with the total misread', receipt(faint, { totalMinor: field(4285) })],
    ['with the date misread', receipt(faint, { date: field('2017-05-06') })],
    ['with one letter of the number misread', receipt(faint, { number: field('18023/103/10052') })],
    ['without a number', receipt(faint, { number: null })],
    ['without a time', receipt(faint, { time: null })],
  ])('%s shares a drawer and is the same', (_how, again) => {
    expect(drawers(receipt(morning), again).length).toBeGreaterThan(0);
    expect(compared(receipt(morning), again)).toBe('same');
  });
});

describe('another paper', () => {
  test('of the same shop, day and total, with other goods and number, is different', () => {
    const other = receipt(evening, { number: field('18023/104/T0977'), time: field('20:11') });
    expect(compared(receipt(morning), other)).toBe('different');
  });

  test('an equal basket later that day is different: number and time tell', () => {
    expect(
      compared(
        receipt(morning),
        receipt(morning, { number: field('18023/103/T0999'), time: field('18:02') }),
      ),
    ).toBe('different');
  });

  test('an equal basket with neither number nor time read is similar, and a person decides', () => {
    const bare = { number: null, time: null };
    expect(compared(receipt(morning, bare), receipt(morning, bare))).toBe('similar');
  });

  test('a short number such as a table’s files nothing', () => {
    const keys = print(receipt(morning, { number: field('12') })).keys.join();
    expect(keys).not.toContain('number');
  });
});

test('the signature estimates how many words two papers share', () => {
  expect(likenessOf(print(receipt(morning)).signature, print(receipt(morning)).signature)).toBe(1);
  const shared = likenessOf(print(receipt(morning)).signature, print(receipt(evening)).signature);
  expect(shared).toBeGreaterThan(0.2);
  expect(shared).toBeLessThan(0.75);
});

test('two papers with nothing on them share nothing', () => {
  const blank = receipt([], { lines: [] });
  expect(likenessOf(print(blank).signature, print(blank).signature)).toBe(0);
});
