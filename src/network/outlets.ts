import type { Tx } from '../db/transact.ts';
import { nameId, type AreaId, type OutletId, type ParticipantId, type PartnerId } from '../shared/id.ts';
import { normalise } from '../shared/text.ts';
import { areaIdOf } from './areas.ts';
import { partnerIdOf } from './partners.ts';
import { findTyped, inOrder, letFind } from './search.ts';

/** A physical point of sale; partner, distributor and area by code. Degrees are WGS 84. */
export type NewOutlet = {
  code: string;
  /** As its receipts print it: that is what matching compares. */
  name: string;
  address: string;
  partner: string;
  distributor: string | null;
  area: string;
  channel?: string;
  latitude?: number | null;
  longitude?: number | null;
  /** Takes evidence that names no known place. */
  isOpen?: boolean;
};

export type Outlet = {
  id: OutletId;
  code: string;
  name: string;
  address: string;
  partner: PartnerId;
  partnerName: string;
  distributor: PartnerId | null;
  distributorName: string | null;
  area: AreaId;
  areaCode: string;
  areaName: string;
  channel: string;
  latitude: number | null;
  longitude: number | null;
  isOpen: boolean;
};

/** An outlet whose printed name or address resembles what was asked for; scores are pg_trgm similarities, 0..1. */
export type OutletFound = Outlet & { nameScore: number; addressScore: number };

/** How many candidates a search answers with when nothing is said. */
const outletsFoundMax = 20;

// One select for every reader, so that an outlet looks the same everywhere.
const columns = `o.id, o.code, o.name, o.address, o.partner, p.name as "partnerName", o.distributor,
  d.name as "distributorName", o.area, a.code as "areaCode", a.name as "areaName", o.channel, o.latitude, o.longitude,
  o.is_open as "isOpen"`;
const tables = `outlet o
  join partner p on p.tenant = $1 and p.id = o.partner
  left join partner d on d.tenant = $1 and d.id = o.distributor
  join area a on a.tenant = $1 and a.id = o.area`;

/** Adds the outlets whose code is new and leaves the others as they are. */
export async function addOutlets(tx: Tx, outlets: readonly NewOutlet[]): Promise<void> {
  const rows = outlets.map((outlet) => ({
    channel: 'general-trade',
    isOpen: false,
    ...outlet,
    id: outletIdOf(tx, outlet.code),
    nameKey: normalise(outlet.name),
    addressKey: normalise(outlet.address),
    partner: partnerIdOf(tx, outlet.partner),
    distributor: outlet.distributor === null ? null : partnerIdOf(tx, outlet.distributor),
    area: areaIdOf(tx, outlet.area),
  }));
  const added = await tx.query<{ id: OutletId }>(
    `insert into outlet (tenant, id, code, name, address, name_key, address_key, partner, distributor, area, channel,
       latitude, longitude, is_open)
     select $1, r.id, r.code, r.name, r.address, r."nameKey", r."addressKey", r.partner, r.distributor, r.area,
       r.channel, r.latitude, r.longitude, r."isOpen"
     from jsonb_to_recordset($2::jsonb) as r (id uuid, code text, name text, address text, "nameKey" text,
       "addressKey" text, partner uuid, distributor uuid, area uuid, channel text, latitude float8, longitude float8,
       "isOpen" boolean)
     on conflict (tenant, code) do nothing returning id`,
    [tx.tenant, JSON.stringify(rows)],
  );
  const ids = new Set(added.map(({ id }) => id));
  await letFind(
    tx,
    'outlet',
    rows.filter(({ id }) => ids.has(id)),
  );
}

export async function outletById(tx: Tx, id: OutletId): Promise<Outlet | null> {
  return (await outletsByIds(tx, [id]))[0] ?? null;
}

/** The outlets with these ids, in no promised order; unknown ids are left out. */
export async function outletsByIds(tx: Tx, ids: readonly OutletId[]): Promise<Outlet[]> {
  return tx.query<Outlet>(
    `select ${columns} from ${tables} where o.tenant = $1 and o.id = any($2::uuid[])`,
    [tx.tenant, ids],
    { name: 'outlets' },
  );
}

/** The outlet that takes evidence naming no known place, where the tenant has one. */
export async function openOutlet(tx: Tx): Promise<Outlet | null> {
  const rows = await tx.query<Outlet>(
    `select ${columns} from ${tables} where o.tenant = $1 and o.is_open order by o.code collate "C" limit 1`,
    [tx.tenant],
  );
  return rows[0] ?? null;
}

/** The outlets a person acts for, in order of code. */
export async function outletsOfParticipant(tx: Tx, participant: ParticipantId): Promise<Outlet[]> {
  return tx.query<Outlet>(
    `select ${columns} from participant_outlet po
     join (${tables}) on o.tenant = $1 and o.id = po.outlet
     where po.tenant = $1 and po.participant = $2 order by o.code collate "C"`,
    [tx.tenant, participant],
  );
}

/** A page of the tenant's outlets: in order of code, or those that `search` finds. `after` is the last one before it. */
export async function pageOfOutlets(
  tx: Tx,
  { search, after, limit }: { search?: string | undefined; after: OutletId | null; limit: number },
): Promise<Outlet[]> {
  if (search) {
    const ids = await findTyped(tx, 'outlet', search, { after, limit });
    return inOrder(ids, await outletsByIds(tx, ids));
  }
  const before = after && (await outletById(tx, after));
  return tx.query<Outlet>(
    `select ${columns} from ${tables} where o.tenant = $1 and o.code > $2 order by o.code limit $3`,
    [tx.tenant, before?.code ?? '', limit],
  );
}

/**
 * Outlets whose name or address resembles what is printed, the likest first; the open outlet is not among them.
 * Reads every outlet of the tenant: see README.md on trigram indexes.
 */
export async function findOutlets(
  tx: Tx,
  printed: { name: string; address: string },
  limit = outletsFoundMax,
): Promise<OutletFound[]> {
  return tx.query<OutletFound>(
    `select ${columns}, likeness."nameScore", likeness."addressScore"
     from (
       select s.id, similarity(s.name_key, $2)::float8 as "nameScore",
         similarity(s.address_key, $3)::float8 as "addressScore"
       from outlet s where s.tenant = $1 and not s.is_open
     ) likeness
     join (${tables}) on o.tenant = $1 and o.id = likeness.id
     where likeness."nameScore" > 0 or likeness."addressScore" > 0
     order by 0.7 * likeness."nameScore" + 0.3 * likeness."addressScore" desc, o.id limit $4`,
    [tx.tenant, normalise(printed.name), normalise(printed.address), limit],
  );
}

/** The id that an outlet's code gives, whether or not the outlet is there. */
export function outletIdOf(tx: Pick<Tx, 'tenant'>, code: string): OutletId {
  return nameId(tx.tenant, 'outlet', code);
}
