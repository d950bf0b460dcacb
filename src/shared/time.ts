/** Calendar days are ISO texts such as `2018-03-21`: they compare as texts and belong to no time zone. */
export type Day = string;

/** A moment as a clock on a wall shows it. Weekdays count from Monday = 1 to Sunday = 7 (ISO 8601). */
export type WallTime = { day: Day; weekday: number; hour: number; minute: number };

const formats = new Map<string, Intl.DateTimeFormat>();
const dayMs = 86_400_000;

/** What a clock in the time zone (IANA name) shows at a moment; throws RangeError for a zone that nobody knows. */
export function wallTime(at: Date, timeZone: string): WallTime {
  const ms = at.getTime();
  const shown = ms + offsetAt(ms, timeZone);
  const dayNumber = Math.floor(shown / dayMs);
  const minutes = Math.floor((shown - dayNumber * dayMs) / 60_000);
  return {
    day: nameDay(dayNumber),
    // The first of January 1970 was a Thursday.
    weekday: ((((dayNumber + 3) % 7) + 7) % 7) + 1,
    hour: Math.floor(minutes / 60),
    minute: minutes % 60,
  };
}

const hourMs = 3_600_000;
const namesMax = 100_000;
const offsets = new Map<string, Map<number, number>>();
const dayNames = new Map<number, Day>();

/**
 * By how much the clock is ahead of UTC, in milliseconds. Asking Intl is slow, so what it said at the two ends of an hour
 * is kept: where they agree, the clock was not changed in between.
 */
function offsetAt(ms: number, timeZone: string): number {
  const hour = Math.floor(ms / hourMs);
  let known = offsets.get(timeZone);
  if (!known) offsets.set(timeZone, (known = new Map()));
  if (known.size > namesMax) known.clear();
  const atHour = (each: number) => {
    let offset = known.get(each);
    if (offset === undefined) known.set(each, (offset = askOffset(each * hourMs, timeZone)));
    return offset;
  };
  const [from, to] = [atHour(hour), atHour(hour + 1)];
  return from === to ? from : askOffset(ms, timeZone);
}

function askOffset(ms: number, timeZone: string): number {
  const { day, hour, minute } = askWallTime(new Date(ms), timeZone);
  return utc(day).getTime() + (hour * 60 + minute) * 60_000 - Math.floor(ms / 60_000) * 60_000;
}

function nameDay(dayNumber: number): Day {
  let name = dayNames.get(dayNumber);
  if (name === undefined) {
    if (dayNames.size > namesMax) dayNames.clear();
    dayNames.set(dayNumber, (name = isoDay(new Date(dayNumber * dayMs))));
  }
  return name;
}

function askWallTime(at: Date, timeZone: string): Omit<WallTime, 'weekday'> {
  let format = formats.get(timeZone);
  if (!format) {
    // Making a format costs a thousand times as much as using it.
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    });
    formats.set(timeZone, format);
  }
  const part: Record<string, string> = {};
  for (const { type, value } of format.formatToParts(at)) part[type] = value;
  const day = `${part.year}-${part.month}-${part.day}`;
  return { day, hour: Number(part.hour), minute: Number(part.minute) };
}

/**
 * The moment at which a clock in the time zone shows this day and time (`18:05` or `18:05:33`). Of an hour that comes
 * twice the first is meant; a time that the clock skips is read as if it had not been put forward.
 */
export function momentAt(day: Day, time: string, timeZone: string): Date {
  const shown = Date.parse(`${day}T${time.length === 5 ? `${time}:00` : time}Z`);
  // A day earlier the clock certainly stood as before any change of this day, a day later as after it.
  const moments = [shown - offsetAt(shown - dayMs, timeZone), shown - offsetAt(shown + dayMs, timeZone)];
  return new Date(moments.find((ms) => ms + offsetAt(ms, timeZone) === shown) ?? moments[0]!);
}

/** Monday = 1 to Sunday = 7. */
export function weekdayOf(day: Day): number {
  return ((utc(day).getUTCDay() + 6) % 7) + 1;
}

export function addDays(day: Day, days: number): Day {
  return isoDay(new Date(utc(day).getTime() + days * dayMs));
}

/** How many days after one the other lies; below zero when it lies before. */
export function daysBetween(from: Day, to: Day): number {
  return Math.round((utc(to).getTime() - utc(from).getTime()) / dayMs);
}

/** The same day of the month, that many months later; the last day of a shorter month. */
export function addMonths(day: Day, months: number): Day {
  const date = utc(day);
  const target = date.getUTCMonth() + months;
  const last = new Date(Date.UTC(date.getUTCFullYear(), target + 1, 0)).getUTCDate();
  return isoDay(new Date(Date.UTC(date.getUTCFullYear(), target, Math.min(date.getUTCDate(), last))));
}

/** The last day of the month, quarter or year in which a day lies. */
export function endOf(day: Day, unit: Rounding): Day {
  const date = utc(day);
  const month = date.getUTCMonth();
  const lastMonth = { month, quarter: month - (month % 3) + 2, year: 11 }[unit];
  return isoDay(new Date(Date.UTC(date.getUTCFullYear(), lastMonth + 1, 0)));
}

/** ISO 8601 durations of one unit: years, months, weeks or days, such as `P12M`. */
export const periodPattern = /^P[1-9]\d{0,2}[YMWD]$/;
export type Rounding = 'month' | 'quarter' | 'year';

/** The day that lies a period (`periodPattern`) after a day, or the last day of that one's month, quarter or year. */
export function addPeriod(day: Day, period: string, roundedTo?: Rounding): Day {
  const count = Number(period.slice(1, -1));
  const unit = period.at(-1) as 'Y' | 'M' | 'W' | 'D';
  const after =
    unit === 'Y' || unit === 'M'
      ? addMonths(day, unit === 'Y' ? 12 * count : count)
      : addDays(day, unit === 'W' ? 7 * count : count);
  return roundedTo ? endOf(after, roundedTo) : after;
}

/** True for a text that names a day of the calendar from 1900 to 2999: `2018-02-30` does not. */
export function isDay(text: string): boolean {
  return (
    /^(?:19|2\d)\d{2}-\d{2}-\d{2}$/.test(text) &&
    !Number.isNaN(Date.parse(text)) &&
    isoDay(utc(text)) === text
  );
}

function utc(day: Day): Date {
  return new Date(`${day}T00:00:00Z`);
}

function isoDay(date: Date): Day {
  return date.toISOString().slice(0, 10);
}
