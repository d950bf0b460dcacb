import assert from 'node:assert/strict';

import type { Tx } from '../db/transact.ts';
import { evaluate, usageWanted } from './evaluate.ts';
import {
  usageName,
  type Evaluation,
  type Subject,
  type Usage,
  type UsageKey,
  type Use,
} from './evaluation.ts';
import type { RuleBook } from './select.ts';

/**
 * Evaluates under the rules' limits, inside the transaction that posts the awards: what the awards use is compared under lock
 * with what was there when they were judged, and written before the transaction ends, so that of many at once only as many
 * are paid as the limit allows. `previous` are the evaluations of earlier versions of these activities: what they used is
 * given back first. Give each activity once, in its newest version.
 */
export async function evaluateUnderLimits(
  tx: Tx,
  book: RuleBook,
  subjects: readonly Subject[],
  previous: readonly Evaluation[] = [],
): Promise<Evaluation[]> {
  const ids = new Set(subjects.map(({ activity }) => activity.id));
  assert(ids.size === subjects.length, 'an activity is evaluated once, in its newest version');
  const givenBack = previous.flatMap(({ uses }) => uses);
  const judge = (usage: Usage) =>
    evaluate(book, subjects, { usage: without(usage, givenBack), consider: 'candidates' });
  const wanted = [...usageWanted(book, subjects), ...givenBack];
  // What all share is locked at once, for somebody else is always there. What is somebody's own is read, and only what the
  // awards use of it is locked: most limits that are asked for are used by nothing.
  const shared = await lockUsage(tx, wanted.filter(isShared));
  const own = wanted.filter((key) => !isShared(key));
  const read = new Map([...shared, ...(await readUsage(tx, own))]);
  const presumed = judge(read);
  const used = [...usesOf(presumed), ...givenBack].filter((key) => !isShared(key));
  if (await lockAsRead(tx, used, read)) {
    await addUsage(tx, usesOf(presumed), givenBack);
    return presumed;
  }
  const evaluations = judge(new Map([...shared, ...(await lockUsage(tx, own))]));
  await addUsage(tx, usesOf(evaluations), givenBack);
  return evaluations;
}

/** A limit on everybody together: its subject is the rule. */
function isShared({ rule, subject }: UsageKey): boolean {
  return subject === rule;
}

function usesOf(evaluations: readonly Evaluation[]): Use[] {
  return evaluations.flatMap(({ uses }) => uses);
}

/** Locks these and answers true; where somebody has changed one since it was read, locks nothing and answers false. */
async function lockAsRead(tx: Tx, keys: readonly UsageKey[], read: Usage): Promise<boolean> {
  if (keys.length === 0) return true;
  try {
    await tx.savepoint(async () => {
      for (const [name, units] of await lockUsage(tx, keys))
        if (units !== (read.get(name) ?? 0n)) throw new Overtaken();
    });
    return true;
  } catch (error) {
    if (error instanceof Overtaken) return false;
    throw error;
  }
}

class Overtaken extends Error {}

/** Units granted so far, as they stand and without waiting for anybody: for what posts nothing. */
export async function readUsage(tx: Tx, wanted: readonly UsageKey[]): Promise<Usage> {
  if (wanted.length === 0) return new Map();
  const rows = await tx.query<Use>(
    `select u.rule, u.subject, u.asset, u.period, u.units
     from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[]) as k (rule, subject, asset, period)
     join rule_usage u on u.tenant = $1 and u.rule = k.rule and u.subject = k.subject and u.asset = k.asset
       and u.period = k.period`,
    [tx.tenant, ...columnsOf(wanted)],
  );
  return new Map(rows.map((row) => [usageName(row), row.units]));
}

/** Units granted so far; the rows stay locked until the transaction ends, in one order for everybody. */
export async function lockUsage(tx: Tx, wanted: readonly UsageKey[]): Promise<Usage> {
  const keys = [...new Map(wanted.map((key) => [usageName(key), key])).values()];
  if (keys.length === 0) return new Map();
  const values = [tx.tenant, ...columnsOf(keys)];
  await tx.query(
    `insert into rule_usage (tenant, rule, subject, asset, period)
     select $1, k.rule, k.subject, k.asset, k.period
     from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[]) as k (rule, subject, asset, period)
     order by k.rule, k.subject, k.asset collate "C", k.period collate "C"
     on conflict do nothing`,
    values,
    { name: 'usage-keys' },
  );
  // A statement of its own: only a new one sees what those have written who held the rows before.
  const rows = await tx.query<Use>(
    `select u.rule, u.subject, u.asset, u.period, u.units
     from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[]) as k (rule, subject, asset, period)
     join rule_usage u on u.tenant = $1 and u.rule = k.rule and u.subject = k.subject and u.asset = k.asset
       and u.period = k.period
     order by u.rule, u.subject, u.asset collate "C", u.period collate "C" for update of u`,
    values,
    { name: 'usage-lock' },
  );
  return new Map(rows.map((row) => [usageName(row), row.units]));
}

/** Notes what awards use and what earlier ones give back. Call it after `lockUsage` with the same keys. */
export async function addUsage(tx: Tx, used: readonly Use[], givenBack: readonly Use[] = []): Promise<void> {
  const changes = new Map<string, Use>();
  const add = (use: Use, by: bigint) => {
    const name = usageName(use);
    changes.set(name, { ...use, units: (changes.get(name)?.units ?? 0n) + by });
  };
  for (const use of used) add(use, use.units);
  for (const use of givenBack) add(use, -use.units);
  const rows = [...changes.values()].filter(({ units }) => units !== 0n);
  if (rows.length === 0) return;
  await tx.query(
    `update rule_usage u set units = u.units + k.units
     from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::bigint[])
       as k (rule, subject, asset, period, units)
     where u.tenant = $1 and u.rule = k.rule and u.subject = k.subject and u.asset = k.asset and u.period = k.period`,
    [tx.tenant, ...columnsOf(rows), rows.map(({ units }) => units)],
    { name: 'usage-add' },
  );
}

/** The usage as it was before these were granted. */
export function without(usage: Usage, givenBack: readonly Use[]): Usage {
  const rest = new Map(usage);
  for (const use of givenBack) rest.set(usageName(use), (rest.get(usageName(use)) ?? 0n) - use.units);
  return rest;
}

function columnsOf(keys: readonly UsageKey[]): string[][] {
  return [
    keys.map(({ rule }) => rule),
    keys.map(({ subject }) => subject),
    keys.map(({ asset }) => asset),
    keys.map(({ period }) => period),
  ];
}
