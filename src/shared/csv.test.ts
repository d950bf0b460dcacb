import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { parseCsv } from './csv.ts';

test.each([
  [
    'commas',
    'a,b\n1,2\n',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  [
    'semicolons of a spreadsheet, and its byte order mark',
    '\uFEFFa;b\r\n1,5;2\r\n',
    [
      ['a', 'b'],
      ['1,5', '2'],
    ],
  ],
  [
    'tabs',
    'a\tb\n1\t\n',
    [
      ['a', 'b'],
      ['1', ''],
    ],
  ],
  [
    'quotes, marks and line breaks in them',
    'a,b\n"x ""y"", z","1\n2" \n',
    [
      ['a', 'b'],
      ['x "y", z', '1\n2'],
    ],
  ],
  [
    'blanks and empty lines',
    ' a , b \n\n  \n 1 ,2',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
])('reads %s', (_name, text, cells) => {
  expect(parseCsv(text).map((row) => row.cells)).toEqual(cells);
});

test('a row knows the line on which it begins', () => {
  expect(parseCsv('a,b\n"1\n1",2\n\n3,4').map(({ line }) => line)).toEqual([1, 2, 5]);
});

test('what is written is read again, whatever is in it', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', ' ', '"', ',', '\n', 'é', ';') });
  const write = (text: string) => `"${text.replaceAll('"', '""')}"`;
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (rows) => {
      const kept = rows.filter((row) => row.some((each) => each !== ''));
      const text = ['a,b', ...rows.map((row) => row.map(write).join(','))].join('\n');
      expect(
        parseCsv(text)
          .slice(1)
          .map((row) => row.cells),
      ).toEqual(kept);
    }),
  );
});
