import assert from 'node:assert/strict';

import { catalogue } from '../../demo/catalogue.ts';
import { areas, outlets, participants, partners, programme } from '../../demo/world.ts';
import { addTenant } from '../../src/db/directory.ts';
import { withTenant, type Db, type Tx } from '../../src/db/transact.ts';
import { ensureAssets } from '../../src/ledger/accounts.ts';
import { addAreas } from '../../src/network/areas.ts';
import { addOutlets, outletIdOf } from '../../src/network/outlets.ts';
import { addParticipants, participantIdOf } from '../../src/network/participants.ts';
import { addPartners } from '../../src/network/partners.ts';
import { addProducts, productIdOf } from '../../src/network/products.ts';
import { addProgrammes, programmeByCode, programmeIdOf } from '../../src/network/programmes.ts';
import { saveRules } from '../../src/rules/save-rule.ts';
import { nameId, type TenantId } from '../../src/shared/id.ts';
import { rule } from '../sales.ts';

/** When the programme begins. */
export const openedAt = new Date('2017-05-01T00:00:00Z');
/** People of the demo who sell for the same shop. */
export const people = ['sari', 'budi'] as const;
/** Its goods that earn nothing beyond the base points. */
export const skus = ['NF-1004', 'NF-1005'] as const;
const shop = 'toko-maju';

const pointPerRinggit = (expiresOn: string) =>
  rule('base', {
    effects: [
      {
        kind: 'award',
        leg: 'points',
        asset: 'points',
        per: 'amount',
        stepMinor: 100,
        currency: 'MYR',
        units: 1,
      },
    ],
    expires: { on: expiresOn },
  });

/** A tenant with Toko Maju and its people, where a ringgit earns a point that can be used until a day. */
export async function openShops(db: Db, name: string, expiresOn: string): Promise<TenantId> {
  const tenant = nameId<TenantId>('proof-shops', name);
  await addTenant(db, { tenant, code: `proof-${tenant}`, name });
  await withTenant(db, tenant, async (tx) => {
    await addProgrammes(tx, [{ ...programme, settings: { ...programme.settings, clawback: 'allow-debt' } }]);
    await addAreas(tx, areas);
    await addPartners(tx, partners);
    const here = outlets.filter(({ code }) => code === shop);
    await addOutlets(tx, here);
    const selling = participants.filter(({ code }) => (people as readonly string[]).includes(code));
    await addParticipants(
      tx,
      selling.map((one) => ({ ...one, outlets: [shop] })),
    );
    await addProducts(
      tx,
      catalogue.filter(({ sku }) => (skus as readonly string[]).includes(sku)),
    );
    await ensureAssets(tx, [{ code: 'points', kind: 'points', scale: 0 }]);
    const saved = await saveRules(
      tx,
      programmeIdOf(tx, programme.code),
      [pointPerRinggit(expiresOn)],
      'proof',
      openedAt,
    );
    assert(saved.every(({ ok }) => ok));
  });
  return tenant;
}

export const programmeOf = async (tx: Tx) => (await programmeByCode(tx, programme.code))!;
export const personOf = participantIdOf;
export const shopOf = (tx: Tx) => outletIdOf(tx, shop);
export const productOf = productIdOf;

/** What the tenant's book and activities say, in words without ids: the same for every tenant that lived the same. */
export async function tellTenant(tx: Tx): Promise<string[]> {
  const rows = await tx.query<{ line: string }>(
    `select coalesce(p.code, 'other') || ' ' || a.role || ' ' || s.code || ' ' || a.balance || ' ' || a.held || ' ' || a.spent
         || coalesce(', lots ' || (select string_agg(l.expires_on || ': ' || l.earned, ', ' order by l.expires_on)
              from lot l where l.tenant = $1 and l.account = a.id and l.earned > 0), '')
         || coalesce(', holds ' || (select string_agg(h.open || ' ' || coalesce(h.times_out_at::text, ''), ', '
              order by h.open, h.times_out_at) from hold h where h.tenant = $1 and h.account = a.id and h.open > 0), '')
         as line
       from account a join asset s on s.tenant = $1 and s.id = a.asset
       left join participant p on p.tenant = $1 and p.id = a.owner
       where a.tenant = $1 and (a.balance <> 0 or a.spent <> 0 or a.held <> 0)
     union all
     select 'activity ' || k.external_key || ' of ' || p.code || ', version ' || v.version || ', ' || v.total_minor
         || case when v.withdrawn then ', withdrawn' else '' end
       from activity_key k
       join activity v on v.tenant = $1 and v.id = k.activity and v.version = (
         select max(w.version) from activity w where w.tenant = $1 and w.id = k.activity)
       join participant p on p.tenant = $1 and p.id = v.participant
       where k.tenant = $1`,
    [tx.tenant],
  );
  return rows.map(({ line }) => line).sort();
}

/** How often people were told what. */
export async function tellMessages(tx: Tx): Promise<string[]> {
  const rows = await tx.query<{ line: string }>(
    `select p.code || ' is told ' || m.key || ' ' || count(*) as line
     from message m join participant p on p.tenant = $1 and p.id = m.participant
     where m.tenant = $1 group by p.code, m.key`,
    [tx.tenant],
  );
  return rows.map(({ line }) => line).sort();
}
