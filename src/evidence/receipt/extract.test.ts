import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { extractReading } from './extract.ts';
import type { Locale, Page, Quad } from './reading.ts';

const malaysia: Locale = { currency: 'MYR', timeZone: 'Asia/Kuala_Lumpur', dateOrder: 'dmy' };
const indonesia: Locale = { currency: 'IDR', timeZone: 'Asia/Jakarta', dateOrder: 'dmy' };
const poland: Locale = { currency: 'PLN', timeZone: 'Europe/Warsaw', dateOrder: 'dmy' };

/** A paper as the recogniser sees it: each row's parts, parted by two or more blanks, stand where a till prints them. */
function paper(...rows: string[]): Page {
  const letterPx = 12;
  const rowPx = 40;
  const lines = rows.flatMap((row, y) =>
    [...row.matchAll(/\S+(?: \S+)*/g)].map((part) => {
      const [left, right] = [40 + part.index * letterPx, 40 + (part.index + part[0].length) * letterPx];
      const [top, bottom] = [40 + y * rowPx, 40 + y * rowPx + 28];
      return {
        text: part[0],
        quad: [left, top, right, top, right, bottom, left, bottom] as Quad,
        confidence: 0.99,
      };
    }),
  );
  return { lines, width: 700, height: 80 + rows.length * rowPx, turn: 0 };
}

const goods = (page: Page, locale = malaysia) =>
  extractReading(page, locale).items.map(({ text, quantity, amountMinor }) => [text, quantity, amountMinor]);

describe('goods', () => {
  const head = [
    'KEDAI MAJU SDN BHD',
    '12 JALAN PLUMBUM',
    '40000 SHAH ALAM',
    'INVOICE NO : 18023',
    '05-05-17      02:49PM',
  ];
  const listed = (rows: string[], total: string) =>
    paper(
      ...head,
      ...rows,
      `TOTAL                              ${total}`,
      `CASH                               ${total}`,
    );

  test('name and amount in one row', () => {
    expect(
      goods(
        listed(
          ['MILO FUZE 3IN1                     13.65', 'CADBURY CHOCOLATE                   9.65'],
          '23.30',
        ),
      ),
    ).toEqual([
      ['MILO FUZE 3IN1', null, 1365],
      ['CADBURY CHOCOLATE', null, 965],
    ]);
  });

  test('quantity and price in a row of their own', () => {
    expect(
      goods(
        listed(
          [
            'FAB PERFECT BAR                    RM9.00',
            '  @10 X RM.90',
            'NESCAFE CLASSIC                   RM67.80',
            '  @3 X RM 22.60',
          ],
          '76.80',
        ),
      ),
    ).toEqual([
      ['FAB PERFECT BAR', 10, 900],
      ['NESCAFE CLASSIC', 3, 6780],
    ]);
  });

  test('a name of short words between quantity and price keeps all of them', () => {
    expect(
      goods(
        listed(
          [
            '4  TAU SAR PNEAH (S) 16PCS @9.00    36.00 SR',
            '2  BEH TEH SAW 8PCS @8.00           16.00 SR',
            '2  PHONG PNEAH 6PCS @9.00           18.00 SR',
          ],
          '70.00',
        ),
      ),
    ).toEqual([
      ['TAU SAR PNEAH (S) 16PCS', 4, 3600],
      ['BEH TEH SAW 8PCS', 2, 1600],
      ['PHONG PNEAH 6PCS', 2, 1800],
    ]);
  });

  test('the shop’s code in front of a name is no quantity, and a misread RM is still RM', () => {
    const found = goods(
      listed(
        ['066 MILO FUZE ORIGINAL             RN13.65 S', '086 GREENLINK BRIKET                RH8.40 S'],
        '22.05',
      ),
    );
    expect(found.map(([, quantity, amount]) => [quantity, amount])).toEqual([
      [null, 1365],
      [null, 840],
    ]);
  });

  test('a cash total rounded to five sen closes', () => {
    const { arithmetic } = extractReading(
      listed(['MARIGOLD HL MILK 1L                13.58'], '13.60'),
      malaysia,
    );
    expect(arithmetic.filter(({ ok }) => ok === false)).toEqual([]);
  });
});

