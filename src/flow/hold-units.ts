import type { Tx } from '../db/transact.ts';
import { accountId, assetsByCodes, openAccounts, type Asset, type NewAccount } from '../ledger/accounts.ts';
import { allowanceHold, openAllowance } from '../ledger/allowance.ts';
import { captureOf, openOf, releaseOf } from '../ledger/holds.ts';
import { issuersOf, type Issuer } from '../ledger/issuers.ts';
import { post } from '../ledger/post.ts';
import { transfersByIds, transfersOfCauses, type BookedTransfer } from '../ledger/read.ts';
import type { NewTransfer, PostRefusal } from '../ledger/transfer.ts';
import { participantsByIds } from '../network/participants.ts';
import { listProgrammes, type Programme } from '../network/programmes.ts';
import {
  limitPeriod,
  membersOf,
  walletsByIds,
  type WalletId,
  type WalletMember,
} from '../network/wallets.ts';
import { newId, partId, type Id, type ParticipantId, type TransferId } from '../shared/id.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import { wallTime } from '../shared/time.ts';

/** Whose units: a participant's own, or those of a wallet that the participant may use. */
export type Spender = { participant: ParticipantId; wallet: WalletId | null };
/** `programme`: by code, where the units are spent; may be left out where only one gives out the asset. */
export type HoldAsked = {
  spender: Spender;
  asset: string;
  units: bigint;
  timesOutAt: Date | null;
  programme?: string | undefined;
};

export type HoldRefused = Refused<
  'not-found' | 'bad-request' | 'unknown-asset' | 'not-a-member' | 'limit-exceeded' | PostRefusal
>;
/** `open`: what is left of it to capture or release. */
export type HeldUnits = { ok: true; hold: BookedTransfer; open: bigint };

/**
 * Sets units aside for something that is being bought: from one's own balance, or from a shared wallet and one's
 * allowance in it at the same time, which stand or fall together.
 *
 * The programme in which they are spent takes them back: of a shared wallet its own, else the one that gives out the
 * asset. Where several do, it must be named: units of all of them are worth the same, so a programme may take back what
 * another gave out, and its issuing account then shows what the other owes it.
 */
export async function holdUnits(tx: Tx, asked: HoldAsked, at: Date): Promise<HeldUnits | HoldRefused> {
  return (await holdUnitsAll(tx, [asked], at))[0]!;
}

/** The same for several, posted as one batch: each is held or refused by itself, in the given order. */
export async function holdUnitsAll(
  tx: Tx,
  asked: readonly HoldAsked[],
  at: Date,
): Promise<(HeldUnits | HoldRefused)[]> {
  const purses = await pursesOf(tx, asked, at);
  const good = purses.filter((one): one is Purse => one.ok);
  const pairs = good.flatMap(({ asset, owner, programme }): NewAccount[] => [
    { asset: asset.id, owner, role: 'available' },
    { asset: asset.id, owner: programme.id, role: 'issued' },
  ]);
  if (pairs.length > 0) await openAccounts(tx, pairs);
  const allowances = await openAllowances(tx, good, at);
  const plans = purses.map((purse, i) =>
    purse.ok ? planHold(tx, purse, allowances.get(allowanceName(purse)), asked[i]!, at) : [],
  );
  const outcomes = await postEach(tx, plans, at);
  const booked = await bookedById(
    tx,
    plans.flatMap(([leg], i) => (leg && !outcomes[i] ? leg.id : [])),
  );
  return purses.map((purse, i) => {
    if (!purse.ok) return purse;
    const refused = outcomes[i];
    if (!refused) return { ok: true, hold: booked.get(plans[i]![0]!.id)!, open: asked[i]!.units };
    const allowance = allowances.get(allowanceName(purse))?.allowance;
    return allowance && refused.facts?.['account'] === allowance ? refuse('limit-exceeded') : refused;
  });
}

const overBefore = { field: 'timesOutAt', problem: 'not later than now' };

/** What a hold is taken from. `member` is the spender's place in the wallet; null: it is the spender's own balance. */
type Purse = {
  ok: true;
  asset: Asset;
  owner: Id<string>;
  programme: Programme;
  member: WalletMember | null;
};

