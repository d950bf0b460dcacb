import type { Tx } from '../db/transact.ts';
import type { ActivityId } from '../shared/id.ts';
import type { Award, Considered, Evaluation, Facts } from './evaluation.ts';

/** An evaluation with the facts it was made from: together with activity and rules they give it again. */
export type KeptEvaluation = { evaluation: Evaluation; facts: Facts };

/** Keeps one evaluation for each version of an activity; a version is evaluated once. */
export async function keepEvaluations(tx: Tx, kept: readonly KeptEvaluation[], at: Date): Promise<void> {
  if (kept.length === 0) return;
  const documents = kept.map(({ evaluation: { considered, uses, passedOver } }) =>
    JSON.stringify({ considered: considered.map(withoutHeads), uses, passedOver }, bigintAsText),
  );
  // JSON writes control characters as escapes, so one of them can part documents; arrays of texts cost far more.
  await tx.query(
    `insert into evaluation (tenant, activity, version, document, facts, at)
     select $1, r.activity, r.version, r.document::json, r.facts::json, $6
     from rows from (unnest($2::uuid[]), unnest($3::integer[]), string_to_table($4::text, E'\\x1e'),
       string_to_table($5::text, E'\\x1e')) as r (activity, version, document, facts)`,
    [
      tx.tenant,
      kept.map(({ evaluation }) => evaluation.activity),
      kept.map(({ evaluation }) => evaluation.version),
      documents.join('\x1e'),
      kept.map(({ facts }) => JSON.stringify(facts)).join('\x1e'),
      at,
    ],
    { name: 'evaluations-keep' },
  );
}

/** What the rules made of this version, or null when it was not evaluated. */
export async function evaluationOf(
  tx: Tx,
  activity: { id: ActivityId; version: number },
): Promise<Evaluation | null> {
  return (await evaluationsOf(tx, [activity]))[0]?.evaluation ?? null;
}

/** The evaluations of these versions and when each was made, in no promised order; versions without one are left out. */
export async function evaluationsOf(
  tx: Tx,
  wanted: readonly { id: ActivityId; version: number }[],
): Promise<(KeptEvaluation & { at: Date })[]> {
  if (wanted.length === 0) return [];
  const rows = await tx.query<{
    activity: ActivityId;
    version: number;
    document: Stored;
    facts: Facts;
    at: Date;
  }>(
    `select e.activity, e.version, e.document, e.facts, e.at
     from unnest($2::uuid[], $3::integer[]) as wanted (activity, version)
     join evaluation e on e.tenant = $1 and e.activity = wanted.activity and e.version = wanted.version`,
    [tx.tenant, wanted.map(({ id }) => id), wanted.map(({ version }) => version)],
  );
  return rows.map(({ activity, version, at, facts, document: { considered, uses, passedOver } }) => ({
    evaluation: {
      activity,
      version,
      considered: considered.map(withHeads),
      uses: uses.map(withUnits),
      ...(passedOver && { passedOver }),
    },
    facts,
    at,
  }));
}

// JSON has no bigint: units are texts there.
type AsText<T> = Omit<T, 'units'> & { units: string };
type StoredAward = Omit<Award, 'rule' | 'code' | 'version'>;
type StoredRule = Omit<Considered, 'awards'> & { awards: AsText<StoredAward>[] };
type Stored = {
  considered: StoredRule[];
  uses: AsText<Evaluation['uses'][number]>[];
  passedOver?: Evaluation['passedOver'];
};

// The rule of an award is the one that was considered, so it is kept once.
function withoutHeads({ awards, ...one }: Considered) {
  return {
    ...one,
    awards: awards.map(({ rule: _rule, code: _code, version: _version, ...award }): StoredAward => award),
  };
}

function withHeads({ awards, ...one }: StoredRule): Considered {
  const { rule, code, version } = one;
  return { ...one, awards: awards.map((award) => ({ rule, code, version, ...withUnits(award) })) };
}

function withUnits<T extends { units: string }>(row: T): Omit<T, 'units'> & { units: bigint } {
  return { ...row, units: BigInt(row.units) };
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
