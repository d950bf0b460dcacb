import type { Tx } from '../db/transact.ts';
import { nameId, type ParticipantId, type PartnerId } from '../shared/id.ts';
import { outletIdOf } from './outlets.ts';
import { partnerIdOf } from './partners.ts';
import { findTyped, inOrder, letFind } from './search.ts';

/** What people can be enrolled as. */
export const participantKinds = ['seller', 'owner', 'promoter', 'influencer', 'buyer'] as const;
type ParticipantKind = (typeof participantKinds)[number];

/** Somebody enrolled in a programme; partner and outlets by code. */
export type NewParticipant = {
  code: string;
  kind: ParticipantKind;
  name: string;
  /** E.164, `+60123456789`. */
  phone: string | null;
  /** BCP 47 tag of a language in which messages are written, such as `id`. */
  language: string;
  partner: string;
  outlets: readonly string[];
  tier?: string;
};

export type Participant = {
  id: ParticipantId;
  code: string;
  kind: ParticipantKind;
  name: string;
  phone: string | null;
  language: string;
  partner: PartnerId;
  partnerName: string;
  tier: string;
};

const columns = `m.id, m.code, m.kind, m.name, m.phone, m.language, m.partner, p.name as "partnerName", m.tier`;
const tables = 'participant m join partner p on p.tenant = $1 and p.id = m.partner';

/** Adds the people whose code is new, with the outlets they act for, and leaves the others as they are. */
export async function addParticipants(tx: Tx, participants: readonly NewParticipant[]): Promise<void> {
  const rows = participants.map((participant) => ({
    tier: 'bronze',
    ...participant,
    id: participantIdOf(tx, participant.code),
    partner: partnerIdOf(tx, participant.partner),
  }));
  const added = await tx.query<{ id: ParticipantId }>(
    `insert into participant (tenant, id, code, kind, name, phone, language, partner, tier)
     select $1, r.id, r.code, r.kind, r.name, r.phone, r.language, r.partner, r.tier
     from jsonb_to_recordset($2::jsonb) as r (id uuid, code text, kind text, name text, phone text, language text,
       partner uuid, tier text)
     on conflict (tenant, code) do nothing returning id`,
    [tx.tenant, JSON.stringify(rows)],
  );
  const ids = new Set(added.map(({ id }) => id));
  await letFind(
    tx,
    'participant',
    rows.filter(({ id }) => ids.has(id)),
  );
  await assignOutlets(tx, participants);
}

/** Lets people act for further outlets; what they could do before they still can. */
export async function assignOutlets(
  tx: Tx,
  assignments: readonly Pick<NewParticipant, 'code' | 'outlets'>[],
): Promise<void> {
  const pairs = assignments.flatMap(({ code, outlets }) =>
    outlets.map((outlet) => ({ participant: participantIdOf(tx, code), outlet: outletIdOf(tx, outlet) })),
  );
  await tx.query(
    `insert into participant_outlet (tenant, participant, outlet)
     select $1, r.participant, r.outlet
     from jsonb_to_recordset($2::jsonb) as r (participant uuid, outlet uuid)
     on conflict (tenant, participant, outlet) do nothing`,
    [tx.tenant, JSON.stringify(pairs)],
  );
}

export async function participantById(tx: Tx, id: ParticipantId): Promise<Participant | null> {
  return (await participantsByIds(tx, [id]))[0] ?? null;
}

/** The people with these ids, in no promised order; unknown ids are left out. */
export async function participantsByIds(tx: Tx, ids: readonly ParticipantId[]): Promise<Participant[]> {
  return tx.query<Participant>(
    `select ${columns} from ${tables} where m.tenant = $1 and m.id = any($2::uuid[])`,
    [tx.tenant, ids],
    { name: 'participants' },
  );
}

export async function participantByCode(tx: Tx, code: string): Promise<Participant | null> {
  return participantById(tx, participantIdOf(tx, code));
}

/** The person with this telephone number in E.164 form. */
export async function participantByPhone(tx: Tx, phone: string): Promise<Participant | null> {
  const rows = await tx.query<Participant>(
    `select ${columns} from ${tables} where m.tenant = $1 and m.phone = $2`,
    [tx.tenant, phone],
  );
  return rows[0] ?? null;
}

