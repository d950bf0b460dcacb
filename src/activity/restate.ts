import type { Tx } from '../db/transact.ts';
import { lowestIdAt, type ActivityId, type ParticipantId, type ProgrammeId } from '../shared/id.ts';
import type { Activity } from './activity.ts';
import { aheadMsMax } from './check.ts';
import { activitiesByVersion } from './read.ts';

/**
 * The newest versions of what somebody did since a moment; what is withdrawn is left out. Only what was recorded about
 * then or later is read, because nothing is recorded long before it happens.
 */
export async function activitiesSince(
  tx: Tx,
  programme: ProgrammeId,
  wanted: readonly { participant: ParticipantId; since: Date }[],
): Promise<Activity[]> {
  if (wanted.length === 0) return [];
  const recorded = wanted.map(({ since }) => new Date(Math.max(0, since.getTime() - aheadMsMax)));
  const newest = `a.programme = $2 and a.occurred_at >= w.since and not a.withdrawn and not exists (
       select 1 from activity later where later.tenant = $1 and later.id = a.id and later.version > a.version)`;
  const found = await tx.query<{ id: ActivityId; version: number }>(
    `with w as (
       select * from unnest($3::uuid[], $4::timestamptz[], $5::timestamptz[], $6::uuid[])
         as w (participant, since, recorded, lowest)
     )
     select a.id, a.version from w
     join activity a on a.tenant = $1 and a.participant = w.participant and a.id >= w.lowest
     where ${newest}
     union
     select a.id, a.version from w
     join activity a on a.tenant = $1 and a.participant = w.participant and a.version > 1
       and a.recorded_at >= w.recorded
     where ${newest}
     order by id`,
    [
      tx.tenant,
      programme,
      wanted.map(({ participant }) => participant),
      wanted.map(({ since }) => since),
      recorded,
      recorded.map(lowestIdAt),
    ],
  );
  return activitiesByVersion(tx, found);
}

/**
 * Adds a version with the same content to each of these, so that it is judged again, because something that is known
 * about it has changed; answers the new versions, in no promised order.
 */
export async function restate(
  tx: Tx,
  activities: readonly Pick<Activity, 'id' | 'version'>[],
  reason: string,
  at: Date,
): Promise<Activity[]> {
  if (activities.length === 0) return [];
  const values = [tx.tenant, activities.map(({ id }) => id), activities.map(({ version }) => version)];
  await tx.query(
    `insert into activity (tenant, id, version, kind, programme, evidence, participant, outlet, occurred_at,
       recorded_at, currency, total_minor, points_minor, attributes, withdrawn, reason, digest)
     select $1, a.id, a.version + 1, a.kind, a.programme, a.evidence, a.participant, a.outlet, a.occurred_at,
       $4, a.currency, a.total_minor, a.points_minor, a.attributes, a.withdrawn, $5, a.digest
     from unnest($2::uuid[], $3::integer[]) as w (id, version)
     join activity a on a.tenant = $1 and a.id = w.id and a.version = w.version`,
    [...values, at, reason],
  );
  await tx.query(
    `insert into activity_line (tenant, activity, version, line, text, product, sku, category, is_focus,
       quantity_milli, amount_minor)
     select $1, l.activity, l.version + 1, l.line, l.text, l.product, l.sku, l.category, l.is_focus,
       l.quantity_milli, l.amount_minor
     from unnest($2::uuid[], $3::integer[]) as w (id, version)
     join activity_line l on l.tenant = $1 and l.activity = w.id and l.version = w.version`,
    values,
  );
  return activitiesByVersion(
    tx,
    activities.map(({ id, version }) => ({ id, version: version + 1 })),
  );
}
