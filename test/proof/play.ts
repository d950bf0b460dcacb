import assert from 'node:assert/strict';

import type { Tx } from '../../src/db/transact.ts';
import { releaseTimedOut } from '../../src/ledger/holds.ts';
import { post } from '../../src/ledger/post.ts';
import { closePeriod } from '../../src/ledger/period.ts';
import { expireDue } from '../../src/ledger/expire.ts';
import { planRepayments } from '../../src/ledger/reverse.ts';
import type { NewTransfer, Posted } from '../../src/ledger/transfer.ts';
import { verifyBook } from '../../src/ledger/verify.ts';
import { codesOf } from '../book.ts';
import type { TestDatabase } from '../database.ts';
import type { Command, Passing, Plan } from './commands.ts';
import { compareBook, compareDates, compareSchedules, compareTraces } from './compare.ts';
import { dayMs, legsFor, move, note, openWorld, type Series, type World } from './people.ts';
import { playPlanned } from './planned.ts';

/** A period is closed so long after it is over. */
const closedDays = 20;

/** What somebody asks to post in a step, under one `tx`. */
type Wanted = { series: Series; legs: NewTransfer[]; isNew: boolean };

/** What a plan came to. */
export type Played = {
  sequences: number;
  commands: number;
  transfers: number;
  comparisons: number;
  answers: Map<string, number>;
};

/**
 * Plays the series side by side in one book: one step of each, then all of the book is compared with the models. At the end
 * everything that was accepted is asked for once more, and the book is verified.
 */
export async function play(database: TestDatabase, plan: Plan): Promise<Played> {
  const world = await openWorld(database, plan.sequences.length);
  const steps = Math.max(0, ...plan.sequences.map((sequence) => sequence.length));
  await world.run(async (tx) => {
    await postAll(
      tx,
      world,
      world.series.flatMap((series) => firstEarnings(world, series)),
    );
    await compareBook(tx, world);
  });
  for (let at = 0; at < steps; at++) {
    const passing = plan.passing[at]!;
    const commands = plan.sequences.map((sequence) => sequence[at] ?? []);
    world.now = new Date(world.now.getTime() + passing.days * dayMs + 1000);
    await world.run(async (tx) => {
      await runDue(tx, world, passing);
      await playPlanned(tx, world, commands);
      await postAll(tx, world, wantedIn(world, commands), passing.batch);
      await compareBook(tx, world);
    });
  }
  await world.run(async (tx) => {
    await repeatAll(tx, world);
    await compareBook(tx, world);
    await compareDates(tx, world);
    await compareSchedules(tx, world);
    await compareTraces(tx, world);
  });
  const verified = await verifyBook(world.db, world.tenant);
  assert.equal(verified.firstBad, undefined, 'the book is found right at the end');
  return {
    sequences: plan.sequences.filter((sequence) => sequence.length > 0).length,
    commands: plan.sequences.flat(2).length,
    transfers: verified.checked.transfers,
    comparisons: steps + 2,
    answers: world.answers,
  };
}

/** Everybody starts with something, so that commands have something to work on. */
function firstEarnings(world: World, series: Series): Wanted[] {
  const { sari, budi, issued } = series;
  return [
    { debit: issued, credit: sari.available, amount: 100n },
    { debit: issued, credit: budi.available, amount: 30n },
  ].map((earning) => ({ series, legs: [move(world, earning)], isNew: true }));
}

function wantedIn(world: World, commands: readonly Command[][]): Wanted[] {
  const wanted: Wanted[] = [];
  const smuggled = new Set<string>();
  for (const [number, series] of world.series.entries())
    for (const command of commands[number]!) {
      const legs = [...legsFor(world, series, command)];
      // Legs of one `tx` are judged together wherever they stand in a batch; a leg that is smuggled in comes by itself.
      const isSmuggled = command.what === 'alter' && command.how === 'more';
      const isHere = wanted.some((one) => one.legs[0]!.tx === legs[0]?.tx);
      if (legs.length === 0 || (isSmuggled && isHere) || smuggled.has(legs[0]!.tx)) continue;
      if (isSmuggled) smuggled.add(legs[0]!.tx);
      wanted.push({ series, legs, isNew: command.what !== 'repeat' && command.what !== 'alter' });
    }
  return wanted;
}

