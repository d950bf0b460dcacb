import type { Tx } from '../db/transact.ts';
import type { Programme } from '../network/programmes.ts';
import { followedBy } from '../progress/book.ts';
import { computeTiers } from '../progress/tiers.ts';
import type { ParticipantId } from '../shared/id.ts';
import { readNetwork } from './gather-facts.ts';
import { restateForFacts } from './judge-again.ts';
import { settleActivities } from './record-activities.ts';
import { tellTiers } from './tell-tiers.ts';

/** Computes people's tiers, tells them, and judges again what was judged with another one. Under the lock of the book. */
export async function moveTiers(
  tx: Tx,
  programme: Programme,
  participants: readonly ParticipantId[],
  at: Date,
): Promise<void> {
  const { tiers } = await followedBy(tx, programme.id);
  const changes = await computeTiers(tx, programme, tiers, participants, at);
  await tellTiers(tx, programme, tiers, changes, at);
  const again = await restateForFacts(tx, programme, { tierChanges: changes, segmented: [] }, at);
  await settleActivities(tx, programme, again, await readNetwork(tx, again), at);
}
