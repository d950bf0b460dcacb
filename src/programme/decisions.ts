import type { Tx } from '../db/transact.ts';
import { newId, type Id, type ProgrammeId, type RuleId } from '../shared/id.ts';

export type DecisionId = Id<'decision'>;

/** Who did what to a programme: about a version of a rule, or about an experiment. */
export type Decision = {
  id: DecisionId;
  programme: ProgrammeId;
  at: Date;
  /** Code of the staff member, or `mitra` for what it did by itself. */
  by: string;
  what: 'drafted' | 'proposed' | 'declined' | 'launched' | 'retired' | 'configured' | 'stopped';
  rule: RuleId | null;
  version: number | null;
  experiment: string | null;
  /** Reasons and numbers. */
  facts: Record<string, unknown>;
};

export type NewDecision = Pick<Decision, 'programme' | 'at' | 'by' | 'what'> &
  Partial<Pick<Decision, 'rule' | 'version' | 'experiment' | 'facts'>>;

/** Writes down what was decided, in this order. Rows are never changed. */
export async function recordDecisions(tx: Tx, decisions: readonly NewDecision[]): Promise<void> {
  // Ids of one moment are in no order by themselves.
  const ids = decisions.map(({ at }) => newId<DecisionId>(at)).sort();
  const rows = decisions.map((decision, index) => ({ facts: {}, ...decision, id: ids[index] }));
  await tx.query(
    `insert into decision (tenant, id, programme, at, by, what, rule, version, experiment, facts)
     select $1, d.id, d.programme, d.at, d.by, d.what, d.rule, d.version, d.experiment, d.facts
     from jsonb_to_recordset($2::jsonb) as d (id uuid, programme uuid, at timestamptz, by text, what text, rule uuid,
       version integer, experiment text, facts jsonb)`,
    [tx.tenant, JSON.stringify(rows)],
  );
}

/** Decisions, newest first: those about one rule or about everything. `before` is the last of the page before. */
export async function listDecisions(
  tx: Tx,
  { rule = null, before = null, limit }: { rule?: RuleId | null; before?: DecisionId | null; limit: number },
): Promise<Decision[]> {
  return tx.query<Decision>(
    `select d.id, d.programme, d.at, d.by, d.what, d.rule, d.version, d.experiment, d.facts from decision d
     where d.tenant = $1 and ($2::uuid is null or d.rule = $2) and ($3::uuid is null or d.id < $3)
     order by d.id desc limit $4`,
    [tx.tenant, rule, before, limit],
  );
}
