import { availableParallelism } from 'node:os';

import type { Login } from '../db/connect.ts';
import { withTenant, type Db, type Tx } from '../db/transact.ts';
import { participantsByIds } from '../network/participants.ts';
import type { Programme } from '../network/programmes.ts';
import type { RuleDocument } from '../rules/document.ts';
import { liveRules } from '../rules/read-rules.ts';
import { ruleIdOf } from '../rules/save-rule.ts';
import type { ParticipantId, TenantId } from '../shared/id.ts';
import { addDays, momentAt, weekdayOf, type Day } from '../shared/time.ts';
import { periodOf } from '../progress/period.ts';
import { isReplayed } from './goals.ts';
import { runMerged, type Exhausted, type Runner } from './merge.ts';
import { groupings, keyOf, partsOf, type Grouping, type Sums, type Tally } from './tally.ts';
import { startThread } from './threads.ts';

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

/** Units that today's and the proposed rules award. */
export type Compared = { name: string; asset: string } & Sums;

/** What somebody would get more or less. */
export type Change = { participant: ParticipantId; code: string; personName: string; asset: string } & Sums;

export type ReplayResult = {
  firstDay: Day;
  lastDay: Day;
  /** Activities that count in the end, and all versions that were evaluated. */
  activities: number;
  versions: number;
  totals: Compared[];
  by: Record<Grouping, Compared[]>;
  participants: { winners: number; losers: number; unchanged: number; most: Change[]; least: Change[] };
  /** When a limit that participants share was used up under the proposed rules; `period` as the limit counts. */
  exhausted: { rule: string; period: string; day: Day }[];
  /** Rules with goals that a replay cannot judge: of outlets and partners, with own targets, in a row, growth, under limits. */
  withoutGoals: string[];
  seconds: number;
};

const threadsMax = 8;
/** Those who gain or lose most are named; of the others it is said how many there are. */
const namedMax = 10;

/**
 * Runs proposed rules over what really happened, with the facts as they were, and compares them with today's rules over
 * the same. Versions of activities are evaluated in the order in which they were recorded, so limits go to whoever came
 * first, as in life; what happened before the period fills those limits that began before it. Nothing is posted.
 */
export async function replayRules(
  db: Db,
  { tenant, programme, documents, firstDay, lastDay }: ReplayRequest,
  { now, login, threads = Math.min(availableParallelism(), threadsMax), onProgress, signal }: ReplayOptions,
): Promise<ReplayResult> {
  const started = performance.now();
  const from = await withTenant(db, tenant, (tx) => limitsBegin(tx, programme, documents, firstDay));
  const period = {
    programme: programme.id,
    from: momentAt(from, '00:00', programme.timeZone),
    until: momentAt(addDays(lastDay, 1), '00:00', programme.timeZone),
  };
  const { shards, expected } = await withTenant(db, tenant, async (tx) => ({
    shards: (await hasMoved(tx, period)) ? 1 : threads,
    expected: await countVersions(tx, period),
  }));
  const { timeZone } = programme;
  const shared = { ...period, documents, firstDay, timeZone, now };
  const parts = Array.from({ length: shards }, (_, shard) =>
    startThread({ login, tenant, options: { ...shared, shard, shards } }),
  );
  let versions = 0;
  try {
    const { tally, exhausted } = await runMerged(
      parts.map(({ runner }): Runner => runner),
      ({ evaluated }) => {
        versions = evaluated;
        onProgress?.(evaluated, expected);
      },
      () => {
        if (signal?.aborted) throw new ReplayStopped('the replay was ended');
      },
    );
    return await withTenant(db, tenant, async (tx) => ({
      firstDay,
      lastDay,
      ...(await tellResult(tx, programme, documents, tally, exhausted)),
      versions,
      seconds: (performance.now() - started) / 1000,
    }));
  } finally {
    await Promise.all(parts.map(({ end }) => end()));
  }
}

