import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { readConfig } from '../../src/config.ts';
import type { Config } from '../../src/config.ts';
import { outletCode, programmeCode } from '../activities/network.ts';
import { rulesCount } from '../activities/rules.ts';
import { saleCalls } from '../activities/sales.ts';
import { seededChance } from '../chance.ts';
import { judgeGoals } from '../document.ts';
import type { BenchDocument, BenchOptions, Goal } from '../document.ts';
import { describeMachine } from '../machine.ts';
import { tell } from '../progress.ts';
import { interleave, speedOf, speedRatio, type Candidate } from '../rounds.ts';
import { withDb, withScratch, type Scratch } from '../scratch.ts';
import { requestsAtOnce, sendCalls, startServer, type Call } from '../server.ts';
import { percentile, rounded } from '../statistics.ts';
import { askedDay, daysBought, makeBook } from './book.ts';

/** What is aimed at, on two cores that do nothing else. */
const goals = {
  quoteP99Ms: { what: 'quotes over HTTP, 99 of 100 answered within ms', atMost: 150 },
  quoteWhileRecordingP99Ms: { what: 'the same while sales are recorded over HTTP', atMost: 150 },
} as const satisfies Record<string, Goal>;

/** `outlets`: each has a volume that is counted. */
export type Plan = { outlets: number; rounds: number; seconds: number };

const plans: Record<'quick' | 'full', Plan> = {
  quick: { outlets: 5000, rounds: 2, seconds: 2 },
  full: { outlets: 100_000, rounds: 5, seconds: 5 },
};
const bytesPerOutlet = 30_000;
/** Requests at the same time of those who record while others ask. */
const recordersAtOnce = 8;

/** Measures asking for a discount over HTTP. `size`: outlets. */
export async function benchQuote({ quick, size }: BenchOptions): Promise<BenchDocument> {
  const usual = plans[quick ? 'quick' : 'full'];
  return measureQuote(readConfig(), { ...usual, outlets: size ?? usual.outlets }, quick);
}

/** The same with any plan. */
export async function measureQuote(config: Config, plan: Plan, quick: boolean): Promise<BenchDocument> {
  const gigabytes = Math.ceil(2 + (plan.outlets * bytesPerOutlet) / 1e9);
  return withScratch(config, { gigabytes }, async (scratch) => {
    const machine = await describeMachine(scratch.admin);
    const { ratios, figures } = await measureAll(scratch, plan);
    return {
      bench: 'quote',
      quick,
      ratios,
      figures,
      goals: judgeGoals(goals, { ...ratios, ...figures }),
      sizes: {
        outlets: plan.outlets,
        countedDays: plan.outlets * daysBought,
        rules: rulesCount,
        requestsAtOnce,
        recordersAtOnce,
        rounds: plan.rounds,
        secondsPerSlice: plan.seconds,
      },
      machine,
    };
  });
}

async function measureAll(scratch: Scratch, plan: Plan) {
  const base = await scratch.create();
  tell(`filling a book of ${plan.outlets} outlets that bought on ${daysBought} days each`);
  const key = await withDb(base, (db) => makeBook(base, db, plan.outlets));
  const folder = mkdtempSync(path.join(tmpdir(), 'mitra-bench-server-'));
  const server = await startServer(base, folder);
  try {
    const quotes = quoteCalls(plan.outlets, 1);
    const sales = saleCalls(plan.outlets, 2);
    const asking =
      (next: () => Call): Candidate =>
      async (seconds) => {
        const sent = await sendCalls(server.url, key, { next, seconds });
        return { ...sent, done: sent.latenciesMs.length, cpuSeconds: null };
      };
    const busy: Candidate = async (seconds) => {
      const recording = sendCalls(server.url, key, { next: sales, seconds, atOnce: recordersAtOnce });
      const [slice] = await Promise.all([asking(quotes)(seconds), recording]);
      return slice;
    };
    tell('quotes, against the smallest question, and while sales are recorded, in turn');
    const slices = await interleave({ quotes: asking(quotes), floor: asking(floorCall), busy }, plan);
    const latencies = (of: keyof typeof slices) => slices[of].flatMap(({ latenciesMs = [] }) => latenciesMs);
    return {
      ratios: {
        quoteVsFloor: rounded(speedRatio(slices.quotes, slices.floor)),
        whileRecordingVsAlone: rounded(speedRatio(slices.busy, slices.quotes)),
      },
      figures: {
        quotePerSecond: rounded(speedOf(slices.quotes)),
        quoteP50Ms: rounded(percentile(latencies('quotes'), 0.5)),
        quoteP99Ms: rounded(percentile(latencies('quotes'), 0.99)),
        quoteWhileRecordingP99Ms: rounded(percentile(latencies('busy'), 0.99)),
        floorPerSecond: rounded(speedOf(slices.floor)),
        floorP99Ms: rounded(percentile(latencies('floor'), 0.99)),
      },
    };
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A key that asks who it is: what any request costs that must know who asks. */
const floorCall = (): Call => ({ method: 'GET', path: 'keys/current', status: 200 });

function quoteCalls(outlets: number, seed: number): () => Call {
  const chance = seededChance(seed);
  return () => ({
    method: 'POST',
    path: `quotes?programme=${programmeCode}`,
    body: { outlet: outletCode(chance(outlets)), amountMinor: 1_000_000 + chance(9_000_000), day: askedDay },
    status: 200,
  });
}