async function postAll(
  tx: Tx,
  world: World,
  wanted: readonly Wanted[],
  batch = wanted.length,
): Promise<void> {
  await repayFirst(tx, wanted);
  const codes = wanted.flatMap(({ series, legs, isNew }) => {
    const code = series.model.post(legs, world.now);
    // One in eight of the refused stays to be referred to.
    if (isNew && (code === 'ok' || series.asked.length % 8 === 0)) series.asked.push(legs);
    note(world, code);
    return legs.map(() => code);
  });
  const posted: Posted[] = [];
  for (let start = 0; start < wanted.length; start += batch) {
    const transfers = wanted.slice(start, start + batch).flatMap(({ legs }) => legs);
    posted.push(...(await post(tx, transfers, world.now)));
  }
  assert.deepEqual(codesOf(posted), codes, 'every transfer gets the answer that the model gives');
}

/** Adds to new earnings what they repay of debts, as a programme does. */
async function repayFirst(tx: Tx, wanted: readonly Wanted[]): Promise<void> {
  const earnings = wanted.filter(
    ({ series: { sari, budi }, legs: [leg], isNew }) =>
      isNew && leg!.kind === 'award' && [sari.available, budi.available].includes(leg!.credit),
  );
  const planned = await planRepayments(
    tx,
    earnings.map(({ legs }) => legs[0]!),
  );
  const expected = [...Map.groupBy(earnings, ({ series }) => series)].flatMap(([{ model }, list]) =>
    model.repayments(list.map(({ legs }) => legs[0]!)),
  );
  assert.deepEqual(
    new Map(planned.map(({ tx: group, amount }) => [group, amount])),
    new Map(expected.map(({ earning, amount }) => [earning, amount])),
    'new earnings repay what is owed',
  );
  for (const repayment of planned)
    earnings.find(({ legs }) => legs[0]!.tx === repayment.tx)!.legs.push(repayment);
}

/** What the clock brings: holds time out, lots expire, a period is closed. */
async function runDue(tx: Tx, world: World, { runs, closes }: Passing): Promise<void> {
  const { now, issued, series } = world;
  if (runs) {
    const released = codesOf(await releaseTimedOut(tx, now));
    const due = series.reduce((total, { model }) => total + model.timeOut(now, now), 0);
    assert.equal(
      released.join(),
      Array.from({ length: due }, () => 'ok').join(),
      'what has timed out is released',
    );
    const day = now.toISOString().slice(0, 10);
    const run = { asset: world.points, issued: [issued], effectiveAt: new Date(day), day };
    const { expired } = await expireDue(tx, run, now);
    const over = series.flatMap(({ model }) => [...model.expire(day, issued, now)]);
    assert.deepEqual(
      new Map(expired.map(({ account, units }) => [account, units])),
      new Map(over),
      'what nobody used in time expires',
    );
    note(world, 'expired', over.length);
  }
  if (closes) {
    const before = new Date(now.getTime() - closedDays * dayMs);
    const closed = await closePeriod(tx, { before, by: null }, now);
    assert(closed.ok, 'a period that is over can be closed');
    for (const { model } of series) model.close(before);
  }
}

/** All that was accepted, once more. */
async function repeatAll(tx: Tx, world: World): Promise<void> {
  const posted = await post(
    tx,
    world.series.flatMap(({ model }) => model.accepted),
    world.now,
  );
  assert.deepEqual(new Set(codesOf(posted)), new Set(['replayed']), 'what was accepted is known');
}
