import type { Tx } from '../db/transact.ts';
import type { Programme } from '../network/programmes.ts';
import { newId, type Id, type ParticipantId } from '../shared/id.ts';
import { addDays, wallTime, type Day } from '../shared/time.ts';
import { counterIdOf, type Counted, type CounterId } from './counter.ts';
import type { TiersDocument } from './document.ts';
import type { StoredDocument } from './documents.ts';
import {
  missingToKeep,
  spanOn,
  tierSpans,
  versionOn,
  type TierHistory,
  type TierOverride,
  type TierSpan,
} from './evaluate-tier.ts';

export type TierVersions = readonly StoredDocument<TiersDocument>[];

/** Somebody's tiers are others than before, from a day on. */
export type TierChange = {
  participant: ParticipantId;
  /** The first day whose tier changed; null where only the reason or how long it is safe did. */
  from: Day | null;
  before: string;
  after: TierSpan;
};

/** What a version of the tiers counts for each participant. */
export function countedByTiers({ kinds, products, counts }: TiersDocument): Counted {
  return { for: 'participant', measure: counts, scope: { kinds, ...(products && { products }) } };
}

/** Everybody's tiers from the first day on; people without a computed one are absent. */
export async function tiersOf(
  tx: Tx,
  programme: Programme['id'],
  participants: readonly ParticipantId[],
): Promise<Map<ParticipantId, TierSpan[]>> {
  const rows = await tx.query<TierSpan & { participant: ParticipantId }>(
    `select t.participant, t.from_day as "from", t.tier, t.reason, t.value, t.safe_until as "safeUntil" from tier_span t
     where t.tenant = $1 and t.programme = $2 and t.participant = any($3::uuid[]) order by t.participant, t.from_day`,
    [tx.tenant, programme, participants],
  );
  const spans = rows.map(({ participant, ...span }) => ({ participant, span }));
  return new Map(
    [...Map.groupBy(spans, ({ participant }) => participant)].map(([participant, own]) => [
      participant,
      own.map(({ span }) => span),
    ]),
  );
}

/** The tier of a day; before the first computed one the first, and what somebody was enrolled with where there is none. */
export function tierOn(spans: readonly TierSpan[] | undefined, day: Day, enrolled: string): string {
  if (!spans || spans.length === 0) return enrolled;
  return (spanOn(spans, day) ?? spans[0]!).tier;
}

/**
 * Computes people's tiers again from everything that is known, and keeps what changed. Call it under the lock of the book,
 * after the counters were brought up to date.
 */
export async function computeTiers(
  tx: Tx,
  programme: Programme,
  versions: TierVersions,
  participants: readonly ParticipantId[],
  at: Date,
): Promise<TierChange[]> {
  if (versions.length === 0 || participants.length === 0) return [];
  const histories = await historiesOf(tx, programme, versions, participants, at);
  const kept = await tiersOf(tx, programme.id, participants);
  const changes: TierChange[] = [];
  const changed = new Map<ParticipantId, TierSpan[]>();
  const due = new Map<ParticipantId, Day | null>();
  for (const [id, { history, tier, dueOn }] of histories) {
    const next = nextDay(versions, history);
    if (next !== dueOn) due.set(id, next);
    const spans = tierSpans(versions, history);
    const before = kept.get(id) ?? [];
    if (JSON.stringify(before, asText) === JSON.stringify(spans, asText)) continue;
    changed.set(id, spans);
    changes.push({
      participant: id,
      from: firstChange(before, spans, history.enrolled.tier),
      before: tier,
      after: spans.at(-1)!,
    });
  }
  await keepSpans(tx, programme.id, changed);
  await keepDue(tx, programme.id, due);
  return changes;
}

/** Somebody whose tier ends soon, and what is missing to keep it. */
export type TierEnding = { participant: ParticipantId; tier: string; safeUntil: Day; missing: bigint };

/** The people whose tier ends within the days of notice, those first whose tier ends first; so many (absent: all). */
export async function endingSoon(
  tx: Tx,
  programme: Programme,
  versions: TierVersions,
  at: Date,
  limit: number | null = null,
): Promise<ParticipantId[]> {
  const today = wallTime(at, programme.timeZone).day;
  const version = versionOn(versions, today);
  if (!version) return [];
  const ending = await tx.query<{ participant: ParticipantId }>(
    `select t.participant from tier_span t
     where t.tenant = $1 and t.programme = $2 and t.safe_until between $3 and $4 and t.reason <> 'override'
       and not exists (select 1 from tier_span later where later.tenant = $1 and later.programme = $2
         and later.participant = t.participant and later.from_day > t.from_day)
     order by t.safe_until, t.participant limit $5`,
    [tx.tenant, programme.id, today, addDays(today, version.document.noticeDays), limit],
  );
  return ending.map(({ participant }) => participant);
}

