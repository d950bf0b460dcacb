import type { Tx } from '../db/transact.ts';
import { assetByCode, openAccounts } from '../ledger/accounts.ts';
import { allowanceHold, openAllowance } from '../ledger/allowance.ts';
import { captureOf, openHoldsOf, releaseOf } from '../ledger/holds.ts';
import { post } from '../ledger/post.ts';
import { transferById, transfersOfCause, type BookedTransfer } from '../ledger/read.ts';
import type { NewTransfer, PostRefusal } from '../ledger/transfer.ts';
import { participantById } from '../network/participants.ts';
import { listProgrammes, programmeById } from '../network/programmes.ts';
import { limitPeriod, membersOf, walletById, type WalletId } from '../network/wallets.ts';
import { newId, partId, type Id, type ParticipantId, type TransferId } from '../shared/id.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import { wallTime } from '../shared/time.ts';

/** Whose units: a participant's own, or those of a wallet that the participant may use. */
export type Spender = { participant: ParticipantId; wallet: WalletId | null };
export type HoldAsked = { spender: Spender; asset: string; units: bigint; timesOutAt: Date | null };

export type HoldRefused = Refused<
  'not-found' | 'unknown-asset' | 'not-a-member' | 'limit-exceeded' | PostRefusal
>;
/** `open`: what is left of it to capture or release. */
export type HeldUnits = { ok: true; hold: BookedTransfer; open: bigint };

/**
 * Sets units aside for something that is being bought: from one's own balance, or from a shared wallet and one's
 * allowance in it at the same time, which stand or fall together.
 */
export async function holdUnits(
  tx: Tx,
  { spender, asset: code, units, timesOutAt }: HoldAsked,
  at: Date,
): Promise<HeldUnits | HoldRefused> {
  const asset = await assetByCode(tx, code);
  // Status makes a rank and buys nothing.
  if (!asset || asset.kind === 'status') return refuse('unknown-asset', { asset: code });
  const wallet = spender.wallet && (await walletById(tx, spender.wallet));
  const person = await participantById(tx, spender.participant);
  if (!person || (spender.wallet && wallet?.asset !== code)) return refuse('not-found');
  const programme = wallet ? await programmeById(tx, wallet.programme) : (await listProgrammes(tx))[0];
  const owner: Id<string> = wallet ? wallet.id : person.id;
  const purchase = newId<Id<'purchase'>>(at);
  const [debit, credit] = await openAccounts(tx, [
    { asset: asset.id, owner, role: 'available' },
    { asset: asset.id, owner: programme!.id, role: 'issued' },
  ]);
  const leg: NewTransfer = {
    id: partId<TransferId>(purchase, 'hold'),
    tx: purchase,
    cause: purchase,
    asset: asset.id,
    debit: debit!,
    credit: credit!,
    amount: units,
    kind: 'hold',
    effectiveAt: at,
    ...(timesOutAt ? { timesOutAt } : {}),
  };
  const legs = [leg];
  let allowance: string | null = null;
  if (wallet) {
    const member = (await membersOf(tx, wallet.id)).find((each) => each.participant === person.id);
    if (!member?.isActive) return refuse('not-a-member');
    const { day } = wallTime(at, programme!.timeZone);
    const period = limitPeriod(day, member.limitPer);
    const own = { wallet: wallet.id, member: member.participant, ...period, limit: member.limitUnits };
    const accounts = await openAllowance(tx, asset, own);
    allowance = accounts.allowance;
    legs.push(allowanceHold(leg, accounts, purchase));
  }
  const refused = await postAll(tx, legs, at);
  if (refused) return refused.facts?.['account'] === allowance ? refuse('limit-exceeded') : refused;
  return { ok: true, hold: (await transferById(tx, leg.id))!, open: units };
}

export type HoldStep = { hold: TransferId; units: bigint | null };
/** `units` were captured or released by `transfer`. */
export type HoldStepped = HeldUnits & { transfer: TransferId; units: bigint };

/** Spends held units, or part of them: what is not captured stays held. */
export async function captureUnits(tx: Tx, step: HoldStep, at: Date): Promise<HoldStepped | HoldRefused> {
  return resolve(tx, step, 'capture', at);
}

/** Frees held units, or part of them. */
export async function releaseUnits(tx: Tx, step: HoldStep, at: Date): Promise<HoldStepped | HoldRefused> {
  return resolve(tx, step, 'release', at);
}

async function resolve(
  tx: Tx,
  { hold: id, units }: HoldStep,
  how: 'capture' | 'release',
  at: Date,
): Promise<HoldStepped | HoldRefused> {
  const found = await heldUnits(tx, id);
  if (!found) return refuse('not-found');
  const { hold, open } = found;
  const amount = units ?? open;
  if (amount === 0n) return refuse('already-resolved', { link: id });
  const cause = hold.cause!;
  const step = newId(at);
  const legs = (await holdsOfPurchase(tx, cause)).map((one) => {
    const own = {
      id: partId<TransferId>(cause, how, step, one.id),
      tx: step,
      cause,
      amount,
      effectiveAt: at,
    };
    return how === 'capture' ? captureOf(one, own) : releaseOf(one, own);
  });
  const refused = await postAll(tx, legs, at);
  if (refused) return refused;
  const transfer = legs.find((leg) => leg.resolves === id)!.id;
  return { ok: true, hold, open: open - amount, transfer, units: amount };
}

/** A hold on somebody's own balance or on a wallet; null for an id that is none. */
export async function heldUnits(tx: Tx, id: TransferId): Promise<HeldUnits | null> {
  const hold = await transferById(tx, id);
  if (hold?.kind !== 'hold' || hold.from.role !== 'available' || !hold.cause) return null;
  const open = (await openHoldsOf(tx, hold.debit)).find((each) => each.id === id)?.open ?? 0n;
  return { ok: true, hold, open };
}

/** The hold on the balance, and the one on the allowance where there is one. */
async function holdsOfPurchase(tx: Tx, purchase: Id<string>): Promise<BookedTransfer[]> {
  return (await transfersOfCause(tx, purchase)).filter(({ kind }) => kind === 'hold');
}

async function postAll(tx: Tx, legs: readonly NewTransfer[], at: Date): Promise<Refused<PostRefusal> | null> {
  for (const answer of await post(tx, legs, at)) if (!answer.ok) return answer;
  return null;
}
