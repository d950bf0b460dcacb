import type { Tx } from '../db/transact.ts';
import { digestDocument } from '../rules/digest-document.ts';
import type { RuleDocument } from '../rules/document.ts';
import type { ProgrammeId } from '../shared/id.ts';
import type { Day } from '../shared/time.ts';
import type { Cost } from './launch-bound.ts';

/** What a rule would have done to real history between two days, both included. */
export type Replay = {
  at: Date;
  by: string;
  firstDay: Day;
  lastDay: Day;
  activities: number;
  /** What the rule would have awarded, by asset. */
  cost: Cost;
};

/** Keeps what a finished replay of exactly this document said; a launch can then rest on it. */
export async function keepReplay(
  tx: Tx,
  programme: ProgrammeId,
  document: RuleDocument,
  replay: Replay,
): Promise<void> {
  await tx.query(
    `insert into rule_replay (tenant, programme, digest, at, by, first_day, last_day, activities, cost)
     values ($1, $2, decode($3, 'hex'), $4, $5, $6, $7, $8, $9) on conflict do nothing`,
    [
      tx.tenant,
      programme,
      digestDocument(document),
      replay.at,
      replay.by,
      replay.firstDay,
      replay.lastDay,
      replay.activities,
      JSON.stringify(replay.cost),
    ],
  );
}

/** The newest replay of exactly this document, or null. */
export async function replayOf(
  tx: Tx,
  programme: ProgrammeId,
  document: RuleDocument,
): Promise<Replay | null> {
  const rows = await tx.query<Omit<Replay, 'activities'> & { activities: bigint }>(
    `select r.at, r.by, r.first_day as "firstDay", r.last_day as "lastDay", r.activities, r.cost from rule_replay r
     where r.tenant = $1 and r.programme = $2 and r.digest = decode($3, 'hex') order by r.at desc limit 1`,
    [tx.tenant, programme, digestDocument(document)],
  );
  const [row] = rows;
  return row ? { ...row, activities: Number(row.activities) } : null;
}
