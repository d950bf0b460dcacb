import { withClient } from '../../src/db/connect.ts';
import { withTenant, type Db } from '../../src/db/transact.ts';
import { programmeIdOf } from '../../src/network/programmes.ts';
import { evaluate } from '../../src/rules/evaluate.ts';
import type { Subject } from '../../src/rules/evaluation.ts';
import { liveRules } from '../../src/rules/read-rules.ts';
import { newId, type ActivityId } from '../../src/shared/id.ts';
import { seededChance } from '../chance.ts';
import { programmeCode, tenant } from '../activities/network.ts';
import { areasCount, categories, channels, skuOf, skusCount, tiers } from '../activities/rules.ts';
import type { Base } from '../scratch.ts';

export const linesPerActivity = 2;
export const firstDay = '2018-01-01';
export const lastDay = '2018-03-31';
const days = 90;
/** Different evaluations, as they are stored; the replay reads the facts beside them. */
const samplesCount = 200;

/**
 * Writes the history of a quarter into the database: activities, their lines, and evaluations with facts. Millions of
 * rows are made inside the database; each evaluation is one of some hundred real ones.
 */
export async function makeHistory(base: Base, db: Db, activities: number, outlets: number): Promise<void> {
  const samples = await sampleEvaluations(db);
  const programme = programmeIdOf({ tenant }, programmeCode);
  await withClient(base.logins.admin, async (client) => {
    await client.query("set synchronous_commit = off; set work_mem = '64MB'");
    await client.query(
      `create temp table place as
       select row_number() over (order by o.code) - 1 as n, o.id as outlet, p.id as participant,
         jsonb_build_object('timeZone', 'Asia/Jakarta',
           'participant', jsonb_build_object('kind', p.kind, 'tier', p.tier),
           'outlet', jsonb_build_object('code', o.code, 'channel', o.channel,
             'areas', jsonb_build_array(a.code, 'country'))) as facts
       from outlet o join area a on a.tenant = $1 and a.id = o.area
       join participant p on p.tenant = $1 and p.code = 'p-' || substr(o.code, 3) where o.tenant = $1`,
      [tenant],
    );
    await client.query('create unique index on place (n); analyze place');
    await client.query(
      `create temp table sale as
       select i, p.participant, p.outlet, p.facts, t.at as recorded_at,
         (lpad(to_hex(floor(extract(epoch from t.at) * 1000)::bigint), 12, '0') || '8' || substr(h.hash, 1, 3) || '8' ||
           substr(h.hash, 4, 15))::uuid as id
       from generate_series(0, $1::int - 1) i
       cross join lateral (select md5(i::text) as hash) h
       cross join lateral (select timestamptz '2018-01-01T02:00:00Z'
         + make_interval(secs => floor(i * ($2::float8 * 86400 - 50000) / $1 * 1000) / 1000) as at) t
       join place p on p.n = ('x' || substr(h.hash, 20, 7))::bit(28)::int % $3::int`,
      [activities, days, outlets],
    );
    await client.query(
      `insert into activity (tenant, id, version, kind, programme, participant, outlet, occurred_at, recorded_at, currency,
         total_minor, digest)
       select $1, s.id, 1, 'sale', $2, s.participant, s.outlet, s.recorded_at - interval '1 hour', s.recorded_at, 'IDR',
         1000 + (s.i::bigint * 7919) % 1000000, decode(repeat('00', 32), 'hex') from sale s order by s.id`,
      [tenant, programme],
    );
    await client.query(
      `insert into activity_line (tenant, activity, version, line, text, product, sku, category, is_focus, quantity_milli,
         amount_minor)
       select $1, s.id, 1, l, 'bench', p.id, p.sku, p.category, p.is_focus, 1000 * (1 + (s.i + l) % 12),
         500 + (s.i::bigint * 104729 + l) % 100000
       from sale s cross join generate_series(0, $2::int - 1) l
       join product p on p.tenant = $1 and p.sku = 'SKU-' || (s.i::bigint * 31 + l * 17) % $3::int order by s.id, l`,
      [tenant, linesPerActivity, skusCount],
    );
    await client.query(
      `insert into evaluation (tenant, activity, version, document, facts, at)
       select $1, s.id, 1, ($2::jsonb -> (s.i % $3::int))::json, s.facts::json, s.recorded_at
       from sale s order by s.id`,
      [tenant, JSON.stringify(samples), samples.length],
    );
    await client.query('drop table sale; drop table place');
    await client.query('vacuum analyze activity, activity_line, evaluation');
  });
}

async function sampleEvaluations(db: Db): Promise<object[]> {
  const book = await withTenant(db, tenant, (tx) => liveRules(tx, programmeIdOf(tx, programmeCode)));
  const chance = seededChance(9);
  const subjects = Array.from({ length: samplesCount }, () => sampleSubject(chance));
  const asText = (_key: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);
  return evaluate(book, subjects, { consider: 'candidates' }).map(({ considered, passedOver }) =>
    JSON.parse(JSON.stringify({ considered, passedOver, uses: [] }, asText)),
  );
}

function sampleSubject(chance: ReturnType<typeof seededChance>): Subject {
  const at = new Date('2018-02-01T04:00:00Z');
  const programme = programmeIdOf({ tenant }, programmeCode);
  const id = newId<ActivityId>(at);
  const lines = Array.from({ length: linesPerActivity }, (_, line) => {
    const sku = chance(skusCount);
    return {
      line,
      text: 'bench',
      product: id as never,
      sku: skuOf(sku),
      category: categories[sku % categories.length]!,
      isFocus: sku % 10 === 0,
      quantityMilli: 1000n,
      amountMinor: 1000n,
    };
  });
  return {
    activity: {
      id,
      version: 1,
      kind: 'sale',
      programme,
      evidence: null,
      participant: id as never,
      outlet: id as never,
      occurredAt: at,
      recordedAt: at,
      currency: 'IDR',
      totalMinor: BigInt(1000 + chance(1_000_000)),
      withdrawn: false,
      reason: null,
      lines,
    },
    facts: {
      timeZone: 'Asia/Jakarta',
      participant: { kind: 'owner', tier: tiers[chance(tiers.length)]! },
      outlet: {
        code: `o-${chance(1000)}`,
        channel: channels[chance(channels.length)]!,
        areas: [`area-${chance(areasCount)}`, 'country'],
      },
    },
  };
}
