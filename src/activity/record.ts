import { createHash } from 'node:crypto';

import type { Tx } from '../db/transact.ts';
import { eventId, type ActivityId } from '../shared/id.ts';
import type { Refused } from '../shared/refusal.ts';
import type { Activity, NewActivity } from './activity.ts';
import { checkActivity } from './check.ts';
import { activitiesByVersion } from './read.ts';

/**
 * `first`: seen for the first time. `corrected`: other content than before, so a new version of `previousVersion`.
 * `replayed`: nothing new was said and nothing was written. `activity` is the version it speaks of.
 */
export type Recorded =
  | { ok: true; outcome: 'first' | 'replayed'; activity: Activity }
  | { ok: true; outcome: 'corrected'; activity: Activity; previousVersion: number }
  | Refused<'activity-invalid'>;

type Known = { id: ActivityId; recordedAt: Date; version: number; withdrawn: boolean; digest: Buffer };
type Decision = {
  given: NewActivity;
  digest: Buffer;
  id: ActivityId;
  version: number;
  outcome: 'first' | 'corrected' | 'replayed';
};

/**
 * Records what sources say happened, `at` now; answers in order. The same source and external key name the same
 * activity for ever: the same content again is a replay, other content a new version, and a withdrawn activity stays
 * withdrawn when its old content arrives again, unless it says `reopened`. Waits for other transactions that record
 * the same keys, so that of many at once one is first. The id's time is the time first recorded for the key.
 */
export async function recordActivities(
  tx: Tx,
  activities: readonly NewActivity[],
  at: Date,
): Promise<Recorded[]> {
  const refusals = activities.map((activity) => checkActivity(activity, at));
  const good = activities.filter((_, index) => refusals[index] === null);
  const known = await lockKeys(tx, good, at);
  const decisions = good.map((given) => decide(given, known));
  await insertVersions(
    tx,
    decisions.filter(({ outcome }) => outcome !== 'replayed'),
    at,
  );
  const stored = new Map(
    (await activitiesByVersion(tx, decisions)).map((activity) => [versionKey(activity), activity]),
  );
  const answers = decisions.map((decision) => answer(decision, stored.get(versionKey(decision))!));
  return refusals.map((refusal) => refusal ?? answers.shift()!);
}

function versionKey({ id, version }: { id: ActivityId; version: number }): string {
  return `${id} ${version}`;
}

function answer({ outcome, version }: Decision, activity: Activity): Recorded {
  if (outcome !== 'corrected') return { ok: true, outcome, activity };
  return { ok: true, outcome, activity, previousVersion: version - 1 };
}

// The key's row is the lock: whoever comes second waits here and then sees what the first one recorded.
async function lockKeys(tx: Tx, activities: readonly NewActivity[], at: Date): Promise<Map<string, Known>> {
  if (activities.length === 0) return new Map();
  const unique = [...new Map(activities.map((given) => [keyOf(given), given])).values()];
  const sources = unique.map((given) => given.source);
  const keys = unique.map((given) => given.externalKey);
  const ids = unique.map((given) => activityId(tx, given, at));
  await tx.query(
    `insert into activity_key (tenant, source, external_key, activity, recorded_at)
     select $1, given.source, given.key, given.id, $5
     from unnest($2::text[], $3::text[], $4::uuid[]) as given (source, key, id)
     order by given.source collate "C", given.key collate "C"
     on conflict do nothing`,
    [tx.tenant, sources, keys, ids, at],
  );
  const locked = await tx.query<{ source: string; key: string; id: ActivityId; recordedAt: Date }>(
    `select k.source, k.external_key as key, k.activity as id, k.recorded_at as "recordedAt"
     from unnest($2::text[], $3::text[]) as given (source, key)
     join activity_key k on k.tenant = $1 and k.source = given.source and k.external_key = given.key
     order by k.source collate "C", k.external_key collate "C" for update of k`,
    [tx.tenant, sources, keys],
  );
  const newest = await tx.query<{ id: ActivityId; version: number; withdrawn: boolean; digest: Buffer }>(
    `select distinct on (a.id) a.id, a.version, a.withdrawn, a.digest from activity a
     where a.tenant = $1 and a.id = any($2::uuid[]) order by a.id, a.version desc`,
    [tx.tenant, locked.map(({ id }) => id)],
  );
  const versions = new Map(newest.map((row) => [row.id, row]));
  const none = { version: 0, withdrawn: false, digest: Buffer.alloc(0) };
  return new Map(
    locked.map(({ source, key, ...row }) => [
      keyOf({ source, externalKey: key }),
      { ...none, ...versions.get(row.id), ...row },
    ]),
  );
}

