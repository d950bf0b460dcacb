import { localeOf } from '../../texts/say.ts';
import type { Facts, Reader, TextKey } from '../language.tsx';

/** One thing that a manager often asks for: how it is written, and the sentence that says it. */
type Phrase = { key: TextKey; pattern: RegExp; facts: (figure: number, currency: string) => Facts };

const atLeast = (field: string) => new RegExp(`^${field.replace('.', '\\.')} >= (\\d+)$`);
const money = (minor: number, currency: string) => ({ amount: { minor, currency } });

const phrases: Phrase[] = [
  { key: 'admin.if.amount', pattern: atLeast('eligible.amountMinor'), facts: money },
  { key: 'admin.if.total', pattern: atLeast('activity.totalMinor'), facts: money },
  { key: 'admin.if.lines', pattern: atLeast('eligible.count'), facts: (count) => ({ count }) },
  {
    key: 'admin.if.pieces',
    pattern: atLeast('eligible.quantityMilli'),
    facts: (milli) => ({ count: milli / 1000 }),
  },
  { key: 'admin.if.weekday', pattern: /^activity\.weekday <= (5)$/, facts: () => ({}) },
  { key: 'admin.if.weekend', pattern: /^activity\.weekday >= (6)$/, facts: () => ({}) },
  { key: 'admin.if.hour-from', pattern: atLeast('activity.hour'), facts: (hour) => ({ hour }) },
  { key: 'admin.if.hour-to', pattern: /^activity\.hour < (\d+)$/, facts: (hour) => ({ hour }) },
];

/** Conditions that one can begin with, written as the phrases above read them. */
export const conditionStarts: { key: TextKey; text: string }[] = [
  { key: 'admin.if.start.amount', text: 'eligible.amountMinor >= 4000' },
  { key: 'admin.if.start.pieces', text: 'eligible.quantityMilli >= 5000' },
  { key: 'admin.if.start.lines', text: 'eligible.count >= 3' },
  { key: 'admin.if.start.weekend', text: 'activity.weekday >= 6' },
  { key: 'admin.if.start.hours', text: 'activity.hour >= 9 && activity.hour < 12' },
];

/**
 * A condition in words, as far as its parts are among the phrases; what is not is given as it is written. An amount is in
 * `currency`, for it names none.
 */
export function readCondition(condition: string, currency: string, reader: Reader): string {
  // Parts of an "or" belong together, and so do those within parentheses.
  const parts = /[|?()]/.test(condition) ? [condition] : condition.split('&&');
  const read = parts.map((part) => readPart(part.trim().replaceAll(/\s+/g, ' '), currency, reader));
  return new Intl.ListFormat(localeOf(reader.language), { type: 'conjunction' }).format(read);
}

function readPart(part: string, currency: string, { say }: Reader): string {
  for (const { key, pattern, facts } of phrases) {
    const figure = pattern.exec(part)?.[1];
    if (figure !== undefined) return say(key, facts(Number(figure), currency));
  }
  return `“${part}”`;
}
