import type { Client } from 'pg';

import { addTenant } from '../../src/db/directory.ts';
import { withClient } from '../../src/db/connect.ts';
import { withTenant, type Db } from '../../src/db/transact.ts';
import { openSession } from '../../src/network/access.ts';
import { addAreas } from '../../src/network/areas.ts';
import { addPartners } from '../../src/network/partners.ts';
import { addProducts } from '../../src/network/products.ts';
import { addProgrammes } from '../../src/network/programmes.ts';
import { addStaff, staffIdOf } from '../../src/network/staff.ts';
import { saveRules } from '../../src/rules/save-rule.ts';
import { ensureAssets } from '../../src/ledger/accounts.ts';
import { programmeIdOf } from '../../src/network/programmes.ts';
import { nameId, type StaffId, type TenantId } from '../../src/shared/id.ts';
import type { Base } from '../scratch.ts';
import { areasCount, categories, channels, ruleDocuments, skuOf, skusCount, tiers } from './rules.ts';

export const tenant = nameId<TenantId>('bench-activities');
export const programmeCode = 'bench';
export const startsOn = '2018-01-01';
const partnersCount = 200;
const areaOf = (index: number) => `area-${index % areasCount}`;
export const outletCode = (index: number) => `o-${index}`;
export const participantCode = (index: number) => `p-${index}`;

/** A brand with 200 live rules and a catalogue, and so many outlets with one person each. */
export async function makeNetwork(base: Base, db: Db, outlets: number): Promise<StaffId> {
  const at = new Date('2018-01-01T00:00:00Z');
  await addTenant(db, { tenant, code: 'bench', name: 'Bench' });
  await withTenant(db, tenant, async (tx) => {
    await addProgrammes(tx, [
      {
        code: programmeCode,
        name: 'Bench',
        startsOn,
        endsOn: '2030-12-31',
        timeZone: 'Asia/Jakarta',
        currency: 'IDR',
      },
    ]);
    await addAreas(tx, [
      { code: 'country', name: 'Country', parent: null },
      ...Array.from({ length: areasCount }, (_, i) => ({
        code: areaOf(i),
        name: areaOf(i),
        parent: 'country',
      })),
    ]);
    await addPartners(
      tx,
      Array.from({ length: partnersCount }, (_, i) => ({
        code: `partner-${i}`,
        kind: 'retailer' as const,
        name: `Partner ${i}`,
      })),
    );
    await addProducts(
      tx,
      Array.from({ length: skusCount }, (_, i) => ({
        sku: skuOf(i),
        name: `Product ${i}`,
        brand: 'Bench',
        category: categories[i % categories.length]!,
        isFocus: i % 10 === 0,
        aliases: [],
        listPriceMinor: null,
        currency: 'IDR',
      })),
    );
    await addStaff(tx, [
      { code: 'feed', name: 'Feed', email: 'feed@bench.example', role: 'operator', language: 'en' },
    ]);
    await ensureAssets(tx, [{ code: 'points', kind: 'points', scale: 0 }]);
    const saved = await saveRules(tx, programmeIdOf(tx, programmeCode), ruleDocuments(), 'bench', at);
    for (const one of saved) if (!one.ok) throw new Error(JSON.stringify(one));
  });
  await withClient(base.logins.admin, (client) => fillOutlets(client, outlets));
  return staffIdOf({ tenant }, 'feed');
}

/** A signed-in feed. */
export async function openFeed(db: Db, staff: StaffId): Promise<string> {
  return withTenant(db, tenant, async (tx) => {
    const session = await openSession(tx, { kind: 'staff', id: staff }, new Date());
    return session.token;
  });
}

// The ids are those that `nameId` makes of the codes: millions of rows are sooner made inside the database.
const nameIdFunction = `
  create function pg_temp.name_id(variadic parts text[]) returns uuid language sql immutable as $$
    with digest as (
      select substr(sha256(string_agg(convert_to(octet_length(part)::text, 'UTF8') || '\\x1f' || convert_to(part, 'UTF8')
        || '\\x1f', '' order by place)), 1, 16) as bytes
      from unnest(parts) with ordinality as p (part, place)
    )
    select encode(set_byte(set_byte(bytes, 6, (get_byte(bytes, 6) & 15) | 128), 8, (get_byte(bytes, 8) & 63) | 128), 'hex')::uuid
    from digest $$`;

async function fillOutlets(client: Client, outlets: number): Promise<void> {
  await client.query(nameIdFunction);
  // Checking three references for each of millions of rows that are right by construction takes minutes.
  await client.query('set session_replication_role = replica');
  await client.query(
    `insert into outlet (tenant, id, code, name, name_key, address_key, partner, area, channel)
     select $1, pg_temp.name_id($1::text, 'outlet', 'o-' || i), 'o-' || i, 'Outlet ' || i, 'outlet ' || i, '',
       p.id, a.id, ($2::text[])[1 + i % $3]
     from generate_series(0, $4::int - 1) i
     join area a on a.tenant = $1 and a.code = 'area-' || (i % $5::int)
     join partner p on p.tenant = $1 and p.code = 'partner-' || (i % $6::int)`,
    [tenant, channels, channels.length, outlets, areasCount, partnersCount],
  );
  await client.query(
    `insert into participant (tenant, id, code, kind, name, language, partner, tier)
     select $1, pg_temp.name_id($1::text, 'participant', 'p-' || i), 'p-' || i, 'owner', 'Owner ' || i, 'en',
       p.id, ($2::text[])[1 + i % $3]
     from generate_series(0, $4::int - 1) i
     join partner p on p.tenant = $1 and p.code = 'partner-' || (i % $5::int)`,
    [tenant, tiers, tiers.length, outlets, partnersCount],
  );
  await client.query('set session_replication_role = default');
  await client.query('vacuum analyze outlet, participant, product, area, partner');
}
