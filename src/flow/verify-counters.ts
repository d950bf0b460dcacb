import { randomUUID } from 'node:crypto';

import { withTenant, type Db } from '../db/transact.ts';
import { log } from '../log.ts';
import { listProgrammes } from '../network/programmes.ts';
import { participantsFrom } from '../network/participants.ts';
import { followedBy } from '../progress/book.ts';
import { verifyCounters, type CounterProblem } from '../progress/history.ts';
import type { ParticipantId, TenantId } from '../shared/id.ts';
import { eachTenant } from './each-tenant.ts';

/** What was found of one programme's counters: how many rows were counted again, and which differ. */
export type CountersVerified = { programme: string; rows: number; problems: CounterProblem[] };

/** People whose counters the nightly run counts again. */
const sampleSize = 500;

/**
 * Counts again from activities, for every programme of a tenant, and compares with what is kept. `participants` looks at
 * these people only. What is recorded meanwhile does not matter: all is read as of one moment.
 */
export async function verifyTenantCounters(
  db: Db,
  tenant: TenantId,
  participants: readonly ParticipantId[] | null = null,
): Promise<CountersVerified[]> {
  return withTenant(db, tenant, async (tx) => {
    await tx.query('set transaction isolation level repeatable read');
    const verified: CountersVerified[] = [];
    for (const { id, code } of await listProgrammes(tx)) {
      const { counters } = await followedBy(tx, id);
      verified.push({ programme: code, ...(await verifyCounters(tx, id, counters, participants)) });
    }
    return verified;
  });
}

/** The nightly run: a sample of each tenant's people. A counter that is wrong is an error in the log. */
export async function verifySampledCounters(db: Db): Promise<void> {
  await eachTenant(db, 'counters could not be counted again', async ({ tenant, code }) => {
    const sample = await withTenant(db, tenant, (tx) => participantsFrom(tx, randomUUID(), sampleSize));
    for (const { programme, rows, problems } of await verifyTenantCounters(db, tenant, sample)) {
      const found = { tenant: code, programme, people: sample.length, rows };
      if (problems.length === 0) log.info(found, 'the counters are right');
      else log.error({ ...found, wrong: problems.length, first: problems[0] }, 'COUNTERS ARE WRONG');
    }
  });
}
