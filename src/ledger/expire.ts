import assert from 'node:assert/strict';

import type { Tx } from '../db/transact.ts';
import { eventId } from '../shared/id.ts';
import type { AccountId, AssetId, Id, TransferId } from '../shared/id.ts';
import type { Day } from '../shared/time.ts';
import { lockBook } from './chain.ts';
import { inOpenPeriod } from './period.ts';
import { post } from './post.ts';
import { transfersByIds } from './read.ts';
import { traceAccount } from './trace.ts';
import type { NewTransfer } from './transfer.ts';

/** Accounts that one call looks at, so that a transaction stays short. */
const accountsMax = 1000;

/**
 * What is expired and where it goes: back to the account that issued it. Of several `issued` (programmes that share an
 * asset) each gets back what it gave, traced earning by earning; units that came by way of somebody else (a gift) go to
 * the first.
 */
export type ExpiryRun = { asset: AssetId; issued: readonly AccountId[]; effectiveAt: Date };

/** Units that an account lost. */
export type ExpiredUnits = { account: AccountId; owner: Id<string>; units: bigint };

/** `next`: give it to the next call; null when this was the last. */
export type ExpiredPage<Cursor> = { expired: ExpiredUnits[]; next: Cursor | null };
export type LotCursor = { account: AccountId; expiresOn: Day };

type Due = { account: AccountId; owner: Id<string>; held: bigint; left: bigint };

/**
 * Expires what could be used until the day before `day` and was not, on a page of accounts. A hold counts as spent while it
 * is open, so held units never expire; once released they do with the next run. Only open lots are read, so the cost
 * follows what is due and not how many accounts there are. Doing it again finds nothing.
 */
export async function expireDue(
  tx: Tx,
  run: ExpiryRun & { day: Day },
  now: Date,
  after: LotCursor | null = null,
): Promise<ExpiredPage<LotCursor>> {
  await lockBook(tx);
  const lots = await openLots(tx, run.asset, { until: run.day, after });
  const next = lots.length < accountsMax ? null : lots.at(-1)!;
  const accounts = [...new Set(lots.flatMap(({ account, isMeant }) => (isMeant ? account : [])))];
  if (accounts.length === 0) return { expired: [], next };
  const due = await readDue(tx, accounts, run.day);
  const expired = await expire(
    tx,
    run,
    due.map(({ held, left, ...one }) => ({ ...one, units: left - held })),
    now,
  );
  // What a hold keeps alive is looked at again tomorrow.
  const kept = due.filter(({ held, left }) => held > 0n && left > 0n).map(({ account }) => account);
  await tx.query(
    `update lot set open = false
     where tenant = $1 and account = any ($2::uuid[]) and account <> all ($3::uuid[]) and expires_on < $4 and open`,
    [tx.tenant, accounts, kept, run.day],
  );
  return { expired, next };
}

/**
 * Expires everything that can be spent on accounts that nothing has moved on since `movedBefore`, on a page of accounts;
 * held units stay. Reads all accounts once, in order of their ids.
 */
export async function expireInactive(
  tx: Tx,
  run: ExpiryRun & { movedBefore: Date },
  now: Date,
  after: AccountId | null = null,
): Promise<ExpiredPage<AccountId>> {
  await lockBook(tx);
  // Few are idle, so the page is cut by what is read and not by what is found: others wait for the book meanwhile.
  const page = await tx.query<ExpiredUnits & { isIdle: boolean }>(
    `select id as account, owner, balance - held as units,
       asset = $2 and role = 'available' and moved_at < $3 and balance > held as "isIdle"
     from account where tenant = $1 and ($4::uuid is null or id > $4) order by id limit $5`,
    [tx.tenant, run.asset, run.movedBefore, after, accountsMax],
  );
  const idle = page.flatMap(({ isIdle, ...one }) => (isIdle ? [one] : []));
  const expired = await expire(tx, run, idle, now);
  return { expired, next: page.length < accountsMax ? null : page.at(-1)!.account };
}

