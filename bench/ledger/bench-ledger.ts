import { readConfig } from '../../src/config.ts';
import type { Config } from '../../src/config.ts';
import { judgeGoals } from '../document.ts';
import type { BenchDocument, BenchOptions, Figures, Goal } from '../document.ts';
import { describeMachine } from '../machine.ts';
import { tell } from '../progress.ts';
import { withDb, withScratch } from '../scratch.ts';
import type { Scratch } from '../scratch.ts';
import { rounded } from '../statistics.ts';
import { membersAt, openBook, openMembers, transfersPerMember } from './book.ts';
import { goodsPerPoint, measureGoods } from './goods.ts';
import { measureGrowth } from './growth.ts';
import { batchSizes, callersAtOnce, connections, measurePeers } from './peers.ts';
import type { Peers } from './peers.ts';
import { pageSize } from './reads.ts';

/** What is aimed at, on two cores that do nothing else. */
const goals = {
  batchVsFloor: { what: 'batches of 1000, times the speed of only inserting the same rows', atLeast: 0.5 },
  batchVsNaive: { what: 'batches, times the speed of a naive ledger of seven round trips', atLeast: 30 },
  hotVsRandom: { what: 'batches on one hot account, times the speed on random accounts', atLeast: 0.8 },
  hotSinglesPerSecond: { what: '256 concurrent single calls on one hot account, a second', atLeast: 10_000 },
  hotSinglesP99Ms: { what: 'the same, 99 of 100 calls answered within ms', atMost: 50 },
  bytesPerTransfer: { what: 'bytes on disk for a transfer, indexes included', atMost: 260 },
  readAt20MVs1M: { what: 'slowest of eight reads at 20 M transfers, times as long as at 1 M', atMost: 2 },
  speedAt20MVs1M: { what: 'posting at 20 M transfers, times the speed at 1 M', atLeast: 0.8 },
} as const satisfies Record<string, Goal>;

/**
 * Sizes and times. `large`: transfers in the large book, twenty times as many as in the small one. `seconds`: of one slice;
 * each candidate has as many as there are rounds.
 */
export type Plan = { large: number; goods: number; rounds: number; seconds: number; fillMinutes: number };

const plans: Record<'quick' | 'full', Omit<Plan, 'fillMinutes'>> = {
  quick: { large: 60_000, goods: 1000, rounds: 2, seconds: 0.3 },
  full: { large: 20_000_000, goods: 50_000, rounds: 5, seconds: 4 },
};
/** From 1 M to 20 M transfers. */
const growthFactor = 20;
const gigabytesPerMillion = 0.6;
const gigabytesAtLeast = 2;

/** Measures the ledger. `size`: transfers in the large book, twenty times as many as in the small one; `minutes`: to fill it. */
export async function benchLedger({ quick, size, minutes }: BenchOptions): Promise<BenchDocument> {
  const usual = plans[quick ? 'quick' : 'full'];
  const plan = { ...usual, large: size ?? usual.large, fillMinutes: minutes ?? Infinity };
  return measureLedger(readConfig(), plan, quick);
}

/** The same with any plan. */
export async function measureLedger(config: Config, plan: Plan, quick: boolean): Promise<BenchDocument> {
  const gigabytes = Math.ceil(gigabytesAtLeast + (plan.large / 1e6) * gigabytesPerMillion);
  return withScratch(config, { gigabytes }, async (scratch) => {
    const machine = await describeMachine(scratch.admin);
    const { ratios, figures, sizes } = await measureAll(scratch, plan);
    return {
      bench: 'ledger',
      quick,
      ratios,
      figures,
      goals: judgeGoals(goals, { ...ratios, ...figures }),
      sizes,
      machine,
    };
  });
}

async function comparePeers(scratch: Scratch, plan: Plan & { small: number }): Promise<Peers> {
  const base = await scratch.create();
  const peers = await withDb(base, async (db) => {
    const book = await openBook(db, 1);
    await openMembers(db, book, membersAt(plan.small));
    tell(`${book.members.length} members; posting against the floor and the peers, in turn`);
    return measurePeers(base, db, book, plan);
  });
  await scratch.drop(base);
  return peers;
}

async function measureAll(scratch: Scratch, sizes: Plan) {
  const plan = { ...sizes, small: Math.ceil(sizes.large / growthFactor) };
  const peers = await comparePeers(scratch, plan);
  tell(`filling to ${plan.small} and ${plan.large} transfers`);
  const grown = await measureGrowth(scratch, plan);
  tell('points beside goods');
  const pointsBesideGoods = await measureGoods(scratch, { ...plan, points: plan.goods });
  const { speedAt20MVs1M, readAt20MVs1M, atSmall, atLarge } = grown;
  return {
    ratios: roundAll({ ...peers.ratios, speedAt20MVs1M, readAt20MVs1M }) as BenchDocument['ratios'],
    figures: roundAll({
      ...peers.figures,
      bytesPerTransfer: atLarge.bytesPerTransfer,
      bytesPerTransferAt1M: atSmall.bytesPerTransfer,
      bytesPerTransferOf: atLarge.more,
      ...grown.figures,
      pointsBesideGoods,
    }),
    sizes: {
      batch: batchSizes.usual,
      batchLarge: batchSizes.large,
      peerConnections: connections,
      concurrentSingles: callersAtOnce,
      rounds: plan.rounds,
      secondsPerSlice: plan.seconds,
      transfersAt1M: atSmall.transfers,
      transfersAt20M: atLarge.transfers,
      accountsAt1M: atSmall.accounts,
      accountsAt20M: atLarge.accounts,
      transfersPerMember,
      statementPage: pageSize,
      pointsTransfersBesideGoods: plan.goods,
      goodsTransfersBesidePoints: plan.goods * goodsPerPoint,
    },
  };
}

function roundAll(figures: Figures): Figures {
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [
      name,
      value !== null && typeof value === 'object' ? roundAll(value) : rounded(value),
    ]),
  );
}
