import type { Activity } from '../activity/activity.ts';
import type { Tx } from '../db/transact.ts';
import { accountId, assetId } from '../ledger/accounts.ts';
import { availableOf } from '../ledger/read.ts';
import { participantsByIds } from '../network/participants.ts';
import { queueMessages, type NewMessage } from '../notify/outbox.ts';
import { partId, type ParticipantId } from '../shared/id.ts';
import type { Network } from './gather-facts.ts';
import { groupOf, points, type PlannedAwards } from './plan-awards.ts';

/** Tells those who are paid for what somebody else did, each in their language: whose doing it was, and how much. */
export async function tellLinked(
  tx: Tx,
  activities: readonly Activity[],
  plans: readonly PlannedAwards[],
  network: Network,
  at: Date,
): Promise<void> {
  const changes = activities.flatMap((activity, i) =>
    [...plans[i]!.others].map(([person, change]) => ({ activity, person, change })),
  );
  if (changes.length === 0) return;
  const found = await participantsByIds(tx, [
    ...new Set(changes.map(({ person }) => person as string as ParticipantId)),
  ]);
  const people = new Map(found.map((one) => [one.id as string, one]));
  const asset = assetId(tx.tenant, points);
  const accountOf = (person: string) => accountId(tx.tenant, person as ParticipantId, 'available', asset);
  const balances = await availableOf(
    tx,
    changes.map(({ person }) => accountOf(person)),
  );
  const messages = changes.flatMap(({ activity, person, change }): NewMessage[] => {
    const reader = people.get(person);
    if (!reader || change === 0n) return [];
    const facts = {
      seller: network.participants.get(activity.participant)!.name,
      outlet: network.outlets.get(activity.outlet)!.name,
      change: Number(change),
      balance: Number(balances.get(accountOf(person)) ?? 0n),
    };
    const key = activity.version > 1 ? 'message.linked-corrected' : 'message.linked-earned';
    const cause = partId(groupOf(activity), 'linked', person);
    return [{ participant: reader.id, language: reader.language, key, facts, cause }];
  });
  await queueMessages(tx, messages, at);
}
