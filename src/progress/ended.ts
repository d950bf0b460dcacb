import type { Tx } from '../db/transact.ts';
import type { Programme } from '../network/programmes.ts';
import type { RuleId } from '../shared/id.ts';
import { addDays, momentAt, wallTime, type Day } from '../shared/time.ts';
import { followedBy } from './book.ts';
import type { CounterId, SubjectId } from './counter.ts';
import { countersOf, isShare, type GoalRule, type GoalVersions } from './goal.ts';
import { periodBefore, periodOf } from './period.ts';
import { judgeGoals, settleGoals, type Settled, type Touched } from './settle-goals.ts';

/** A version of a goal that waits for the end of its periods, which no activity brings about, and the days to look at. */
export type Ended = { rule: RuleId; version: number; since: Day | null; until: Day };

/**
 * What is to be settled because periods have ended: shares, from the period on before the one that was settled last.
 */
export async function endedGoals(tx: Tx, programme: Programme, at: Date): Promise<Ended[]> {
  const today = wallTime(at, programme.timeZone).day;
  const shares = await sharesOf(tx, programme);
  const settledOn = await settledThrough(
    tx,
    shares.map(({ whole }) => whole),
  );
  return shares.map(({ rule, whole }) => {
    const { goal, scope } = rule.document;
    const day = settledOn.get(whole) ?? null;
    const since = day && periodBefore(goal.per, periodOf(goal.per, day, scope), scope).first;
    const current = periodOf(goal.per, today, scope);
    const until = current.last < today ? today : addDays(current.first, -1);
    return { rule: rule.id, version: rule.version, since, until };
  });
}

/**
 * Settles the ended periods of so many of those whose goal it is, in order from `after` on; answers the last of them, or
 * null when there are no more. It may run as often as one likes. Call it under the lock of the book.
 */
export async function settleEnded(
  tx: Tx,
  programme: Programme,
  ended: Ended,
  { after, limit }: { after: SubjectId | null; limit: number },
  at: Date,
): Promise<{ settled: Settled[]; last: SubjectId | null }> {
  const shares = await sharesOf(tx, programme);
  const share = shares.find(({ rule }) => rule.id === ended.rule && rule.version === ended.version);
  // Another one has taken its place meanwhile, and settles the rest when it runs.
  if (!share) return { settled: [], last: null };
  const { goal, rule, whole } = share;
  const { per } = rule.document.goal;
  const rows = await tx.query<{ subject: SubjectId; days: Day[] }>(
    `select p.subject, array_agg(p.day) as days from (
       select d.subject, max(d.day)::text as day
       from (
         select distinct o.subject from counter_day o
         where o.tenant = $1 and o.counter = $2 and o.day <= $3 and ($4::date is null or o.day >= $4)
           and ($6::uuid is null or o.subject > $6)
         order by o.subject limit $7
       ) s join counter_day d on d.tenant = $1 and d.counter = $2 and d.subject = s.subject
       where d.day <= $3 and ($4::date is null or d.day >= $4)
       group by d.subject, case when $5 = 'campaign' then null else date_trunc($5, d.day::timestamp) end
     ) p group by p.subject order by p.subject`,
    [tx.tenant, whole, ended.until, ended.since, per, after, limit],
  );
  const touched = rows.flatMap(({ subject, days }) =>
    days.map((day): Touched => {
      const { last } = periodOf(per, day, rule.document.scope);
      const end = momentAt(addDays(last, 1), '00:00', programme.timeZone);
      return { goal, subject, days: new Set([day]), occurredAt: new Date(end.getTime() - 1) };
    }),
  );
  const settled = await settleGoals(tx, await judgeGoals(tx, programme, touched, at), at);
  return { settled, last: rows.length < limit ? null : rows.at(-1)!.subject };
}

/**
 * Notes that what had ended by today is settled; without it everything is looked at again. What was launched since `ended`
 * was asked for has not been looked at, so nothing is noted of it.
 */
export async function noteSettled(
  tx: Tx,
  programme: Programme,
  ended: readonly Ended[],
  at: Date,
): Promise<void> {
  const settled = new Set(ended.map(({ rule, version }) => `${rule} ${version}`));
  const shares = await sharesOf(tx, programme);
  const counters = shares.flatMap(({ rule: { id, version }, whole }) =>
    settled.has(`${id} ${version}`) ? [whole] : [],
  );
  await tx.query('update counter set settled_on = $3 where tenant = $1 and id = any($2::uuid[])', [
    tx.tenant,
    counters,
    wallTime(at, programme.timeZone).day,
  ]);
}

type Share = { goal: GoalVersions; rule: GoalRule; whole: CounterId };

async function sharesOf(tx: Tx, programme: Programme): Promise<Share[]> {
  const { goals } = await followedBy(tx, programme.id);
  return goals.flatMap((goal) =>
    goal.versions.flatMap((rule): Share[] =>
      isShare(rule.document.goal.counts)
        ? [{ goal, rule, whole: countersOf(programme.id, rule).whole! }]
        : [],
    ),
  );
}

async function settledThrough(tx: Tx, counters: readonly CounterId[]): Promise<Map<CounterId, Day>> {
  const rows = await tx.query<{ id: CounterId; day: Day }>(
    `select c.id, c.settled_on as day from counter c
     where c.tenant = $1 and c.id = any($2::uuid[]) and c.settled_on is not null`,
    [tx.tenant, counters],
  );
  return new Map(rows.map(({ id, day }) => [id, day]));
}
