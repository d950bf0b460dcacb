import { readConfig } from '../../src/config.ts';
import type { Config } from '../../src/config.ts';
import { withTenant } from '../../src/db/transact.ts';
import { programmeByCode } from '../../src/network/programmes.ts';
import { replayRules, type ReplayResult } from '../../src/replay/replay.ts';
import type { RuleDocument } from '../../src/rules/document.ts';
import { makeNetwork, programmeCode, tenant } from '../activities/network.ts';
import { conditionsPerRule, ruleDocuments, rulesCount } from '../activities/rules.ts';
import { judgeGoals } from '../document.ts';
import type { BenchDocument, BenchOptions, Goal } from '../document.ts';
import { describeMachine } from '../machine.ts';
import { tell } from '../progress.ts';
import { withDb, withScratch, type Base, type Scratch } from '../scratch.ts';
import { rounded } from '../statistics.ts';
import { firstDay, lastDay, linesPerActivity, makeHistory } from './history.ts';

/** What is aimed at, on two cores that do nothing else. */
const goals = {
  seconds: { what: 'seconds for the whole history, today’s rules and the proposed ones', atMost: 60 },
  activities: { what: 'activities in that history', atLeast: 1_000_000 },
  memoryVsTenth: { what: 'memory at its highest, times that for a tenth of the history', atMost: 1.3 },
} as const satisfies Record<string, Goal>;

export type Plan = { activities: number; outlets: number };

const plans: Record<'quick' | 'full', Plan> = {
  quick: { activities: 30_000, outlets: 3000 },
  full: { activities: 1_000_000, outlets: 20_000 },
};
const bytesPerActivity = 4000;
/** How often memory is looked at. */
const lookEveryMs = 50;

/** Measures a replay of a proposed rule with a budget over a quarter. `size`: activities. */
export async function benchReplay({ quick, size }: BenchOptions): Promise<BenchDocument> {
  const usual = plans[quick ? 'quick' : 'full'];
  return measureReplay(readConfig(), { ...usual, activities: size ?? usual.activities }, quick);
}

/** The same with any plan. */
export async function measureReplay(config: Config, plan: Plan, quick: boolean): Promise<BenchDocument> {
  const gigabytes = Math.ceil(2 + (plan.activities * bytesPerActivity) / 1e9);
  return withScratch(config, { gigabytes }, async (scratch) => {
    const machine = await describeMachine(scratch.admin);
    const { tenth, whole, one } = await measureAll(scratch, plan);
    const figures = {
      activities: whole.result.activities,
      rules: rulesCount,
      seconds: rounded(whole.result.seconds),
      rssMb: rounded(whole.rssMb),
      rssMbForTenth: rounded(tenth.rssMb),
      activitiesPerSecond: rounded(whole.result.activities / whole.result.seconds),
      secondsInOneThread: rounded(one.result.seconds),
    };
    const ratios = {
      memoryVsTenth: rounded(whole.rssMb / tenth.rssMb),
      threadsVsOne: rounded(one.result.seconds / whole.result.seconds),
      timeVsTenth: rounded(whole.result.seconds / tenth.result.seconds),
    };
    return {
      bench: 'replay',
      quick,
      ratios,
      figures,
      goals: judgeGoals(goals, { ...ratios, ...figures }),
      sizes: {
        activities: plan.activities,
        linesPerActivity,
        outlets: plan.outlets,
        rules: rulesCount,
        conditionsPerRule,
        days: 90,
      },
      machine,
    };
  });
}

type Measured = { result: ReplayResult; rssMb: number };

async function measureAll(scratch: Scratch, { activities, outlets }: Plan) {
  const few = await scratch.create();
  tell(`a quarter with ${activities / 10} activities`);
  const tenth = await measureOne(few, activities / 10, outlets);
  await scratch.drop(few);
  const many = await scratch.create();
  tell(`a quarter with ${activities} activities`);
  const whole = await measureOne(many, activities, outlets);
  tell('the same in one thread');
  const one = await replayOnce(many, 1);
  return { tenth, whole, one };
}

async function measureOne(base: Base, activities: number, outlets: number): Promise<Measured> {
  await withDb(base, async (db) => {
    await makeNetwork(base, db, outlets);
    await makeHistory(base, db, activities, outlets);
  });
  tell('replay');
  const measured = await replayOnce(base);
  if (measured.result.activities !== activities)
    throw new Error(`${measured.result.activities} of ${activities} activities were replayed`);
  return measured;
}

function replayOnce(base: Base, threads?: number): Promise<Measured> {
  return withDb(base, async (db) => {
    const programme = (await withTenant(db, tenant, (tx) => programmeByCode(tx, programmeCode)))!;
    let rss = 0;
    const look = () => (rss = Math.max(rss, process.memoryUsage.rss()));
    const timer = setInterval(look, lookEveryMs);
    try {
      const result = await replayRules(
        db,
        { tenant, programme, documents: [proposal()], firstDay, lastDay },
        {
          now: new Date(),
          login: base.logins.worker,
          onProgress: look,
          ...(threads !== undefined && { threads }),
        },
      );
      return { result, rssMb: rss / 1e6 };
    } finally {
      clearInterval(timer);
    }
  });
}

// A category pays twice as much, from a budget for each month that everybody shares.
function proposal(): RuleDocument {
  const document = ruleDocuments()[2]!;
  return {
    ...document,
    effects: [{ kind: 'award', leg: 'main', asset: 'points', per: 'quantity', stepMilli: 1000, units: 6 }],
    limits: [{ of: 'rule', per: 'month', asset: 'points', units: 5000, over: 'partial' }],
  };
}
