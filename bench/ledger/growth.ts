import { openClient } from '../../src/db/connect.ts';
import type { Db } from '../../src/db/transact.ts';
import { seededChance } from '../chance.ts';
import type { Figures } from '../document.ts';
import { tell } from '../progress.ts';
import { cpuSpeedOf, cpuSpeedRatio, interleave, speedOf, speedRatio } from '../rounds.ts';
import type { Slice } from '../rounds.ts';
import { withDb } from '../scratch.ts';
import type { Base, Scratch } from '../scratch.ts';
import { cpuBetween, readCpu } from '../cpu-meter.ts';
import { makeAwards, membersAt, openBook, openMembers, passTime } from './book.ts';
import type { Book } from './book.ts';
import { batchSizes } from './peers.ts';
import { inBatches, postInto } from './posting.ts';
import { readInTurn, readNames, slowerBy, tellTimes } from './reads.ts';
import { measureSize, settle } from './size.ts';
import type { Size } from './size.ts';

/** How many transfers the book has when it is small and when it is large, if the minutes suffice. */
export type Growth = { small: number; large: number; fillMinutes: number; rounds: number; seconds: number };

/** The time in the book until it is large. */
const daysOfGrowth = 730;
/** The fill is told and measured in so many parts. */
const parts = 20;

export type Grown = {
  speedAt20MVs1M: number;
  readAt20MVs1M: number;
  figures: Figures;
  atSmall: Size;
  atLarge: Size;
};

/**
 * Fills a book by posting. At the small size the database is copied, byte by byte; at the large one both are posted to and
 * read in turn, so that what the machine does meanwhile meets both alike.
 */
export async function measureGrowth(scratch: Scratch, plan: Growth): Promise<Grown> {
  const base = await scratch.create();
  const book = await withDb(base, (db) => openBook(db, 2));
  const first = await withDb(base, (db) => fill(base, db, book, { from: 0, to: plan.small }, plan));
  await settle(base);
  const copy = await scratch.copy(base);
  const young: Book = { ...book, members: [...book.members], chance: seededChance(4) };
  const later = await withDb(base, (db) => fill(base, db, book, { from: plan.small, to: plan.large }, plan));
  await settle(base);
  const atSmall = await measureSize(copy.logins.admin);
  const atLarge = await measureSize(base.logins.admin);
  tell(`posting and reading at ${atSmall.transfers} and at ${atLarge.transfers} transfers, in turn`);
  const compared = await withDb(copy, (small) =>
    withDb(base, (large) =>
      compareSizes({ base: copy, db: small, book: young }, { base, db: large, book }, plan),
    ),
  );
  await scratch.drop(copy);
  await scratch.drop(base);
  const fillPerSecond = [...first, ...later].map((slice) => speedOf([slice]));
  const fillPerCpuSecond = [...first, ...later].map((slice) => cpuSpeedOf([slice]));
  const { figures, ...ratios } = compared;
  return {
    ...ratios,
    atSmall,
    atLarge,
    figures: {
      ...figures,
      fillFirstPerSecond: fillPerSecond[0] ?? null,
      fillLastPerSecond: fillPerSecond.at(-1) ?? null,
      fillFirstPerCpuSecond: fillPerCpuSecond[0] ?? null,
      fillLastPerCpuSecond: fillPerCpuSecond.at(-1) ?? null,
    },
  };
}

/** Posts until the book has so many transfers; answers the speed part by part. */
async function fill(
  base: Base,
  db: Db,
  book: Book,
  { from, to }: { from: number; to: number },
  plan: Growth,
): Promise<Slice[]> {
  const meter = await openClient(base.logins.admin);
  const write = postInto(db, book);
  const batchMs = (daysOfGrowth * 86_400_000 * batchSizes.usual) / plan.large;
  const part = plan.large / parts;
  const slices: Slice[] = [];
  let count = from;
  const endsAt = performance.now() + plan.fillMinutes * 60_000;
  while (count < to && performance.now() < endsAt) {
    const end = Math.min(to, count + part);
    let spentMs = 0;
    const began = count;
    const before = await readCpu(meter);
    while (count < end) {
      await openMembers(db, book, membersAt(count + batchSizes.usual));
      const now = passTime(book, batchMs);
      const transfers = makeAwards(book, Math.min(batchSizes.usual, end - count), 'programme');
      const startedAt = performance.now();
      await write(transfers, now);
      spentMs += performance.now() - startedAt;
      count += transfers.length;
    }
    const cpuSeconds = cpuBetween(before, await readCpu(meter));
    slices.push({ done: count - began, seconds: spentMs / 1000, cpuSeconds });
    tell(
      `filled to ${count} of ${plan.large}, ${Math.round((count - began) / (spentMs / 1000))} transfers/s`,
    );
  }
  await meter.end();
  return slices;
}

type Side = { base: Base; db: Db; book: Book };

async function compareSizes(small: Side, large: Side, { rounds, seconds }: Growth) {
  const meters = [await openClient(small.base.logins.admin), await openClient(large.base.logins.admin)];
  const posting = ({ db, book }: Side, meter: number) =>
    inBatches(book, { size: batchSizes.usual, from: 'programme' }, postInto(db, book), meters[meter]!);
  const slices = await interleave(
    { small: posting(small, 0), large: posting(large, 1) },
    { rounds, seconds },
  );
  await Promise.all(meters.map((meter) => meter.end()));
  const times = await readInTurn({ small, large }, readNames, { rounds, seconds: seconds / 4 });
  const slower = readNames.map((name) => slowerBy(times.large[name], times.small[name]));
  return {
    speedAt20MVs1M: speedRatio(slices.large, slices.small),
    readAt20MVs1M: Math.max(...slower),
    figures: {
      speedAt20MVs1MCpu: cpuSpeedRatio(slices.large, slices.small),
      postingPerSecondAt1M: speedOf(slices.small),
      postingPerSecondAt20M: speedOf(slices.large),
      reads: Object.fromEntries(
        readNames.map((name, at) => [
          name,
          {
            slowerAt20M: slower[at]!,
            at1M: tellTimes(times.small[name]),
            at20M: tellTimes(times.large[name]),
          },
        ]),
      ),
    },
  };
}
