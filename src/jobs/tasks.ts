import type { App } from '../flow/app.ts';
import { runAskedReplay } from '../flow/ask-replay.ts';
import { deliverWaitingMessages } from '../flow/deliver-messages.ts';
import { keepAllSegments } from '../flow/keep-segments.ts';
import { readEvidence } from '../flow/read-evidence.ts';
import { queueTending, tendLedger } from '../flow/tend-ledger.ts';
import { watchAllExperiments } from '../flow/watch-experiments.ts';
import { verifyBooks } from '../flow/verify-books.ts';
import { bringUpToDate } from '../flow/save-progress.ts';
import { beginTiers, settleAllEnded } from '../flow/settle-ended.ts';
import { verifySampledCounters } from '../flow/verify-counters.ts';
import type { ReplayId } from '../replay/requests.ts';
import type { EvidenceId, ProgrammeId, TenantId } from '../shared/id.ts';
import type { Task } from './run.ts';

/** Every job by its name: one line each, calling its verb with the database as the worker's role. */
export function tasksOf(app: App): Record<string, Task> {
  return {
    'read-evidence': (db, { tenant, evidence }: { tenant: TenantId; evidence: EvidenceId }) =>
      readEvidence({ ...app, db }, tenant, evidence),
    'deliver-messages': (db, { tenant }: { tenant: TenantId }) =>
      deliverWaitingMessages({ ...app, db }, tenant),
    replay: (db, { tenant, replay }: { tenant: TenantId; replay: ReplayId }) =>
      runAskedReplay({ ...app, db }, tenant, replay),
    'tend-ledgers': (db) => queueTending(db),
    'tend-ledger': async (db, { tenant }: { tenant: TenantId }) => {
      await tendLedger(db, tenant, app.now());
    },
    'watch-experiments': (db) => watchAllExperiments(db, app.now()),
    'verify-books': (db) => verifyBooks(db, app.now()),
    'verify-counters': (db) => verifySampledCounters(db),
    'keep-segments': (db) => keepAllSegments(db, app.now()),
    'bring-up-to-date': (db, { tenant, programme }: { tenant: TenantId; programme: ProgrammeId }) =>
      bringUpToDate(db, tenant, programme, app.now()),
    'begin-tiers': (db) => beginTiers(db, app.now()),
    'settle-ended': (db) => settleAllEnded(db, app.now()),
  };
}

/**
 * Jobs that the clock starts, once however many workers there are: minute, hour, day, month, weekday in UTC. What was due
 * while nothing ran is made up for (`fill`).
 */
export const timetable = [
  // Every hour, because days end at another hour in each time zone.
  '5 * * * * settle-ended ?fill=1h',
  '15 2 * * * verify-books ?fill=1d',
  '*/15 * * * * tend-ledgers ?fill=15m',
  '45 2 * * * verify-counters',
  '30 3 * * * watch-experiments ?fill=1d',
  '15 3 * * * keep-segments ?fill=1d',
  '25 3 * * * begin-tiers ?fill=1d',
].join('\n');
