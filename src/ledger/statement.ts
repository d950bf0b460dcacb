import type { Tx } from '../db/transact.ts';
import type { AccountId, Id, TransferId } from '../shared/id.ts';
import type { Asset } from './accounts.ts';
import { assetColumn } from './read.ts';
import { transferColumns, type Transfer } from './transfer.ts';

/** Transfers on one page at most. */
export const statementPageMax = 200;

/** What one transfer did to one account of the owner. */
export type StatementEntry = {
  transfer: Transfer;
  account: AccountId;
  role: string;
  asset: Asset;
  /** Added to the balance; negative when units left, zero for a hold or a release. */
  units: bigint;
  /** Added to what is held. */
  heldUnits: bigint;
  /** The balance of the account right after this transfer. */
  balanceAfter: bigint;
};

/** `next`: give it as `before` to read on; null when this was the oldest. */
export type StatementPage = { entries: StatementEntry[]; next: TransferId | null };

type Row = Transfer & { account: AccountId; role: string; asset: Asset; balanceFrom: bigint };

/**
 * The movements on the accounts of an owner, newest posting first, with the balance after each; `roles` leaves only the
 * accounts of those roles. New postings come on top and never between, so a page once read stays as it was. A transfer
 * between two accounts of the owner has two entries.
 */
export async function statementOf(
  tx: Tx,
  owner: Id<string>,
  { before, limit, roles }: { before?: TransferId; limit: number; roles?: readonly string[] },
): Promise<StatementPage> {
  const transfersMax = Math.min(limit, statementPageMax);
  const cursor = before ? await readCursor(tx, before) : endOfTime;
  if (!cursor) return { entries: [], next: null };
  const rows = await readEntries(tx, owner, roles ?? null, cursor, 2 * transfersMax + 1);
  const ids = [...new Set(rows.map((row) => row.id))];
  const onPage = new Set(ids.slice(0, transfersMax));
  return {
    entries: runBalances(rows.filter((row) => onPage.has(row.id))),
    next: ids.length > transfersMax ? ids[transfersMax - 1]! : null,
  };
}

type Cursor = { at: Date; id: TransferId };
const endOfTime: Cursor = {
  at: new Date('9999-12-31T00:00:00Z'),
  id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' as TransferId,
};

async function readCursor(tx: Tx, id: TransferId): Promise<Cursor | undefined> {
  const rows = await tx.query<Cursor>('select at, id from transfer where tenant = $1 and id = $2', [
    tx.tenant,
    id,
  ]);
  return rows[0];
}

/** The newest movements on one side of the account `own`, below the cursor. */
const entriesOn = (side: 'debit' | 'credit') =>
  `(select ${transferColumns} from transfer t
    where t.tenant = $1 and t.${side} = own.account and (t.at, t.id) < ($4, $5)
    order by t.at desc, t.id desc limit $6)`;

/** What moved on one side of the account `a` from the cursor on. */
const movedOn = (side: 'debit' | 'credit') =>
  `coalesce((select sum(t.amount) from transfer t where t.tenant = $1 and t.${side} = a.id
    and (t.at, t.id) >= ($4, $5) and t.kind not in ('hold', 'release')), 0)`;

/**
 * The newest entries below the cursor, and for each account its balance at the cursor, in one statement so that no
 * posting can come between. Each account reads its own newest rows along transfer_debit and transfer_credit.
 */
async function readEntries(
  tx: Tx,
  owner: Id<string>,
  roles: readonly string[] | null,
  cursor: Cursor,
  rowsMax: number,
): Promise<Row[]> {
  return tx.query<Row>(
    `with own as materialized (
       select a.id as account, a.role, ${assetColumn},
         (a.balance - ${movedOn('credit')} + ${movedOn('debit')})::bigint as "balanceFrom"
       from account a join asset s on s.tenant = $1 and s.id = a.asset
       where a.tenant = $1 and a.owner = $2 and ($3::text[] is null or a.role = any ($3))
     )
     select e.*, own.account, own.role, own.asset, own."balanceFrom"
     from own cross join lateral (${entriesOn('debit')} union all ${entriesOn('credit')}) e
     order by e.at desc, e.id desc, own.account limit $6`,
    [tx.tenant, owner, roles, cursor.at, cursor.id, rowsMax],
  );
}

/** Walks back from the balance at the cursor. */
function runBalances(rows: readonly Row[]): StatementEntry[] {
  const balances = new Map<AccountId, bigint>();
  return rows.map(({ account, role, asset, balanceFrom, ...transfer }) => {
    const balanceAfter = balances.get(account) ?? balanceFrom;
    const { units, heldUnits } = effectOn(account, transfer);
    balances.set(account, balanceAfter - units);
    return { transfer, account, role, asset, units, heldUnits, balanceAfter };
  });
}

function effectOn(
  account: AccountId,
  { debit, amount, kind }: Transfer,
): { units: bigint; heldUnits: bigint } {
  const isDebit = account === debit;
  if (kind === 'hold') return { units: 0n, heldUnits: isDebit ? amount : 0n };
  if (kind === 'release') return { units: 0n, heldUnits: isDebit ? -amount : 0n };
  const heldUnits = isDebit && kind === 'capture' ? -amount : 0n;
  return { units: isDebit ? -amount : amount, heldUnits };
}
