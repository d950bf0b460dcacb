import type { Tx } from '../db/transact.ts';
import { activityById } from '../activity/read.ts';
import { activate, waitingFor, type Activated } from '../ledger/activate.ts';
import type { ActivityId } from '../shared/id.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import { tellActivated } from './tend-ledger.ts';

/**
 * Something happened to an activity that its points waited for, such as `delivery` or `payment`: they become available,
 * and their owners are told. Said again it changes nothing. Refuses what has not happened yet.
 */
export async function tellEvent(
  tx: Tx,
  activity: ActivityId,
  { event, occurredAt }: { event: string; occurredAt: Date },
  at: Date,
): Promise<{ ok: true; activated: Activated[] } | Refused<'not-found' | 'bad-request'>> {
  if (occurredAt > at) return refuse('bad-request', { field: 'occurredAt', problem: 'later than now' });
  if (!(await activityById(tx, activity))) return refuse('not-found');
  const activated = await activate(tx, await waitingFor(tx, activity, event), occurredAt, at);
  await tellActivated(tx, activated, at);
  return { ok: true, activated };
}
