import type { Tx } from '../db/transact.ts';
import type { Experiment } from '../rules/document-experiment.ts';
import { earnedSql } from '../rules/evaluations.ts';
import type { ProgrammeId } from '../shared/id.ts';
import type { Group } from './evaluate-uplift.ts';
import type { RunningExperiment } from './experiments.ts';

/** What is compared: the time the experiment ran, and the time just before it. */
export type Window = { before: Date; from: Date; until: Date };

/** The groups of an experiment; null for one that has nobody in it. */
export type Groups = { treated: Group | null; heldOut: Group | null };

/**
 * Counts what everybody in the audience did while an experiment ran and just before, whether or not they got anything, and
 * answers count, means and variances of both groups. The split is that of `armOf`. People without any activity count with
 * zero. Of the audience, kinds of participants, areas, channels and outlets narrow who is compared; tiers and segments do not,
 * because the rule itself may move them. Reads all activities of the programme once.
 */
export async function measureExperiment(
  tx: Tx,
  programme: ProgrammeId,
  { experiment, rules }: RunningExperiment,
  { before, from, until }: Window,
): Promise<Groups> {
  const { measure, name, of, treatmentPercent } = experiment;
  const audiences = rules.map(({ document }) => document.scope.audience ?? {});
  const kinds = measure.kinds ?? [...new Set(rules.flatMap(({ document }) => document.scope.kinds))];
  // What all of its rules narrow; where one takes anybody, so does the experiment.
  const narrowed = (list: 'participantKinds' | 'areas' | 'channels' | 'outlets'): string[] | null =>
    audiences.every((audience) => audience[list]) ? audiences.flatMap((audience) => audience[list]!) : null;
  const values: unknown[] = [
    tx.tenant,
    programme,
    before,
    from,
    until,
    kinds,
    'currency' in measure ? measure.currency : null,
    name,
    treatmentPercent,
    narrowed('areas'),
    narrowed('channels'),
    narrowed('outlets'),
  ];
  const give = (value: unknown) => `$${values.push(value)}`;
  const rows = await tx.query<Group & { treated: boolean; count: bigint }>(
    `with recursive below as (
       select a.id from area a where a.tenant = $1 and a.code = any($10::text[])
       union select a.id from area a join below b on a.parent = b.id where a.tenant = $1
     ), place as (
       select o.id from outlet o where o.tenant = $1
         and ($10::text[] is null or o.area in (select b.id from below b))
         and ($11::text[] is null or o.channel = any($11)) and ($12::text[] is null or o.code = any($12))
     ), member as (${membersOf(of, narrowed('participantKinds'), give)}
     ), counted as (
       select n.${of} as subject, n.occurred_at, v.item, v.value from activity n
         cross join lateral (${countedOf(measure, give)}) as v (item, value)
       where n.tenant = $1 and n.programme = $2 and n.occurred_at >= $3 and n.occurred_at < $5
         and not n.withdrawn and n.kind = any($6) and ($7::text is null or n.currency = $7)
         and not exists (select from activity later where later.tenant = $1 and later.id = n.id and later.version > n.version)
     ), done as (
       -- Grouped and not joined: with statistics that are out of date a join of all with all would be chosen.
       select e.id, ${summed(measure, 'e.occurred_at >= $4')} as y, ${summed(measure, 'e.occurred_at < $4')} as x from (
         select m.id, null::timestamptz as occurred_at, null::text as item, null::numeric as value, true as is_member
         from member m
         union all
         select c.subject, c.occurred_at, c.item, c.value, false from counted c
       ) as e group by e.id having bool_or(e.is_member)
     ), split as (
       select d.y, d.x, ('x' || encode(substring(sha256(convert_to($8::text || ' ' || d.id, 'UTF8')) for 4), 'hex'))::bit(32)::bigint
         % 10000 < $9::integer * 100 as treated
       from done d
     )
     select s.treated, count(*) as count, avg(s.y) as mean, coalesce(var_samp(s.y), 0) as variance,
       avg(s.x) as "meanBefore", coalesce(var_samp(s.x), 0) as "varianceBefore",
       coalesce(covar_samp(s.y, s.x), 0) as covariance
     from split s group by s.treated`,
    values,
  );
  const groupOf = (treated: boolean): Group | null => {
    const row = rows.find((one) => one.treated === treated);
    if (!row) return null;
    const { treated: _treated, count, ...moments } = row;
    return { count: Number(count), ...moments };
  };
  return { treated: groupOf(true), heldOut: groupOf(false) };
}

// Different ones are counted once, however often they come.
function summed({ of }: Experiment['measure'], moments: string): string {
  return of === 'skus' || of === 'outlets'
    ? `count(distinct e.item) filter (where ${moments})::float8`
    : `coalesce(sum(e.value) filter (where ${moments}), 0)::float8`;
}

/** Puts a value among those of the statement; answers the parameter that stands for it. */
type Give = (value: unknown) => string;

/** What an activity counts by the measure: SQL of rows with an item and a value. */
function countedOf(measure: Experiment['measure'], give: Give): string {
  if (measure.of === 'total') return `select '', n.total_minor::numeric`;
  if (measure.of === 'earned')
    return `select '', ${earnedSql('e', give(measure.asset))} from evaluation e
      where e.tenant = $1 and e.activity = n.id and e.version = n.version`;
  const { products } = measure;
  const { skus, categories, focus } = products ?? {};
  const lines = `activity_line l where l.tenant = $1 and l.activity = n.id and l.version = n.version
    and l.product is not null${skus ? ` and l.sku = any(${give(skus)}::text[])` : ''}${
      categories ? ` and l.category = any(${give(categories)}::text[])` : ''
    }${focus === undefined ? '' : ` and l.is_focus = ${give(focus)}::boolean`}`;
  const fitting = products ? ` where exists (select from ${lines})` : '';
  switch (measure.of) {
    case 'activities':
      return `select '', 1::numeric${fitting}`;
    case 'outlets':
      return `select n.outlet::text, 1::numeric${fitting}`;
    case 'skus':
      return `select l.sku, 1::numeric from ${lines} and l.quantity_milli > 0`;
    case 'amount':
      return `select '', coalesce(sum(l.amount_minor), 0) from ${lines}`;
    case 'quantity':
      return `select '', coalesce(sum(l.quantity_milli), 0) from ${lines}`;
  }
}

function membersOf(of: Experiment['of'], kinds: readonly string[] | null, give: Give): string {
  if (of === 'outlet') return 'select p.id from place p';
  const param = `${give(kinds)}::text[]`;
  return `
       select p.id from participant p where p.tenant = $1 and (${param} is null or p.kind = any(${param}))
         and (($10::text[] is null and $11::text[] is null and $12::text[] is null) or exists (
           select from participant_outlet o
           where o.tenant = $1 and o.participant = p.id and o.outlet in (select place.id from place)))`;
}
