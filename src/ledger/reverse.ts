import type { Tx } from '../db/transact.ts';
import { eventId, partId, timeOf } from '../shared/id.ts';
import type { AccountId, Id, TransferId } from '../shared/id.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import { accountId, openAccounts } from './accounts.ts';
import { lockBook } from './chain.ts';
import type { Follow } from './holds.ts';
import { availableOf, transfersByIds, transfersThatFollow, type BookedTransfer } from './read.ts';
import type { NewTransfer, TransferKind } from './transfer.ts';

/**
 * Takes back a transfer, or part of it: the same accounts the other way round. Of a spending, the units come back with
 * the expiry they had; `expiresOn` gives them another one (a grace period where theirs has passed).
 */
export function reversalOf(
  original: BookedTransfer,
  follow: Follow & { kind: TransferKind; expiresOn?: string },
): NewTransfer {
  const { debit, credit } = original;
  return { ...follow, asset: original.asset.id, debit: credit, credit: debit, reverses: original.id };
}

/** Makes a pending earning, or part of it, available. Its expiry date goes with it unless another is given. */
export function activationOf(
  tenant: Tx['tenant'],
  earning: BookedTransfer,
  follow: Follow & { expiresOn?: string },
): NewTransfer {
  const credit = accountId(tenant, earning.to.owner, 'available', earning.asset.id);
  const expiresOn = follow.expiresOn ?? earning.expiresOn ?? undefined;
  return {
    ...follow,
    kind: 'activate',
    asset: earning.asset.id,
    debit: earning.credit,
    credit,
    resolves: earning.id,
    expiresOn,
  };
}

/**
 * How far a programme goes to take back what was earned wrongly. What is still pending is always taken. Then:
 * `only-pending` leaves the rest with the member; `within-balance` takes what is available and leaves the rest;
 * `allow-debt` takes what is available and books the rest as debt; `offset-next-earnings` leaves the available balance
 * alone and books the whole rest as debt. Later earnings repay debt first (`planRepayments`).
 */
export type ClawbackPolicy = 'only-pending' | 'within-balance' | 'allow-debt' | 'offset-next-earnings';

/** Where an amount is taken from; `waived` is left with the member. The four add up to it. */
export type TakeBackSplit = { pending: bigint; available: bigint; debt: bigint; waived: bigint };

export function splitTakeBack(
  policy: ClawbackPolicy,
  amount: bigint,
  has: { pending: bigint; available: bigint },
): TakeBackSplit {
  const pending = min(amount, has.pending);
  const rest = amount - pending;
  const takesAvailable = policy === 'within-balance' || policy === 'allow-debt';
  const available = takesAvailable ? min(rest, max(has.available, 0n)) : 0n;
  const open = rest - available;
  const asDebt = policy === 'allow-debt' || policy === 'offset-next-earnings';
  return { pending, available, debt: asDebt ? open : 0n, waived: asDebt ? 0n : open };
}

/** `amount` of an earning that is to be taken back, and why. */
export type TakeBack = {
  earning: TransferId;
  amount: bigint;
  policy: ClawbackPolicy;
  because: TakeBackCause;
};

/** What the legs have in common; `key` and `recordedAt` name what happened, as in `eventId` (`partId` with a cause). */
export type TakeBackCause = {
  tx: Id<string>;
  key: string;
  recordedAt: Date;
  effectiveAt: Date;
  cause?: Id<string>;
};

export type PlannedTakeBack =
  | { ok: true; transfers: NewTransfer[]; split: TakeBackSplit }
  | Refused<'unknown-transfer' | 'reversal-exceeded'>;

/** What planning needs of the book. `available` falls with every plan, so that two do not take the same units. */
type Takeable = {
  earnings: ReadonlyMap<TransferId, BookedTransfer>;
  activations: ReadonlyMap<TransferId | null, BookedTransfer[]>;
  reversals: ReadonlyMap<TransferId | null, BookedTransfer[]>;
  available: Map<AccountId, bigint>;
};

