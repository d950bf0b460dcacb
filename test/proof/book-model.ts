import type { NewTransfer } from '../../src/ledger/transfer.ts';
import type { AccountId, TransferId } from '../../src/shared/id.ts';

/** What the model knows of an account: whose it is, and for what. */
export type Place = { owner: string; role: string };

/** A transfer that was accepted, and when. */
type Entry = NewTransfer & { at: Date };

type Totals = { balance: bigint; held: bigint; spent: bigint };

/** How a claw-back is expected to be taken: amounts by what they reverse and which account they leave. */
export type ExpectedLeg = { reverses: TransferId; debit: AccountId; amount: bigint };

const mayOwe = ['allow-debt', 'offset-next-earnings'];
const mayTake = ['within-balance', 'allow-debt'];

/**
 * The ledger as one would explain it on a whiteboard: a list of accepted transfers, from which everything is added up
 * anew each time. Written independently of the ledger's code, which must give the same answers and the same figures.
 */
export function modelBook(places: ReadonlyMap<AccountId, Place>) {
  const entries: Entry[] = [];
  /** The legs as they were asked for. */
  const accepted: NewTransfer[] = [];
  const byId = new Map<TransferId, Entry>();
  let closedBefore: Date | null = null;

  const roleOf = (account: AccountId) => places.get(account)!.role;
  const isFloorless = (account: AccountId) => !['available', 'pending'].includes(roleOf(account));
  const siblingOf = (account: AccountId, role: string): AccountId =>
    [...places].find(([, place]) => place.owner === places.get(account)!.owner && place.role === role)![0];
  const sum = (list: readonly Entry[], pick: (one: Entry) => boolean) =>
    list.reduce((total, one) => (pick(one) ? total + one.amount : total), 0n);
  const reversedOf = (id: TransferId, list = entries) => sum(list, (one) => one.reverses === id);

  /** What can still be made available or taken back of a pending earning. */
  function pendingLeft(earning: Entry, list = entries): bigint {
    const active = list
      .filter((one) => one.kind === 'activate' && one.resolves === earning.id)
      .reduce((total, one) => total + one.amount - reversedOf(one.id, list), 0n);
    return earning.amount - reversedOf(earning.id, list) - active;
  }

  const openOf = (hold: Entry, list = entries) => hold.amount - sum(list, (one) => one.resolves === hold.id);

  function count(list: readonly Entry[] = entries) {
    const accounts = new Map<AccountId, Totals>();
    for (const account of places.keys()) accounts.set(account, { balance: 0n, held: 0n, spent: 0n });
    const lots = new Map<string, bigint>();
    const holds = new Map<TransferId, bigint>();
    const addToLot = (account: AccountId, day: string, by: bigint) => {
      if (roleOf(account) !== 'pending')
        lots.set(`${account} ${day}`, (lots.get(`${account} ${day}`) ?? 0n) + by);
    };
    for (const { id, kind, debit, credit, amount, expiresOn, resolves, reverses } of list) {
      const from = accounts.get(debit)!;
      const to = accounts.get(credit)!;
      if (kind === 'hold') {
        from.held += amount;
        holds.set(id, amount);
        continue;
      }
      if (kind === 'capture' || kind === 'release') {
        from.held -= amount;
        holds.set(resolves!, holds.get(resolves!)! - amount);
      }
      if (kind === 'release') continue;
      from.balance -= amount;
      to.balance += amount;
      const original = reverses && byId.get(reverses)!;
      if (!original) from.spent += amount;
      else if (original.credit === debit && original.expiresOn) addToLot(debit, original.expiresOn, -amount);
      if (expiresOn) addToLot(credit, expiresOn, amount);
      else if (original) to.spent -= amount;
    }
    return { accounts, lots, holds };
  }

  /** Each account, lot and open hold by name, with its figures. */
  function figures(): Map<string, bigint[]> {
    const { accounts, lots, holds } = count();
    const all = new Map<string, bigint[]>();
    for (const [id, { balance, held, spent }] of accounts) all.set(`account ${id}`, [balance, held, spent]);
    for (const [name, earned] of lots) if (earned !== 0n) all.set(`lot ${name}`, [earned]);
    for (const [id, open] of holds) if (open !== 0n) all.set(`hold ${id}`, [open]);
    return all;
  }

  /** What is left of the lots of an account, earliest expiry first: spending used up the earliest. */
  function schedule(account: AccountId): { expiresOn: string; units: bigint }[] {
    const { accounts, lots } = count();
    let { spent } = accounts.get(account)!;
    return [...lots]
      .filter(([name]) => name.startsWith(account))
      .map(([name, earned]) => ({ expiresOn: name.split(' ')[1]!, earned }))
      .sort((one, other) => (one.expiresOn < other.expiresOn ? -1 : 1))
      .flatMap(({ expiresOn, earned }) => {
        const used = spent < earned ? spent : earned;
        spent -= used;
        return earned > used ? [{ expiresOn, units: earned - used }] : [];
      });
  }

  /** What is wrong with a leg that names another transfer, after the legs in `list`. */
  function judgeLink(leg: NewTransfer, list: Entry[]): string | null {
    const name = leg.resolves ?? leg.reverses;
    if (!name) return null;
    const original = byId.get(name);
    if (!original) return 'unknown-transfer';
    if (leg.reverses) return judgeReversal(leg, original, list);
    if (leg.kind === 'activate') {
      if (roleOf(original.credit) !== 'pending' || leg.debit !== original.credit) return 'link-mismatch';
    } else if (original.kind !== 'hold' || leg.debit !== original.debit || leg.credit !== original.credit)
      return 'link-mismatch';
    const left = leg.kind === 'activate' ? pendingLeft(original, list) : openOf(original, list);
    if (left === 0n) return 'already-resolved';
    return leg.amount > left ? 'hold-exceeded' : null;
  }

  function judgeReversal(leg: NewTransfer, original: Entry, list: Entry[]): string | null {
    const isOwed =
      roleOf(original.credit) === 'available' && leg.debit === siblingOf(original.credit, 'debt');
    const isSwapped = leg.credit === original.debit && (leg.debit === original.credit || isOwed);
    if (!isSwapped || original.reverses || ['hold', 'release'].includes(original.kind))
      return 'link-mismatch';
    const isPending = roleOf(original.credit) === 'pending';
    const left = isPending ? pendingLeft(original, list) : original.amount - reversedOf(original.id, list);
    return leg.amount > left ? 'reversal-exceeded' : null;
  }

  /** Posts the legs of one `tx` and answers one code for all of them. */
  function post(legs: readonly NewTransfer[], at: Date): string {
    const before = legs.map((leg) => byId.get(leg.id));
    if (before.some(Boolean))
      return before.every((one, index) => one && contentOf(one) === contentOf(legs[index]!))
        ? 'replayed'
        : 'id-reused';
    if (closedBefore && legs.some((leg) => leg.effectiveAt < closedBefore!)) return 'period-closed';
    const list = [...entries];
    for (const leg of legs) {
      const refused = judgeLink(leg, list);
      if (refused) return refused;
      list.push({ ...leg, at });
    }
    const { accounts } = count(list);
    for (const { debit } of legs) {
      const { balance, held } = accounts.get(debit)!;
      if (!isFloorless(debit) && balance - held < 0n) return 'below-floor';
    }
    for (const entry of list.slice(entries.length)) {
      entries.push(entry);
      byId.set(entry.id, entry);
    }
    accepted.push(...legs);
    return 'ok';
  }

  /** Holds whose time is over, with what is open. */
  const timedOut = (now: Date) =>
    entries.filter(
      (one) => one.kind === 'hold' && one.timesOutAt && one.timesOutAt <= now && openOf(one) > 0n,
    );

  /** Frees what has timed out, and answers how many holds that were. */
  function timeOut(now: Date, at: Date): number {
    const due = timedOut(now);
    for (const hold of due) {
      const { debit, credit, asset, timesOutAt } = hold;
      const id = `time-out ${hold.id}` as TransferId;
      const amount = openOf(hold);
      entries.push({
        id,
        tx: id,
        debit,
        credit,
        asset,
        amount,
        at,
        kind: 'release',
        resolves: hold.id,
        effectiveAt: timesOutAt!,
      });
    }
    return due.length;
  }

  /** Expires what could be used before a day and is not held; answers the units by account. */
  function expire(day: string, to: AccountId, at: Date): Map<AccountId, bigint> {
    const due = new Map<AccountId, bigint>();
    for (const account of places.keys()) {
      if (roleOf(account) !== 'available') continue;
      const over = schedule(account).filter(({ expiresOn }) => expiresOn < day);
      const units = over.reduce((total, lot) => total + lot.units, 0n) - count().accounts.get(account)!.held;
      if (units > 0n) due.set(account, units);
    }
    for (const [debit, amount] of due) {
      const id = `expire ${debit} ${day}` as TransferId;
      const [{ asset }] = entries as [Entry];
      const effectiveAt = new Date(day);
      entries.push({ id, tx: id, debit, credit: to, asset, amount, kind: 'expire', effectiveAt, at });
    }
    return due;
  }

  /** The legs that a gift is expected to have: the lots of the giver, earliest first, and what never expires. */
  function giftOf(from: AccountId, units: bigint): { expiresOn: string | undefined; amount: bigint }[] {
    let rest = units;
    const legs = [...schedule(from), { expiresOn: undefined, units }].map((lot) => {
      const amount = lot.units < rest ? lot.units : rest;
      rest -= amount;
      return { expiresOn: lot.expiresOn, amount };
    });
    return legs.filter(({ amount }) => amount > 0n);
  }

  /** What can still be given back of a spending. */
  const refundable = (spend: TransferId) => {
    const entry = byId.get(spend);
    return entry ? entry.amount - reversedOf(spend) : null;
  };

  /** What the next earnings, in this order, are expected to repay of their owners' debts. */
  function repayments(earnings: readonly NewTransfer[]): { earning: TransferId; amount: bigint }[] {
    const { accounts } = count();
    const owed = new Map<AccountId, bigint>();
    return earnings.flatMap((earning) => {
      const debt = siblingOf(earning.credit, 'debt');
      const open = owed.get(debt) ?? -accounts.get(debt)!.balance;
      const amount = open < earning.amount ? open : earning.amount;
      if (amount <= 0n) return [];
      owed.set(debt, open - amount);
      return [{ earning: earning.id, amount }];
    });
  }

  /** How taking back `amount` of an earning is expected to go, or the refusal. */
  function takeBack(earningId: TransferId, amount: bigint, policy: string): ExpectedLeg[] | string {
    const earning = byId.get(earningId);
    if (!earning) return 'unknown-transfer';
    const isPending = roleOf(earning.credit) === 'pending';
    if (amount > earning.amount - reversedOf(earning.id)) return 'reversal-exceeded';
    const member = isPending ? siblingOf(earning.credit, 'available') : earning.credit;
    const debt = siblingOf(member, 'debt');
    const { balance, held } = count().accounts.get(member)!;
    let rest = amount;
    const take = (most: bigint) => {
      const taken = rest < most ? rest : most;
      rest -= taken;
      return taken;
    };
    const pending = take(isPending ? pendingLeft(earning) : 0n);
    const available = take(mayTake.includes(policy) ? balance - held : 0n);
    const owed = mayOwe.includes(policy) ? take(rest) : 0n;
    const sources = [
      { debit: member, amount: available },
      { debit: debt, amount: owed },
    ].filter((source) => source.amount > 0n);
    if (!isPending) return sources.map((source) => ({ reverses: earning.id, ...source }));
    const legs: ExpectedLeg[] = [];
    // What was made available last goes back first.
    const activations = entries
      .filter((one) => one.kind === 'activate' && one.resolves === earning.id)
      .sort((one, other) => one.at.getTime() - other.at.getTime() || (one.id < other.id ? -1 : 1))
      .map((one) => ({ id: one.id, left: one.amount - reversedOf(one.id) }));
    for (const source of sources)
      for (const activation of activations.toReversed()) {
        const taken = source.amount < activation.left ? source.amount : activation.left;
        if (taken === 0n) continue;
        legs.push({ reverses: activation.id, debit: source.debit, amount: taken });
        source.amount -= taken;
        activation.left -= taken;
      }
    const total = pending + available + owed;
    return total > 0n ? [...legs, { reverses: earning.id, debit: earning.credit, amount: total }] : legs;
  }

  /** The balance as it stood in the book at a time, or as of a business time. */
  function balanceAsOf(account: AccountId, time: { at: Date } | { effectiveAt: Date }): bigint {
    const list = entries.filter((one) =>
      'at' in time ? one.at <= time.at : one.effectiveAt <= time.effectiveAt,
    );
    const moves = list.filter(({ kind }) => kind !== 'hold' && kind !== 'release');
    return sum(moves, (one) => one.credit === account) - sum(moves, (one) => one.debit === account);
  }

  const close = (before: Date) => (closedBefore = before);

  const acts = { post, timeOut, expire, close };
  const plans = { giftOf, refundable, repayments, takeBack };
  return { accepted, figures, balanceAsOf, ...acts, ...plans };
}

export type BookModel = ReturnType<typeof modelBook>;

function contentOf({ id, tx, debit, credit, amount, kind, effectiveAt, ...more }: NewTransfer): string {
  const { resolves, reverses, timesOutAt, expiresOn, cause, taxClass } = more;
  const parts = [id, tx, debit, credit, amount, kind, effectiveAt.getTime()];
  return [...parts, resolves, reverses, timesOutAt?.getTime(), expiresOn, cause, taxClass]
    .map(String)
    .join(' ');
}