// The first day on which the longest limit or goal that reaches into the period began to count.
async function limitsBegin(
  tx: Tx,
  programme: Programme,
  documents: readonly RuleDocument[],
  firstDay: Day,
): Promise<Day> {
  const { rules } = await liveRules(tx, programme.id);
  const all = [...rules.map(({ document }) => document), ...documents];
  const limits = all.flatMap((each) => each.limits ?? []);
  const begins = limits.map(({ per }) => {
    if (per === 'programme') return '2000-01-01';
    if (per === 'month') return `${firstDay.slice(0, 7)}-01`;
    return per === 'week' ? addDays(firstDay, 1 - weekdayOf(firstDay)) : firstDay;
  });
  const goals = all.flatMap((each) =>
    each.goal && isReplayed(each) ? [periodOf(each.goal.per, firstDay, each.scope).first] : [],
  );
  return [firstDay, ...begins, ...goals].toSorted()[0]!;
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

type Told = Omit<ReplayResult, 'firstDay' | 'lastDay' | 'versions' | 'seconds'>;

async function tellResult(
  tx: Tx,
  programme: Programme,
  documents: readonly RuleDocument[],
  tally: Tally,
  exhausted: readonly Exhausted[],
): Promise<Told> {
  const { rules } = await liveRules(tx, programme.id);
  const codes = new Map<string, string>([
    ...rules.map(({ id, document }) => [id, document.code] as const),
    ...documents.map(({ code }) => [ruleIdOf(tx, programme.id, code), code] as const),
  ]);
  const replaced = new Set(documents.map(({ code }) => code));
  const proposed = [
    ...rules.map(({ document }) => document).filter(({ code }) => !replaced.has(code)),
    ...documents,
  ];
  return {
    activities: tally.activities,
    totals: [...tally.totals].map(([asset, sums]) => ({ name: '', asset, ...sums })),
    by: Object.fromEntries(groupings.map((name) => [name, compared(tally.groups[name])])) as Told['by'],
    participants: await tellParticipants(tx, tally.participants),
    exhausted: exhausted
      .filter(({ world }) => world === 'proposed')
      .map(({ name, day }) => {
        // As `usageName` writes it: rule, subject, asset, period.
        const [rule = '', , , ...period] = name.split(' ');
        return { rule: codes.get(rule) ?? rule, period: period.join(' '), day };
      })
      .toSorted((a, b) => (a.day < b.day ? -1 : 1)),
    withoutGoals: [
      ...new Set(proposed.filter((each) => each.goal && !isReplayed(each)).map(({ code }) => code)),
    ].toSorted(),
  };
}

function compared(sums: ReadonlyMap<string, Sums>): Compared[] {
  return [...sums]
    .filter(([, { live, proposed }]) => live !== 0n || proposed !== 0n)
    .map(([key, { live, proposed }]) => {
      const [name, asset] = partsOf(key);
      return { name, asset, live, proposed };
    })
    .toSorted((a, b) => (keyOf(a.name, a.asset) < keyOf(b.name, b.asset) ? -1 : 1));
}

async function tellParticipants(
  tx: Tx,
  sums: ReadonlyMap<string, Sums>,
): Promise<ReplayResult['participants']> {
  const changes: ({ participant: ParticipantId; asset: string; difference: bigint } & Sums)[] = [];
  const people = new Map<string, bigint>();
  for (const [key, { live, proposed }] of sums) {
    const [participant, asset] = partsOf(key) as [ParticipantId, string];
    const difference = proposed - live;
    const before = people.get(participant) ?? 0n;
    people.set(participant, before + (difference > 0n ? 1n : difference < 0n ? -1n : 0n));
    if (difference !== 0n) changes.push({ participant, asset, live, proposed, difference });
  }
  changes.sort((a, b) => (a.difference > b.difference ? -1 : Number(a.difference < b.difference)));
  const most = changes.filter(({ difference }) => difference > 0n).slice(0, namedMax);
  const least = changes
    .filter(({ difference }) => difference < 0n)
    .slice(-namedMax)
    .toReversed();
  const named = await participantsByIds(
    tx,
    [...most, ...least].map(({ participant }) => participant),
  );
  const nameOf = new Map(named.map((one) => [one.id, one]));
  const told = ({ participant, asset, live, proposed }: (typeof changes)[number]): Change => {
    const { code = '', name: personName = '' } = nameOf.get(participant) ?? {};
    return { participant, code, personName, asset, live, proposed };
  };
  const signs = [...people.values()];
  return {
    winners: signs.filter((sign) => sign > 0n).length,
    losers: signs.filter((sign) => sign < 0n).length,
    unchanged: signs.filter((sign) => sign === 0n).length,
    most: most.map(told),
    least: least.map(told),
  };
}
