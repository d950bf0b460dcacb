import type { Tx } from '../db/transact.ts';
import { eventId } from '../shared/id.ts';
import type { Id, TransferId } from '../shared/id.ts';
import type { Day } from '../shared/time.ts';
import { accountId, assetId, openAccounts } from './accounts.ts';
import { lockBook } from './chain.ts';
import type { NewTransfer } from './transfer.ts';

/** A balance that somebody brings along from another system, under the key that it had there. */
export type Opening = {
  externalKey: string;
  participant: Id<string>;
  /** Code of the asset. */
  asset: string;
  units: bigint;
  expiresOn: Day | null;
  earnedOn: Day | null;
};

/** What to do about one: book it, nothing because it is booked already, or refuse because its key says something else. */
export type PlannedOpening =
  | { outcome: 'new'; transfer: NewTransfer }
  | { outcome: 'replayed'; transfer: TransferId }
  | { outcome: 'differs' };

type Stored = Opening & { transfer: TransferId };

/**
 * Plans and notes opening balances, in order: each is credited from the issuer's account once for its external key,
 * however often it comes, in one file or several. The book is locked first, so that two imports at once cannot both
 * book a key. What is new is to be posted in the same transaction.
 */
export async function planOpenings(
  tx: Tx,
  issuer: Id<string>,
  openings: readonly (Opening & { effectiveAt: Date })[],
  at: Date,
): Promise<PlannedOpening[]> {
  await lockBook(tx);
  const rows = await tx.query<Stored>(
    `select external_key as "externalKey", participant, asset, units, expires_on as "expiresOn",
       earned_on as "earnedOn", transfer
     from opening_balance where tenant = $1 and external_key = any ($2::text[])`,
    [tx.tenant, openings.map(({ externalKey }) => externalKey)],
  );
  const stored = new Map(rows.map((row) => [row.externalKey, row]));
  const plans: PlannedOpening[] = [];
  const fresh: Stored[] = [];
  for (const { effectiveAt, ...opening } of openings) {
    const before = stored.get(opening.externalKey);
    if (before) {
      const isSame = contentOf(before) === contentOf(opening);
      plans.push(isSame ? { outcome: 'replayed', transfer: before.transfer } : { outcome: 'differs' });
      continue;
    }
    const transfer = transferOf(tx, issuer, opening, effectiveAt, at);
    const row = { ...opening, transfer: transfer.id };
    stored.set(opening.externalKey, row);
    fresh.push(row);
    plans.push({ outcome: 'new', transfer });
  }
  await openAccounts(
    tx,
    fresh.flatMap(({ participant, asset }) => [
      { asset: assetId(tx.tenant, asset), owner: participant, role: 'available' as const },
      { asset: assetId(tx.tenant, asset), owner: issuer, role: 'issued' as const },
    ]),
  );
  await keep(tx, fresh, at);
  return plans;
}

function contentOf({ participant, asset, units, expiresOn, earnedOn }: Opening): string {
  return JSON.stringify([participant, asset, units.toString(), expiresOn, earnedOn]);
}

function transferOf(
  tx: Tx,
  issuer: Id<string>,
  { externalKey, participant, asset: code, units, expiresOn }: Opening,
  effectiveAt: Date,
  at: Date,
): NewTransfer {
  const asset = assetId(tx.tenant, code);
  // `at` is the time first recorded for this key: a repetition is known by the row that is kept beside.
  const id = eventId<TransferId>(at, tx.tenant, 'opening', externalKey);
  return {
    id,
    tx: id,
    asset,
    debit: accountId(tx.tenant, issuer, 'issued', asset),
    credit: accountId(tx.tenant, participant, 'available', asset),
    amount: units,
    kind: 'opening',
    effectiveAt,
    ...(expiresOn ? { expiresOn } : {}),
  };
}

async function keep(tx: Tx, rows: readonly Stored[], at: Date): Promise<void> {
  if (rows.length === 0) return;
  await tx.query(
    `insert into opening_balance (tenant, external_key, participant, asset, units, expires_on, earned_on, recorded_at,
       transfer)
     select $1, r."externalKey", r.participant, r.asset, r.units, r."expiresOn", r."earnedOn", $3, r.transfer
     from jsonb_to_recordset($2::jsonb) as r ("externalKey" text, participant uuid, asset text, units bigint,
       "expiresOn" date, "earnedOn" date, transfer uuid)`,
    [tx.tenant, JSON.stringify(rows.map((row) => ({ ...row, units: row.units.toString() }))), at],
  );
}
