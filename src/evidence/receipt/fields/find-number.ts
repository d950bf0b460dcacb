import type { Field } from '../reading.ts';
import { quadOfPart, type Layout, type PageRow } from './lay-out-page.ts';

// What the number of a receipt is called, the surest first. The blank or mark behind keeps BON out of BONUS.
const names: readonly [RegExp, number][] = [
  [
    /(?:INVOICE|INVOLCE|INV|RECEIPT|RECIEPT|RCPT|RESIT|BILL|DOC(?:UMENT)?|NOTA|STRUK|FAKTUR|PARAGON|ЧЕК|CB)/iu,
    0.9,
  ],
  [/(?:BON|SLIP|CHECK|CHK|TRANS(?:ACTION)?|TRX|TXN|TICKET|CASH SALES?|SN|ORD(?:ER)?|TOKEN)/iu, 0.7],
  [/(?:REF(?:ERENCE)?|NO|NR|NUMER|№)/iu, 0.4],
];
const number = String.raw`[\s.:#№=-]*(?:(?:NO|N0|NUMBER|NUM|NR|ID)(?![\p{L}\d])[\s.:#№=-]*)*(?<value>[\p{L}\d][\p{L}\d/_.-]*(?:\s?[/-]\s?[\p{L}\d]+)*)`;
const patterns = names.map(([name, confidence]) => ({
  pattern: new RegExp(String.raw`(?<![\p{L}])(?:${name.source})(?![\p{L}\d])${number}`, 'giu'),
  confidence,
}));

/** The number of the receipt: what is printed behind a word such as INVOICE NO, BILL # or NOTA. */
export function findNumber(page: Layout): Field<string> | null {
  let best: Field<string> | null = null;
  for (const row of page.rows) {
    for (const { pattern, confidence } of patterns) {
      if (best && best.confidence >= confidence) break;
      best = numberIn(row, pattern, confidence) ?? best;
    }
  }
  return best;
}

function numberIn(row: PageRow, pattern: RegExp, confidence: number): Field<string> | null {
  if (row.labels.has('phone') || row.labels.has('register')) return null;
  for (const match of row.text.matchAll(pattern)) {
    const value = match.groups!['value']!.replace(/[.\-/]+$/, '');
    const start = match.index + match[0].lastIndexOf(match.groups!['value']!);
    const end = start + value.length;
    const isMoment = [...row.dates, ...row.times].some((moment) => moment.start < end && start < moment.end);
    if (isMoment || (value.match(/\d/g)?.length ?? 0) < 2) continue;
    return { value: value.replace(/\s/g, ''), confidence, text: value, quad: quadOfPart(row, start, end) };
  }
  return null;
}
