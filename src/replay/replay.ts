import { availableParallelism } from 'node:os';

import type { Login } from '../db/connect.ts';
import { withTenant, type Db, type Tx } from '../db/transact.ts';
import type { Programme } from '../network/programmes.ts';
import type { RuleDocument } from '../rules/document.ts';
import type { TenantId } from '../shared/id.ts';
import { addDays, momentAt, type Day } from '../shared/time.ts';
import { targetsOf } from '../progress/targets.ts';
import { openBooks, type Books } from './books.ts';
import { settleGoals, type GoalFrame } from './goals.ts';
import { openLimitedGoals } from './limited-goals.ts';
import { runMerged } from './merge.ts';
import { reachOf } from './reach.ts';
import { tellResult, type Told } from './result.ts';
import { addContribution } from './tally.ts';
import { startThread } from './threads.ts';
import { compareTiers } from './tiers.ts';

/** What to replay: history by the day of the event, both ends included, under the live rules with these among them. */
export type ReplayRequest = {
  tenant: TenantId;
  programme: Programme;
  documents: readonly RuleDocument[];
  firstDay: Day;
  lastDay: Day;
};

export type ReplayOptions = {
  /** Decides which periods of goals are over. */
  now: Date;
  /** How the threads reach the database. */
  login: Login;
  threads?: number;
  /** Hears how many versions of how many were evaluated. */
  onProgress?: (evaluated: number, expected: number) => void;
  /** Ends the replay with `ReplayStopped`. */
  signal?: AbortSignal;
};

/** Somebody ended the replay before it was done. */
export class ReplayStopped extends Error {}

/** `versions`: all that were evaluated, of activities before the period as well where those fill limits or count for goals. */
export type ReplayResult = Told & { firstDay: Day; lastDay: Day; versions: number; seconds: number };

const threadsMax = 8;

/**
 * Runs proposed rules over what really happened, with the facts as they were, and compares them with today's rules over
 * the same. Versions of activities are evaluated in the order in which they were recorded, so limits go to whoever came
 * first, as in life; what happened before the period fills those limits that began before it, and counts for goals that look
 * back. Nothing is posted.
 */
export async function replayRules(
  db: Db,
  { tenant, programme, documents, firstDay, lastDay }: ReplayRequest,
  { now, login, threads = Math.min(availableParallelism(), threadsMax), onProgress, signal }: ReplayOptions,
): Promise<ReplayResult> {
  const started = performance.now();
  const { id, timeZone } = programme;
  const { books, shards, period, judgedFrom, expected, frame } = await withTenant(db, tenant, async (tx) => {
    const opened = await openBooks(tx, id, documents);
    const reach = reachOf(opened, firstDay);
    const span = {
      programme: id,
      from: momentAt(reach.countedFrom, '00:00', timeZone),
      until: momentAt(addDays(lastDay, 1), '00:00', timeZone),
    };
    return {
      books: opened,
      period: span,
      judgedFrom: reach.judgedFrom,
      shards: (await hasMoved(tx, span)) ? 1 : threads,
      expected: await countVersions(tx, span),
      frame: { programme: id, timeZone, now, firstDay, lastDay, targets: await targetsSet(tx, opened) },
    };
  });
  const shared = { ...period, documents, judgedFrom, toldFrom: firstDay };
  const parts = Array.from({ length: shards }, (_, shard) =>
    startThread({ login, tenant, options: { ...shared, shard, shards } }),
  );
  const limited = openLimitedGoals(books, frame);
  let versions = 0;
  try {
    const { tally, holdings, exhausted } = await runMerged(
      parts.map(({ runner }) => runner),
      {
        onProgress(evaluated) {
          versions = evaluated;
          onProgress?.(evaluated, expected);
        },
        onSequenced: (some) => limited.follow(some),
        stopped() {
          if (signal?.aborted) throw new ReplayStopped('the replay was ended');
        },
      },
    );
    const { awards: more, exhausted: alsoExhausted } = limited.finish();
    const awards = [...settleGoals(books, holdings, frame), ...more];
    for (const one of awards) addContribution(tally, one, 1n);
    const told = await withTenant(db, tenant, async (tx) => {
      const tiers = await compareTiers(tx, programme, books, { holdings, awards }, frame);
      const came = { tally, exhausted: [...exhausted, ...alsoExhausted], tiers };
      return tellResult(tx, books, came, frame.targets);
    });
    return { firstDay, lastDay, ...told, versions, seconds: (performance.now() - started) / 1000 };
  } finally {
    await Promise.all(parts.map(({ end }) => end()));
  }
}

type Period = { programme: Programme['id']; from: Date; until: Date };

// Whoever has no part of the history to themselves cannot be evaluated apart from the others.
async function hasMoved(tx: Tx, { programme, from, until }: Period): Promise<boolean> {
  const rows = await tx.query(
    `select 1 from activity a join activity first on first.tenant = $1 and first.id = a.id and first.version = 1
     where a.tenant = $1 and a.programme = $2 and a.version > 1 and a.occurred_at >= $3 and a.occurred_at < $4
       and a.participant <> first.participant limit 1`,
    [tx.tenant, programme, from, until],
  );
  return rows.length > 0;
}

async function countVersions(tx: Tx, { programme, from, until }: Period): Promise<number> {
  const [row] = await tx.query<{ count: bigint }>(
    `select count(*) from activity a
     where a.tenant = $1 and a.programme = $2 and a.occurred_at >= $3 and a.occurred_at < $4`,
    [tx.tenant, programme, from, until],
  );
  return Number(row!.count);
}

// As they are set now; whoever's they are.
async function targetsSet(tx: Tx, { goals }: Books): Promise<GoalFrame['targets']> {
  const rules = [...goals.live, ...goals.proposed].map(({ rule }) => rule);
  return Map.groupBy(await targetsOf(tx, rules, null), ({ subject }) => subject);
}
