import type { Tx } from '../db/transact.ts';
import type { Programme } from '../network/programmes.ts';
import { addDays, momentAt, wallTime } from '../shared/time.ts';
import { followedBy } from './book.ts';
import type { CounterId, SubjectId } from './counter.ts';
import { countersOf, isShare, type GoalRule, type GoalVersions } from './goal.ts';
import { periodBefore, periodOf } from './period.ts';
import { judgeGoals, settleGoals, type Settled, type Touched } from './settle-goals.ts';

/**
 * Settles the goals that wait for the end of their period, which no activity brings about: shares. Begins with the period
 * before the one that was settled last, and may run as often as one likes. Call it under the lock of the book.
 */
export async function settleEnded(tx: Tx, programme: Programme, at: Date): Promise<Settled[]> {
  const { goals } = await followedBy(tx, programme.id);
  const today = wallTime(at, programme.timeZone).day;
  const touched: Touched[] = [];
  for (const goal of goals)
    for (const rule of goal.versions)
      if (isShare(rule.document.goal.counts))
        touched.push(...(await endedOf(tx, programme, goal, rule, today)));
  return settleGoals(tx, await judgeGoals(tx, programme, touched, at), at);
}

async function endedOf(
  tx: Tx,
  programme: Programme,
  goal: GoalVersions,
  rule: GoalRule,
  today: string,
): Promise<Touched[]> {
  const { scope } = rule.document;
  const { per } = rule.document.goal;
  const { whole } = countersOf(programme.id, rule);
  const settledOn = await settledThrough(tx, whole!, today);
  const since = settledOn && periodBefore(per, periodOf(per, settledOn, scope), scope).first;
  const current = periodOf(per, today, scope);
  const openFrom = current.last < today ? addDays(today, 1) : current.first;
  const rows = await tx.query<{ subject: SubjectId; day: string }>(
    `select d.subject, max(d.day) as day from counter_day d
     where d.tenant = $1 and d.counter = $2 and d.day < $3 and ($4::date is null or d.day >= $4)
     group by d.subject, case when $5 = 'campaign' then null else date_trunc($5, d.day::timestamp) end`,
    [tx.tenant, whole, openFrom, since, per],
  );
  return rows.map(({ subject, day }) => {
    const end = momentAt(addDays(periodOf(per, day, scope).last, 1), '00:00', programme.timeZone);
    return { goal, subject, days: new Set([day]), occurredAt: new Date(end.getTime() - 1) };
  });
}

// Answers through which day the counter's goals were settled before, and notes that they are settled through today.
async function settledThrough(tx: Tx, counter: CounterId, today: string): Promise<string | null> {
  const [row] = await tx.query<{ day: string | null }>(
    'select c.settled_on as day from counter c where c.tenant = $1 and c.id = $2',
    [tx.tenant, counter],
  );
  await tx.query('update counter set settled_on = $3 where tenant = $1 and id = $2', [
    tx.tenant,
    counter,
    today,
  ]);
  return row?.day ?? null;
}
