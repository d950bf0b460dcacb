import type { AccountId, AssetId, Id, TransferId } from '../shared/id.ts';
import { floors, roleOf } from './accounts.ts';
import type { AccountState, Book } from './book.ts';
import type { NewTransfer } from './transfer.ts';

/**
 * The part of the book that a batch touches as it will nearly always turn out to be, without reading it: every id is new, every
 * account is there, under the asset and role that it should have, and has enough. The database refuses the batch as a whole
 * where that is not so (keys, CHECKs, counts), and it is judged by the real book then.
 * Null where more than that matters: something is held, resolved or reversed, an id comes twice, or an account with a
 * floor both gives and takes, so that the order within the batch decides.
 */
export function presumeBook(transfers: readonly NewTransfer[]): Book | null {
  const ids = new Set<TransferId>();
  const givers = new Set<AccountId>();
  const takers = new Set<AccountId>();
  const accounts = new Map<AccountId, AccountState>();
  for (const one of transfers) {
    if (one.kind === 'hold' || one.resolves || one.reverses || ids.has(one.id)) return null;
    ids.add(one.id);
    givers.add(one.debit);
    takers.add(one.credit);
    if (!presumeAccount(accounts, one.debit, one.asset)) return null;
    if (!presumeAccount(accounts, one.credit, one.asset)) return null;
  }
  for (const giver of givers)
    if (takers.has(giver) && floors[accounts.get(giver)!.role as keyof typeof floors] !== null) return null;
  return {
    accounts,
    stored: new Map(),
    linked: new Set(),
    links: new Map(),
    holds: new Map(),
    lots: new Map(),
    turnover: new Map(),
    closedBefore: null,
  };
}

function presumeAccount(accounts: Map<AccountId, AccountState>, id: AccountId, asset: AssetId): boolean {
  const known = accounts.get(id);
  if (known) return known.asset === asset;
  const role = roleOf(id);
  if (!role) return false;
  const added = { balance: 0n, held: 0n, spent: 0n, moves: 0n };
  accounts.set(id, { id, asset, owner: id as Id<string>, role, floor: null, balance: 0n, held: 0n, added });
  return true;
}
