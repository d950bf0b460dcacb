import type { Tx } from '../db/transact.ts';
import type { AssetId, Id, TransferId } from '../shared/id.ts';
import type { TransferKind } from './transfer.ts';

/** Which transfers are meant; what is null is any. Posted from `from` on and before `until`. */
export type TransferFilter = {
  kind: TransferKind;
  from: Date;
  until: Date;
  asset: AssetId | null;
  owner: Id<string> | null;
};

/** The transfers that a filter means, oldest first, and no more than `limit`; read along the summaries of posting times. */
export async function findTransfers(tx: Tx, filter: TransferFilter, limit: number): Promise<TransferId[]> {
  const rows = await tx.query<{ id: TransferId }>(
    `select t.id from transfer t
     join account d on d.tenant = $1 and d.id = t.debit
     join account c on c.tenant = $1 and c.id = t.credit
     where t.tenant = $1 and t.kind = $2::transfer_kind and t.at >= $3 and t.at < $4
       and ($5::uuid is null or d.asset = $5) and ($6::uuid is null or $6 in (d.owner, c.owner))
     order by t.at, t.id limit $7`,
    [tx.tenant, filter.kind, filter.from, filter.until, filter.asset, filter.owner, limit],
  );
  return rows.map(({ id }) => id);
}

/** Something that somebody did to many transfers at once, and why; it is the cause of what followed. */
export type MassAction = {
  id: Id<'action'>;
  kind: 'activate' | 'cancel' | 'expire';
  reason: string;
  doneBy: Id<'staff'>;
};

export async function keepMassAction(
  tx: Tx,
  { id, kind, reason, doneBy }: MassAction,
  at: Date,
): Promise<void> {
  await tx.query(
    'insert into mass_action (tenant, id, kind, reason, done_by, at) values ($1, $2, $3, $4, $5, $6)',
    [tx.tenant, id, kind, reason, doneBy, at],
  );
}

/** The action that is the cause of a transfer, or null. */
export async function massActionById(tx: Tx, id: Id<string>): Promise<MassAction | null> {
  const rows = await tx.query<MassAction>(
    'select id, kind, reason, done_by as "doneBy" from mass_action where tenant = $1 and id = $2',
    [tx.tenant, id],
  );
  return rows[0] ?? null;
}
