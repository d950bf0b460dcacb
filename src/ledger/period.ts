import { createHash } from 'node:crypto';

import type { Tx } from '../db/transact.ts';
import type { StaffId, TransferId } from '../shared/id.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import { lockBook } from './chain.ts';
import type { NewTransfer } from './transfer.ts';
import { trialBalance, type TrialRow } from './trial-balance.ts';

/** A closed period: everything that happened before `before`. */
export type PeriodClose = {
  before: Date;
  closedAt: Date;
  /** Null: the operator, on the command line. */
  closedBy: StaffId | null;
  /** SHA-256 over the trial balance of the period, in hex. */
  digest: string;
  /** The head of the chain at that time. */
  seq: bigint;
  hash: string;
};

const columns = `before, closed_at as "closedAt", closed_by as "closedBy", encode(digest, 'hex') as digest, seq,
  encode(hash, 'hex') as hash`;

/**
 * Closes the books of what happened before a moment: from then on `post` refuses an earlier business date. What was
 * closed stays closed: an earlier moment is refused (`period-closed`), so is one that has not come yet
 * (`period-not-over`); closing the same period again answers what was closed. Postings wait until it has committed.
 */
export async function closePeriod(
  tx: Tx,
  { before, by }: { before: Date; by: StaffId | null },
  now: Date,
): Promise<({ ok: true } & PeriodClose) | Refused<'period-closed' | 'period-not-over'>> {
  if (before > now) return refuse('period-not-over', { before: before.toISOString() });
  const head = await lockBook(tx);
  if (head.closedBefore && before < head.closedBefore)
    return refuse('period-closed', { closedBefore: head.closedBefore.toISOString() });
  if (head.closedBefore?.getTime() !== before.getTime()) {
    const { rows } = await trialBalance(tx, { from: null, until: before, by: 'business' });
    await tx.query(
      `insert into period_close (tenant, before, closed_at, closed_by, digest, seq, hash)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      [tx.tenant, before, now, by, digestTrial(rows), head.seq, head.hash],
    );
    await tx.query('update chain set closed_before = $2 where tenant = $1', [tx.tenant, before]);
  }
  const [closed] = await tx.query<PeriodClose>(
    `select ${columns} from period_close where tenant = $1 and before = $2`,
    [tx.tenant, before],
  );
  return { ok: true, ...closed! };
}

/** The closed periods, newest first. */
export async function listPeriods(tx: Tx): Promise<PeriodClose[]> {
  return tx.query<PeriodClose>(
    `select ${columns} from period_close where tenant = $1 order by before desc limit 1000`,
    [tx.tenant],
  );
}

/**
 * A trial balance as 32 bytes: one line for each asset, role and system account with what was debited and credited, in
 * order. What moved nothing has no line, so that it does not matter when an account was opened.
 */
export function digestTrial(rows: readonly TrialRow[]): Buffer {
  const lines = rows
    .filter(({ debits, credits }) => debits > 0n || credits > 0n)
    .map(
      ({ asset, role, account, debits, credits }) =>
        `${asset.id} ${role} ${account ?? '-'} ${debits} ${credits}\n`,
    );
  return createHash('sha256').update(lines.sort().join('')).digest();
}

/**
 * Gives new transfers whose business date lies in a closed period the first open moment as their date: for what is
 * learned late but must be booked. Those that are in the book already keep the date they were booked with, so that
 * repeating them stays harmless. Locks the book.
 */
export async function inOpenPeriod(
  tx: Tx,
  transfers: readonly NewTransfer[],
): Promise<readonly NewTransfer[]> {
  const { closedBefore } = await lockBook(tx);
  const late = closedBefore ? transfers.filter(({ effectiveAt }) => effectiveAt < closedBefore) : [];
  if (late.length === 0) return transfers;
  const booked = await tx.query<{ id: TransferId; effectiveAt: Date }>(
    'select id, effective_at as "effectiveAt" from transfer where tenant = $1 and id = any ($2::uuid[])',
    [tx.tenant, late.map(({ id }) => id)],
  );
  const dates = new Map(late.map(({ id }) => [id, closedBefore!]));
  for (const { id, effectiveAt } of booked) dates.set(id, effectiveAt);
  return transfers.map((one) => ({ ...one, effectiveAt: dates.get(one.id) ?? one.effectiveAt }));
}

/**
 * The closing because of which a transfer is booked later than it happened, or null: its business date is the first
 * moment that was open, and `happenedAt` lies before.
 */
export async function closingBehind(
  tx: Tx,
  { effectiveAt, at }: { effectiveAt: Date; at: Date },
  happenedAt: Date,
): Promise<Date | null> {
  if (effectiveAt <= happenedAt) return null;
  const [closing] = await tx.query<{ before: Date }>(
    'select before from period_close where tenant = $1 and before = $2 and closed_at <= $3',
    [tx.tenant, effectiveAt, at],
  );
  return closing?.before ?? null;
}
