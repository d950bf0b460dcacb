import type { Tx } from '../db/transact.ts';
import type { AccountId, AssetId, Id } from '../shared/id.ts';
import { balanceAsOf } from './as-of.ts';
import { scheduleOf, type Expiry } from './read.ts';
import { transferColumns, type Transfer } from './transfer.ts';
import { dateColumns, type DateKind } from './trial-balance.ts';

/** Movements in one statement at most. */
export const movementsMax = 10_000;

/** What one transfer did to one account of a wallet. */
export type Movement = {
  transfer: Transfer;
  role: string;
  /** Added to the balance of that account; negative when units left. */
  units: bigint;
  balanceAfter: bigint;
};

/** The accounts of an owner in one asset over a period, by role. */
export type PeriodStatement = {
  opening: Record<string, bigint>;
  /** In the order of the date by which the period counts. */
  movements: Movement[];
  closing: Record<string, bigint>;
  /** What of the closing balance expires when, if nothing more is earned or spent. */
  expiry: Expiry[];
};

type Account = { id: AccountId; role: string };

/**
 * The statement of an owner's wallet in one asset for a period: from `from` (null: the beginning) until just before
 * `until`, by posting or by business date. Holds and releases move nothing and are not in it. Null when there are more
 * than `movementsMax` movements. Call it in a transaction that sees one moment.
 */
export async function periodStatement(
  tx: Tx,
  owner: Id<string>,
  asset: AssetId,
  { from, until, by }: { from: Date | null; until: Date; by: DateKind },
): Promise<PeriodStatement | null> {
  const accounts = await tx.query<Account>(
    'select id, role from account where tenant = $1 and owner = $2 and asset = $3 order by role collate "C"',
    [tx.tenant, owner, asset],
  );
  const rows: Move[] = [];
  for (const account of accounts) rows.push(...(await readMoves(tx, account, { from, until, by })));
  if (rows.length > movementsMax) return null;
  rows.sort(inOrderOf(by));
  const opening: Record<string, bigint> = {};
  for (const { id, role } of accounts)
    opening[role] = from ? await balanceAsOf(tx, id, timeBefore(from, by)) : 0n;
  const closing = { ...opening };
  const movements = rows.map(({ role, units, ...transfer }) => {
    const balanceAfter = closing[role]! + units;
    closing[role] = balanceAfter;
    return { transfer, role, units, balanceAfter };
  });
  const available = accounts.find(({ role }) => role === 'available');
  return {
    opening,
    movements,
    closing,
    expiry: available ? await expiryBefore(tx, available.id, until, by) : [],
  };
}

/** Times have milliseconds, so the last moment before is known. */
function timeBefore(moment: Date, by: DateKind): { at: Date } | { effectiveAt: Date } {
  const time = new Date(moment.getTime() - 1);
  return by === 'posted' ? { at: time } : { effectiveAt: time };
}

type Move = Transfer & { role: string; units: bigint };

/** Account by account, so that the planner knows which: it takes every account for as busy as the busiest. */
async function readMoves(
  tx: Tx,
  { id, role }: Account,
  { from, until, by }: { from: Date | null; until: Date; by: DateKind },
): Promise<Move[]> {
  const { moment } = dateColumns[by];
  const side = (name: 'debit' | 'credit', sign: '' | '-') =>
    `(select ${transferColumns}, ${sign}t.amount as units from transfer t
      where t.tenant = $1 and t.${name} = $2 and ($3::timestamptz is null or t.${moment} >= $3) and t.${moment} < $4
        and t.kind not in ('hold', 'release') limit $5)`;
  const rows = await tx.query<Omit<Move, 'role'>>(`${side('debit', '-')} union all ${side('credit', '')}`, [
    tx.tenant,
    id,
    from,
    until,
    movementsMax + 1,
  ]);
  return rows.map((row) => ({ ...row, role }));
}

/** By the date of the period, then as they were posted. */
function inOrderOf(by: DateKind): (one: Move, other: Move) => number {
  const rank = ({ at, effectiveAt, id, role }: Move) => [
    (by === 'posted' ? at : effectiveAt).toISOString(),
    at.toISOString(),
    id,
    role,
  ];
  return (one, other) => {
    const [mine, its] = [rank(one), rank(other)];
    const place = mine.findIndex((part, i) => part !== its[i]);
    return place < 0 ? 0 : mine[place]! < its[place]! ? -1 : 1;
  };
}

/**
 * The expiry schedule as it stood at the end of a period: the line of lots (README) from the account's own transfers, as
 * the posting adds them up.
 */
async function expiryBefore(tx: Tx, account: AccountId, until: Date, by: DateKind): Promise<Expiry[]> {
  const { moment } = dateColumns[by];
  const lots = await tx.query<Expiry>(
    `select m.day as "expiresOn", sum(m.units)::bigint as units
     from (
       select t.expires_on as day, t.amount as units from transfer t
       where t.tenant = $1 and t.credit = $2 and t.${moment} < $3 and t.expires_on is not null
       union all
       select o.expires_on, -r.amount from transfer r
       join transfer o on o.tenant = $1 and o.id = r.reverses and o.credit = $2 and o.expires_on is not null
       where r.tenant = $1 and r.debit = $2 and r.${moment} < $3
     ) m group by 1 having sum(m.units) > 0 order by 1`,
    [tx.tenant, account, until],
  );
  const [row] = await tx.query<{ spent: bigint }>(
    `select greatest(0, coalesce((select sum(t.amount) from transfer t where t.tenant = $1 and t.debit = $2
         and t.${moment} < $3 and t.reverses is null and t.kind not in ('hold', 'release')), 0)
       - coalesce((select sum(t.amount) from transfer t where t.tenant = $1 and t.credit = $2 and t.${moment} < $3
         and t.reverses is not null and t.expires_on is null), 0))::bigint as spent`,
    [tx.tenant, account, until],
  );
  return scheduleOf(lots, row!.spent);
}
