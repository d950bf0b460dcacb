import assert from 'node:assert/strict';

import type { Client } from 'pg';

import { openClient } from '../../src/db/connect.ts';
import type { Db } from '../../src/db/transact.ts';
import { openPoster } from '../../src/ledger/post.ts';
import type { Figures } from '../document.ts';
import { cpuSpeedOf, cpuSpeedRatio, interleave, speedOf, speedRatio } from '../rounds.ts';
import type { Candidate, Slice } from '../rounds.ts';
import type { Base } from '../scratch.ts';
import { percentile } from '../statistics.ts';
import { issuedOf, makeAwards, passTime } from './book.ts';
import type { Book } from './book.ts';
import { insertOnly } from './floor.ts';
import { makeNaive, moveNaively } from './naive.ts';
import { byCallers, inBatches, postInto } from './posting.ts';
import { makeRowLocks, moveLocked } from './row-locks.ts';

/** Transfers in a batch, and in a large one. */
export const batchSizes = { usual: 1000, large: 5000 };
/** Connections of the peers that post one at a time. */
export const connections = 32;
/** Concurrent single calls. */
export const callersAtOnce = 256;

type Name =
  | 'floor'
  | 'batch'
  | 'floorLarge'
  | 'batchLarge'
  | 'random'
  | 'singles'
  | 'naive'
  | 'rowLocks'
  | 'rowLocksArray';

export type Peers = {
  ratios: Record<'batchVsFloor' | 'batchVsNaive' | 'batchVsRowLocks' | 'hotVsRandom', number>;
  figures: Figures & { hotSinglesPerSecond: number; hotSinglesP99Ms: number };
};

/** Posts in turn with each design on one database, all from hot accounts but `random`, and compares. */
export async function measurePeers(
  base: Base,
  db: Db,
  book: Book,
  time: { rounds: number; seconds: number },
): Promise<Peers> {
  const meter = await openClient(base.logins.admin);
  const clients = await Promise.all(Array.from({ length: connections }, () => openClient(base.logins.admin)));
  try {
    await makeNaive(base, book);
    await makeRowLocks(base, book);
    const slices = await interleave(
      {
        ...(await ofBatches(base, db, book, meter)),
        singles: callSingles(db, book, meter),
        ...ofPeers(book, clients, meter),
      },
      time,
    );
    await meter.query('drop schema floor, naive, locked cascade');
    return compare(slices);
  } finally {
    await Promise.all([meter, ...clients].map((client) => client.end()));
  }
}

async function ofBatches(base: Base, db: Db, book: Book, meter: Client) {
  const insert = await insertOnly(base, db, book);
  const write = postInto(db, book);
  const { usual, large } = batchSizes;
  const batches = (size: number, how: typeof write, from: 'programme' | 'members' = 'programme') =>
    inBatches(book, { size, from }, how, meter);
  return {
    floor: batches(usual, insert),
    batch: batches(usual, write),
    random: batches(usual, write, 'members'),
    floorLarge: batches(large, insert),
    batchLarge: batches(large, write),
  };
}

function callSingles(db: Db, book: Book, meter: Client): Candidate {
  const post = openPoster(db, book.tenant, () => passTime(book, 1000));
  const call = async () => {
    const [award] = makeAwards(book, 1, 'programme');
    const [posted] = await post([award!]);
    assert(posted!.ok, 'an award is posted');
  };
  return byCallers(callersAtOnce, call, meter);
}

function ofPeers(book: Book, clients: readonly Client[], meter: Client) {
  const debit = issuedOf(book, book.points);
  const move = () => ({
    debit,
    credit: book.members[book.chance(book.members.length)]!.points,
    amount: BigInt(1 + book.chance(500)),
  });
  const moves = () => Array.from({ length: batchSizes.usual }, move);
  const naive = (caller: number) => {
    const { credit, amount } = move();
    return moveNaively(clients[caller]!, debit, credit, amount);
  };
  const array = byCallers(1, () => moveLocked(clients[0]!, moves()), meter);
  return {
    naive: byCallers(connections, naive, meter),
    rowLocks: byCallers(connections, (caller) => moveLocked(clients[caller]!, [move()]), meter),
    rowLocksArray: async (seconds: number) => {
      const slice = await array(seconds);
      return { ...slice, done: slice.done * batchSizes.usual };
    },
  };
}

function compare(slices: Record<Name, Slice[]>): Peers {
  const { floor, batch, floorLarge, batchLarge, random, singles, naive, rowLocks, rowLocksArray } = slices;
  return {
    ratios: {
      batchVsFloor: speedRatio(batch, floor),
      batchVsNaive: speedRatio(batch, naive),
      batchVsRowLocks: speedRatio(batch, rowLocks),
      hotVsRandom: speedRatio(batch, random),
    },
    figures: {
      hotSinglesPerSecond: speedOf(singles),
      hotSinglesP50Ms: latency(singles, 0.5),
      hotSinglesP99Ms: latency(singles, 0.99),
      naiveP99Ms: latency(naive, 0.99),
      rowLocksP99Ms: latency(rowLocks, 0.99),
      batchVsFloorCpu: cpuSpeedRatio(batch, floor),
      batch5000VsFloor: speedRatio(batchLarge, floorLarge),
      batch5000VsFloorCpu: cpuSpeedRatio(batchLarge, floorLarge),
      batchVsRowLocksArray: speedRatio(batch, rowLocksArray),
      hotVsRandomCpu: cpuSpeedRatio(batch, random),
      transfersPerSecond: mapValues(slices, speedOf),
      transfersPerCpuSecond: mapValues(slices, cpuSpeedOf),
    },
  };
}

function latency(slices: readonly Slice[], share: number): number {
  const all = slices.flatMap(({ latenciesMs }) => latenciesMs ?? []);
  return percentile(all, share);
}

function mapValues(
  slices: Record<Name, Slice[]>,
  of: (slices: readonly Slice[]) => number,
): Record<string, number> {
  return Object.fromEntries(Object.entries(slices).map(([name, each]) => [name, of(each)]));
}
