import assert from 'node:assert/strict';

import type { Tx } from '../db/transact.ts';
import type { AccountId, TransferId } from '../shared/id.ts';
import { transferColumns, type Transfer } from './transfer.ts';

/** Units of one lot that one earning brought; `expiresOn` is null where they never expire. */
export type Part = { earning: TransferId; expiresOn: string | null; units: bigint };
/** What a spend took of a part; `returned` came back by reversals of the spend. */
export type SpentPart = Part & { returned: bigint };

/** What a movement on an account says about where its units come from. */
export type Movement = Pick<
  Transfer,
  'id' | 'at' | 'debit' | 'credit' | 'amount' | 'kind' | 'resolves' | 'reverses' | 'expiresOn'
>;

/**
 * Where every unit of an account came from and went to. Whatever took units out is a spend here: a redemption, a
 * capture, a gift, an expiry, a claw-back. Its parts stand in the order in which it took them.
 */
export type Trace = { spends: ReadonlyMap<TransferId, readonly SpentPart[]>; left: readonly Part[] };

/**
 * Replays the movements of an account (all of them, in any order) as they were posted. A spend takes what was there at that
 * time, earliest expiry first and never-expiring units last, within a lot the earliest earning first; one that names an
 * expiry date (a gift of a lot) takes units of that date first. So the trace of a spend stays as it is whatever is
 * earned later. A reversed spend gives units back to the lots and earnings that they came from, last taken first; one that
 * names a date gives back what had that date, and else puts the earliest under the new date. A reversed earning, and an activation of a pending one, takes its own
 * units; where those are spent already, it takes the rest like a spend.
 *
 * The expiry schedule (`expiryOf`) does not remember: it puts all spends on the lots as they are now. The two agree as
 * long as later earnings expire later (never is the latest), of several spends the newest is taken back first, and no
 * earning is taken back that is spent already. Else the schedule lets less expire, in the member's favour, and what
 * expires is traced like any spend. Their sums always agree.
 */
export function traceMovements(account: AccountId, movements: readonly Movement[]): Trace {
  const line = emptyLine();
  const spends = new Map<TransferId, SpentPart[]>();
  const places = new Map<TransferId, number>();
  const batches = Map.groupBy(
    movements.toSorted((one, other) => one.at.getTime() - other.at.getTime()),
    (one) => one.at.getTime(),
  );
  for (const batch of batches.values()) {
    const waiting = inJudgedOrder(account, batch).toReversed();
    while (waiting.length > 0) {
      // Nearly always the next one.
      const index = waiting.findLastIndex((one) => canFollow(account, one, line, spends));
      const next = waiting[index];
      assert(next, 'a batch leaves no account below its floor');
      waiting.splice(index, 1);
      if (next.debit === account) spends.set(next.id, take(line, next, spends));
      else if (next.reverses && spends.has(next.reverses))
        giveBack(line, places, spends.get(next.reverses)!, next);
      else {
        places.set(next.id, places.size);
        place(line, places, { earning: next.id, expiresOn: next.expiresOn, units: next.amount });
      }
    }
  }
  const left = line.lots.flatMap(({ parts, head }) => parts.slice(head).filter(({ units }) => units > 0n));
  return { spends, left: left.map(({ earning, expiresOn, units }) => ({ earning, expiresOn, units })) };
}

/** A part with its place among the earnings, so that what comes back lies where it lay. */
type Placed = Part & { place: number };

/** Parts of one expiry date by place; what lies before `head` has been used, and what has no units on the way is passed over. */
type Lot = { expiresOn: string | null; parts: Placed[]; head: number };

/**
 * What an account has: lots in the order in which they are used, and each earning's parts in them. Every movement touches
 * the parts that it moves and no others, so the time follows the movements, however many earnings are open.
 */
type Line = { lots: Lot[]; byEarning: Map<TransferId, Set<Placed>>; units: bigint };

function emptyLine(): Line {
  return { lots: [], byEarning: new Map(), units: 0n };
}

// The order in which a batch was judged is not kept; any order in which the balance suffices is as good. Earnings go
// first. Of spends that the same batch takes back, the one that brings back most goes first, which suffices if any
// order does. Those that name a lot go before those that take what there is.
function inJudgedOrder(account: AccountId, batch: readonly Movement[]): Movement[] {
  const back = new Map<TransferId, bigint>();
  for (const { reverses, amount } of batch)
    if (reverses) back.set(reverses, (back.get(reverses) ?? 0n) + amount);
  const backOf = ({ id }: Movement) => back.get(id) ?? 0n;
  const rankOf = (one: Movement) => (one.credit === account ? 0 : 1);
  return batch.toSorted((one, other) => {
    const more = rankOf(one) === 1 && rankOf(other) === 1 ? backOf(other) - backOf(one) : 0n;
    const named = Number(one.expiresOn === null) - Number(other.expiresOn === null);
    return rankOf(one) - rankOf(other) || Number(more) || named || (one.id < other.id ? -1 : 1);
  });
}

function canFollow(account: AccountId, one: Movement, line: Line, spends: Trace['spends']): boolean {
  if (one.debit === account) return line.units >= one.amount;
  return one.reverses === null || spends.has(one.reverses);
}

