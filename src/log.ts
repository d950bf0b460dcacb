import { pino } from 'pino';

/**
 * The log: one JSON object a line on standard error, so that standard output stays free for answers. Log ids, counts
 * and times; never names, phone numbers, tokens or what somebody typed. The level is set once at start.
 */
export const log = pino({ level: 'info', base: null }, pino.destination({ dest: 2, sync: true }));
