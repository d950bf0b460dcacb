import type { Tx } from '../db/transact.ts';
import { listProgrammes } from '../network/programmes.ts';
import { addDays, momentAt, wallTime, type Day } from '../shared/time.ts';

/**
 * The time zone in which days of the books are meant: that of the tenant's programme. Where several differ, the first
 * by code speaks for the tenant, for its book is one; without any programme it is UTC.
 */
export async function timeZoneOf(tx: Tx): Promise<string> {
  const [programme] = await listProgrammes(tx);
  return programme?.timeZone ?? 'UTC';
}

/** The moment at which a day begins. */
export function beginningOf(day: Day, timeZone: string): Date {
  return momentAt(day, '00:00', timeZone);
}

/** The days `from` (null: since the beginning) to `to`, both included, as moments. */
export function momentsOf(
  { from, to }: { from: Day | null; to: Day },
  timeZone: string,
): { from: Date | null; until: Date } {
  return {
    from: from === null ? null : beginningOf(from, timeZone),
    until: beginningOf(addDays(to, 1), timeZone),
  };
}

/** The day it is at a moment. */
export function dayAt(moment: Date, timeZone: string): Day {
  return wallTime(moment, timeZone).day;
}
