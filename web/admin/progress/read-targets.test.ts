import { expect, test } from 'vitest';
import { readTargets } from './read-targets.ts';

test('a table out of a spreadsheet is read, heading and all', () => {
  const text =
    'code\tfrom\ttarget\twhy\nivan\t2026-12-01\t180,5\ta small town\n\nsari\t2026-12-01\t450\tmore than last year\n';
  expect(readTargets(text, 2)).toEqual({
    rows: [
      { owner: 'ivan', startsOn: '2026-12-01', value: 18_050, reason: 'a small town' },
      { owner: 'sari', startsOn: '2026-12-01', value: 45_000, reason: 'more than last year' },
    ],
    wrong: [],
  });
});

test('rows between commas or semicolons may have commas in their reason', () => {
  expect(readTargets('budi;2026-12-01;12;new, and far away', 3).rows).toMatchObject([
    { value: 12_000, reason: 'new, and far away' },
  ]);
  expect(readTargets('budi,2026-12-01,12,"new, and far"', 0).rows).toMatchObject([
    { reason: 'new, and far' },
  ]);
});

test.each([
  ['a day that is none', 'sari;1.12.2026;10;x'],
  ['no reason', 'sari;2026-12-01;10;'],
  ['more digits than there are', 'sari;2026-12-01;10.5;x'],
  ['nothing to reach', 'sari;2026-12-01;0;x'],
])('%s is told by its row', (_what, line) => {
  expect(readTargets(`code;from;target;why\n${line}`, 0)).toEqual({ rows: [], wrong: [2] });
});
