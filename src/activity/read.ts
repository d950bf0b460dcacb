import type { Tx } from '../db/transact.ts';
import type { ActivityId, EvidenceId, ParticipantId } from '../shared/id.ts';
import type { Activity, ActivityLine, Attributes } from './activity.ts';

const pageMax = 200;

const columns = `a.id, a.version, a.kind, a.programme, a.evidence, a.participant, a.outlet, a.occurred_at as "occurredAt",
  a.recorded_at as "recordedAt", a.currency, a.total_minor as "totalMinor", a.points_minor as "pointsMinor",
  a.attributes, a.withdrawn, a.reason`;

// A correction may name another person or another piece of evidence: an older version must not answer in its place.
const newest = `not exists (
    select 1 from activity later where later.tenant = $1 and later.id = a.id and later.version > a.version)`;

type Head = Omit<Activity, 'lines' | 'attributes'> & { attributes: Attributes | null };
type LineRow = ActivityLine & { activity: ActivityId; version: number };

/** The newest version of each of these activities, in no promised order; unknown ids are left out. */
export async function latestActivities(tx: Tx, ids: readonly ActivityId[]): Promise<Activity[]> {
  if (ids.length === 0) return [];
  const heads = await tx.query<Head>(
    `select ${columns} from activity a where a.tenant = $1 and a.id = any($2::uuid[]) and ${newest}`,
    [tx.tenant, ids],
  );
  return withLines(tx, heads);
}

/** Exactly these versions, in no promised order; unknown ones are left out. */
export async function activitiesByVersion(
  tx: Tx,
  wanted: readonly { id: ActivityId; version: number }[],
): Promise<Activity[]> {
  if (wanted.length === 0) return [];
  const heads = await tx.query<Head>(
    `select ${columns} from unnest($2::uuid[], $3::integer[]) as wanted (id, version)
     join activity a on a.tenant = $1 and a.id = wanted.id and a.version = wanted.version`,
    [tx.tenant, wanted.map(({ id }) => id), wanted.map(({ version }) => version)],
  );
  return withLines(tx, heads);
}

/** The newest version, or null for an unknown id. */
export async function activityById(tx: Tx, id: ActivityId): Promise<Activity | null> {
  return (await latestActivities(tx, [id]))[0] ?? null;
}

/** Every version, the first one first. */
export async function activityVersions(tx: Tx, id: ActivityId): Promise<Activity[]> {
  const heads = await tx.query<Head>(
    `select ${columns} from activity a where a.tenant = $1 and a.id = $2 order by a.version`,
    [tx.tenant, id],
  );
  return withLines(tx, heads);
}

/** The newest versions of the activities that a piece of evidence supports, the oldest activity first. */
export async function activitiesOfEvidence(tx: Tx, evidence: EvidenceId): Promise<Activity[]> {
  const heads = await tx.query<Head>(
    `select ${columns} from activity a where a.tenant = $1 and a.evidence = $2 and ${newest} order by a.id`,
    [tx.tenant, evidence],
  );
  return withLines(tx, heads);
}

/** Which activities these pieces of evidence have ever supported. */
export async function activityIdsOfEvidence(
  tx: Tx,
  evidence: readonly EvidenceId[],
): Promise<{ evidence: EvidenceId; activity: ActivityId }[]> {
  return tx.query<{ evidence: EvidenceId; activity: ActivityId }>(
    `select distinct a.evidence, a.id as activity from activity a
     where a.tenant = $1 and a.evidence = any($2::uuid[]) order by a.evidence, a.id`,
    [tx.tenant, evidence],
  );
}

/**
 * A page of activities in their newest version, the last recorded first: one participant's or, without one, the
 * tenant's. `before` is the id of the last activity of the page before.
 */
export async function listActivities(
  tx: Tx,
  page: { participant?: ParticipantId; before?: ActivityId; limit: number },
): Promise<Activity[]> {
  // Ids begin with the time of first recording, so their order is the order of arrival: index activity_participant for
  // one participant, the primary key for all.
  const heads = await tx.query<Head>(
    `select ${columns} from activity a
     where a.tenant = $1 and ($2::uuid is null or a.participant = $2) and ($3::uuid is null or a.id < $3) and ${newest}
     order by a.id desc limit $4`,
    [tx.tenant, page.participant ?? null, page.before ?? null, Math.min(page.limit, pageMax)],
  );
  return withLines(tx, heads);
}

async function withLines(tx: Tx, heads: readonly Head[]): Promise<Activity[]> {
  if (heads.length === 0) return [];
  const rows = await tx.query<LineRow>(
    `select l.activity, l.version, l.line, l.text, l.product, l.sku, l.category, l.is_focus as "isFocus",
       l.quantity_milli as "quantityMilli", l.amount_minor as "amountMinor"
     from unnest($2::uuid[], $3::integer[]) as wanted (activity, version)
     join activity_line l on l.tenant = $1 and l.activity = wanted.activity and l.version = wanted.version
     order by l.activity, l.version, l.line`,
    [tx.tenant, heads.map((head) => head.id), heads.map((head) => head.version)],
  );
  const lines = Map.groupBy(rows, (row) => `${row.activity} ${row.version}`);
  return heads.map(({ attributes, ...head }) => ({
    ...head,
    ...(attributes && { attributes }),
    lines: (lines.get(`${head.id} ${head.version}`) ?? []).map(
      ({ activity: _activity, version: _version, ...line }) => line,
    ),
  }));
}
