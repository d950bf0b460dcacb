import type { Tx } from '../db/transact.ts';
import { areaIdOf, type NewArea } from './areas.ts';
import { outletIdOf, type NewOutlet } from './outlets.ts';
import { participantIdOf, type NewParticipant } from './participants.ts';
import { partnerIdOf, type NewPartner } from './partners.ts';
import { productIdOf, type NewProduct } from './products.ts';
import { letFind, letFindNoMore } from './search.ts';
import { staffIdOf, type NewStaff } from './staff.ts';
import { normalise } from '../shared/text.ts';

// What is kept, in the form in which it is given, and its change. Only rows that are there may be changed.

/** Until the transaction ends nobody else brings in or changes rows of this tenant's network. */
export async function lockNetwork(tx: Tx): Promise<void> {
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`network ${tx.tenant}`]);
}

/** All areas. */
export async function areaRows(tx: Tx): Promise<NewArea[]> {
  return tx.query<NewArea>(
    `select a.code, a.name, p.code as parent from area a
     left join area p on p.tenant = $1 and p.id = a.parent where a.tenant = $1`,
    [tx.tenant],
  );
}

export async function changeAreas(tx: Tx, areas: readonly NewArea[]): Promise<void> {
  const rows = areas.map(({ code, name, parent }) => ({
    id: areaIdOf(tx, code),
    name,
    parent: parent === null ? null : areaIdOf(tx, parent),
  }));
  await tx.query(
    `update area a set name = r.name, parent = r.parent
     from jsonb_to_recordset($2::jsonb) as r (id uuid, name text, parent uuid) where a.tenant = $1 and a.id = r.id`,
    [tx.tenant, JSON.stringify(rows)],
  );
}

/** The partners of these codes; those that are not there are left out. */
export async function partnerRows(tx: Tx, codes: readonly string[]): Promise<NewPartner[]> {
  return tx.query<NewPartner>(
    'select code, kind, name from partner where tenant = $1 and code = any($2::text[])',
    [tx.tenant, codes],
  );
}

export async function changePartners(tx: Tx, partners: readonly NewPartner[]): Promise<void> {
  const rows = partners.map(({ code, ...partner }) => ({ ...partner, id: partnerIdOf(tx, code) }));
  await tx.query(
    `update partner p set kind = r.kind, name = r.name
     from jsonb_to_recordset($2::jsonb) as r (id uuid, kind text, name text) where p.tenant = $1 and p.id = r.id`,
    [tx.tenant, JSON.stringify(rows)],
  );
}

/** The outlets of these codes; those that are not there are left out. */
export async function outletRows(
  tx: Tx,
  codes: readonly string[],
): Promise<Required<Omit<NewOutlet, 'isOpen'>>[]> {
  return tx.query<Required<Omit<NewOutlet, 'isOpen'>>>(
    `select o.code, o.name, o.address, p.code as partner, d.code as distributor, a.code as area, o.channel,
       o.latitude, o.longitude
     from outlet o
     join partner p on p.tenant = $1 and p.id = o.partner
     left join partner d on d.tenant = $1 and d.id = o.distributor
     join area a on a.tenant = $1 and a.id = o.area
     where o.tenant = $1 and o.code = any($2::text[])`,
    [tx.tenant, codes],
  );
}

/** What happened at an outlet stays as it was judged; from now on it counts for the new area, channel and partner. */
export async function changeOutlets(
  tx: Tx,
  outlets: readonly Required<Omit<NewOutlet, 'isOpen'>>[],
): Promise<void> {
  const rows = outlets.map((outlet) => ({
    ...outlet,
    id: outletIdOf(tx, outlet.code),
    nameKey: normalise(outlet.name),
    addressKey: normalise(outlet.address),
    partner: partnerIdOf(tx, outlet.partner),
    distributor: outlet.distributor === null ? null : partnerIdOf(tx, outlet.distributor),
    area: areaIdOf(tx, outlet.area),
  }));
  await tx.query(
    `update outlet o set name = r.name, address = r.address, name_key = r."nameKey", address_key = r."addressKey",
       partner = r.partner, distributor = r.distributor, area = r.area, channel = r.channel,
       latitude = r.latitude, longitude = r.longitude
     from jsonb_to_recordset($2::jsonb) as r (id uuid, name text, address text, "nameKey" text, "addressKey" text,
       partner uuid, distributor uuid, area uuid, channel text, latitude float8, longitude float8)
     where o.tenant = $1 and o.id = r.id`,
    [tx.tenant, JSON.stringify(rows)],
  );
  await letFindNoMore(
    tx,
    rows.map(({ id }) => id),
  );
  await letFind(tx, 'outlet', rows);
}

/** The people of these codes or telephone numbers; those that are not there are left out. Their outlets in order of code. */
export async function participantRows(
  tx: Tx,
  codes: readonly string[],
  phones: readonly string[] = [],
): Promise<Omit<NewParticipant, 'tier'>[]> {
  return tx.query<Omit<NewParticipant, 'tier'>>(
    `select m.code, m.kind, m.name, m.phone, m.language, p.code as partner,
       array(select o.code from participant_outlet po join outlet o on o.tenant = $1 and o.id = po.outlet
         where po.tenant = $1 and po.participant = m.id order by o.code) as outlets
     from participant m join partner p on p.tenant = $1 and p.id = m.partner
     where m.tenant = $1 and (m.code = any($2::text[]) or m.phone = any($3::text[]))`,
    [tx.tenant, codes, phones],
  );
}

