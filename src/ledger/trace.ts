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
  const line: Placed[] = [];
  const spends = new Map<TransferId, SpentPart[]>();
  const places = new Map<TransferId, number>();
  const batches = Map.groupBy(
    movements.toSorted((one, other) => one.at.getTime() - other.at.getTime()),
    (one) => one.at.getTime(),
  );
  for (const batch of batches.values()) {
    let waiting = inJudgedOrder(account, batch);
    while (waiting.length > 0) {
      const next = waiting.find((one) => canFollow(account, one, line, spends));
      assert(next, 'a batch leaves no account below its floor');
      waiting = waiting.filter((one) => one !== next);
      if (next.debit === account) spends.set(next.id, take(line, next, spends));
      else if (next.reverses && spends.has(next.reverses))
        giveBack(line, places, spends.get(next.reverses)!, next);
      else {
        places.set(next.id, places.size);
        place(line, places, { earning: next.id, expiresOn: next.expiresOn, units: next.amount });
      }
    }
  }
  return { spends, left: line.map(({ earning, expiresOn, units }) => ({ earning, expiresOn, units })) };
}

/** A part with its place among the earnings, so that what comes back lies where it lay. */
type Placed = Part & { place: number };

// The order in which a batch was judged is not kept; any order in which the balance suffices is as good. Earnings go
// first. Of spends that the same batch takes back, the one that brings back most goes first, which suffices if any
// order does. Those that name a lot go before those that take what there is.
function inJudgedOrder(account: AccountId, batch: readonly Movement[]): Movement[] {
  const backOf = (one: Movement) =>
    batch.reduce((sum, other) => (other.reverses === one.id ? sum + other.amount : sum), 0n);
  const rankOf = (one: Movement) => (one.credit === account ? 0 : 1);
  return batch.toSorted((one, other) => {
    const back = rankOf(one) === 1 && rankOf(other) === 1 ? backOf(other) - backOf(one) : 0n;
    const named = Number(one.expiresOn === null) - Number(other.expiresOn === null);
    return rankOf(one) - rankOf(other) || Number(back) || named || (one.id < other.id ? -1 : 1);
  });
}

function canFollow(
  account: AccountId,
  one: Movement,
  line: readonly Part[],
  spends: Trace['spends'],
): boolean {
  if (one.debit === account) return line.reduce((sum, part) => sum + part.units, 0n) >= one.amount;
  return one.reverses === null || spends.has(one.reverses);
}

function take(line: Placed[], spend: Movement, spends: Trace['spends']): SpentPart[] {
  const parts: SpentPart[] = [];
  let rest = spend.amount;
  const takeFrom = (fits: (part: Part) => boolean) => {
    for (let i = 0; i < line.length && rest > 0n;) {
      const part = line[i]!;
      if (!fits(part)) {
        i += 1;
        continue;
      }
      const units = part.units < rest ? part.units : rest;
      rest -= units;
      part.units -= units;
      const { earning, expiresOn } = part;
      const same = parts.find((each) => each.earning === earning && each.expiresOn === expiresOn);
      if (same) same.units += units;
      else parts.push({ earning, expiresOn, units, returned: 0n });
      if (part.units === 0n) line.splice(i, 1);
      else i += 1;
    }
  };
  const own = spend.reverses ?? (spend.kind === 'activate' ? spend.resolves : null);
  if (own && !spends.has(own)) takeFrom((part) => part.earning === own);
  else if (spend.expiresOn) takeFrom((part) => part.expiresOn === spend.expiresOn);
  takeFrom(() => true);
  return parts;
}

function giveBack(
  line: Placed[],
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

function place(line: Placed[], places: ReadonlyMap<TransferId, number>, part: Part): void {
  const added = { ...part, place: places.get(part.earning)! };
  const at = line.findIndex((other) => !liesBefore(other, added));
  const there = at < 0 ? undefined : line[at];
  if (there && there.earning === part.earning && there.expiresOn === part.expiresOn)
    there.units += part.units;
  else line.splice(at < 0 ? line.length : at, 0, added);
}

const never = '9999-99-99';

function liesBefore(one: Placed, other: Placed): boolean {
  const [a, b] = [one.expiresOn ?? never, other.expiresOn ?? never];
  return a === b ? one.place < other.place : a < b;
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
  const lots: ConsumedLot[] = [];
  for (const { earning, expiresOn, units, returned } of trace.spends.get(spend) ?? []) {
    let lot = lots.find((each) => each.expiresOn === expiresOn);
    if (!lot) lots.push((lot = { expiresOn, units: 0n, returned: 0n, earnings: [] }));
    lot.units += units;
    lot.returned += returned;
    lot.earnings.push({ transfer: earning, units, returned });
  }
  return lots;
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