/** The people that go by these names, each a phone number (E.164) or a code, by that name; a number goes before a code. */
export async function participantsNamed(tx: Tx, names: readonly string[]): Promise<Map<string, Participant>> {
  const rows = await tx.query<Participant>(
    `select ${columns} from ${tables} where m.tenant = $1 and (m.phone = any ($2::text[]) or m.code = any ($2::text[]))`,
    [tx.tenant, [...new Set(names)]],
  );
  const named = new Map(rows.map((person) => [person.code, person]));
  for (const person of rows) if (person.phone !== null) named.set(person.phone, person);
  return named;
}

/** Since when somebody takes part, and a day of their own that cycles may be counted from. */
export type Membership = { joinedOn: string | null; contractOn: string | null };

/** The days of somebody's membership; null: there is no such participant. */
export async function membershipOf(tx: Tx, participant: ParticipantId): Promise<Membership | null> {
  const [row] = await tx.query<Membership>(
    `select m.joined_on as "joinedOn", m.contract_on as "contractOn" from participant m
     where m.tenant = $1 and m.id = $2`,
    [tx.tenant, participant],
  );
  return row ?? null;
}

/**
 * Notes the days of people's membership and the tier they came with, where they are known; null leaves it as it was.
 * Where tiers are computed they are to be computed again.
 */
export async function noteMembership(
  tx: Tx,
  known: readonly (Membership & { participant: ParticipantId; tier: string | null })[],
): Promise<void> {
  const rows = known.filter(
    ({ joinedOn, contractOn, tier }) => joinedOn !== null || contractOn !== null || tier !== null,
  );
  if (rows.length === 0) return;
  await tx.query(
    `update participant m set joined_on = coalesce(r."joinedOn", m.joined_on),
       contract_on = coalesce(r."contractOn", m.contract_on),
       tier = case when m.enrolled_tier is null then coalesce(r.tier, m.tier) else m.tier end,
       enrolled_tier = case when m.enrolled_tier is null then null else coalesce(r.tier, m.enrolled_tier) end
     from (select distinct on (k.participant) k.participant, k."joinedOn", k."contractOn", k.tier
       from jsonb_to_recordset($2::jsonb) as k (participant uuid, "joinedOn" date, "contractOn" date, tier text)
       order by k.participant, k."joinedOn") r
     where m.tenant = $1 and m.id = r.participant`,
    [tx.tenant, JSON.stringify(rows)],
  );
}

/** A page of the tenant's people: in order of code, or those that `search` finds. `after` is the last one before it. */
export async function pageOfParticipants(
  tx: Tx,
  { search, after, limit }: { search?: string | undefined; after: ParticipantId | null; limit: number },
): Promise<Participant[]> {
  if (search) {
    const ids = await findTyped(tx, 'participant', search, { after, limit });
    return inOrder(ids, await participantsByIds(tx, ids));
  }
  const before = after && (await participantById(tx, after));
  return tx.query<Participant>(
    `select ${columns} from ${tables} where m.tenant = $1 and m.code > $2 order by m.code limit $3`,
    [tx.tenant, before?.code ?? '', limit],
  );
}

/** How many participants have each tier. */
export async function tierSizes(tx: Tx): Promise<Map<string, number>> {
  const rows = await tx.query<{ tier: string; count: number }>(
    'select m.tier, count(*)::int as count from participant m where m.tenant = $1 group by m.tier',
    [tx.tenant],
  );
  return new Map(rows.map(({ tier, count }) => [tier, count]));
}

/** So many participants whose ids follow one after the other from here on; ids are spread like chance. */
export async function participantsFrom(tx: Tx, from: string, limit: number): Promise<ParticipantId[]> {
  const rows = await tx.query<{ id: ParticipantId }>(
    'select m.id from participant m where m.tenant = $1 order by m.id < $2, m.id limit $3',
    [tx.tenant, from, limit],
  );
  return rows.map(({ id }) => id);
}

/** The id that a participant's code gives, whether or not the participant is there. */
export function participantIdOf(tx: Pick<Tx, 'tenant'>, code: string): ParticipantId {
  return nameId(tx.tenant, 'participant', code);
}
