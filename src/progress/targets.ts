import type { Tx } from '../db/transact.ts';
import type { RuleId } from '../shared/id.ts';
import type { SubjectId } from './counter.ts';
import type { Target } from './evaluate-goal.ts';

/** A target for somebody, from a day on; in the units of the rule's `target`. */
export type NewTarget = Omit<Target, 'version'> & { reason: string };

/** Sets targets; nothing is overwritten: a further one for the same day is a new version and counts from then on. */
export async function setTargets(tx: Tx, targets: readonly NewTarget[], by: string, at: Date): Promise<void> {
  await tx.query(
    `insert into target (tenant, rule, subject, starts_on, version, value, reason, set_at, set_by)
     select $1, t.rule, t.subject, t.starts_on,
       coalesce((select max(o.version) from target o
         where o.tenant = $1 and o.rule = t.rule and o.subject = t.subject and o.starts_on = t.starts_on), 0)
         + row_number() over (partition by t.rule, t.subject, t.starts_on order by t.place),
       t.value, t.reason, $7, $8
     from unnest($2::uuid[], $3::uuid[], $4::date[], $5::bigint[], $6::text[]) with ordinality
       as t (rule, subject, starts_on, value, reason, place)`,
    [
      tx.tenant,
      targets.map(({ rule }) => rule),
      targets.map(({ subject }) => subject),
      targets.map(({ startsOn }) => startsOn),
      targets.map(({ value }) => value),
      targets.map(({ reason }) => reason),
      at,
      by,
    ],
  );
}

/** Every target of these people (null: of everybody) under these rules, older ones and older versions among them. */
export async function targetsOf(
  tx: Tx,
  rules: readonly RuleId[],
  subjects: readonly SubjectId[] | null,
): Promise<Target[]> {
  if (rules.length === 0 || subjects?.length === 0) return [];
  return tx.query<Target>(
    `select t.rule, t.subject, t.starts_on as "startsOn", t.version, t.value from target t
     where t.tenant = $1 and t.rule = any($2::uuid[]) and ($3::uuid[] is null or t.subject = any($3))`,
    [tx.tenant, [...new Set(rules)], subjects && [...new Set(subjects)]],
  );
}

/** A target as it was set: by whom, when and why. */
export type SetTarget = Target & { reason: string; setAt: Date; setBy: string };

/** The targets of a rule that were set last, of one owner or of all; with how many there are. */
export async function listTargets(
  tx: Tx,
  rule: RuleId,
  { owner, limit }: { owner: SubjectId | null; limit: number },
): Promise<{ targets: SetTarget[]; total: number }> {
  const targets = await tx.query<SetTarget>(
    `select t.rule, t.subject, t.starts_on as "startsOn", t.version, t.value, t.reason, t.set_at as "setAt",
       t.set_by as "setBy"
     from target t where t.tenant = $1 and t.rule = $2 and ($3::uuid is null or t.subject = $3)
     order by t.set_at desc, t.subject, t.starts_on desc, t.version desc limit $4`,
    [tx.tenant, rule, owner, limit],
  );
  const [row] = await tx.query<{ total: number }>(
    `select count(*)::int as total from target t
     where t.tenant = $1 and t.rule = $2 and ($3::uuid is null or t.subject = $3)`,
    [tx.tenant, rule, owner],
  );
  return { targets, total: row!.total };
}
