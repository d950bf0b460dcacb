import { listTenants } from '../db/directory.ts';
import { log } from '../log.ts';
import { lockBook } from '../ledger/chain.ts';
import type { Db, Tx } from '../db/transact.ts';
import { withTenant } from '../db/transact.ts';
import { listProgrammes, type Programme } from '../network/programmes.ts';
import { settleEnded } from '../progress/ended.ts';
import type { TenantId } from '../shared/id.ts';
import { judgedAs, tellGoals } from './reach-goals.ts';
import { payAwards } from './pay-awards.ts';

/** Settles what the end of a day or period brings about, for every tenant; one that fails does not hold up the others. */
export async function settleAllEnded(db: Db, at: Date): Promise<void> {
  for (const { tenant, code } of await listTenants(db))
    await settleEndedGoals(db, tenant, at).catch((problem: unknown) =>
      log.error({ tenant: code, problem: String(problem) }, 'ended goals could not be settled'),
    );
}

/** Settles, for every programme of a tenant, what the end of a day or period brings about: fill rates, and bonuses for them. */
export async function settleEndedGoals(db: Db, tenant: TenantId, at: Date): Promise<void> {
  const programmes = await withTenant(db, tenant, listProgrammes);
  for (const programme of programmes) await withTenant(db, tenant, (tx) => settleEndedOf(tx, programme, at));
}

async function settleEndedOf(tx: Tx, programme: Programme, at: Date): Promise<void> {
  await lockBook(tx);
  const settled = await settleEnded(tx, programme, at);
  await tellGoals(tx, settled, at);
  await payAwards(tx, programme, settled.map(judgedAs), at);
}
