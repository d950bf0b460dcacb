import type { Tx } from '../db/transact.ts';
import { participantsByIds } from '../network/participants.ts';
import type { Programme } from '../network/programmes.ts';
import { queueMessages, type NewMessage } from '../notify/outbox.ts';
import type { TiersDocument } from '../progress/document.ts';
import type { TierChange, TierEnding, TierVersions } from '../progress/tiers.ts';
import { nameId, type Id } from '../shared/id.ts';

/** Tells people that their tier is another one, and from when on. */
export async function tellTiers(
  tx: Tx,
  programme: Programme,
  versions: TierVersions,
  changes: readonly TierChange[],
  at: Date,
): Promise<void> {
  const others = changes.filter(({ before, after }) => before !== after.tier);
  const document = versions.at(-1)?.document;
  if (!document || others.length === 0) return;
  const people = await participantsByIds(
    tx,
    others.map(({ participant }) => participant),
  );
  const messages = others.map(({ participant, before, after }): NewMessage => {
    const { language } = people.find(({ id }) => id === participant)!;
    const isUp = rankOf(document, after.tier) > rankOf(document, before);
    return {
      participant,
      language,
      key: isUp ? 'message.tier-up' : 'message.tier-down',
      facts: { tier: tierTitle(document, after.tier, language), date: after.from },
      cause: nameId<Id<'tier'>>(programme.id, participant, after.from, after.tier, at.toISOString()),
    };
  });
  await queueMessages(tx, messages, at);
}

/** Tells people that their tier ends soon and what is missing to keep it: once for each end. */
export async function tellTierEndings(
  tx: Tx,
  programme: Programme,
  versions: TierVersions,
  endings: readonly TierEnding[],
  at: Date,
): Promise<void> {
  const document = versions.at(-1)?.document;
  if (!document || endings.length === 0) return;
  const people = await participantsByIds(
    tx,
    endings.map(({ participant }) => participant),
  );
  const { counts } = document;
  const messages = endings.map(({ participant, tier, safeUntil, missing }): NewMessage => {
    const { language } = people.find(({ id }) => id === participant)!;
    const amount = counts.of === 'quantity' ? Number(missing) / 1000 : Number(missing);
    return {
      participant,
      language,
      key: 'message.tier-notice',
      facts: {
        tier: tierTitle(document, tier, language),
        date: safeUntil,
        missing: 'currency' in counts ? { minor: amount, currency: counts.currency } : amount,
      },
      cause: nameId<Id<'tier-ending'>>(programme.id, participant, safeUntil),
    };
  });
  await queueMessages(tx, messages, at);
}

/** The name of a tier in a language; its code where the tiers have none of that code. */
export function tierTitle({ tiers }: TiersDocument, code: string, language: string): string {
  const title = tiers.find((tier) => tier.code === code)?.title;
  return title?.[language] ?? title?.['en'] ?? code;
}

function rankOf({ tiers }: TiersDocument, code: string): number {
  return tiers.findIndex((tier) => tier.code === code);
}
