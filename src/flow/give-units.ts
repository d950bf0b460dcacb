import type { Tx } from '../db/transact.ts';
import { accountId, assetByCode } from '../ledger/accounts.ts';
import { lockBook } from '../ledger/chain.ts';
import { givenSince, planGift } from '../ledger/give.ts';
import { post } from '../ledger/post.ts';
import { availableOf } from '../ledger/read.ts';
import { participantByCode, participantById, participantByPhone } from '../network/participants.ts';
import { listProgrammes } from '../network/programmes.ts';
import { walletByCode } from '../network/wallets.ts';
import { queueMessages, type NewMessage } from '../notify/outbox.ts';
import { newId, type Id, type ParticipantId } from '../shared/id.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import { momentAt, wallTime } from '../shared/time.ts';
import { points } from './plan-awards.ts';

/** To a person, by phone number (E.164) or code, or into a shared wallet, by its code. */
export type GiftAsked = { to: { person: string } | { wallet: string }; asset: string; units: bigint };

export type Given = { ok: true; gift: Id<'gift'>; available: bigint };
export type GiftRefused = Refused<
  'unknown-asset' | 'unknown-recipient' | 'gift-to-self' | 'gift-limit' | 'below-floor'
>;

/**
 * One person gives units of theirs to another; they keep their last day of use. Both are told. The limit of a day is that
 * of the programme, counted under the lock of the book, so no two gifts at once can pass it.
 */
export async function giveUnits(
  tx: Tx,
  from: ParticipantId,
  { to, asset: code, units }: GiftAsked,
  at: Date,
): Promise<Given | GiftRefused> {
  const receiver = await receiverOf(tx, to);
  if (!receiver) return refuse('unknown-recipient');
  if ((receiver.id as string) === from) return refuse('gift-to-self');
  // Status counts for who earned it; money and goods have ways out of their own.
  const found = await assetByCode(tx, code);
  if (found?.kind !== 'points') return refuse('unknown-asset', { asset: code });
  // A wallet is of one asset: of another it could never be spent.
  if (receiver.asset !== null && receiver.asset !== code) return refuse('unknown-asset', { asset: code });
  const asset = found.id;
  const account = accountId(tx.tenant, from, 'available', asset);
  const available = await availableNow(tx, account);
  // Nothing is opened and nothing is locked for what cannot be.
  if (units > available) return refuse('below-floor', { missing: Number(units - available) });
  await lockBook(tx);
  const limit = await limitLeft(tx, account, at);
  if (limit !== null && units > limit) return refuse('gift-limit', { left: Number(limit) });

  const gift = newId<Id<'gift'>>(at);
  const legs = await planGift(tx, { gift, asset, from, to: receiver.id, units, effectiveAt: at });
  for (const answer of await post(tx, legs, at)) if (!answer.ok) return refuse('below-floor');
  if (code === points) await tellBoth(tx, gift, from, receiver, units, at);
  return { ok: true, gift, available: available - units };
}

/** `asset`: the only one that it can have, by code. */
type Receiver = { id: Id<string>; name: string; language: string | null; asset: string | null };

async function receiverOf(tx: Tx, to: GiftAsked['to']): Promise<Receiver | null> {
  if ('wallet' in to) {
    const wallet = await walletByCode(tx, to.wallet);
    return wallet && { id: wallet.id, name: wallet.name, language: null, asset: wallet.asset };
  }
  const person = (await participantByPhone(tx, to.person)) ?? (await participantByCode(tx, to.person));
  return person && { id: person.id, name: person.name, language: person.language, asset: null };
}

async function availableNow(tx: Tx, account: ReturnType<typeof accountId>): Promise<bigint> {
  return (await availableOf(tx, [account])).get(account) ?? 0n;
}

/** What may still be given today by the strictest programme; null where none has a limit. */
async function limitLeft(tx: Tx, account: ReturnType<typeof accountId>, at: Date): Promise<bigint | null> {
  const limited = (await listProgrammes(tx)).filter(
    ({ settings }) => settings.giftUnitsPerDayMax !== undefined,
  );
  const lefts: bigint[] = [];
  for (const { settings, timeZone } of limited) {
    const since = momentAt(wallTime(at, timeZone).day, '00:00', timeZone);
    const left = BigInt(settings.giftUnitsPerDayMax!) - (await givenSince(tx, account, since));
    lefts.push(left > 0n ? left : 0n);
  }
  return lefts.length > 0 ? lefts.reduce((least, left) => (left < least ? left : least)) : null;
}

async function tellBoth(
  tx: Tx,
  gift: Id<'gift'>,
  from: ParticipantId,
  to: Receiver,
  units: bigint,
  at: Date,
): Promise<void> {
  const giver = (await participantById(tx, from))!;
  const count = Number(units);
  const messages: NewMessage[] = [
    {
      participant: from,
      language: giver.language,
      key: 'message.gift-given',
      facts: { count, name: to.name },
      cause: gift,
    },
  ];
  if (to.language !== null)
    messages.push({
      participant: to.id as string as ParticipantId,
      language: to.language,
      key: 'message.gift-received',
      facts: { count, name: giver.name },
      cause: gift,
    });
  await queueMessages(tx, messages, at);
}
