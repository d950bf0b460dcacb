import type { Tx } from '../db/transact.ts';
import type { Programme } from '../network/programmes.ts';
import { followedBy } from '../progress/book.ts';
import { countEarned } from '../progress/earned.ts';
import type { Settled } from '../progress/settle-goals.ts';
import type { ParticipantId } from '../shared/id.ts';
import { moveTiers } from './move-tiers.ts';
import { payAwards } from './pay-awards.ts';
import { judgedAs, tellGoals } from './reach-goals.ts';

/**
 * Lets everything follow from goals that were settled because a period ended or a target was set, and not by activities:
 * they are told and paid, and what they bring counts for tiers. Call it under the lock of the book.
 */
export async function payGoals(
  tx: Tx,
  programme: Programme,
  settled: readonly Settled[],
  at: Date,
): Promise<void> {
  await tellGoals(tx, settled, at);
  await payAwards(tx, programme, settled.map(judgedAs), at);
  const changed = await countEarned(tx, programme.id, await followedBy(tx, programme.id), settled);
  const people = new Set(changed.map(({ subject }) => subject as ParticipantId));
  await moveTiers(tx, programme, [...people], at);
}
