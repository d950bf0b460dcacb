import type { AccountId, AssetId, Id, TransferId } from '../shared/id.ts';
import type { Refused } from '../shared/refusal.ts';

/** Kinds of transfers; the type `transfer_kind` of the database has the same. */
export const transferKinds = [
  'award',
  'redeem',
  'hold',
  'capture',
  'release',
  'activate',
  'reversal',
  'clawback',
  'repay',
  'expire',
  'gift',
  'fee',
  'sale',
  'sell-out',
  'sell-in',
  'unsold',
  'return',
  'refund',
  'opening',
  'bonus',
] as const;
export type TransferKind = (typeof transferKinds)[number];

/**
 * One movement to be posted: `amount` of the asset's smallest part from `debit` to `credit`. Legs with the same `tx` are
 * posted together or not at all. Kinds with a meaning of their own: `hold` reserves on the debit account without moving,
 * `capture` moves and `release` frees (part of) the hold in `resolves`, `activate` makes (part of) the pending earning
 * in `resolves` available. Every other kind is a word for the reader.
 */
export type NewTransfer = {
  /** Made from what happened: the idempotency key. With a `cause` it is a part of that (`partId`), else see `eventId`. */
  id: TransferId;
  tx: Id<string>;
  /** Checked against both accounts, which it is stored on. */
  asset: AssetId;
  debit: AccountId;
  credit: AccountId;
  amount: bigint;
  kind: TransferKind;
  resolves?: TransferId | undefined;
  /** The transfer that this one takes back, in whole or in part. */
  reverses?: TransferId | undefined;
  /** Business time; `at` is given by the posting. */
  effectiveAt: Date;
  /** Of a hold: when it is released by itself. */
  timesOutAt?: Date | undefined;
  /** The last day on which the units can be used. */
  expiresOn?: string | undefined;
  /** What caused it: an activity, a redemption. */
  cause?: Id<string> | undefined;
  taxClass?: string | undefined;
};

/** A transfer as it stands in the book. */
export type Transfer = {
  id: TransferId;
  tx: Id<string>;
  debit: AccountId;
  credit: AccountId;
  amount: bigint;
  kind: TransferKind;
  resolves: TransferId | null;
  reverses: TransferId | null;
  effectiveAt: Date;
  at: Date;
  timesOutAt: Date | null;
  expiresOn: string | null;
  cause: Id<string> | null;
  taxClass: string | null;
};

/** What can be wrong with one transfer; each leg of a refused `tx` gets the same answer, `facts.transfer` says which leg. */
export type PostRefusal =
  | 'unknown-account'
  | 'asset-mismatch'
  | 'below-floor'
  | 'id-reused'
  | 'unknown-transfer'
  | 'link-mismatch'
  | 'already-resolved'
  | 'hold-exceeded'
  | 'reversal-exceeded'
  | 'period-closed';

/** `replayed`: it was in the book already with the same content, since `at`. */
export type Posted = { ok: true; id: TransferId; at: Date; replayed: boolean } | Refused<PostRefusal>;

/** Columns of `transfer t` under the names of `Transfer`. */
export const transferColumns = `t.id, coalesce(t.tx, t.cause, t.id) as tx, t.debit, t.credit, t.amount, t.kind, t.resolves, t.reverses,
  t.effective_at as "effectiveAt", t.at, t.times_out_at as "timesOutAt", t.expires_on as "expiresOn", t.cause,
  t.tax_class as "taxClass"`;

/** The row that posting a transfer at a time writes. */
export function rowOf(transfer: NewTransfer, at: Date): Transfer {
  const { id, tx, debit, credit, amount, kind, effectiveAt } = transfer;
  return {
    id,
    tx,
    debit,
    credit,
    amount,
    kind,
    effectiveAt,
    at,
    resolves: transfer.resolves ?? null,
    reverses: transfer.reverses ?? null,
    timesOutAt: transfer.timesOutAt ?? null,
    expiresOn: transfer.expiresOn ?? null,
    cause: transfer.cause ?? null,
    taxClass: transfer.taxClass ?? null,
  };
}

/**
 * The content of a row as one line of text, the same for ever; `at` belongs to the batch. Hashes are made from it. Its
 * fields have no spaces but the last, which is JSON.
 */
export function contentOf(row: Transfer): string {
  const { id, tx, debit, credit, amount, kind, resolves, reverses, effectiveAt, timesOutAt } = row;
  const links = `${resolves ?? '-'} ${reverses ?? '-'} ${row.cause ?? '-'}`;
  const times = `${effectiveAt.getTime()} ${timesOutAt?.getTime() ?? '-'} ${row.expiresOn ?? '-'}`;
  return `${id} ${tx} ${debit} ${credit} ${amount} ${kind} ${links} ${times} ${JSON.stringify(row.taxClass)}`;
}

/** True when the transfer reserves or frees units and moves none. */
export function movesNothing(kind: TransferKind): boolean {
  return kind === 'hold' || kind === 'release';
}
