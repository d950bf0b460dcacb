import { log } from '../src/log.ts';

// Tests break things on purpose; what the log says about it would drown their own words. LOG_LEVEL=info shows it.
log.level = process.env['LOG_LEVEL'] ?? 'silent';
