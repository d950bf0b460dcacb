import type { Activity } from '../activity/activity.ts';
import type { Tx } from '../db/transact.ts';
import { participantsByIds } from '../network/participants.ts';
import type { Evaluation } from '../rules/evaluation.ts';
import type { ParticipantId } from '../shared/id.ts';
import type { PeoplePaid } from './explain-award.ts';

/** The names of those whom rules paid for somebody else's activity; null where all that was paid is the participant's. */
export async function peoplePaid(
  tx: Tx,
  evaluation: Evaluation | null,
  { participant }: Pick<Activity, 'participant'>,
): Promise<PeoplePaid | null> {
  const paid = new Set<ParticipantId>(evaluation?.considered.flatMap(({ to }) => to ?? []));
  if (paid.size === 0) return null;
  const found = await participantsByIds(tx, [...paid.add(participant)]);
  const names = new Map(found.map(({ id, name }) => [id, name]));
  return { seller: names.get(participant) ?? '', names };
}
