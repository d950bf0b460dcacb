import type { Tx } from '../db/transact.ts';
import { partsOf, type AccountId, type Id, type TransferId } from '../shared/id.ts';
import type { Asset } from './accounts.ts';
import { transferColumns, type Transfer } from './transfer.ts';

/** One account with its asset. `available` is what can be spent: the balance less what open holds reserve. */
export type Balance = {
  account: AccountId;
  role: string;
  asset: Asset;
  balance: bigint;
  held: bigint;
  available: bigint;
};

/** The asset `s` under the names of `Asset`. */
export const assetColumn = `json_build_object('id', s.id, 'code', s.code, 'kind', s.kind, 'scale', s.scale) as asset`;

/** All accounts of an owner, by role and asset code. */
export async function balancesOf(tx: Tx, owner: Id<string>): Promise<Balance[]> {
  return tx.query<Balance>(
    `select a.id as account, a.role, a.balance, a.held, a.balance - a.held as available, ${assetColumn}
     from account a join asset s on s.tenant = $1 and s.id = a.asset
     where a.tenant = $1 and a.owner = $2 order by a.role collate "C", s.code collate "C"`,
    [tx.tenant, owner],
  );
}

/** What can be spent of each of these accounts; accounts that are not open are left out. */
export async function availableOf(tx: Tx, accounts: readonly AccountId[]): Promise<Map<AccountId, bigint>> {
  const rows = await tx.query<{ id: AccountId; available: bigint }>(
    'select id, balance - held as available from account where tenant = $1 and id = any ($2::uuid[])',
    [tx.tenant, accounts],
    { name: 'ledger-available' },
  );
  return new Map(rows.map(({ id, available }) => [id, available]));
}

/** What expires when, if nothing more is earned or spent. `expiresOn` is the last day of use. */
export type Expiry = { expiresOn: string; units: bigint };

/**
 * The expiry schedule of an account: every lot that still has units, earliest first, also one whose date has passed but
 * which was not expired yet. Spending has used up the lots from the earliest on. What never expires is not in it.
 */
export async function expiryOf(tx: Tx, account: AccountId): Promise<Expiry[]> {
  const rows = await tx.query<Expiry & { spent: bigint }>(
    `select l.expires_on as "expiresOn", l.earned as units, a.spent
     from account a join lot l on l.tenant = $1 and l.account = a.id
     where a.tenant = $1 and a.id = $2 order by l.expires_on`,
    [tx.tenant, account],
  );
  return scheduleOf(rows, rows[0]?.spent ?? 0n);
}

/**
 * Puts the lots on a line, earliest expiry first, and takes away the first `spent` units. A lot that has run out stays on
 * the line for ever: to leave it out while still taking away all that was spent would eat the later lots.
 */
export function scheduleOf(lots: readonly Expiry[], spent: bigint): Expiry[] {
  let toTake = spent;
  const left: Expiry[] = [];
  for (const { expiresOn, units } of lots) {
    const taken = toTake < units ? toTake : units;
    toTake -= taken;
    if (units > taken) left.push({ expiresOn, units: units - taken });
  }
  return left;
}

/** Whose account one side of a transfer is. */
export type Side = { account: AccountId; owner: Id<string>; role: string };

/** A transfer with what its accounts say about it. */
export type BookedTransfer = Transfer & { asset: Asset; from: Side; to: Side };

/** The transfer with this id, or null. */
export async function transferById(tx: Tx, id: TransferId): Promise<BookedTransfer | null> {
  return (await transfersByIds(tx, [id]))[0] ?? null;
}

/** The transfers with these ids, in id order; unknown ids are left out. */
export async function transfersByIds(tx: Tx, ids: readonly TransferId[]): Promise<BookedTransfer[]> {
  return readBooked(tx, 't.id = any ($2::uuid[])', [ids]);
}

/** Everything that one cause (an activity, a redemption) brought about, in the order of posting. */
export async function transfersOfCause(tx: Tx, cause: Id<string>): Promise<BookedTransfer[]> {
  return transfersOfCauses(tx, [cause]);
}

/** Everything that several causes brought about, in the order of posting. */
export async function transfersOfCauses(tx: Tx, causes: readonly Id<string>[]): Promise<BookedTransfer[]> {
  const parts = causes.map((cause) => partsOf<TransferId>(cause));
  const rows = await tx.query<{ id: TransferId }>(
    // "offset 0" keeps the planner, which cannot know how narrow a range is, from reading the whole table instead.
    `select t.id from unnest($2::uuid[], $3::uuid[], $4::uuid[]) c (id, lowest, highest) cross join lateral (
       select t.id from transfer t
       where t.tenant = $1 and t.id between c.lowest and c.highest and t.cause = c.id offset 0) t`,
    [tx.tenant, causes, parts.map(({ lowest }) => lowest), parts.map(({ highest }) => highest)],
  );
  const booked = await transfersByIds(
    tx,
    rows.map(({ id }) => id),
  );
  return booked.sort(byPosting);
}

/** What takes the transfers back, activates, captures or releases them, in the order of posting. */
export async function transfersThatFollow(tx: Tx, ids: readonly TransferId[]): Promise<BookedTransfer[]> {
  // Each has an index of its own; a condition with "or" over both would read the whole table once it is estimated badly.
  const followers = `t.id in (
    select r.id from transfer r where r.tenant = $1 and r.resolves = any ($2::uuid[])
    union all select r.id from transfer r where r.tenant = $1 and r.reverses = any ($2::uuid[]))`;
  return (await readBooked(tx, followers, [ids])).sort(byPosting);
}

function byPosting(one: Transfer, other: Transfer): number {
  return one.at.getTime() - other.at.getTime();
}

async function readBooked(tx: Tx, condition: string, values: readonly unknown[]): Promise<BookedTransfer[]> {
  return tx.query<BookedTransfer>(
    `select ${transferColumns}, ${assetColumn},
       json_build_object('account', d.id, 'owner', d.owner, 'role', d.role) as "from",
       json_build_object('account', c.id, 'owner', c.owner, 'role', c.role) as "to"
     from transfer t
     join account d on d.tenant = $1 and d.id = t.debit
     join account c on c.tenant = $1 and c.id = t.credit
     join asset s on s.tenant = $1 and s.id = d.asset
     where t.tenant = $1 and ${condition} order by t.id`,
    [tx.tenant, ...values],
  );
}
