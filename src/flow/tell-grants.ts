import type { Activity } from '../activity/activity.ts';
import { enqueue } from '../db/enqueue.ts';
import type { Tx } from '../db/transact.ts';
import type { Participant } from '../network/participants.ts';
import { queueMessages, type NewMessage } from '../notify/outbox.ts';
import type { Considered, Evaluation } from '../rules/evaluation.ts';
import type { RuleBook } from '../rules/select.ts';
import { partId } from '../shared/id.ts';

/** What the rules made of an activity, and whose it is. */
export type Granted = { activity: Activity; evaluation: Evaluation; participant: Participant };

/**
 * Sends the messages that rules grant, in the participant's language. Each is sent once for an activity, whatever becomes
 * of it later.
 */
export async function tellGrants(
  tx: Tx,
  book: RuleBook,
  granted: readonly Granted[],
  at: Date,
): Promise<void> {
  const messages = granted.flatMap(({ activity, evaluation, participant }) =>
    evaluation.considered.flatMap((one) =>
      textsOf(one, book, participant.language).map(({ leg, message }): NewMessage => ({
        participant: participant.id,
        language: participant.language,
        key: 'message.rule',
        facts: { message },
        cause: partId(activity.id, 'message', one.rule, leg),
      })),
    ),
  );
  if (messages.length === 0) return;
  await queueMessages(tx, messages, at);
  await enqueue(tx, 'deliver-messages', { tenant: tx.tenant }, { key: `deliver:${tx.tenant}` });
}

function textsOf({ rule, version, grants = [] }: Considered, book: RuleBook, language: string) {
  return grants.flatMap(({ kind, leg }) => {
    if (kind !== 'message') return [];
    const { document } = book.rules.find((one) => one.id === rule && one.version === version)!;
    const effect = document.effects.find((one) => one.kind === 'message' && one.leg === leg);
    if (effect?.kind !== 'message') return [];
    return [{ leg, message: effect.texts[language] ?? effect.texts['en']! }];
  });
}
