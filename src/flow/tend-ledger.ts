import { listTenants } from '../db/directory.ts';
import { enqueue } from '../db/enqueue.ts';
import { withTenant, type Db, type Tx } from '../db/transact.ts';
import { activate, waitedThrough, type Activated } from '../ledger/activate.ts';
import { releaseTimedOut } from '../ledger/holds.ts';
import { participantsByIds } from '../network/participants.ts';
import { listProgrammes, type Programme } from '../network/programmes.ts';
import { queueMessages } from '../notify/outbox.ts';
import type { ParticipantId, TenantId } from '../shared/id.ts';
import { momentAt, wallTime } from '../shared/time.ts';
import { expireUnits } from './expire-units.ts';
import { points } from './plan-awards.ts';

/** What the passing of time brought about in one book. */
export type Tended = { released: number; activated: number; expired: Map<string, bigint> };

/**
 * Does what is due by the clock in one tenant's book: holds whose time is over are released, pending earnings whose period
 * is over become available, and what nobody used in time expires. Harmless at any time and as often as it runs.
 */
export async function tendLedger(db: Db, tenant: TenantId, now: Date): Promise<Tended> {
  let released = 0;
  for (;;) {
    const answers = await withTenant(db, tenant, (tx) => releaseTimedOut(tx, now));
    const done = answers.filter(({ ok }) => ok).length;
    released += done;
    if (done === 0) break;
  }
  let activated = 0;
  for (const programme of await withTenant(db, tenant, listProgrammes))
    for (;;) {
      const done = await withTenant(db, tenant, (tx) => activateDue(tx, programme, now));
      activated += done;
      if (done === 0) break;
    }
  const expired = await expireUnits(db, tenant, now);
  return { released, activated, expired };
}

/** Queues a job for every tenant's book, so that one that fails holds up no other. */
export async function queueTending(db: Db): Promise<void> {
  for (const { tenant } of await listTenants(db))
    await withTenant(db, tenant, (tx) => enqueue(tx, 'tend-ledger', { tenant }, { key: `tend:${tenant}` }));
}

/** Activates a page of what waited long enough; answers how many left the list of what waits. */
async function activateDue(tx: Tx, { id, timeZone }: Programme, now: Date): Promise<number> {
  const { day } = wallTime(now, timeZone);
  const due = await waitedThrough(tx, id, day);
  await tellActivated(tx, await activate(tx, due, momentAt(day, '00:00', timeZone), now), now);
  return due.length;
}

/** Tells people that points of theirs can be spent now. */
export async function tellActivated(tx: Tx, activated: readonly Activated[], now: Date): Promise<void> {
  const told = activated.filter(({ asset }) => asset === points);
  const people = await participantsByIds(
    tx,
    told.map(({ owner }) => owner as string as ParticipantId),
  );
  const messages = told.flatMap(({ owner, units, transfer }) => {
    const participant = people.find(({ id }) => (id as string) === owner);
    if (!participant) return [];
    const { id, language } = participant;
    const facts = { count: Number(units) };
    return [{ participant: id, language, key: 'message.points-activated' as const, facts, cause: transfer }];
  });
  await queueMessages(tx, messages, now);
}