/** When the tiers of these people end and what is missing to keep them; who has earned it again already is left out. */
export async function tiersEnding(
  tx: Tx,
  programme: Programme,
  versions: TierVersions,
  participants: readonly ParticipantId[],
  at: Date,
): Promise<TierEnding[]> {
  const today = wallTime(at, programme.timeZone).day;
  const version = versionOn(versions, today);
  if (!version) return [];
  const noticed = addDays(today, version.document.noticeDays);
  const histories = await historiesOf(tx, programme, versions, participants, at);
  return [...histories].flatMap(([participant, { history }]) => {
    const spans = tierSpans(versions, history);
    const missing = missingToKeep(version, spans, history);
    const { tier, safeUntil } = spans.at(-1)!;
    return missing > 0n && safeUntil && safeUntil <= noticed
      ? [{ participant, tier, safeUntil, missing }]
      : [];
  });
}

/** What people's tiers are computed from, and the tier that each has now. */
export async function historiesOf(
  tx: Tx,
  programme: Programme,
  versions: TierVersions,
  participants: readonly ParticipantId[],
  at: Date,
): Promise<Map<ParticipantId, { history: TierHistory; tier: string; dueOn: Day | null }>> {
  if (participants.length === 0) return new Map();
  const people = await tx.query<Person>(
    `select m.id, m.tier, coalesce(m.enrolled_tier, m.tier) as enrolled, m.created_at as "enrolledAt",
       m.joined_on as joined, m.contract_on as contract, u.day as "dueOn"
     from participant m left join tier_due u on u.tenant = $1 and u.programme = $3 and u.participant = m.id
     where m.tenant = $1 and m.id = any($2::uuid[]) order by m.id`,
    [tx.tenant, participants, programme.id],
  );
  const counters = new Map(
    versions.map(({ version, document }) => [version, counterIdOf(programme.id, countedByTiers(document))]),
  );
  const days = await daysOf(tx, [...counters.values()], participants);
  const overrides = await overridesOf(tx, programme.id, participants);
  const { timeZone } = programme;
  return new Map(
    people.map(({ id, tier, enrolled, enrolledAt, joined, contract, dueOn }) => {
      const on = wallTime(enrolledAt, timeZone).day;
      const history = {
        enrolled: { tier: enrolled, on },
        joined: joined ?? on,
        contract,
        days: (version: number) => days.get(`${counters.get(version)} ${id}`) ?? [],
        overrides: overrides.get(id) ?? [],
        today: wallTime(at, timeZone).day,
      };
      return [id, { history, tier, dueOn }];
    }),
  );
}

/** People whose tier may end or change by the calendar alone: no activity of theirs brings it about. */
export async function tiersDue(tx: Tx, programme: Programme['id'], today: Day): Promise<ParticipantId[]> {
  const rows = await tx.query<{ participant: ParticipantId }>(
    `select distinct t.participant from tier_span t
     where t.tenant = $1 and t.programme = $2 and t.safe_until < $3
       and not exists (select 1 from tier_span later where later.tenant = $1 and later.programme = $2
         and later.participant = t.participant and later.from_day > t.from_day)
     union select u.participant from tier_due u where u.tenant = $1 and u.programme = $2 and u.day <= $3
     union select o.participant from tier_override o
     where o.tenant = $1 and o.programme = $2 and o.from_day <= $3 and o.until_day >= $3::date - 31`,
    [tx.tenant, programme, today],
  );
  return rows.map(({ participant }) => participant);
}

