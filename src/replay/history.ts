import type { Activity, ActivityLine, Attributes } from '../activity/activity.ts';
import type { Tx } from '../db/transact.ts';
import type { Facts, Subject } from '../rules/evaluation.ts';
import type { ActivityId, PartnerId, ProgrammeId } from '../shared/id.ts';

/** Which part of a tenant's history: events from `from` until before `until`, of every `shards`-th participant. */
export type Part = {
  programme: ProgrammeId;
  from: Date;
  until: Date;
  shard: number;
  shards: number;
  /** Whether to tell whose partners' outlets they are. */
  withPartners: boolean;
};

/** Where in the order of recording a version stands: by time, then by id and version. */
export type Position = { at: number; id: string };

/** A version of an activity as it was judged, the partner of its outlet, and whether a later version was judged after it. */
export type Recorded = {
  subject: Subject;
  partner: PartnerId | null;
  position: Position;
  isCorrected: boolean;
};

const fetchSize = 1000;
const firstVersions = 'a.version = 1';
const isRestated = `coalesce(a.reason in ('tier-changed', 'segments-changed'), false)`;
/** Clocks run ahead by at most a day (src/activity/check.ts), so nothing of the period was recorded earlier than that. */
const aheadMs = 24 * 3600 * 1000;

type Row = Omit<
  Activity,
  'programme' | 'lines' | 'evidence' | 'reason' | 'attributes' | 'occurredAt' | 'recordedAt'
> & {
  /** Seconds since 1970: a number is read many times faster than a date. */
  occurred: number;
  recorded: number;
  attributes: Attributes | null;
  facts: Facts;
  partner: PartnerId | null;
  isCorrected: boolean;
  isRestated: boolean;
  lines:
    | [number, string, ActivityLine['product'], string | null, string | null, boolean, number, number][]
    | null;
};

/**
 * Tells a part of the history in the order in which it was recorded, version by version, with the facts that each version
 * was judged by. Holds a thousand rows or two at a time, however long the history is. `tx` sees one moment throughout.
 */
export async function* tellHistory(tx: Tx, part: Part): AsyncGenerator<Recorded> {
  // First versions stand in order of their ids already; later ones are few and are sorted. What was judged again because
  // somebody's tier or segments changed comes after what changed them.
  const order = `a.recorded_at, ${isRestated}, a.id, a.version`;
  const streams = [
    rowsOf(tx, 'first_versions', part, firstVersions, 'a.id'),
    rowsOf(tx, 'later_versions', part, 'a.version > 1', order),
  ];
  const heads = await Promise.all(streams.map(async (stream) => (await stream.next()).value ?? null));
  for (;;) {
    const [first, later] = heads;
    if (!first && !later) return;
    const next = !later || (first && isBefore(first.position, later.position)) ? 0 : 1;
    yield heads[next]!;
    heads[next] = (await streams[next]!.next()).value ?? null;
  }
}

export function isBefore(one: Position, other: Position): boolean {
  return one.at < other.at || (one.at === other.at && one.id < other.id);
}

async function* rowsOf(
  tx: Tx,
  cursor: string,
  { programme, from, until, shard, shards, withPartners }: Part,
  condition: string,
  order: string,
): AsyncGenerator<Recorded, null> {
  const partner = withPartners
    ? '(select o.partner from outlet o where o.tenant = $1 and o.id = a.outlet)'
    : 'null::uuid';
  // Which were corrected is looked up in a table that is made once: a question for each row takes a third of the time.
  const corrected = `select later.id from activity later where later.tenant = $1 and later.id >= $5 and later.version = 2`;
  const isCorrected =
    condition === firstVersions
      ? `a.id in (${corrected})`
      : `exists (select from activity later where later.tenant = $1 and later.id = a.id and later.version > a.version)`;
  await tx.query(
    `declare ${cursor} no scroll cursor for
     select a.id, a.version, a.kind, a.participant, a.outlet,
       date_part('epoch', a.occurred_at) as occurred, date_part('epoch', a.recorded_at) as recorded, a.currency, a.total_minor as "totalMinor", a.points_minor as "pointsMinor",
       a.attributes, a.withdrawn, e.facts, ${partner} as partner, ${isCorrected} as "isCorrected",
       ${isRestated} as "isRestated",
       (select json_agg(json_build_array(l.line, l.text, l.product, l.sku, l.category, l.is_focus, l.quantity_milli,
          l.amount_minor) order by l.line)
        from activity_line l where l.tenant = $1 and l.activity = a.id and l.version = a.version) as lines
     from activity a join evaluation e on e.tenant = $1 and e.activity = a.id and e.version = a.version
     where a.tenant = $1 and a.programme = $2 and a.occurred_at >= $3 and a.occurred_at < $4 and a.id >= $5 and ${condition}
       and get_byte(uuid_send(a.participant), 15) % $6::int = $7::int
     order by ${order}`,
    [tx.tenant, programme, from, until, firstIdOf(from), shards, shard],
  );
  const fetch = () => tx.query<Row>(`fetch ${fetchSize} from ${cursor}`);
  let next = fetch();
  for (;;) {
    const rows = await next;
    // The database reads on while these are evaluated.
    if (rows.length === fetchSize) next = fetch();
    for (const row of rows) yield recordedOf(programme, row);
    if (rows.length < fetchSize) return null;
  }
}

// Ids begin with the time of first recording.
function firstIdOf(from: Date): ActivityId {
  const hex = Math.max(0, from.getTime() - aheadMs)
    .toString(16)
    .padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000` as ActivityId;
}

function recordedOf(
  programme: ProgrammeId,
  { facts, partner, occurred, recorded, isCorrected, isRestated, lines, attributes, ...head }: Row,
): Recorded {
  const at = Math.round(recorded * 1000);
  const activity: Activity = {
    ...head,
    programme,
    occurredAt: new Date(Math.round(occurred * 1000)),
    recordedAt: new Date(at),
    ...(attributes && { attributes }),
    evidence: null,
    reason: null,
    lines: (lines ?? []).map(lineOf),
  };
  const id = `${isRestated ? 1 : 0} ${head.id} ${String(head.version).padStart(10, '0')}`;
  return { subject: { activity, facts }, partner, position: { at, id }, isCorrected };
}

function lineOf([line, text, product, sku, category, isFocus, quantity, amount]: NonNullable<
  Row['lines']
>[number]): ActivityLine {
  return {
    line,
    text,
    product,
    sku,
    category,
    isFocus,
    quantityMilli: BigInt(quantity),
    amountMinor: BigInt(amount),
  };
}
