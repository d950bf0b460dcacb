import type { Tx } from '../db/transact.ts';
import { closePeriod, listPeriods, type PeriodClose } from '../ledger/period.ts';
import { trialBalance, type DateKind, type TrialRow } from '../ledger/trial-balance.ts';
import { listStaff } from '../network/staff.ts';
import type { StaffId } from '../shared/id.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import type { Day } from '../shared/time.ts';
import { beginningOf, dayAt, momentsOf, timeZoneOf } from './calendar.ts';
import { nameOwners } from './name-owners.ts';

/** A trial balance for days (both included) in the tenant's time zone; `ownerName` of a system account. */
export type ToldTrial = {
  from: Day | null;
  to: Day;
  timeZone: string;
  by: DateKind;
  rows: (TrialRow & { ownerName: string | null })[];
};

/** The trial balance for days; `from` absent: since the beginning, `to` absent: until today. Refuses days the wrong way round. */
export async function tellTrialBalance(
  tx: Tx,
  asked: { from?: Day | undefined; to?: Day | undefined; by: DateKind },
  now: Date,
): Promise<({ ok: true } & ToldTrial) | Refused<'bad-request'>> {
  const timeZone = await timeZoneOf(tx);
  const { from = null, to = dayAt(now, timeZone), by } = asked;
  if (from !== null && from > to) return refuse('bad-request', { field: 'from', problem: 'later than "to"' });
  const { rows } = await trialBalance(tx, { ...momentsOf({ from, to }, timeZone), by });
  const names = await nameOwners(
    tx,
    rows.flatMap(({ owner }) => owner ?? []),
  );
  const named = rows.map((row) => ({ ...row, ownerName: row.owner && (names.get(row.owner) ?? null) }));
  return { ok: true, from, to, timeZone, by, rows: named };
}

/** A closed period with its day in the tenant's time zone, and who closed it. */
export type ToldPeriod = PeriodClose & { day: Day; closedByName: string | null };

/** Closes the books of everything before a day. Refusals are those of `closePeriod`. */
export async function closeBooks(
  tx: Tx,
  { before, by }: { before: Day; by: StaffId | null },
  now: Date,
): Promise<({ ok: true } & ToldPeriod) | Refused<'period-closed' | 'period-not-over'>> {
  const timeZone = await timeZoneOf(tx);
  const closed = await closePeriod(tx, { before: beginningOf(before, timeZone), by }, now);
  if (!closed.ok) {
    // Asked by the day, so answered by the day.
    const days = Object.entries(closed.facts ?? {}).map(([name, at]) => [
      name,
      dayAt(new Date(String(at)), timeZone),
    ]);
    return refuse(closed.refused, Object.fromEntries(days));
  }
  const [told] = await tellPeriods(tx, [closed], timeZone);
  return { ok: true, ...told! };
}

/** The closed periods, newest first. */
export async function tellClosedPeriods(tx: Tx): Promise<ToldPeriod[]> {
  return tellPeriods(tx, await listPeriods(tx), await timeZoneOf(tx));
}

async function tellPeriods(tx: Tx, periods: readonly PeriodClose[], timeZone: string): Promise<ToldPeriod[]> {
  const staff = await listStaff(tx);
  return periods.map((period) => ({
    ...period,
    day: dayAt(period.before, timeZone),
    closedByName: staff.find(({ id }) => id === period.closedBy)?.name ?? null,
  }));
}
