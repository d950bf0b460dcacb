import type { Tx } from '../db/transact.ts';
import { lockBook } from '../ledger/chain.ts';
import { noteMembership, participantById } from '../network/participants.ts';
import type { Programme } from '../network/programmes.ts';
import type { Staff } from '../network/staff.ts';
import type { ParticipantId } from '../shared/id.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import { wallTime, type Day } from '../shared/time.ts';
import { moveTiers } from './move-tiers.ts';

/**
 * Says since when somebody takes part, or which day their contract has: what tiers count their cycles from. What is not
 * given stays, and their tiers are computed again. Managers may; nobody joins in the future.
 */
export async function changeMembership(
  tx: Tx,
  programme: Programme,
  given: { participant: ParticipantId; joinedOn: Day | null; contractOn: Day | null },
  by: Pick<Staff, 'role'>,
  at: Date,
): Promise<{ ok: true } | Refused<'not-found' | 'not-allowed' | 'bad-request'>> {
  if (!(await participantById(tx, given.participant))) return refuse('not-found');
  if (by.role !== 'manager') return refuse('not-allowed');
  if (given.joinedOn !== null && given.joinedOn > wallTime(at, programme.timeZone).day)
    return refuse('bad-request', { field: 'joinedOn', problem: 'later than today' });
  await lockBook(tx);
  await noteMembership(tx, [{ ...given, tier: null }]);
  await moveTiers(tx, programme, [given.participant], at);
  return { ok: true };
}