/** They act for these outlets from now on, and for no others. */
export async function changeParticipants(
  tx: Tx,
  participants: readonly Omit<NewParticipant, 'tier'>[],
): Promise<void> {
  const rows = participants.map((participant) => ({
    ...participant,
    id: participantIdOf(tx, participant.code),
    partner: partnerIdOf(tx, participant.partner),
    outlets: participant.outlets.map((code) => outletIdOf(tx, code)),
  }));
  const ids = rows.map(({ id }) => id);
  await tx.query(
    `update participant m set kind = r.kind, name = r.name, phone = r.phone, language = r.language, partner = r.partner
     from jsonb_to_recordset($2::jsonb) as r (id uuid, kind text, name text, phone text, language text, partner uuid)
     where m.tenant = $1 and m.id = r.id`,
    [tx.tenant, JSON.stringify(rows)],
  );
  await tx.query(
    'delete from participant_outlet po where po.tenant = $1 and po.participant = any($2::uuid[])',
    [tx.tenant, ids],
  );
  await tx.query(
    `insert into participant_outlet (tenant, participant, outlet)
     select $1, r.id, o.id from jsonb_to_recordset($2::jsonb) as r (id uuid, outlets uuid[])
     cross join lateral unnest(r.outlets) as o (id)`,
    [tx.tenant, JSON.stringify(rows)],
  );
  await letFindNoMore(tx, ids);
  await letFind(tx, 'participant', rows);
}

/** The products of these SKUs; those that are not there are left out. */
export async function productRows(tx: Tx, skus: readonly string[]): Promise<Required<NewProduct>[]> {
  const rows = await tx.query<
    Omit<Required<NewProduct>, 'listPriceMinor'> & { listPriceMinor: bigint | null }
  >(
    `select p.sku, p.name, p.brand, p.category, p.is_focus as "isFocus", p.aliases,
       p.list_price_minor as "listPriceMinor", p.currency
     from product p where p.tenant = $1 and p.sku = any($2::text[])`,
    [tx.tenant, skus],
  );
  return rows.map(({ listPriceMinor, ...row }) => ({
    ...row,
    listPriceMinor: listPriceMinor === null ? null : Number(listPriceMinor),
  }));
}

export async function changeProducts(tx: Tx, products: readonly Required<NewProduct>[]): Promise<void> {
  const rows = products.map((product) => ({
    ...product,
    id: productIdOf(tx, product.sku),
    nameKeys: [...new Set([product.name, ...product.aliases].map(normalise))],
  }));
  await tx.query(
    `update product p set name = r.name, brand = r.brand, category = r.category, is_focus = r."isFocus",
       aliases = r.aliases, name_keys = r."nameKeys", list_price_minor = r."listPriceMinor", currency = r.currency
     from jsonb_to_recordset($2::jsonb) as r (id uuid, name text, brand text, category text, "isFocus" boolean,
       aliases text[], "nameKeys" text[], "listPriceMinor" bigint, currency text)
     where p.tenant = $1 and p.id = r.id`,
    [tx.tenant, JSON.stringify(rows)],
  );
}

/** The staff of these codes or e-mail addresses (in lower case); those that are not there are left out. */
export async function staffRows(
  tx: Tx,
  codes: readonly string[],
  emails: readonly string[] = [],
): Promise<NewStaff[]> {
  return tx.query<NewStaff>(
    `select code, name, email, role, language from staff
     where tenant = $1 and (code = any($2::text[]) or email = any($3::text[]))`,
    [tx.tenant, codes, emails],
  );
}

export async function changeStaff(tx: Tx, staff: readonly NewStaff[]): Promise<void> {
  const rows = staff.map(({ code, ...person }) => ({ ...person, id: staffIdOf(tx, code) }));
  await tx.query(
    `update staff s set name = r.name, email = r.email, role = r.role, language = r.language
     from jsonb_to_recordset($2::jsonb) as r (id uuid, name text, email text, role text, language text)
     where s.tenant = $1 and s.id = r.id`,
    [tx.tenant, JSON.stringify(rows)],
  );
}

/** Which of these codes belong to partners, areas or outlets that are there. */
export async function codesKnown(
  tx: Tx,
  of: 'partner' | 'area' | 'outlet',
  codes: readonly string[],
): Promise<Set<string>> {
  const texts = {
    partner: 'select code from partner where tenant = $1 and code = any($2::text[])',
    area: 'select code from area where tenant = $1 and code = any($2::text[])',
    outlet: 'select code from outlet where tenant = $1 and code = any($2::text[])',
  };
  const rows = await tx.query<{ code: string }>(texts[of], [tx.tenant, codes]);
  return new Set(rows.map(({ code }) => code));
}