/** What expires on a day if nothing more happens, by account, on a page of accounts: for those who want to be told ahead. */
export async function expiringOn(
  tx: Tx,
  asset: AssetId,
  day: Day,
  after: AccountId | null = null,
): Promise<ExpiredPage<AccountId>> {
  const rows = await tx.query<ExpiredUnits & { isMeant: boolean }>(
    `with soon as materialized (
       select l.account from lot l
       where l.tenant = $1 and l.open and l.expires_on = $3 and ($4::uuid is null or l.account > $4)
       order by l.account limit $5
     )
     select a.id as account, a.owner, a.asset = $2 and a.role = 'available' as "isMeant",
       (select sum(l.earned) from lot l where l.tenant = $1 and l.account = a.id and l.expires_on <= $3)::bigint
         - greatest(a.spent + a.held, coalesce((select sum(l.earned) from lot l
             where l.tenant = $1 and l.account = a.id and l.expires_on < $3), 0)::bigint) as units
     from soon join account a on a.tenant = $1 and a.id = soon.account order by a.id`,
    [tx.tenant, asset, day, after, accountsMax],
  );
  return {
    expired: rows.flatMap(({ isMeant, ...one }) => (isMeant && one.units > 0n ? one : [])),
    next: rows.length < accountsMax ? null : rows.at(-1)!.account,
  };
}

/** A page of open lots that ended before a day, of any account; `isMeant` where members hold this asset there. */
async function openLots(
  tx: Tx,
  asset: AssetId,
  { until, after }: { until: Day; after: LotCursor | null },
): Promise<(LotCursor & { isMeant: boolean })[]> {
  // The page is cut before the accounts are looked up: whatever the planner believes, it reads along lot_open and no more.
  return tx.query(
    `with due as materialized (
       select l.account, l.expires_on from lot l
       where l.tenant = $1 and l.open and l.expires_on < $2
         and ($4::date is null or (l.expires_on, l.account) > ($4::date, $5::uuid))
       order by l.expires_on, l.account limit $6
     )
     select due.account, due.expires_on as "expiresOn", a.asset = $3 and a.role = 'available' as "isMeant"
     from due join account a on a.tenant = $1 and a.id = due.account
     order by due.expires_on, due.account`,
    [tx.tenant, until, asset, after?.expiresOn ?? null, after?.account ?? null, accountsMax],
  );
}

/** Of each account what is left of its lots that ended before the day, also of those that are closed. */
async function readDue(tx: Tx, accounts: readonly AccountId[], day: Day): Promise<Due[]> {
  return tx.query<Due>(
    `select a.id as account, a.owner, a.held, greatest(sum(l.earned) - a.spent, 0)::bigint as left
     from account a join lot l on l.tenant = $1 and l.account = a.id and l.expires_on < $3
     where a.tenant = $1 and a.id = any ($2::uuid[])
     group by a.id, a.owner, a.held, a.spent order by a.id`,
    [tx.tenant, accounts, day],
  );
}

async function expire(
  tx: Tx,
  run: ExpiryRun,
  found: readonly ExpiredUnits[],
  now: Date,
): Promise<ExpiredUnits[]> {
  const due = found.filter(({ units }) => units > 0n);
  // Each posting moves the chain on, so its place names this run; that nothing expires twice follows from what is left.
  const { seq } = await lockBook(tx);
  const transfers: NewTransfer[] = [];
  for (const { account, units } of due)
    for (const [credit, amount] of await shareByIssuer(tx, run, account, units)) {
      const parts = ['expire', account, credit, String(seq)];
      const id = eventId<TransferId>(now, tx.tenant, ...parts);
      const { asset, effectiveAt } = run;
      transfers.push({ id, tx: id, asset, debit: account, credit, amount, kind: 'expire', effectiveAt });
    }
  for (const answer of await post(tx, await inOpenPeriod(tx, transfers), now))
    assert(answer.ok, `what is left can expire: ${JSON.stringify(answer)}`);
  return due;
}

async function shareByIssuer(
  tx: Tx,
  { issued }: ExpiryRun,
  account: AccountId,
  units: bigint,
): Promise<Map<AccountId, bigint>> {
  const [first] = issued;
  assert(first, 'an asset is issued by somebody');
  if (issued.length === 1) return new Map([[first, units]]);
  const { left } = await traceAccount(tx, account);
  const earnings = await transfersByIds(tx, [...new Set(left.map((part) => part.earning))]);
  const pending = await transfersByIds(
    tx,
    earnings.flatMap((one) => (one.kind === 'activate' ? one.resolves! : [])),
  );
  const issuerOf = new Map(
    earnings.map((one) => {
      const { debit } = pending.find((each) => each.id === one.resolves) ?? one;
      return [one.id, issued.includes(debit) ? debit : first];
    }),
  );
  const shares = new Map<AccountId, bigint>();
  let rest = units;
  for (const part of left) {
    const amount = part.units < rest ? part.units : rest;
    if (amount === 0n) break;
    rest -= amount;
    const issuer = issuerOf.get(part.earning)!;
    shares.set(issuer, (shares.get(issuer) ?? 0n) + amount);
  }
  return shares;
}
