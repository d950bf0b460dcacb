import type { Tx } from '../db/transact.ts';
import type { RuleDocument } from '../rules/document.ts';
import { newId, type Id, type ProgrammeId, type StaffId } from '../shared/id.ts';
import type { Day } from '../shared/time.ts';
import type { ReplayResult } from './replay.ts';

export type ReplayId = Id<'replay'>;
export const replayStates = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const;
export type ReplayState = (typeof replayStates)[number];

/** The result as JSON: units are numbers, which are exact far beyond what a programme awards. */
type AsJson<T> = T extends bigint
  ? number
  : T extends string
    ? T
    : T extends object
      ? { [Key in keyof T]: AsJson<T[Key]> }
      : T;

/** A replay that somebody asked for. */
export type AskedReplay = {
  id: ReplayId;
  programme: ProgrammeId;
  askedBy: StaffId;
  firstDay: Day;
  lastDay: Day;
  documents: RuleDocument[];
  state: ReplayState;
  evaluated: number;
  /** Null until it is known. */
  expected: number | null;
  result: AsJson<ReplayResult> | null;
  problem: string | null;
  createdAt: Date;
  endedAt: Date | null;
};

type Row = Omit<AskedReplay, 'evaluated' | 'expected'> & { evaluated: bigint; expected: bigint | null };

const columns = `r.id, r.programme, r.asked_by as "askedBy", r.first_day as "firstDay", r.last_day as "lastDay", r.documents,
  r.state, r.evaluated, r.expected, r.result, r.problem, r.created_at as "createdAt", r.ended_at as "endedAt"`;

/** Notes what is asked for; the caller queues the job. */
export async function askReplay(
  tx: Tx,
  asked: Pick<AskedReplay, 'programme' | 'askedBy' | 'firstDay' | 'lastDay' | 'documents'>,
  at: Date,
): Promise<ReplayId> {
  const id = newId<ReplayId>(at);
  await tx.query(
    `insert into replay (tenant, id, programme, asked_by, first_day, last_day, documents, state, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8)`,
    [
      tx.tenant,
      id,
      asked.programme,
      asked.askedBy,
      asked.firstDay,
      asked.lastDay,
      JSON.stringify(asked.documents),
      at,
    ],
  );
  return id;
}

export async function replayById(tx: Tx, id: ReplayId): Promise<AskedReplay | null> {
  const rows = await tx.query<Row>(`select ${columns} from replay r where r.tenant = $1 and r.id = $2`, [
    tx.tenant,
    id,
  ]);
  return rows[0] ? toReplay(rows[0]) : null;
}

function toReplay({ evaluated, expected, ...row }: Row): AskedReplay {
  return { ...row, evaluated: Number(evaluated), expected: expected === null ? null : Number(expected) };
}

/** Replays that were asked for and have this rule among their documents, the newest first, at most so many. */
export async function listReplays(
  tx: Tx,
  programme: ProgrammeId,
  code: string,
  limit: number,
): Promise<AskedReplay[]> {
  const rows = await tx.query<Row>(
    `select ${columns} from replay r where r.tenant = $1 and r.programme = $2
       and r.documents @> jsonb_build_array(jsonb_build_object('code', $3::text))
     order by r.created_at desc, r.id desc limit $4`,
    [tx.tenant, programme, code, limit],
  );
  return rows.map(toReplay);
}

/** Marks a replay as running and notes how far it is; false when somebody has ended it. */
export async function noteProgress(
  tx: Tx,
  id: ReplayId,
  progress: { evaluated: number; expected: number | null },
): Promise<boolean> {
  const rows = await tx.query(
    `update replay set state = 'running', evaluated = $3, expected = $4
     where tenant = $1 and id = $2 and state in ('waiting', 'running') returning id`,
    [tx.tenant, id, progress.evaluated, progress.expected],
  );
  return rows.length > 0;
}

type Ending =
  | { state: 'done'; result: ReplayResult }
  | { state: 'failed'; problem: string }
  | { state: 'cancelled' };

/** Ends a replay; one that has ended stays as it is. */
export async function endReplay(tx: Tx, id: ReplayId, ending: Ending, at: Date): Promise<void> {
  const asNumber = (_key: string, value: unknown) => (typeof value === 'bigint' ? Number(value) : value);
  await tx.query(
    `update replay set state = $3, result = $4, problem = $5, ended_at = $6
     where tenant = $1 and id = $2 and state in ('waiting', 'running')`,
    [
      tx.tenant,
      id,
      ending.state,
      ending.state === 'done' ? JSON.stringify(ending.result, asNumber) : null,
      ending.state === 'failed' ? ending.problem : null,
      at,
    ],
  );
}
