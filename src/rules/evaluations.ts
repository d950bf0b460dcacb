import type { Tx } from '../db/transact.ts';
import type { ActivityId, ParticipantId, ProgrammeId, RuleId } from '../shared/id.ts';
import type {
  Award,
  Considered,
  Evaluation,
  Facts,
  Grant,
  Reason,
  ReasonCode,
  Step,
  Use,
} from './evaluation.ts';
import { ruleIdOf } from './save-rule.ts';

/** An evaluation with the facts it was made from: together with activity and rules they give it again. */
export type KeptEvaluation = { evaluation: Evaluation; facts: Facts };

/** Keeps one evaluation for each version of an activity; a version is evaluated once. */
export async function keepEvaluations(tx: Tx, kept: readonly KeptEvaluation[], at: Date): Promise<void> {
  if (kept.length === 0) return;
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
      kept.map(({ evaluation }) => keptText(evaluation)).join('\x1e'),
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
    programme: ProgrammeId;
    document: Stored;
    facts: Facts;
    at: Date;
  }>(
    `select e.activity, e.version, a.programme, e.document, e.facts, e.at
     from unnest($2::uuid[], $3::integer[]) as wanted (activity, version)
     join evaluation e on e.tenant = $1 and e.activity = wanted.activity and e.version = wanted.version
     join activity a on a.tenant = $1 and a.id = wanted.activity and a.version = wanted.version`,
    [tx.tenant, wanted.map(({ id }) => id), wanted.map(({ version }) => version)],
  );
  return rows.map(({ activity, version, programme, at, facts, document }) => ({
    evaluation: {
      activity,
      version,
      considered: document.considered.map((one) =>
        consideredOf(one, (code) => ruleIdOf(tx, programme, code)),
      ),
      uses: document.uses.map(withUnits),
      ...(document.passedOver && { passedOver: document.passedOver }),
    },
    facts,
    at,
  }));
}

/**
 * As it is kept. Every sale writes a dozen rules that it was looked at for, so each is a row of values: its code, from
 * which its id follows; its version; why it fired or did not, and with which values; and where it did anything, how much.
 */
type Stored = {
  considered: StoredRule[];
  uses: AsText<Use>[];
  passedOver?: Evaluation['passedOver'];
};
type StoredRule = [code: string, version: number, reason: ReasonCode, facts: Reason['facts'], did?: Did];
type Did = {
  fired?: true;
  steps: Step[];
  awards: AsText<StoredAward>[];
  grants?: Grant[];
  to?: ParticipantId;
};
type StoredAward = Omit<Award, 'rule' | 'code' | 'version' | 'to'>;
/**
 * SQL that adds up what an evaluation (an alias of the table) awards its own participant of an asset (a parameter). What
 * is paid to somebody else has `to`.
 */
export function earnedSql(evaluation: string, asset: string): string {
  return `(select coalesce(sum((award ->> 'units')::numeric), 0)
    from json_array_elements(${evaluation}.document -> 'considered') as one,
      json_array_elements(coalesce(one -> 4 -> 'awards', '[]'::json)) as award
    where award ->> 'asset' = ${asset} and one -> 4 -> 'to' is null)`;
}

// JSON has no bigint: units are texts there.
type AsText<T> = Omit<T, 'units'> & { units: string };

/** An evaluation as it is kept. */
export function keptText(evaluation: Evaluation): string {
  return JSON.stringify(storedOf(evaluation));
}

function storedOf({ considered, uses, passedOver }: Evaluation): Stored {
  return {
    considered: considered.map(storedRule),
    uses: uses.map(asText),
    ...(passedOver && { passedOver }),
  };
}

function storedRule(one: Considered): StoredRule {
  const { code, version, fired, reason, steps, awards, grants, to } = one;
  if (!fired && steps.length === 0 && awards.length === 0 && !grants)
    return [code, version, reason.code, reason.facts];
  const did: Did = {
    ...(fired && { fired }),
    steps,
    awards: awards.map(({ rule: _rule, code: _code, version: _version, to: _to, ...award }) => asText(award)),
    ...(grants && { grants }),
    ...(to && { to }),
  };
  return [code, version, reason.code, reason.facts, did];
}

function consideredOf(
  [code, version, reason, facts, did]: StoredRule,
  idOf: (code: string) => RuleId,
): Considered {
  const head = { rule: idOf(code), code, version, ...(did?.to && { to: did.to }) };
  return {
    ...head,
    fired: did?.fired ?? false,
    reason: { code: reason, facts },
    steps: did?.steps ?? [],
    awards: (did?.awards ?? []).map((award) => ({ ...head, ...withUnits(award) })),
    ...(did?.grants && { grants: did.grants }),
  };
}

function asText<T extends { units: bigint }>(row: T): AsText<T> {
  return { ...row, units: String(row.units) };
}

function withUnits<T extends { units: string }>(row: T): Omit<T, 'units'> & { units: bigint } {
  return { ...row, units: BigInt(row.units) };
}
