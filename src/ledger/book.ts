import type { Tx } from '../db/transact.ts';
import type { AccountId, AssetId, Id, TransferId } from '../shared/id.ts';
import type { Head } from './chain.ts';
import { transferColumns, type NewTransfer, type Transfer } from './transfer.ts';

/** An account as stored, and what the batch under judgement adds to it. */
export type AccountState = {
  id: AccountId;
  asset: AssetId;
  owner: Id<string>;
  role: string;
  floor: bigint | null;
  balance: bigint;
  held: bigint;
  /** `moves`: how many transfers changed the balance. */
  added: { balance: bigint; held: bigint; spent: bigint; moves: bigint };
};

/** Units of one expiry date that the batch adds to or takes from an account. */
export type LotState = { account: AccountId; expiresOn: string; earned: bigint };

/** A hold that the batch makes or uses. */
export type HoldState = {
  id: TransferId;
  account: AccountId;
  timesOutAt: Date | null;
  isNew: boolean;
  open: bigint;
  /** What the batch adds to `open` of a stored hold. */
  added: bigint;
};

/** A transfer that others resolve or reverse, and how much of it they did so far. */
export type LinkState = {
  transfer: Transfer;
  creditOwner: Id<string>;
  creditRole: string;
  reversed: bigint;
  /** Of a pending earning: made available, less what came back by reversals. */
  activated: bigint;
};

/** What the batch moved on a system account, or on all other accounts of a role together, on one business day. */
export type TurnoverState = {
  asset: AssetId;
  role: string;
  account: AccountId;
  effectiveDay: string;
  debit: bigint;
  credit: bigint;
};

/** The part of the book that a batch touches, as of the lock on the chain's head. */
export type Book = {
  accounts: Map<AccountId, AccountState>;
  /** Transfers of the batch's own ids: replays. */
  stored: Map<TransferId, Transfer>;
  /** What the batch resolves or reverses. */
  linked: ReadonlySet<TransferId>;
  links: Map<TransferId, LinkState>;
  holds: Map<TransferId, HoldState>;
  lots: Map<string, LotState>;
  turnover: Map<string, TurnoverState>;
  /** Nothing new may have happened before. */
  closedBefore: Date | null;
};

/** Reads what judging these transfers needs. The caller holds the lock of the book, whose head it gives. */
export async function readBook(tx: Tx, head: Head, transfers: readonly NewTransfer[]): Promise<Book> {
  const linked = new Set(transfers.flatMap((one) => one.resolves ?? one.reverses ?? []));
  return {
    accounts: await readAccounts(tx, new Set(transfers.flatMap((one) => [one.debit, one.credit]))),
    stored: await readStored(tx, transfers),
    linked,
    links: linked.size > 0 ? await readLinks(tx, [...linked]) : new Map(),
    holds: linked.size > 0 ? await readHolds(tx, [...linked]) : new Map(),
    lots: new Map(),
    turnover: new Map(),
    closedBefore: head.closedBefore,
  };
}

async function readAccounts(tx: Tx, ids: Set<AccountId>): Promise<Map<AccountId, AccountState>> {
  const rows = await tx.query<Omit<AccountState, 'added'>>(
    `select id, asset, owner, role, floor, balance, held from account
     where tenant = $1 and id = any ($2::uuid[])`,
    [tx.tenant, [...ids]],
    { name: 'ledger-accounts' },
  );
  return new Map(
    rows.map((row) => [row.id, { ...row, added: { balance: 0n, held: 0n, spent: 0n, moves: 0n } }]),
  );
}

async function readStored(tx: Tx, transfers: readonly NewTransfer[]): Promise<Map<TransferId, Transfer>> {
  const rows = await tx.query<Transfer>(
    `select ${transferColumns} from transfer t where t.tenant = $1 and t.id = any ($2::uuid[])`,
    [tx.tenant, transfers.map((one) => one.id)],
    { name: 'ledger-stored' },
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** The linked transfers, and the pending earnings behind those that are activations. */
export async function readLinks(tx: Tx, ids: readonly TransferId[]): Promise<Map<TransferId, LinkState>> {
  const rows = await tx.query<Transfer & Omit<LinkState, 'transfer'>>(
    `select ${transferColumns}, c.owner as "creditOwner", c.role as "creditRole",
       coalesce((select sum(r.amount) from transfer r where r.tenant = $1 and r.reverses = t.id), 0)::bigint as reversed,
       coalesce((select sum(a.amount - coalesce(
             (select sum(r.amount) from transfer r where r.tenant = $1 and r.reverses = a.id), 0))
           from transfer a where a.tenant = $1 and a.resolves = t.id and a.kind = 'activate'), 0)::bigint as activated
     from transfer t join account c on c.tenant = $1 and c.id = t.credit
     where t.tenant = $1 and t.id in (
       select l.id from unnest($2::uuid[]) l (id)
       union
       select a.resolves from transfer a where a.tenant = $1 and a.id = any ($2::uuid[]) and a.kind = 'activate')`,
    [tx.tenant, ids],
    { name: 'ledger-links' },
  );
  return new Map(
    rows.map(({ creditOwner, creditRole, reversed, activated, ...transfer }) => [
      transfer.id,
      { transfer, creditOwner, creditRole, reversed, activated },
    ]),
  );
}

async function readHolds(tx: Tx, ids: readonly TransferId[]): Promise<Map<TransferId, HoldState>> {
  const rows = await tx.query<Omit<HoldState, 'isNew' | 'added'>>(
    `select id, account, open, times_out_at as "timesOutAt" from hold where tenant = $1 and id = any ($2::uuid[])`,
    [tx.tenant, ids],
    { name: 'ledger-holds' },
  );
  return new Map(rows.map((row) => [row.id, { ...row, isNew: false, added: 0n }]));
}
