import type { Tx } from '../db/transact.ts';
import type { Considered, Evaluation } from '../rules/evaluation.ts';
import {
  eventId,
  type ActivityId,
  type Id,
  type ParticipantId,
  type ProgrammeId,
  type RuleId,
} from '../shared/id.ts';
import type { SubjectId } from './counter.ts';
import type { Period } from './period.ts';

/** Somebody's goal in a period: what causes the transfers that pay for it. */
export type GoalId = Id<'goal'>;

/** What a goal has brought in one of its turns; the highest turn counts. */
export type Settlement = {
  goal: GoalId;
  turn: number;
  rule: RuleId;
  version: number;
  subject: SubjectId;
  period: Pick<Period, 'first' | 'last'>;
  /** As of an activity, so that what is paid is planned and explained in one way: the goal is the activity, the turn its version. */
  evaluation: Evaluation;
  /** What was to be paid before limits, to tell whether anything has changed. */
  asked: string;
};

/** The same rule, period and subject have the same goal for ever, so that it is paid once. */
export function goalIdOf(tx: Tx, rule: RuleId, { name, first }: Period, subject: SubjectId): GoalId {
  return eventId(new Date(`${first}T00:00:00Z`), tx.tenant, 'goal', rule, name, subject);
}

/** Keeps turns; each is written once. */
export async function keepSettlements(tx: Tx, settlements: readonly Settlement[], at: Date): Promise<void> {
  if (settlements.length === 0) return;
  const rows = settlements.map(({ goal, turn, rule, version, subject, period, evaluation, asked }) => ({
    goal,
    turn,
    rule,
    version,
    subject,
    first: period.first,
    last: period.last,
    document: { considered: evaluation.considered, uses: evaluation.uses, asked },
  }));
  await tx.query(
    `insert into settlement (tenant, goal, turn, rule, version, subject, first_day, last_day, document, at)
     select $1, r.goal, r.turn, r.rule, r.version, r.subject, r.first, r.last, r.document, $3
     from jsonb_to_recordset($2::jsonb) as r (goal uuid, turn integer, rule uuid, version integer, subject uuid,
       first date, last date, document jsonb)`,
    [tx.tenant, JSON.stringify(rows, bigintAsText), at],
  );
}

/** Every turn of these goals, by goal, the first turn first. */
export async function settlementsOf(tx: Tx, goals: readonly GoalId[]): Promise<Map<GoalId, Settlement[]>> {
  if (goals.length === 0) return new Map();
  const rows = await tx.query<Row>(
    `select s.goal, s.turn, s.rule, s.version, s.subject, s.first_day as first, s.last_day as last, s.document
     from settlement s where s.tenant = $1 and s.goal = any($2::uuid[]) order by s.goal, s.turn`,
    [tx.tenant, goals],
  );
  return Map.groupBy(rows.map(settlementFrom), ({ goal }) => goal);
}

/** The newest turns of a programme's goals that are people's own, of all or of some, in order of id after one. */
export async function settlementsAfter(
  tx: Tx,
  programme: ProgrammeId,
  participants: readonly ParticipantId[] | null,
  after: GoalId | null,
  limit: number,
): Promise<Settlement[]> {
  const rows = await tx.query<Row>(
    `select s.goal, s.turn, s.rule, s.version, s.subject, s.first_day as first, s.last_day as last, s.document
     from settlement s
     join rule r on r.tenant = $1 and r.id = s.rule and r.version = s.version and r.programme = $2
     join participant m on m.tenant = $1 and m.id = s.subject
     where s.tenant = $1 and ($3::uuid[] is null or s.subject = any($3)) and ($4::uuid is null or s.goal > $4)
       and not exists (
         select 1 from settlement later where later.tenant = $1 and later.goal = s.goal and later.turn > s.turn)
     order by s.goal limit $5`,
    [tx.tenant, programme, participants, after, limit],
  );
  return rows.map(settlementFrom);
}

/** The newest turns under a rule of people's periods that end within these days. */
export async function laterSettlements(
  tx: Tx,
  rule: RuleId,
  wanted: readonly { subject: SubjectId; from: string; to: string }[],
): Promise<Settlement[]> {
  if (wanted.length === 0) return [];
  const rows = await tx.query<Row>(
    `select distinct on (s.goal) s.goal, s.turn, s.rule, s.version, s.subject, s.first_day as first,
       s.last_day as last, s.document
     from unnest($3::uuid[], $4::date[], $5::date[]) as w (subject, first, last)
     join settlement s on s.tenant = $1 and s.subject = w.subject and s.last_day between w.first and w.last
     where s.rule = $2 and not exists (
       select 1 from settlement later where later.tenant = $1 and later.goal = s.goal and later.turn > s.turn)
     order by s.goal`,
    [
      tx.tenant,
      rule,
      wanted.map(({ subject }) => subject),
      wanted.map(({ from }) => from),
      wanted.map(({ to }) => to),
    ],
  );
  return rows.map(settlementFrom);
}

type Row = Pick<Settlement, 'goal' | 'turn' | 'rule' | 'version' | 'subject'> &
  Pick<Period, 'first' | 'last'> & { document: Stored };

// JSON has no bigint: units are texts there.
type AsText<T> = Omit<T, 'units'> & { units: string };
type Stored = {
  considered: (Omit<Considered, 'awards'> & { awards: AsText<Considered['awards'][number]>[] })[];
  uses: AsText<Evaluation['uses'][number]>[];
  asked: string;
};

function settlementFrom({ first, last, document, ...row }: Row): Settlement {
  const considered = document.considered.map((one) => ({ ...one, awards: one.awards.map(withUnits) }));
  const activity = row.goal as Id<string> as ActivityId;
  const evaluation = { activity, version: row.turn, considered, uses: document.uses.map(withUnits) };
  return { ...row, period: { first, last }, evaluation, asked: document.asked };
}

function withUnits<T extends { units: string }>(row: T): Omit<T, 'units'> & { units: bigint } {
  return { ...row, units: BigInt(row.units) };
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