/**
 * Plans how to take earnings back, each (named once) under its policy, and answers the transfers to post in the same
 * transaction. The book is locked first, so that the plan still fits when it is posted. A plan that was posted before
 * under the same `tx` is answered as it was posted, and posting it again changes nothing.
 */
export async function planTakeBacks(tx: Tx, takeBacks: readonly TakeBack[]): Promise<PlannedTakeBack[]> {
  await lockBook(tx);
  const takeable = await readTakeable(
    tx,
    takeBacks.map(({ earning }) => earning),
  );
  const plans = takeBacks.map((takeBack) => planTakeBack(tx, takeBack, takeable));
  const inDebt = plans.flatMap((plan, index) =>
    plan.ok && plan.split.debt > 0n ? takeable.earnings.get(takeBacks[index]!.earning)! : [],
  );
  if (inDebt.length > 0)
    await openAccounts(
      tx,
      inDebt.map((earning) => ({ asset: earning.asset.id, owner: earning.to.owner, role: 'debt' })),
    );
  return plans;
}

async function readTakeable(tx: Tx, ids: readonly TransferId[]): Promise<Takeable> {
  const earnings = await transfersByIds(tx, ids);
  const followers = await transfersThatFollow(tx, ids);
  const activations = followers.filter((one) => one.kind === 'activate');
  const ofActivations =
    activations.length > 0
      ? await transfersThatFollow(
          tx,
          activations.map((one) => one.id),
        )
      : [];
  return {
    earnings: new Map(earnings.map((one) => [one.id, one])),
    activations: Map.groupBy(activations, (one) => one.resolves),
    reversals: Map.groupBy([...followers, ...ofActivations], (one) => one.reverses),
    available: await availableOf(
      tx,
      earnings.map((one) => accountId(tx.tenant, one.to.owner, 'available', one.asset.id)),
    ),
  };
}

function planTakeBack(
  tx: Tx,
  { earning: id, amount, policy, because }: TakeBack,
  { earnings, activations, reversals, available }: Takeable,
): PlannedTakeBack {
  const earning = earnings.get(id);
  if (!earning) return refuse('unknown-transfer', { link: id });
  const activated = activations.get(id) ?? [];
  const reversalsOf = (one: BookedTransfer) => reversals.get(one.id) ?? [];
  const posted = [earning, ...activated].flatMap(reversalsOf).filter((one) => one.tx === because.tx);
  if (posted.length > 0)
    return { ok: true, transfers: posted.map(repeat), split: splitOf(posted, id, amount) };
  const leftOf = (one: BookedTransfer) => one.amount - sum(reversalsOf(one));
  const left = leftOf(earning);
  if (amount > left) return refuse('reversal-exceeded', { link: id, left: Number(left) });

  const member = accountId(tx.tenant, earning.to.owner, 'available', earning.asset.id);
  const open = activated.map((one) => ({ activation: one, left: leftOf(one) }));
  const active = open.reduce((total, one) => total + one.left, 0n);
  const pending = earning.to.role === 'pending' ? left - active : 0n;
  const split = splitTakeBack(policy, amount, { pending, available: available.get(member) ?? 0n });
  available.set(member, (available.get(member) ?? 0n) - split.available);
  const debt = accountId(tx.tenant, earning.to.owner, 'debt', earning.asset.id);
  const sources = [
    { account: member, role: 'available', units: split.available },
    { account: debt, role: 'debt', units: split.debt },
  ].filter((source) => source.units > 0n);
  return { ok: true, transfers: legsOf(tx, earning, open, split.pending, sources, because), split };
}

type Source = { account: AccountId; role: string; units: bigint };
type OpenActivation = { activation: BookedTransfer; left: bigint };

