import type { Activity } from '../activity/activity.ts';
import type { Tx } from '../db/transact.ts';
import { participantsByIds, type Participant } from '../network/participants.ts';
import { queueMessages, type NewMessage } from '../notify/outbox.ts';
import type { Considered, Evaluation } from '../rules/evaluation.ts';
import type { RuleBook } from '../rules/select.ts';
import { partId, type ParticipantId } from '../shared/id.ts';

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
  const linked = await linkedReaders(tx, granted);
  const messages = granted.flatMap(({ activity, evaluation, participant }) =>
    evaluation.considered.flatMap((one) => {
      if (!one.grants) return [];
      const { id, language } = (one.to && linked.get(one.to)) ?? participant;
      return textsOf(one, book, language).map(({ leg, message }): NewMessage => ({
        participant: id,
        language,
        key: 'message.rule',
        facts: { message },
        cause: partId(activity.id, 'message', one.rule, leg),
      }));
    }),
  );
  await queueMessages(tx, messages, at);
}

// Those to whom a rule sends something for what somebody else did.
async function linkedReaders(tx: Tx, granted: readonly Granted[]): Promise<Map<ParticipantId, Participant>> {
  const ids = granted.flatMap(({ evaluation }) =>
    evaluation.considered.flatMap(({ to, grants }) => (to && grants ? [to] : [])),
  );
  if (ids.length === 0) return new Map();
  return new Map((await participantsByIds(tx, [...new Set(ids)])).map((one) => [one.id, one]));
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
