import type { AccountId } from '../shared/id.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import { systemRoles } from './accounts.ts';
import type { AccountState, Book, HoldState, LinkState, TurnoverState } from './book.ts';
import {
  contentOf,
  movesNothing,
  rowOf,
  type NewTransfer,
  type Posted,
  type PostRefusal,
  type Transfer,
} from './transfer.ts';

const dayMs = 86_400_000;
/** Stands in the daily sums for all accounts of a role that is not a system role. */
const everyOtherAccount = '00000000-0000-0000-0000-000000000000' as AccountId;

/** The rows to write, and an answer for every transfer in the order given. What they change is noted in the book. */
export type Judgement = { rows: Transfer[]; answers: Posted[] };

/**
 * Judges the transfers one `tx` after the other, in the order in which each `tx` first appears, as if each were posted
 * by itself: floors are checked after the last leg of a `tx`, and a refused `tx` leaves no trace in the book. Pure but for
 * `book`, which carries what was accepted on to the next.
 */
export function judge(book: Book, transfers: readonly NewTransfer[], at: Date): Judgement {
  const rows: Transfer[] = [];
  const answers: Posted[] = [];
  for (const places of groupLegs(transfers)) {
    const legs = places.map((place) => transfers[place]!);
    const reused = legs.find((leg) => isReused(book, leg)) ?? findAddition(book, legs);
    const fresh = legs.filter((leg) => !book.stored.has(leg.id));
    const refused = reused ? refuseLeg(reused, 'id-reused') : (findLate(book, fresh) ?? tryLegs(book, fresh));
    const accepted = refused ? [] : fresh.map((leg) => rowOf(leg, at));
    for (const row of accepted) keep(book, row);
    rows.push(...accepted);
    const replayed = accepted.length === 0;
    for (const place of places) {
      const { id } = transfers[place]!;
      answers[place] = refused ?? { ok: true, id, at: book.stored.get(id)!.at, replayed };
    }
  }
  return { rows, answers };
}

/**
 * The legs of each `tx`, as places in the list. An id that comes again begins another round, which is judged after the
 * first like any repetition.
 */
function groupLegs(transfers: readonly NewTransfer[]): Iterable<number[]> {
  const rounds = new Map<string, number>();
  const roundOf = (place: number) => {
    const { id, tx } = transfers[place]!;
    const round = rounds.get(id) ?? 0;
    rounds.set(id, round + 1);
    return `${round} ${tx}`;
  };
  return Map.groupBy(transfers.keys(), roundOf).values();
}

function isReused(book: Book, leg: NewTransfer): boolean {
  const before = book.stored.get(leg.id);
  return before !== undefined && contentOf(before) !== contentOf(rowOf(leg, before.at));
}

/** A new leg beside legs that are posted already: a `tx` never grows. */
function findAddition(book: Book, legs: readonly NewTransfer[]): NewTransfer | undefined {
  const fresh = legs.filter((leg) => !book.stored.has(leg.id));
  return fresh.length < legs.length ? fresh[0] : undefined;
}

/** A new leg that says it happened in a period which is closed. */
function findLate({ closedBefore }: Book, legs: readonly NewTransfer[]): Refused<PostRefusal> | undefined {
  const late = closedBefore && legs.find((leg) => leg.effectiveAt < closedBefore);
  return late ? refuseLeg(late, 'period-closed', { closedBefore: closedBefore.toISOString() }) : undefined;
}

/** Lets later transfers of the batch find an accepted one, as a repetition or as what they resolve or reverse. */
function keep(book: Book, row: Transfer): void {
  book.stored.set(row.id, row);
  if (!book.linked.has(row.id)) return;
  const { owner, role } = book.accounts.get(row.credit)!;
  book.links.set(row.id, {
    transfer: row,
    creditOwner: owner,
    creditRole: role,
    reversed: 0n,
    activated: 0n,
  });
}

/** What was added to counters of the book, so that it can be taken back; null where it never will be. */
type Changes = { on: Record<string, bigint>; key: string; by: bigint }[] | null;

/**
 * Notes transfers that nothing in the book can stand against (`presumeBook`), one by one; false when something does after
 * all, and the book is of no use any more.
 */
export function noteAll(book: Book, transfers: readonly NewTransfer[]): boolean {
  const touched = new Set<AccountState>();
  return transfers.every((leg) => tryLeg(book, leg, null, touched) === null);
}