/** What was activated first becomes pending again, newest activation first; then all of it leaves the pending account. */
function legsOf(
  tx: Tx,
  earning: BookedTransfer,
  open: readonly OpenActivation[],
  pending: bigint,
  sources: readonly Source[],
  { key, recordedAt, ...shared }: TakeBackCause,
): NewTransfer[] {
  const leg = (original: BookedTransfer, amount: bigint, role: string, debit: AccountId): NewTransfer => {
    const parts = ['take-back', key, original.id, role];
    const id = shared.cause
      ? partId<TransferId>(shared.cause, ...parts)
      : eventId<TransferId>(recordedAt, tx.tenant, ...parts);
    return { ...reversalOf(original, { ...shared, id, amount, kind: 'clawback' }), debit };
  };
  if (earning.to.role !== 'pending')
    return sources.map(({ account, role, units }) => leg(earning, units, role, account));
  const legs: NewTransfer[] = [];
  const stack = open.map((one) => ({ ...one }));
  for (const { account, role, units } of sources) {
    for (let rest = units; rest > 0n;) {
      const { activation, left } = stack.at(-1)!;
      const taken = min(rest, left);
      if (taken > 0n) legs.push(leg(activation, taken, role, account));
      rest -= taken;
      if (taken === left) stack.pop();
      else stack.at(-1)!.left -= taken;
    }
  }
  const total = sources.reduce((units, source) => units + source.units, pending);
  return total > 0n ? [...legs, leg(earning, total, 'pending', earning.credit)] : legs;
}

function splitOf(posted: readonly BookedTransfer[], earning: TransferId, amount: bigint): TakeBackSplit {
  const taken = sum(posted.filter((one) => one.reverses === earning));
  const available = sum(posted.filter((one) => one.from.role === 'available'));
  const debt = sum(posted.filter((one) => one.from.role === 'debt'));
  return { pending: taken - available - debt, available, debt, waived: amount - taken };
}

/** The transfer as it would be posted again. */
function repeat(booked: BookedTransfer): NewTransfer {
  const { id, tx, debit, credit, amount, kind, effectiveAt } = booked;
  const links = {
    resolves: booked.resolves ?? undefined,
    reverses: booked.reverses ?? undefined,
    cause: booked.cause ?? undefined,
  };
  return { id, tx, debit, credit, amount, kind, effectiveAt, asset: booked.asset.id, ...links };
}

/**
 * What earnings repay of their owners' debts: for each earning that is new to the book, a transfer from the member's
 * account to the debt, to be posted with it. Debt comes first: an earning counts only with what is left of it.
 */
export async function planRepayments(tx: Tx, earnings: readonly NewTransfer[]): Promise<NewTransfer[]> {
  await lockBook(tx);
  const debts = await tx.query<{ member: AccountId; debt: AccountId; owed: bigint }>(
    `select a.id as member, d.id as debt, -d.balance as owed
     from account d join account a on a.tenant = $1 and a.owner = d.owner and a.asset = d.asset and a.role = 'available'
     where d.tenant = $1 and d.role = 'debt' and d.balance < 0 and a.id = any ($2::uuid[])`,
    [tx.tenant, earnings.map((earning) => earning.credit)],
    { name: 'ledger-debts' },
  );
  if (debts.length === 0) return [];
  const posted = new Set(
    (
      await transfersByIds(
        tx,
        earnings.map((earning) => earning.id),
      )
    ).map((one) => one.id),
  );
  const owedBy = new Map(debts.map((debt) => [debt.member, debt]));
  return earnings.flatMap((earning) => {
    const debt = owedBy.get(earning.credit);
    if (!debt || debt.owed === 0n || posted.has(earning.id)) return [];
    const amount = min(debt.owed, earning.amount);
    debt.owed -= amount;
    const { tx: group, asset, effectiveAt, cause } = earning;
    const id = cause
      ? partId<TransferId>(cause, 'repay', earning.id)
      : eventId<TransferId>(timeOf(earning.id), tx.tenant, 'repay', earning.id);
    const accounts = { debit: earning.credit, credit: debt.debt };
    return [{ id, tx: group, asset, ...accounts, amount, kind: 'repay', effectiveAt, cause }];
  });
}

function sum(transfers: readonly { amount: bigint }[]): bigint {
  return transfers.reduce((total, one) => total + one.amount, 0n);
}

function min(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}

function max(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}