// Notes the decision in `known`, so that the same key twice in one batch is a replay or a correction of the first.
function decide(given: NewActivity, known: Map<string, Known>): Decision {
  const stored = known.get(keyOf(given))!;
  const digest = digestOf(given);
  const withdrawn = given.withdrawn ?? false;
  const sameContent = stored.digest.equals(digest);
  const staysWithdrawn = stored.withdrawn && given.reopened !== true;
  if (sameContent && (withdrawn === stored.withdrawn || staysWithdrawn))
    return { given, digest, id: stored.id, version: stored.version, outcome: 'replayed' };
  const version = stored.version + 1;
  known.set(keyOf(given), { ...stored, version, withdrawn, digest });
  return { given, digest, id: stored.id, version, outcome: version === 1 ? 'first' : 'corrected' };
}

async function insertVersions(tx: Tx, decisions: readonly Decision[], at: Date): Promise<void> {
  if (decisions.length === 0) return;
  await tx.query(
    `insert into activity (tenant, id, version, kind, programme, evidence, participant, outlet, occurred_at, recorded_at,
       currency, total_minor, withdrawn, reason, digest)
     select $1, r.id, r.version, r.kind, r.programme, r.evidence, r.participant, r.outlet, r."occurredAt", $3, r.currency,
       r."totalMinor", r.withdrawn, r.reason, decode(r.digest, 'hex')
     from jsonb_to_recordset($2::jsonb) as r (id uuid, version integer, kind text, programme uuid, evidence uuid,
       participant uuid, outlet uuid, "occurredAt" timestamptz, currency text, "totalMinor" bigint, withdrawn boolean,
       reason text, digest text)`,
    [tx.tenant, JSON.stringify(decisions.map(headRow)), at],
  );
  await tx.query(
    `insert into activity_line (tenant, activity, version, line, text, product, sku, category, is_focus, quantity_milli,
       amount_minor)
     select $1, r.activity, r.version, r.line, r.text, r.product, p.sku, p.category, coalesce(p.is_focus, false),
       r."quantityMilli", r."amountMinor"
     from jsonb_to_recordset($2::jsonb) as r (activity uuid, version integer, line integer, text text, product uuid,
       "quantityMilli" bigint, "amountMinor" bigint)
     left join product p on p.tenant = $1 and p.id = r.product`,
    [tx.tenant, JSON.stringify(decisions.flatMap(lineRows))],
  );
}

function headRow({ given, digest, id, version }: Decision): object {
  const { kind, programme, evidence, participant, outlet, currency } = given;
  return {
    id,
    version,
    kind,
    programme,
    evidence,
    participant,
    outlet,
    currency,
    occurredAt: given.occurredAt.toISOString(),
    totalMinor: String(given.totalMinor),
    withdrawn: given.withdrawn ?? false,
    reason: given.reason ?? null,
    digest: digest.toString('hex'),
  };
}

function lineRows({ given, id, version }: Decision): object[] {
  return given.lines.map((line) => ({
    activity: id,
    version,
    line: line.line,
    text: line.text,
    product: line.product,
    quantityMilli: String(line.quantityMilli),
    amountMinor: String(line.amountMinor),
  }));
}

function activityId(tx: Tx, given: NewActivity, recordedAt: Date): ActivityId {
  return eventId<ActivityId>(recordedAt, tx.tenant, 'activity', given.source, given.externalKey);
}

function keyOf({ source, externalKey }: { source: string; externalKey: string }): string {
  return JSON.stringify([source, externalKey]);
}

// Neither `withdrawn` nor the reason belong to the content: they say what became of it.
function digestOf(given: NewActivity): Buffer {
  const lines = given.lines
    .toSorted((a, b) => a.line - b.line)
    .map((line) => [
      line.line,
      line.text,
      line.product,
      String(line.quantityMilli),
      String(line.amountMinor),
    ]);
  const { kind, programme, evidence, participant, outlet, occurredAt, currency, totalMinor } = given;
  const content = [
    kind,
    programme,
    evidence,
    participant,
    outlet,
    occurredAt,
    currency,
    String(totalMinor),
    lines,
  ];
  return createHash('sha256').update(JSON.stringify(content)).digest();
}
