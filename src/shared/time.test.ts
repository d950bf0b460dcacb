import { expect, test } from 'vitest';

import { addDays, addMonths, endOf, isDay, momentAt, wallTime, weekdayOf } from './time.ts';

test.each([
  [
    'last second of the day in Kuala Lumpur',
    '2018-03-31T15:59:59.999Z',
    'Asia/Kuala_Lumpur',
    '2018-03-31',
    23,
  ],
  ['first of the next', '2018-03-31T16:00:00Z', 'Asia/Kuala_Lumpur', '2018-04-01', 0],
  ['summer time begins in Warsaw', '2018-03-25T01:00:00Z', 'Europe/Warsaw', '2018-03-25', 3],
  ['summer time ends in Warsaw', '2018-10-28T01:00:00Z', 'Europe/Warsaw', '2018-10-28', 2],
  ['half an hour off in Kolkata', '2018-03-31T18:30:00Z', 'Asia/Kolkata', '2018-04-01', 0],
])('wallTime: %s', (_name, at, timeZone, day, hour) => {
  expect(wallTime(new Date(at), timeZone)).toMatchObject({ day, hour });
});

test('wallTime says the weekday, Monday first', () => {
  expect(wallTime(new Date('2018-04-01T16:00:00Z'), 'Asia/Kuala_Lumpur').weekday).toBe(1);
  expect(weekdayOf('2018-04-01')).toBe(7);
});

test.each([
  ['evening in Kuala Lumpur', '2018-03-31', '23:59', 'Asia/Kuala_Lumpur', '2018-03-31T15:59:00.000Z'],
  ['with seconds', '2018-03-31', '23:59:30', 'Asia/Kuala_Lumpur', '2018-03-31T15:59:30.000Z'],
  ['behind Greenwich', '2018-03-31', '23:00', 'America/New_York', '2018-04-01T03:00:00.000Z'],
  ['before summer time', '2018-03-25', '01:59', 'Europe/Warsaw', '2018-03-25T00:59:00.000Z'],
  ['a time that is skipped', '2018-03-25', '02:30', 'Europe/Warsaw', '2018-03-25T01:30:00.000Z'],
  ['after summer time began', '2018-03-25', '03:00', 'Europe/Warsaw', '2018-03-25T01:00:00.000Z'],
  [
    'the first of an hour that comes twice',
    '2018-10-28',
    '02:30',
    'Europe/Warsaw',
    '2018-10-28T00:30:00.000Z',
  ],
  ['after summer time ended', '2018-10-28', '03:00', 'Europe/Warsaw', '2018-10-28T02:00:00.000Z'],
])('momentAt: %s', (_name, day, time, timeZone, expected) =>
  expect(momentAt(day, time, timeZone).toISOString()).toBe(expected),
);

test.each([
  ['2018-01-31', 1, '2018-02-28'],
  ['2020-01-31', 1, '2020-02-29'],
  ['2018-12-15', 12, '2019-12-15'],
  ['2018-03-31', -1, '2018-02-28'],
])('addMonths: %s plus %i is %s', (day, months, expected) => expect(addMonths(day, months)).toBe(expected));

test('endOf names the last day of month, quarter and year', () => {
  expect(endOf('2020-02-01', 'month')).toBe('2020-02-29');
  expect(endOf('2018-05-20', 'quarter')).toBe('2018-06-30');
  expect(endOf('2018-05-20', 'year')).toBe('2018-12-31');
});

test('addDays crosses months; isDay knows the calendar', () => {
  expect(addDays('2018-02-28', 1)).toBe('2018-03-01');
  expect(isDay('2018-02-28')).toBe(true);
  expect(isDay('2018-02-30')).toBe(false);
  expect(isDay('28.02.2018')).toBe(false);
  expect(isDay('9999-12-31')).toBe(false);
});

test('a clock that is changed within an hour is read right on both sides', () => {
  // Newfoundland put its clocks forward at one minute past midnight until 2011.
  const at = (time: string) => wallTime(new Date(`2010-03-14T${time}Z`), 'America/St_Johns');
  expect(at('03:30:59')).toMatchObject({ day: '2010-03-14', weekday: 7, hour: 0, minute: 0 });
  expect(at('03:31:00')).toMatchObject({ day: '2010-03-14', weekday: 7, hour: 1, minute: 1 });
  expect(wallTime(new Date('1969-12-31T23:59:00Z'), 'UTC')).toEqual({
    day: '1969-12-31',
    weekday: 3,
    hour: 23,
    minute: 59,
  });
});
