import type { Tx } from '../db/transact.ts';
import type { RuleId } from '../shared/id.ts';
import type { Day } from '../shared/time.ts';
import type { CounterId, SubjectId } from './counter.ts';

/**
 * Who has anything counted by one of these counters between two days, both included, or a target of the rule: at most
 * `limit` of them, in order of id.
 */
export async function subjectsCounted(
  tx: Tx,
  rule: RuleId,
  counters: readonly CounterId[],
  { first, last }: { first: Day; last: Day },
  limit: number,
): Promise<SubjectId[]> {
  const rows = await tx.query<{ subject: SubjectId }>(
    `select d.subject from counter_day d
     where d.tenant = $1 and d.counter = any($2::uuid[]) and d.day between $3 and $4 and d.value <> 0
     union select t.subject from target t where t.tenant = $1 and t.rule = $5 and t.starts_on <= $4
     order by subject limit $6`,
    [tx.tenant, counters, first, last, rule, limit],
  );
  return rows.map(({ subject }) => subject);
}
