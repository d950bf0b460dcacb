import type { Tx } from '../db/transact.ts';
import type { ProgrammeId, StaffId } from '../shared/id.ts';
import { newId, type Id } from '../shared/id.ts';
import type { SubjectId } from './counter.ts';

/** A discount that somebody gave otherwise than the table says. */
export type DiscountOverride = {
  id: Id<'discount-override'>;
  discount: string;
  subject: SubjectId;
  day: string;
  percent: number;
  tablePercent: number;
  amountMinor: bigint;
  reason: string;
  staff: StaffId;
  at: Date;
};

/** Writes down who gave which discount instead of that of the table, and why. It is never changed. */
export async function recordOverride(
  tx: Tx,
  programme: ProgrammeId,
  override: Omit<DiscountOverride, 'id'>,
): Promise<void> {
  const { discount, subject, day, percent, tablePercent, amountMinor, reason, staff, at } = override;
  await tx.query(
    `insert into discount_override (tenant, id, programme, discount, subject, day, percent, table_percent, amount_minor,
       reason, staff, at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      tx.tenant,
      newId(at),
      programme,
      discount,
      subject,
      day,
      percent,
      tablePercent,
      amountMinor,
      reason,
      staff,
      at,
    ],
  );
}

/** A page of the overrides of a programme, newest first. */
export async function listOverrides(
  tx: Tx,
  programme: ProgrammeId,
  page: { before: DiscountOverride['id'] | null; limit: number },
): Promise<DiscountOverride[]> {
  return tx.query<DiscountOverride>(
    `select o.id, o.discount, o.subject, o.day, o.percent, o.table_percent as "tablePercent",
       o.amount_minor as "amountMinor", o.reason, o.staff, o.at
     from discount_override o where o.tenant = $1 and o.programme = $2 and ($3::uuid is null or o.id < $3)
     order by o.id desc limit $4`,
    [tx.tenant, programme, page.before, page.limit],
  );
}