/** Gives somebody a tier by hand, for some days and for a reason. It counts when the tiers are computed next. */
export async function overrideTier(
  tx: Tx,
  programme: Programme['id'],
  override: { participant: ParticipantId; tier: string; from: Day; until: Day; reason: string },
  by: string,
  at: Date,
): Promise<void> {
  const { participant, tier, from, until, reason } = override;
  await tx.query(
    `insert into tier_override (tenant, id, programme, participant, tier, from_day, until_day, reason, set_by, set_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [tx.tenant, newId<Id<'tier-override'>>(at), programme, participant, tier, from, until, reason, by, at],
  );
}

/** The tiers that somebody was given by hand, the last one first: for which days, why, and by whom. */
export async function givenTiers(
  tx: Tx,
  programme: Programme['id'],
  participant: ParticipantId,
): Promise<{ tier: string; from: Day; until: Day; reason: string; by: string; at: Date }[]> {
  return tx.query(
    `select o.tier, o.from_day as "from", o.until_day as "until", o.reason, o.set_by as "by", o.set_at as "at"
     from tier_override o where o.tenant = $1 and o.programme = $2 and o.participant = $3 order by o.id desc`,
    [tx.tenant, programme, participant],
  );
}

async function daysOf(
  tx: Tx,
  counters: readonly CounterId[],
  participants: readonly ParticipantId[],
): Promise<Map<string, { day: Day; value: bigint }[]>> {
  const rows = await tx.query<{ counter: CounterId; subject: ParticipantId; day: Day; value: bigint }>(
    `select d.counter, d.subject, d.day, d.value
     from unnest($2::uuid[]) as c (id) cross join unnest($3::uuid[]) as p (id)
     join counter_day d on d.tenant = $1 and d.counter = c.id and d.subject = p.id
     where d.value <> 0 order by d.counter, d.subject, d.day`,
    [tx.tenant, [...new Set(counters)], participants],
  );
  return Map.groupBy(rows, ({ counter, subject }) => `${counter} ${subject}`);
}

async function overridesOf(
  tx: Tx,
  programme: Programme['id'],
  participants: readonly ParticipantId[],
): Promise<Map<ParticipantId, TierOverride[]>> {
  const rows = await tx.query<TierOverride & { participant: ParticipantId }>(
    `select o.participant, o.tier, o.from_day as "from", o.until_day as "until", o.id as "order" from tier_override o
     where o.tenant = $1 and o.programme = $2 and o.participant = any($3::uuid[])`,
    [tx.tenant, programme, participants],
  );
  return Map.groupBy(rows, ({ participant }) => participant);
}

async function keepSpans(
  tx: Tx,
  programme: Programme['id'],
  changed: ReadonlyMap<ParticipantId, readonly TierSpan[]>,
): Promise<void> {
  if (changed.size === 0) return;
  await tx.query(
    'delete from tier_span where tenant = $1 and programme = $2 and participant = any($3::uuid[])',
    [tx.tenant, programme, [...changed.keys()]],
  );
  const rows = [...changed].flatMap(([participant, spans]) =>
    spans.map((span) => ({ participant, ...span })),
  );
  await tx.query(
    `insert into tier_span (tenant, programme, participant, from_day, tier, reason, value, safe_until)
     select $1, $2, r.participant, r."from", r.tier, r.reason, r.value, r."safeUntil"
     from jsonb_to_recordset($3::jsonb) as r (participant uuid, "from" date, tier text, reason text, value bigint,
       "safeUntil" date)`,
    [tx.tenant, programme, JSON.stringify(rows, asText)],
  );
  const last = [...changed].map(([id, spans]) => ({ id, tier: spans.at(-1)!.tier }));
  await tx.query(
    `update participant m set enrolled_tier = coalesce(m.enrolled_tier, m.tier), tier = r.tier
     from jsonb_to_recordset($2::jsonb) as r (id uuid, tier text) where m.tenant = $1 and m.id = r.id`,
    [tx.tenant, JSON.stringify(last)],
  );
}

type Person = Record<'joined' | 'contract' | 'dueOn', Day | null> & {
  id: ParticipantId;
  tier: string;
  enrolled: string;
  enrolledAt: Date;
};

// What is known to count on a later day cannot change a tier before.
function nextDay(versions: TierVersions, { days, today }: TierHistory): Day | null {
  const later = versions.flatMap(({ version }) => days(version).find(({ day }) => day > today)?.day ?? []);
  return later.toSorted()[0] ?? null;
}

async function keepDue(
  tx: Tx,
  programme: Programme['id'],
  due: ReadonlyMap<ParticipantId, Day | null>,
): Promise<void> {
  if (due.size === 0) return;
  await tx.query(
    'delete from tier_due where tenant = $1 and programme = $2 and participant = any($3::uuid[])',
    [tx.tenant, programme, [...due.keys()]],
  );
  const known = [...due].filter(([, day]) => day !== null);
  await tx.query(
    `insert into tier_due (tenant, programme, participant, day)
     select $1, $2, d.participant, d.day from unnest($3::uuid[], $4::date[]) as d (participant, day)`,
    [tx.tenant, programme, known.map(([participant]) => participant), known.map(([, day]) => day)],
  );
}

// Tiers of both sides change on these days only.
function firstChange(before: readonly TierSpan[], after: readonly TierSpan[], enrolled: string): Day | null {
  const days = [...new Set([...before, ...after].map(({ from }) => from))].toSorted();
  return days.find((day) => tierOn(before, day, enrolled) !== tierOn(after, day, enrolled)) ?? null;
}

function asText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