/** Notes the legs of one `tx` in the book, or answers why not and leaves the book as it was. */
function tryLegs(book: Book, legs: readonly NewTransfer[]): Refused<PostRefusal> | null {
  const changes: NonNullable<Changes> = [];
  const touched = new Set<AccountState>();
  let refused: Refused<PostRefusal> | null = null;
  for (const leg of legs) {
    refused = tryLeg(book, leg, changes, touched);
    if (refused) break;
  }
  refused ??= findBelowFloor(legs, touched);
  if (refused) for (const { on, key, by } of changes) on[key]! -= by;
  return refused;
}

function findBelowFloor(
  legs: readonly NewTransfer[],
  touched: Set<AccountState>,
): Refused<PostRefusal> | null {
  for (const account of touched) {
    if (account.floor === null) continue;
    const available = account.balance - account.held;
    const left = available + account.added.balance - account.added.held;
    if (left >= account.floor) continue;
    const leg = legs.find((one) => one.debit === account.id) ?? legs[0]!;
    return refuseLeg(leg, 'below-floor', { account: account.id, missing: Number(account.floor - left) });
  }
  return null;
}

function tryLeg(
  book: Book,
  leg: NewTransfer,
  changes: Changes,
  touched: Set<AccountState>,
): Refused<PostRefusal> | null {
  const debit = book.accounts.get(leg.debit);
  const credit = book.accounts.get(leg.credit);
  if (!debit || !credit)
    return refuseLeg(leg, 'unknown-account', { account: debit ? leg.credit : leg.debit });
  if (debit.asset !== leg.asset || credit.asset !== leg.asset) return refuseLeg(leg, 'asset-mismatch');
  touched.add(debit);
  if (leg.kind === 'hold') {
    noteHold(book, leg, debit, changes);
    return null;
  }
  const refused = noteLink(book, leg, debit, changes);
  if (refused || movesNothing(leg.kind)) return refused;
  noteMove(book, leg, debit, credit, changes);
  return null;
}

function noteHold(book: Book, leg: NewTransfer, debit: AccountState, changes: Changes): void {
  add(changes, debit.added, 'held', leg.amount);
  const hold: HoldState = {
    id: leg.id,
    account: debit.id,
    timesOutAt: leg.timesOutAt ?? null,
    isNew: true,
    open: 0n,
    added: 0n,
  };
  book.holds.set(leg.id, hold);
  add(changes, hold, 'open', leg.amount);
}

/** Checks the transfer against the one it resolves or reverses, and notes how much of that one it uses up. */
function noteLink(
  book: Book,
  leg: NewTransfer,
  debit: AccountState,
  changes: Changes,
): Refused<PostRefusal> | null {
  const name = leg.resolves ?? leg.reverses;
  if (!name) return null;
  const link = book.links.get(name);
  if (!link) return refuseLeg(leg, 'unknown-transfer', { link: name });
  if (leg.kind === 'activate') return noteActivation(leg, link, changes);
  if (leg.resolves) return noteResolution(leg, link, book.holds.get(name), debit, changes);
  return noteReversal(book, leg, link, debit, changes);
}

function noteResolution(
  leg: NewTransfer,
  { transfer }: LinkState,
  hold: HoldState | undefined,
  debit: AccountState,
  changes: Changes,
): Refused<PostRefusal> | null {
  if (!hold || leg.debit !== transfer.debit || leg.credit !== transfer.credit)
    return refuseLeg(leg, 'link-mismatch', { link: transfer.id });
  const left = hold.open + hold.added;
  if (left === 0n) return refuseLeg(leg, 'already-resolved', { link: transfer.id });
  if (leg.amount > left) return refuseLeg(leg, 'hold-exceeded', { link: transfer.id, left: Number(left) });
  add(changes, hold, 'added', -leg.amount);
  add(changes, debit.added, 'held', -leg.amount);
  return null;
}

function noteActivation(leg: NewTransfer, link: LinkState, changes: Changes): Refused<PostRefusal> | null {
  if (link.creditRole !== 'pending' || leg.debit !== link.transfer.credit)
    return refuseLeg(leg, 'link-mismatch', { link: link.transfer.id });
  const left = pendingLeft(link);
  if (left === 0n) return refuseLeg(leg, 'already-resolved', { link: link.transfer.id });
  if (leg.amount > left)
    return refuseLeg(leg, 'hold-exceeded', { link: link.transfer.id, left: Number(left) });
  add(changes, link, 'activated', leg.amount);
  return null;
}