async function pursesOf(tx: Tx, asked: readonly HoldAsked[], at: Date): Promise<(Purse | HoldRefused)[]> {
  const assets = byKey(await assetsByCodes(tx, [...new Set(asked.map(({ asset }) => asset))]), 'code');
  const people = byKey(
    await participantsByIds(tx, [...new Set(asked.map(({ spender }) => spender.participant))]),
    'id',
  );
  const walletIds = [...new Set(asked.flatMap(({ spender }) => spender.wallet ?? []))];
  const wallets = byKey(walletIds.length > 0 ? await walletsByIds(tx, walletIds) : [], 'id');
  const members = new Map<WalletId, WalletMember[]>();
  for (const id of wallets.keys()) members.set(id, await membersOf(tx, id));
  const programmes = await listProgrammes(tx);
  const issuers =
    programmes.length > 1
      ? await issuersOf(
          tx,
          programmes.map(({ id }) => id),
        )
      : [];
  return asked.map((one): Purse | HoldRefused => {
    const { spender, asset: code, timesOutAt } = one;
    if (timesOutAt && timesOutAt <= at) return refuse('bad-request', overBefore);
    const asset = assets.get(code);
    // Status makes a rank and buys nothing.
    if (!asset || asset.kind === 'status') return refuse('unknown-asset', { asset: code });
    const person = people.get(spender.participant);
    const wallet = spender.wallet && wallets.get(spender.wallet);
    if (!person || (spender.wallet && wallet?.asset !== code)) return refuse('not-found');
    if (!wallet) {
      const programme = programmeOf(one, programmes, issuers);
      if ('refused' in programme) return programme;
      return { ok: true, asset, owner: person.id, programme, member: null };
    }
    const member = members.get(wallet.id)!.find(({ participant }) => participant === person.id);
    if (!member?.isActive) return refuse('not-a-member');
    const programme = programmes.find(({ id }) => id === wallet.programme)!;
    if (one.programme !== undefined && one.programme !== programme.code)
      return refuse('bad-request', { field: 'programme', problem: 'not the one of the wallet' });
    return { ok: true, asset, owner: wallet.id, programme, member };
  });
}

function programmeOf(
  { asset, programme: named }: HoldAsked,
  programmes: readonly Programme[],
  issuers: readonly Issuer[],
): Programme | Refused<'bad-request'> {
  if (named !== undefined)
    return (
      programmes.find(({ code }) => code === named) ??
      refuse('bad-request', { field: 'programme', problem: 'unknown' })
    );
  const giving = programmes.filter(({ id }) =>
    issuers.some(({ code, owner }) => code === asset && owner === (id as Id<string>)),
  );
  if (giving.length > 1) return refuse('bad-request', { field: 'programme', problem: 'missing' });
  return giving[0] ?? programmes[0]!;
}

type OpenAllowance = Awaited<ReturnType<typeof openAllowance>>;

const allowanceName = ({ owner, member }: Purse) => `${owner} ${member?.participant}`;

/** The allowance of each member that spends, opened once however often. */
async function openAllowances(
  tx: Tx,
  purses: readonly Purse[],
  at: Date,
): Promise<Map<string, OpenAllowance>> {
  const open = new Map<string, OpenAllowance>();
  for (const purse of purses) {
    const { asset, owner: wallet, programme, member } = purse;
    if (!member || open.has(allowanceName(purse))) continue;
    const { participant, limitPer, limitUnits: limit } = member;
    const period = limitPeriod(wallTime(at, programme.timeZone).day, limitPer);
    open.set(
      allowanceName(purse),
      await openAllowance(tx, asset, { wallet, member: participant, ...period, limit }),
    );
  }
  return open;
}

function planHold(
  tx: Tx,
  { asset, owner, programme }: Purse,
  allowance: OpenAllowance | undefined,
  { units, timesOutAt }: HoldAsked,
  at: Date,
): NewTransfer[] {
  const purchase = newId<Id<'purchase'>>(at);
  const leg: NewTransfer = {
    id: partId<TransferId>(purchase, 'hold'),
    tx: purchase,
    cause: purchase,
    asset: asset.id,
    debit: accountId(tx.tenant, owner, 'available', asset.id),
    credit: accountId(tx.tenant, programme.id, 'issued', asset.id),
    amount: units,
    kind: 'hold',
    effectiveAt: at,
    ...(timesOutAt ? { timesOutAt } : {}),
  };
  return allowance ? [leg, allowanceHold(leg, allowance, purchase)] : [leg];
}

export type HoldStep = { hold: TransferId; units: bigint | null };
/** `units` were captured or released by `transfer`. */
export type HoldStepped = HeldUnits & { transfer: TransferId; units: bigint };

/** Spends held units, or part of them: what is not captured stays held. */
export async function captureUnits(tx: Tx, step: HoldStep, at: Date): Promise<HoldStepped | HoldRefused> {
  return (await stepAll(tx, [step], 'capture', at))[0]!;
}

