import { createHash } from 'node:crypto';

import type { Tx } from '../db/transact.ts';
import { canonicalJson } from '../shared/canonical.ts';
import { placedEventId, type ActivityId, type ProductId } from '../shared/id.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import type { Activity, ActivityLine, NewActivity } from './activity.ts';
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

type Known = { id: ActivityId; version: number; withdrawn: boolean; digest: Buffer };
/** What the catalogue says of a product, as lines keep it. */
type Goods = Pick<ActivityLine, 'sku' | 'category' | 'isFocus'>;
type Catalogue = ReadonlyMap<ProductId, Goods>;
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
 * the same keys, so that of many at once one is first. The id's time is the time first recorded for the key. However
 * many activities there are, the number of statements is the same.
 */
export async function recordActivities(
  tx: Tx,
  activities: readonly NewActivity[],
  at: Date,
): Promise<Recorded[]> {
  const catalogue = await catalogueOf(tx, activities);
  const refusals = activities.map(
    (activity) => checkActivity(activity, at) ?? refuseUnknownProduct(activity, catalogue),
  );
  const good = activities.filter((_, index) => refusals[index] === null);
  const known = await lockKeys(tx, good, at);
  const decisions = good.map((given) => decide(given, known));
  const fresh = decisions.filter(({ outcome }) => outcome !== 'replayed');
  await insertVersions(tx, fresh, catalogue, at);
  const versions = new Map(
    fresh.map((decision) => [versionKey(decision), activityOf(decision, catalogue, at)]),
  );
  const before = decisions.filter((decision) => !versions.has(versionKey(decision)));
  for (const activity of await activitiesByVersion(tx, before)) versions.set(versionKey(activity), activity);
  const answers = decisions.map((decision) => answer(decision, versions.get(versionKey(decision))!));
  return refusals.map((refusal) => refusal ?? answers.shift()!);
}

function versionKey({ id, version }: { id: ActivityId; version: number }): string {
  return `${id} ${version}`;
}

function answer({ outcome, version }: Decision, activity: Activity): Recorded {
  if (outcome !== 'corrected') return { ok: true, outcome, activity };
  return { ok: true, outcome, activity, previousVersion: version - 1 };
}

async function catalogueOf(tx: Tx, activities: readonly NewActivity[]): Promise<Catalogue> {
  const named = new Set<ProductId>();
  for (const { lines } of activities)
    for (const { product } of lines) if (product !== null) named.add(product);
  if (named.size === 0) return new Map();
  const rows = await tx.query<Goods & { id: ProductId }>(
    `select p.id, p.sku, p.category, p.is_focus as "isFocus" from product p
     where p.tenant = $1 and p.id = any($2::uuid[])`,
    [tx.tenant, [...named]],
    { name: 'activity-catalogue' },
  );
  return new Map(rows.map(({ id, ...goods }) => [id, goods]));
}

function refuseUnknownProduct(
  { lines }: NewActivity,
  catalogue: Catalogue,
): Refused<'activity-invalid'> | null {
  const index = lines.findIndex(({ product }) => product !== null && !catalogue.has(product));
  return index < 0 ? null : refuse('activity-invalid', { field: `lines[${index}].product` });
}

// The key's row is the lock: whoever comes second waits here and then sees what the first one recorded.
async function lockKeys(tx: Tx, activities: readonly NewActivity[], at: Date): Promise<Map<string, Known>> {
  if (activities.length === 0) return new Map();
  const wanted = new Map(
    activities.map((given, place) => [keyOf(given), { given, id: activityId(tx, given, at, place) }]),
  );
  const unique = [...wanted.values()];
  const sources = unique.map(({ given }) => given.source);
  const keys = unique.map(({ given }) => given.externalKey);
  const inserted = await tx.query<{ source: string; key: string }>(
    `insert into activity_key (tenant, source, external_key, activity, recorded_at)
     select $1, given.source, given.key, given.id, $5
     from unnest($2::text[], $3::text[], $4::uuid[]) as given (source, key, id)
     order by given.source collate "C", given.key collate "C"
     on conflict do nothing returning source, external_key as key`,
    [tx.tenant, sources, keys, unique.map(({ id }) => id), at],
    { name: 'activity-keys' },
  );
  const known = new Map<string, Known>();
  for (const { source, key } of inserted) {
    const name = keyOf({ source, externalKey: key });
    known.set(name, { id: wanted.get(name)!.id, version: 0, withdrawn: false, digest: nothing });
  }
  const old = unique.filter(({ given }) => !known.has(keyOf(given))).map(({ given }) => given);
  for (const [name, row] of await lockOldKeys(tx, old)) known.set(name, row);
  return known;
}

const nothing = Buffer.alloc(0);

