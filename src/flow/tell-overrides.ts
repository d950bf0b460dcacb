import type { Tx } from '../db/transact.ts';
import type { Programme } from '../network/programmes.ts';
import { staffByIds } from '../network/staff.ts';
import { listOverrides, type DiscountOverride } from '../progress/discount-overrides.ts';
import type { Id } from '../shared/id.ts';
import { nameOwners } from './name-owners.ts';

/** An override with the names of whose discount it was and of who gave it. */
export type OverrideTold = DiscountOverride & { owner: string; by: string };

/** A page of the discounts that were given otherwise than the table says, newest first. */
export async function tellOverrides(
  tx: Tx,
  programme: Programme,
  page: { before: DiscountOverride['id'] | null; limit: number },
): Promise<OverrideTold[]> {
  const overrides = await listOverrides(tx, programme.id, page);
  const owners = await nameOwners(
    tx,
    overrides.map(({ subject }) => subject as Id<string>),
  );
  const staff = await staffByIds(
    tx,
    overrides.map((one) => one.staff),
  );
  return overrides.map((one) => ({
    ...one,
    owner: owners.get(one.subject) ?? '',
    by: staff.find(({ id }) => id === one.staff)?.name ?? '',
  }));
}