function take(line: Line, spend: Movement, spends: Trace['spends']): SpentPart[] {
  const taken = new Map<Placed, SpentPart>();
  let rest = spend.amount;
  // Answers whether the part is used up.
  const takeFrom = (part: Placed): boolean => {
    const units = part.units < rest ? part.units : rest;
    if (units === 0n) return part.units === 0n;
    rest -= units;
    part.units -= units;
    line.units -= units;
    if (part.units === 0n) forget(line, part);
    const { earning, expiresOn } = part;
    const same = taken.get(part);
    if (same) same.units += units;
    else taken.set(part, { earning, expiresOn, units, returned: 0n });
    return part.units === 0n;
  };
  const takeLot = (lot: Lot) => {
    while (lot.head < lot.parts.length && takeFrom(lot.parts[lot.head]!)) lot.head += 1;
  };
  const own = spend.reverses ?? (spend.kind === 'activate' ? spend.resolves : null);
  if (own && !spends.has(own))
    for (const part of [...(line.byEarning.get(own) ?? [])].toSorted(byLot)) takeFrom(part);
  else if (spend.expiresOn) line.lots.filter((lot) => lot.expiresOn === spend.expiresOn).forEach(takeLot);
  for (const lot of line.lots) {
    if (rest === 0n) break;
    takeLot(lot);
  }
  const used = line.lots.findIndex(({ parts, head }) => head < parts.length);
  line.lots.splice(0, used < 0 ? line.lots.length : used);
  return [...taken.values()];
}

function forget(line: Line, part: Placed): void {
  const own = line.byEarning.get(part.earning);
  own?.delete(part);
  if (own?.size === 0) line.byEarning.delete(part.earning);
}

function giveBack(
  line: Line,
  places: ReadonlyMap<TransferId, number>,
  taken: SpentPart[],
  reversal: Movement,
): void {
  let rest = reversal.amount;
  const date = reversal.expiresOn;
  const named = taken.filter((part) => part.expiresOn === date);
  const others = taken.filter((part) => part.expiresOn !== date);
  for (const part of date === null ? taken.toReversed() : [...named, ...others]) {
    const open = part.units - part.returned;
    const units = open < rest ? open : rest;
    if (units === 0n) continue;
    rest -= units;
    part.returned += units;
    place(line, places, { earning: part.earning, expiresOn: date ?? part.expiresOn, units });
  }
  assert(rest === 0n, 'reversals take back no more than the original');
}

function place(line: Line, places: ReadonlyMap<TransferId, number>, given: Part): void {
  const lot = lotFor(line, given.expiresOn);
  const added = { ...given, place: places.get(given.earning)! };
  const index = firstFrom(lot.parts, lot.head, (part) => part.place >= added.place);
  const there = lot.parts[index];
  const part = there?.place === added.place ? there : added;
  if (part === there) part.units += given.units;
  // What comes back mostly lies where the last use ended.
  else if (index === lot.head && index > 0) lot.parts[(lot.head -= 1)] = part;
  else lot.parts.splice(index, 0, part);
  line.units += given.units;
  const own = line.byEarning.get(part.earning);
  if (own) own.add(part);
  else line.byEarning.set(part.earning, new Set([part]));
}

function lotFor({ lots }: Line, expiresOn: string | null): Lot {
  const day = expiresOn ?? never;
  const index = firstFrom(lots, 0, (lot) => (lot.expiresOn ?? never) >= day);
  const there = lots[index];
  if (there?.expiresOn === expiresOn) return there;
  const lot: Lot = { expiresOn, parts: [], head: 0 };
  lots.splice(index, 0, lot);
  return lot;
}

const never = '9999-99-99';

function byLot(one: Part, other: Part): number {
  return (one.expiresOn ?? never) < (other.expiresOn ?? never) ? -1 : 1;
}

/** The first index from which on all of a sorted list are such. */
function firstFrom<T>(list: readonly T[], from: number, isSuch: (one: T) => boolean): number {
  let [low, high] = [from, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isSuch(list[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The trace of an account that cannot go below zero (`available`, `pending`), read along its two indexes. */
export async function traceAccount(tx: Tx, account: AccountId): Promise<Trace> {
  const movements = await tx.query<Transfer>(
    `select ${transferColumns} from transfer t
     where t.tenant = $1 and (t.debit = $2 or t.credit = $2) and t.kind not in ('hold', 'release')`,
    [tx.tenant, account],
  );
  return traceMovements(account, movements);
}

/** A lot that a spend took units from, and the earnings in it that paid; units less `returned` add up in both. */
export type ConsumedLot = {
  expiresOn: string | null;
  units: bigint;
  returned: bigint;
  earnings: { transfer: TransferId; units: bigint; returned: bigint }[];
};

/** What a spend consumed, lot by lot in the order in which it took them. */
export function lotsOf(trace: Trace, spend: TransferId): ConsumedLot[] {
  const lots = new Map<string | null, ConsumedLot>();
  for (const { earning, expiresOn, units, returned } of trace.spends.get(spend) ?? []) {
    let lot = lots.get(expiresOn);
    if (!lot) lots.set(expiresOn, (lot = { expiresOn, units: 0n, returned: 0n, earnings: [] }));
    lot.units += units;
    lot.returned += returned;
    lot.earnings.push({ transfer: earning, units, returned });
  }
  return [...lots.values()];
}

/** What used an earning, in order of posting, and what is left of it by expiry date. They add up to its amount. */
export type EarningUse = {
  uses: { transfer: TransferId; units: bigint; returned: bigint }[];
  left: { expiresOn: string | null; units: bigint }[];
};

/** The other side of `lotsOf`: what became of the units of one earning. */
export function usesOf(trace: Trace, earning: TransferId): EarningUse {
  const uses = [...trace.spends].flatMap(([transfer, parts]) => {
    const own = parts.filter((part) => part.earning === earning);
    if (own.length === 0) return [];
    const sum = (of: (part: SpentPart) => bigint) => own.reduce((total, part) => total + of(part), 0n);
    return [{ transfer, units: sum((part) => part.units), returned: sum((part) => part.returned) }];
  });
  const left = trace.left.filter((part) => part.earning === earning);
  return { uses, left: left.map(({ expiresOn, units }) => ({ expiresOn, units })) };
}
