import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { withClient } from '../../src/db/connect.ts';
import { readConfig } from '../../src/config.ts';
import type { Config } from '../../src/config.ts';
import { judgeGoals } from '../document.ts';
import type { BenchDocument, BenchOptions, Goal } from '../document.ts';
import { describeMachine } from '../machine.ts';
import { tell } from '../progress.ts';
import { cpuSpeedOf, cpuSpeedRatio, interleave, speedOf, speedRatio } from '../rounds.ts';
import { requestsAtOnce, sendCalls, startServer } from '../server.ts';
import { withDb, withScratch, type Base, type Scratch } from '../scratch.ts';
import { percentile, rounded } from '../statistics.ts';
import { batchesAtOnce, batchSize, effectsOf, inserting, receiving, type Feed } from './batches.ts';
import { makeFloor } from './floor.ts';
import { makeNetwork, openFeed } from './network.ts';
import { conditionsPerRule, rulesCount } from './rules.ts';
import { linesPerSale, saleCalls } from './sales.ts';

/** What is aimed at, on two cores that do nothing else. */
const goals = {
  batchPerSecond: { what: `verified activities a second in batches of ${batchSize}`, atLeast: 5000 },
  httpPerSecond: { what: 'single requests a second over HTTP', atLeast: 1000 },
  httpP99Ms: { what: 'the same, 99 of 100 answered within ms', atMost: 150 },
  at2MVs10k: { what: 'time for an activity with 2 M outlets, times as long as with 10 k', atMost: 2 },
} as const satisfies Record<string, Goal>;

/** `outlets`: in the small network; the large one has two hundred times as many. */
export type Plan = { small: number; large: number; rounds: number; seconds: number; httpSeconds: number };

const plans: Record<'quick' | 'full', Plan> = {
  quick: { small: 2000, large: 20_000, rounds: 2, seconds: 1.5, httpSeconds: 4 },
  full: { small: 10_000, large: 2_000_000, rounds: 5, seconds: 5, httpSeconds: 20 },
};
const bytesPerOutlet = 3000;

/** Measures what it takes to record activities, with everything that follows. `size`: outlets in the large network. */
export async function benchActivities({ quick, size }: BenchOptions): Promise<BenchDocument> {
  const usual = plans[quick ? 'quick' : 'full'];
  return measureActivities(readConfig(), { ...usual, large: size ?? usual.large }, quick);
}

/** The same with any plan. */
export async function measureActivities(config: Config, plan: Plan, quick: boolean): Promise<BenchDocument> {
  const gigabytes = Math.ceil(2 + (plan.large * bytesPerOutlet) / 1e9);
  return withScratch(config, { gigabytes }, async (scratch) => {
    const machine = await describeMachine(scratch.admin);
    const measured = await measureAll(scratch, plan);
    const ratios = roundAll(measured.ratios);
    const figures = roundAll(measured.figures);
    return {
      bench: 'activities',
      quick,
      ratios,
      figures,
      goals: judgeGoals(goals, { ...ratios, ...figures }),
      sizes: {
        batch: batchSize,
        batchesAtOnce,
        linesPerActivity: linesPerSale,
        rules: rulesCount,
        conditionsPerRule,
        requestsAtOnce,
        rounds: plan.rounds,
        secondsPerSlice: plan.seconds,
        outletsAt10k: plan.small,
        outletsAt2M: plan.large,
      },
      machine,
    };
  });
}

async function measureAll(scratch: Scratch, plan: Plan) {
  const [small, large] = [await scratch.create(), await scratch.create()];
  return withDb(small, (smallDb) =>
    withDb(large, async (largeDb) => {
      tell(`filling networks of ${plan.small} and ${plan.large} outlets`);
      const feed = async (base: Base, db: Feed['db'], outlets: number, seed: number): Promise<Feed> => ({
        base,
        db,
        staff: await makeNetwork(base, db, outlets),
        outlets,
        seed,
      });
      const few = await feed(small, smallDb, plan.small, 1);
      const many = await feed(large, largeDb, plan.large, 2);
      await makeFloor(small);
      for (const base of [small, large]) await countRows(base);
      tell('batches, against the bare insert and the large network, in turn');
      const slices = await interleave(
        { batches: receiving(few), floor: inserting({ ...few, seed: 3 }), large: receiving(many) },
        plan,
      );
      const effects = await effectsOf(few);
      await countRows(small);
      tell('single requests over HTTP');
      const http = await measureRequests(few, plan);
      return {
        ratios: {
          batchVsFloor: speedRatio(slices.batches, slices.floor),
          batchVsFloorCpu: cpuSpeedRatio(slices.batches, slices.floor),
          at2MVs10k: 1 / speedRatio(slices.large, slices.batches),
          at2MVs10kCpu: 1 / cpuSpeedRatio(slices.large, slices.batches),
        },
        figures: {
          batchPerSecond: speedOf(slices.batches),
          batchPerCpuSecond: cpuSpeedOf(slices.batches),
          batchPerSecondAt2M: speedOf(slices.large),
          floorPerSecond: speedOf(slices.floor),
          ...http,
          transfersPerActivity: effects.transfers,
          awardsPerActivity: effects.awards,
        },
      };
    }),
  );
}

/** What autovacuum does by itself some seconds after a table has grown; here it grows in less. */
function countRows(base: Base): Promise<unknown> {
  return withClient(base.logins.admin, (client) => client.query('analyze'));
}

async function measureRequests(feed: Feed, { httpSeconds }: Plan) {
  const folder = mkdtempSync(path.join(tmpdir(), 'mitra-bench-server-'));
  const server = await startServer(feed.base, folder);
  try {
    const token = await openFeed(feed.db, feed.staff);
    const { outlets } = feed;
    await sendCalls(server.url, token, { next: saleCalls(outlets, 4), seconds: httpSeconds / 4 });
    const { seconds, latenciesMs } = await sendCalls(server.url, token, {
      next: saleCalls(outlets, 5),
      seconds: httpSeconds,
    });
    return {
      httpPerSecond: latenciesMs.length / seconds,
      httpP50Ms: percentile(latenciesMs, 0.5),
      httpP99Ms: percentile(latenciesMs, 0.99),
    };
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function roundAll<Name extends string>(figures: Record<Name, number>): Record<Name, number | null> {
  return Object.fromEntries(
    Object.entries<number>(figures).map(([name, value]) => [name, rounded(value)]),
  ) as Record<Name, number | null>;
}