describe('what the paper says', () => {
  test('a till of Malaysia: date, time, number, currency, total, and sums that close', () => {
    const reading = extractReading(
      paper(
        '99 SPEED MART S/B (519537-X)',
        'LOT P.T. 2811, JALAN ANGSA',
        '41150 KLANG, SELANGOR',
        'INVOICE NO : 18023/103/T0052',
        '02:49PM      565287      05-05-17',
        'MILO FUZE ORIGINAL               RM13.65',
        'CADBURY CHOCOLATE                 RM9.65',
        'Total Sales (Inclusive GST) RM     23.30',
        'CASH RM                            30.00',
        'CHANGE RM                           6.70',
      ),
      malaysia,
    );
    expect(reading).toMatchObject({
      date: { value: '2017-05-05' },
      time: { value: '14:49' },
      number: { value: '18023/103/T0052' },
      currency: { value: 'MYR' },
      totalMinor: { value: 2330 },
    });
    expect(reading.arithmetic.some(({ ok }) => ok === true)).toBe(true);
  });

  test('a till of Indonesia writes thousands with a point and no sen', () => {
    const reading = extractReading(
      paper(
        'MIXUE SIDAKARYA',
        'Jl. Sidakarya No. 10, Denpasar',
        '2022-09-06   18:31:08',
        'Mix Flavor                         8.000',
        'Jasmine Tea    2 x 12.500         25.000',
        'TOTAL                           Rp 33.000',
        'TUNAI                           Rp 50.000',
        'KEMBALI                         Rp 17.000',
      ),
      indonesia,
    );
    expect(reading).toMatchObject({ date: { value: '2022-09-06' }, currency: { value: 'IDR' } });
    expect(reading.totalMinor!.value).toBe(
      Number(
        new Intl.NumberFormat('en', { style: 'currency', currency: 'IDR' }).resolvedOptions()
          .maximumFractionDigits === 2
          ? 3_300_000
          : 33_000,
      ),
    );
  });

  test('a till of Poland writes a comma before the grosz', () => {
    const reading = extractReading(
      paper(
        'SKLEP ZOFIA',
        'ul. Długa 5, 00-001 Warszawa',
        'PARAGON FISKALNY',
        'MLEKO 2%       2 x 3,49           6,98A',
        'CHLEB ŻYTNI                       5,50B',
        'SUMA PLN                         12,48',
        '2018-03-21 18:05',
      ),
      poland,
    );
    expect(reading).toMatchObject({
      date: { value: '2018-03-21' },
      time: { value: '18:05' },
      totalMinor: { value: 1248 },
    });
  });

  test('a card number is masked before anybody sees it', () => {
    const reading = extractReading(paper('KEDAI MAJU', 'VISA 4111 1111 1111 1111', 'TOTAL   5.00'), malaysia);
    expect(JSON.stringify(reading)).not.toMatch(/4111 ?1111 ?1111 ?1111/);
  });
});

test('whatever the recogniser gives, there is a reading, its amounts are safe integers and its confidences shares', () => {
  const row = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      'TOTAL 12.00',
      '2 x 3.50  7.00',
      '31/12/2018',
      '99999999999999999999.99',
      '-5.00',
      'RM',
      '.',
    ),
  );
  fc.assert(
    fc.property(fc.array(row, { maxLength: 12 }), (rows) => {
      const reading = extractReading(paper(...rows), malaysia);
      for (const minor of [
        reading.totalMinor?.value,
        ...reading.items.map(({ amountMinor }) => amountMinor ?? 0),
      ])
        expect(minor === undefined || Number.isSafeInteger(minor)).toBe(true);
      expect(reading.confidence).toBeGreaterThanOrEqual(0);
      expect(reading.confidence).toBeLessThanOrEqual(1);
    }),
    { numRuns: 300 },
  );
});