function noteReversal(
  book: Book,
  leg: NewTransfer,
  link: LinkState,
  debit: AccountState,
  changes: Changes,
): Refused<PostRefusal> | null {
  const original = link.transfer;
  // Debt stands in for what the member no longer has.
  const inDebt = debit.role === 'debt' && debit.owner === link.creditOwner && link.creditRole === 'available';
  const swapped = leg.credit === original.debit && (leg.debit === original.credit || inDebt);
  if (!swapped || movesNothing(original.kind) || original.reverses)
    return refuseLeg(leg, 'link-mismatch', { link: original.id });
  const left = link.creditRole === 'pending' ? pendingLeft(link) : original.amount - link.reversed;
  if (leg.amount > left)
    return refuseLeg(leg, 'reversal-exceeded', { link: original.id, left: Number(left) });
  add(changes, link, 'reversed', leg.amount);
  // What comes back from an activation is pending again.
  const earning = original.kind === 'activate' ? book.links.get(original.resolves!) : undefined;
  if (earning) add(changes, earning, 'activated', -leg.amount);
  return null;
}

/** Units of a pending earning that were neither made available nor taken back. */
export function pendingLeft(link: LinkState): bigint {
  return link.transfer.amount - link.reversed - link.activated;
}

/**
 * Moves the units and keeps the line of lots (README): a reversal takes units out of the lot they were credited to, and
 * brings spent units back as if they had never left, unless it names an expiry date of its own.
 */
function noteMove(
  book: Book,
  leg: NewTransfer,
  debit: AccountState,
  credit: AccountState,
  changes: Changes,
): void {
  add(changes, debit.added, 'balance', -leg.amount);
  add(changes, credit.added, 'balance', leg.amount);
  add(changes, debit.added, 'moves', 1n);
  add(changes, credit.added, 'moves', 1n);
  add(changes, turnoverOf(book, debit, leg), 'debit', leg.amount);
  add(changes, turnoverOf(book, credit, leg), 'credit', leg.amount);
  const original = leg.reverses ? book.links.get(leg.reverses)?.transfer : undefined;
  if (!original) add(changes, debit.added, 'spent', leg.amount);
  else if (original.credit === debit.id && original.expiresOn)
    addToLot(book, debit, original.expiresOn, -leg.amount, changes);
  if (leg.expiresOn) addToLot(book, credit, leg.expiresOn, leg.amount, changes);
  else if (original) add(changes, credit.added, 'spent', -leg.amount);
}

// Pending units have no lot: their time begins when they become available, and the activation carries the date over.
function addToLot(book: Book, account: AccountState, expiresOn: string, by: bigint, changes: Changes): void {
  if (account.role === 'pending') return;
  const key = `${account.id} ${expiresOn}`;
  const lot = book.lots.get(key) ?? { account: account.id, expiresOn, earned: 0n };
  book.lots.set(key, lot);
  add(changes, lot, 'earned', by);
}

/** The daily sums that a movement on this account belongs to. */
function turnoverOf(
  book: Book,
  { id, asset, role }: AccountState,
  { effectiveAt }: NewTransfer,
): TurnoverState {
  const account = systemRoles.includes(role) ? id : everyOtherAccount;
  const key = `${asset} ${role} ${account} ${Math.floor(effectiveAt.getTime() / dayMs)}`;
  const known = book.turnover.get(key);
  if (known) return known;
  const effectiveDay = effectiveAt.toISOString().slice(0, 10);
  const turnover = { asset, role, account, effectiveDay, debit: 0n, credit: 0n };
  book.turnover.set(key, turnover);
  return turnover;
}

/** Adds to a counter, and notes it. */
function add<Key extends string>(changes: Changes, on: Record<Key, bigint>, key: Key, by: bigint): void {
  on[key] += by;
  changes?.push({ on, key, by });
}

function refuseLeg(
  leg: NewTransfer,
  code: PostRefusal,
  facts: Record<string, string | number> = {},
): Refused<PostRefusal> {
  return refuse(code, { transfer: leg.id, ...facts });
}
