import { openClient } from '../../src/db/connect.ts';
import { withTenant, type Db } from '../../src/db/transact.ts';
import { receiveActivities } from '../../src/flow/receive-activities.ts';
import type { StaffId } from '../../src/shared/id.ts';
import { cpuBetween, readCpu } from '../cpu-meter.ts';
import type { Candidate } from '../rounds.ts';
import type { Base } from '../scratch.ts';
import { insertOnly } from './floor.ts';
import { programmeCode, tenant } from './network.ts';
import { salesMaker } from './sales.ts';

export const batchSize = 1000;
/** Batches under way: while the database writes one, the next is prepared. */
export const batchesAtOnce = 2;

export type Feed = { base: Base; db: Db; staff: StaffId; outlets: number; seed: number };

/** Verified activities all the way, through the verb that the API calls. */
export function receiving({ base, db, staff, outlets, seed }: Feed): Candidate {
  const sales = salesMaker(outlets, seed);
  const app = { db, now: () => new Date() };
  return slices(base, sales, async (given) => {
    const delivery = {
      tenant,
      by: { kind: 'staff' as const, id: staff },
      programme: programmeCode,
      given,
      once: null,
    };
    const answer = await receiveActivities(app, delivery);
    if (!answer.ok || answer.received.some((one) => !one.ok || one.outcome !== 'first'))
      throw new Error(`an activity was not recorded: ${JSON.stringify(answer).slice(0, 300)}`);
  });
}

/** The bare insert of the same rows. */
export function inserting({ base, db, outlets, seed }: Feed): Candidate {
  return slices(base, salesMaker(outlets, seed), (given) => insertOnly(db, given, new Date()));
}

function slices(
  base: Base,
  sales: ReturnType<typeof salesMaker>,
  work: (given: ReturnType<typeof sales>) => Promise<void>,
): Candidate {
  return async (seconds) => {
    const meter = await openClient(base.logins.admin);
    const before = await readCpu(meter);
    const started = performance.now();
    const until = started + seconds * 1000;
    let done = 0;
    const loop = async () => {
      while (performance.now() < until) {
        await work(sales(batchSize));
        done += batchSize;
      }
    };
    await Promise.all(Array.from({ length: batchesAtOnce }, loop));
    const took = (performance.now() - started) / 1000;
    const cpuSeconds = cpuBetween(before, await readCpu(meter));
    await meter.end();
    return { done, seconds: took, cpuSeconds };
  };
}

/** How many transfers an activity brought about, and bytes on disk for each activity with all that it caused. */
export async function effectsOf({ db }: Feed): Promise<{ transfers: number; awards: number }> {
  const [row] = await withTenant(db, tenant, (tx) =>
    tx.query<{ activities: bigint; transfers: bigint; awards: bigint }>(
      `select (select count(*) from activity a where a.tenant = $1) as activities,
         (select count(*) from transfer t where t.tenant = $1) as transfers,
         (select count(*) from transfer t where t.tenant = $1 and t.kind = 'award') as awards`,
      [tenant],
    ),
  );
  const { activities, transfers, awards } = row!;
  return {
    transfers: Number(transfers) / Number(activities),
    awards: Number(awards) / Number(activities),
  };
}