/** Frees held units, or part of them. */
export async function releaseUnits(tx: Tx, step: HoldStep, at: Date): Promise<HoldStepped | HoldRefused> {
  return (await stepAll(tx, [step], 'release', at))[0]!;
}

/** Captures or releases several, each done or refused by itself, in the given order. */
export async function stepAll(
  tx: Tx,
  steps: readonly HoldStep[],
  how: 'capture' | 'release',
  at: Date,
): Promise<(HoldStepped | HoldRefused)[]> {
  const answers: (HoldStepped | HoldRefused)[] = [];
  let waiting = [...steps.keys()];
  while (waiting.length > 0) {
    // Steps on one hold go one after the other: each takes from what the one before has left.
    const first = new Map(waiting.toReversed().map((place) => [steps[place]!.hold, place]));
    const places = [...first.values()];
    const done = await stepTogether(
      tx,
      places.map((place) => steps[place]!),
      how,
      at,
    );
    for (const [i, place] of places.entries()) answers[place] = done[i]!;
    const taken = new Set(places);
    waiting = waiting.filter((place) => !taken.has(place));
  }
  return answers;
}

async function stepTogether(
  tx: Tx,
  steps: readonly HoldStep[],
  how: 'capture' | 'release',
  at: Date,
): Promise<(HoldStepped | HoldRefused)[]> {
  const held = await heldByIds(
    tx,
    steps.map(({ hold }) => hold),
  );
  const causes = [...held.values()].map(({ hold }) => hold.cause!);
  // The hold on the balance, and the one on the allowance where there is one.
  const holds = Map.groupBy(
    (await transfersOfCauses(tx, [...new Set(causes)])).filter(({ kind }) => kind === 'hold'),
    ({ cause }) => cause!,
  );
  const amountOf = ({ hold, units }: HoldStep) => units ?? held.get(hold)?.open ?? 0n;
  const plans = steps.map((step): NewTransfer[] => {
    const cause = held.get(step.hold)?.hold.cause;
    const amount = amountOf(step);
    if (!cause || amount === 0n) return [];
    const id = newId(at);
    return holds.get(cause)!.map((one) => {
      const own = { id: partId<TransferId>(cause, how, id, one.id), tx: id, cause, amount, effectiveAt: at };
      return how === 'capture' ? captureOf(one, own) : releaseOf(one, own);
    });
  });
  const outcomes = await postEach(tx, plans, at);
  return steps.map((step, i) => {
    const found = held.get(step.hold);
    if (!found) return refuse('not-found');
    const transfer = plans[i]!.find(({ resolves }) => resolves === step.hold);
    if (!transfer) return refuse('already-resolved', { link: step.hold });
    const units = amountOf(step);
    return (
      outcomes[i] ?? { ok: true, hold: found.hold, open: found.open - units, transfer: transfer.id, units }
    );
  });
}

/** A hold on somebody's own balance or on a wallet; null for an id that is none. */
export async function heldUnits(tx: Tx, id: TransferId): Promise<HeldUnits | null> {
  return (await heldByIds(tx, [id])).get(id) ?? null;
}

async function heldByIds(tx: Tx, ids: readonly TransferId[]): Promise<Map<TransferId, HeldUnits>> {
  const holds = (await transfersByIds(tx, ids)).filter(
    ({ kind, from, cause }) => kind === 'hold' && from.role === 'available' && cause,
  );
  const open = await openOf(
    tx,
    holds.map(({ id }) => id),
  );
  return new Map(holds.map((hold) => [hold.id, { ok: true, hold, open: open.get(hold.id) ?? 0n }]));
}

async function bookedById(tx: Tx, ids: readonly TransferId[]): Promise<Map<TransferId, BookedTransfer>> {
  return byKey(ids.length > 0 ? await transfersByIds(tx, ids) : [], 'id');
}

/** Posts plans as one batch. Each stands or falls by itself: null where it stands, or there was nothing to post. */
async function postEach(
  tx: Tx,
  plans: readonly (readonly NewTransfer[])[],
  at: Date,
): Promise<(Refused<PostRefusal> | null)[]> {
  const posted = await post(tx, plans.flat(), at);
  let start = 0;
  return plans.map((legs) => {
    const answers = posted.slice(start, (start += legs.length));
    return answers.find((answer) => !answer.ok) ?? null;
  });
}

function byKey<Row, Key extends keyof Row>(rows: readonly Row[], key: Key): Map<Row[Key], Row> {
  return new Map(rows.map((row) => [row[key], row]));
}
