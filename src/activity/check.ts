import { isCurrency } from '../shared/money.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import type { NewActivity, NewActivityLine } from './activity.ts';
import { isStorable } from './kinds.ts';

export const linesMax = 500;
const textLengthMax = 500;
const keyLengthMax = 200;
/** A million millions of the minor unit, and as many thousandths of a piece: beyond any receipt, far inside int8. */
const amountMinorMax = 1_000_000_000_000n;
const quantityMilliMax = 1_000_000_000_000n;
/** Clocks of phones and tills run ahead, and a shop's day begins before ours: so far ahead an event may lie. */
export const aheadMsMax = 24 * 3600 * 1000;
const earliest = new Date('2000-01-01T00:00:00Z');
/** Of what is only imagined; what happened lies before tomorrow. */
const latest = new Date('2999-01-01T00:00:00Z');

/** The first thing that makes the activity impossible to record, or null. Pure; `at` is the time of recording. */
export function checkActivity(activity: NewActivity, at: Date): Refused<'activity-invalid'> | null {
  const field = wrongField(activity, at);
  return field === null ? null : refuse('activity-invalid', { field });
}

function wrongField(activity: NewActivity, at: Date): string | null {
  if (!isShort(activity.source, keyLengthMax)) return 'source';
  if (!isShort(activity.externalKey, keyLengthMax)) return 'externalKey';
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(activity.kind)) return 'kind';
  if (!isPlausible(activity.occurredAt, at)) return 'occurredAt';
  if (!isCurrency(activity.currency)) return 'currency';
  if (!within(activity.totalMinor, amountMinorMax)) return 'totalMinor';
  const { pointsMinor = 0n } = activity;
  if (pointsMinor < 0n || !within(pointsMinor, amountMinorMax)) return 'pointsMinor';
  if (activity.reason && !isShort(activity.reason, textLengthMax)) return 'reason';
  if (activity.lines.length > linesMax) return 'lines';
  const numbers = new Set<number>();
  for (const [index, line] of activity.lines.entries()) {
    const field = numbers.has(line.line) ? 'line' : wrongLineField(line);
    if (field !== null) return `lines[${index}].${field}`;
    numbers.add(line.line);
  }
  return null;
}

function wrongLineField(line: NewActivityLine): string | null {
  if (!Number.isInteger(line.line) || line.line < 0 || line.line > 100_000) return 'line';
  if (line.text.length > textLengthMax || !isStorable(line.text)) return 'text';
  if (!within(line.quantityMilli, quantityMilliMax)) return 'quantityMilli';
  if (!within(line.amountMinor, amountMinorMax)) return 'amountMinor';
  return null;
}

function isShort(text: string, lengthMax: number): boolean {
  return text.length > 0 && text.length <= lengthMax && isStorable(text);
}

function isPlausible(occurredAt: Date, at: Date): boolean {
  return occurredAt >= earliest && occurredAt < latest && occurredAt.getTime() <= at.getTime() + aheadMsMax;
}

function within(value: bigint, max: bigint): boolean {
  return value >= -max && value <= max;
}
