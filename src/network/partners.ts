import type { Tx } from '../db/transact.ts';
import { nameId, type PartnerId } from '../shared/id.ts';

/** What companies can be. */
export const partnerKinds = ['distributor', 'wholesaler', 'retailer', 'fulfilment', 'coalition'] as const;
type PartnerKind = (typeof partnerKinds)[number];

/** A company in the channel. */
export type NewPartner = { code: string; kind: PartnerKind; name: string };

export type Partner = NewPartner & { id: PartnerId };

/** Adds the partners whose code is new and leaves the others as they are. */
export async function addPartners(tx: Tx, partners: readonly NewPartner[]): Promise<void> {
  const rows = partners.map((partner) => ({ ...partner, id: partnerIdOf(tx, partner.code) }));
  await tx.query(
    `insert into partner (tenant, id, code, kind, name)
     select $1, r.id, r.code, r.kind, r.name
     from jsonb_to_recordset($2::jsonb) as r (id uuid, code text, kind text, name text)
     on conflict (tenant, code) do nothing`,
    [tx.tenant, JSON.stringify(rows)],
  );
}

/** The partners with these ids, in no promised order; unknown ids are left out. */
export async function partnersByIds(tx: Tx, ids: readonly PartnerId[]): Promise<Partner[]> {
  return tx.query<Partner>(
    'select id, code, kind, name from partner where tenant = $1 and id = any($2::uuid[])',
    [tx.tenant, ids],
  );
}

/** The id that a partner's code gives, whether or not the partner is there. */
export function partnerIdOf(tx: Pick<Tx, 'tenant'>, code: string): PartnerId {
  return nameId(tx.tenant, 'partner', code);
}