/** Locks keys that were there before, and answers the newest version of each. */
async function lockOldKeys(tx: Tx, given: readonly NewActivity[]): Promise<[string, Known][]> {
  if (given.length === 0) return [];
  const locked = await tx.query<{ source: string; key: string; id: ActivityId }>(
    `select k.source, k.external_key as key, k.activity as id
     from unnest($2::text[], $3::text[]) as given (source, key)
     join activity_key k on k.tenant = $1 and k.source = given.source and k.external_key = given.key
     order by k.source collate "C", k.external_key collate "C" for update of k`,
    [tx.tenant, given.map(({ source }) => source), given.map(({ externalKey }) => externalKey)],
  );
  // A statement of its own: only a new one sees what those have written who held the keys before.
  const newest = await tx.query<Known>(
    `select distinct on (a.id) a.id, a.version, a.withdrawn, a.digest from activity a
     where a.tenant = $1 and a.id = any($2::uuid[]) order by a.id, a.version desc`,
    [tx.tenant, locked.map(({ id }) => id)],
  );
  const versions = new Map(newest.map((row) => [row.id, row]));
  return locked.map(({ source, key, id }) => [
    keyOf({ source, externalKey: key }),
    versions.get(id) ?? { id, version: 0, withdrawn: false, digest: nothing },
  ]);
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

async function insertVersions(
  tx: Tx,
  decisions: readonly Decision[],
  catalogue: Catalogue,
  at: Date,
): Promise<void> {
  if (decisions.length === 0) return;
  const heads = decisions.map(({ given }) => given);
  const lines = decisions.flatMap(({ given, id, version }) =>
    given.lines.map((line) => ({ ...line, ...goodsOf(line.product, catalogue), id, version })),
  );
  await tx.query(
    `with heads as (
       insert into activity (tenant, recorded_at, id, version, kind, programme, evidence, participant, outlet,
         occurred_at, currency, total_minor, withdrawn, reason, digest, points_minor, attributes)
       select $1, $2, h.* from unnest($3::uuid[], $4::integer[], $5::text[], $6::uuid[], $7::uuid[], $8::uuid[],
         $9::uuid[], $10::timestamptz[], $11::text[], $12::bigint[], $13::boolean[], $14::text[], $15::bytea[],
         $26::bigint[], $27::json[]) h
     )
     insert into activity_line (tenant, activity, version, line, text, product, sku, category, is_focus,
       quantity_milli, amount_minor)
     select $1, l.* from unnest($16::uuid[], $17::integer[], $18::integer[], $19::text[], $20::uuid[], $21::text[],
       $22::text[], $23::boolean[], $24::bigint[], $25::bigint[]) l`,
    [
      tx.tenant,
      at,
      decisions.map(({ id }) => id),
      decisions.map(({ version }) => version),
      heads.map((given) => given.kind),
      heads.map((given) => given.programme),
      heads.map((given) => given.evidence),
      heads.map((given) => given.participant),
      heads.map((given) => given.outlet),
      heads.map((given) => given.occurredAt),
      heads.map((given) => given.currency),
      heads.map((given) => given.totalMinor),
      heads.map((given) => given.withdrawn ?? false),
      heads.map((given) => given.reason ?? null),
      decisions.map(({ digest }) => `\\x${digest.toString('hex')}`),
      lines.map((line) => line.id),
      lines.map((line) => line.version),
      lines.map((line) => line.line),
      lines.map((line) => line.text),
      lines.map((line) => line.product),
      lines.map((line) => line.sku),
      lines.map((line) => line.category),
      lines.map((line) => line.isFocus),
      lines.map((line) => line.quantityMilli),
      lines.map((line) => line.amountMinor),
      heads.map((given) => given.pointsMinor ?? 0n),
      // Few kinds have any, and a list that is not there costs nothing.
      heads.some(hasAttributes) ? heads.map((given) => attributesText(given)) : null,
    ],
    { name: 'activity-versions' },
  );
}

const noGoods: Goods = { sku: null, category: null, isFocus: false };

function goodsOf(product: ProductId | null, catalogue: Catalogue): Goods {
  return product === null ? noGoods : catalogue.get(product)!;
}

/** The version as it is stored, without reading it back. */
function activityOf({ given, id, version }: Decision, catalogue: Catalogue, recordedAt: Date): Activity {
  const { kind, programme, evidence, participant, outlet, occurredAt, currency, totalMinor } = given;
  return {
    id,
    version,
    kind,
    programme,
    evidence,
    participant,
    outlet,
    occurredAt,
    recordedAt,
    currency,
    totalMinor,
    pointsMinor: given.pointsMinor ?? 0n,
    ...(hasAttributes(given) && { attributes: given.attributes! }),
    withdrawn: given.withdrawn ?? false,
    reason: given.reason ?? null,
    lines: given.lines
      .map(({ line, text, product, quantityMilli, amountMinor }) => ({
        line,
        text,
        product,
        ...goodsOf(product, catalogue),
        quantityMilli,
        amountMinor,
      }))
      .sort((a, b) => a.line - b.line),
  };
}

function hasAttributes({ attributes }: NewActivity): boolean {
  return attributes !== undefined && Object.keys(attributes).length > 0;
}

function attributesText(given: NewActivity): string | null {
  return hasAttributes(given) ? canonicalJson(given.attributes) : null;
}

// Who comes first gets what a limit has left: so those that come together sort as they came.
function activityId(tx: Tx, given: NewActivity, recordedAt: Date, place: number): ActivityId {
  return placedEventId(recordedAt, place, tx.tenant, 'activity', given.source, given.externalKey);
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
    ...(given.pointsMinor ? [String(given.pointsMinor)] : []),
    ...(hasAttributes(given) ? [attributesText(given)] : []),
  ];
  return createHash('sha256').update(JSON.stringify(content)).digest();
}
