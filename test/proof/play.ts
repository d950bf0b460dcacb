import assert from 'node:assert/strict';

import type { Tx } from '../../src/db/transact.ts';
import { releaseTimedOut } from '../../src/ledger/holds.ts';
import { post } from '../../src/ledger/post.ts';
import { planRepayments, planTakeBacks, type PlannedTakeBack } from '../../src/ledger/reverse.ts';
import type { NewTransfer } from '../../src/ledger/transfer.ts';
import { verifyBook } from '../../src/ledger/verify.ts';
import { newId, type Id } from '../../src/shared/id.ts';
import { codesOf, day0 } from '../book.ts';
import type { TestDatabase } from '../database.ts';
import type { Command, Plan, TakeBack } from './commands.ts';
import { compareBook, compareDates, compareSchedules } from './compare.ts';
import { dayMs, legsFor, move, openWorld, type AskedTakeBack, type Series, type World } from './people.ts';

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
    const { days, runs } = plan.passing[at]!;
    const commands = plan.sequences.map((sequence) => sequence[at] ?? []);
    world.now = new Date(world.now.getTime() + days * dayMs + 1000);
    await world.run(async (tx) => {
      if (runs) await runDue(tx, world);
      await takeBacks(tx, world, commands);
      await postAll(tx, world, wantedIn(world, commands));
      await compareBook(tx, world);
    });
  }
  await world.run(async (tx) => {
    await repeatAll(tx, world);
    await compareBook(tx, world);
    await compareDates(tx, world);
    await compareSchedules(tx, world);
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

async function postAll(tx: Tx, world: World, wanted: readonly Wanted[]): Promise<void> {
  await repayFirst(tx, wanted);
  const codes = wanted.flatMap(({ series, legs, isNew }) => {
    const code = series.model.post(legs, world.now);
    // One in eight of the refused stays to be referred to.
    if (isNew && (code === 'ok' || series.asked.length % 8 === 0)) series.asked.push(legs);
    note(world, code);
    return legs.map(() => code);
  });
  const transfers = wanted.flatMap(({ legs }) => legs);
  const posted = await post(tx, transfers, world.now);
  assert.deepEqual(codesOf(posted), codes, 'every transfer gets the answer that the model gives');
}

function note({ answers }: World, answer: string): void {
  answers.set(answer, (answers.get(answer) ?? 0) + 1);
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

async function runDue(tx: Tx, world: World): Promise<void> {
  const released = codesOf(await releaseTimedOut(tx, world.now));
  const due = world.series.reduce((total, { model }) => total + model.timeOut(world.now, world.now), 0);
  assert.deepEqual(
    released,
    Array.from({ length: due }, () => 'ok'),
    'what has timed out is released',
  );
}

type AskedBy = { series: Series; asked: AskedTakeBack; before: readonly NewTransfer[] };

/** Claw-backs, one of each series at a time: each is planned on the book as the one before has left it. */
async function takeBacks(tx: Tx, world: World, commands: readonly Command[][]): Promise<void> {
  const wanted = commands.map((list) => list.filter((command) => command.what === 'claw-back'));
  for (let round = 0; wanted.some((list) => list.length > round); round++) {
    const asked = world.series.flatMap((series, number): AskedBy[] => {
      const command = wanted[number]![round];
      return command ? [askTakeBack(world, series, command)] : [];
    });
    const plans = await planTakeBacks(
      tx,
      asked.map(({ asked: one, before }) => ({
        ...one,
        because: {
          tx: one.tx,
          key: one.tx,
          recordedAt: day0,
          effectiveAt: before[0]?.effectiveAt ?? world.now,
        },
      })),
    );
    const legs: NewTransfer[] = [];
    const codes = asked.flatMap((one, index) => {
      const planned = plans[index]!;
      const code = judgeTakeBack(world, one, planned);
      note(world, `claw-back ${code}`);
      if (!planned.ok) return [];
      legs.push(...planned.transfers);
      return planned.transfers.map(() => code);
    });
    assert.deepEqual(
      codesOf(await post(tx, legs, world.now)),
      codes,
      'a claw-back that is planned can be posted',
    );
  }
}

function askTakeBack(world: World, series: Series, command: TakeBack): AskedBy {
  const earnings = series.asked.map(([leg]) => leg!).filter(({ kind }) => kind === 'award');
  const earning = earnings[command.ref % earnings.length]!;
  // Every third is one that was asked for before, word for word.
  const again = command.ref % 3 === 0 ? series.takeBacks.at(-1) : undefined;
  const asked = again ?? {
    earning: earning.id,
    amount: command.all ? earning.amount : command.amount,
    policy: command.policy,
    tx: newId<Id<string>>(day0),
  };
  return { series, asked, before: series.model.accepted.filter((leg) => leg.tx === asked.tx) };
}

/** Holds the plan against the model's, posts it to the model, and answers how it went. */
function judgeTakeBack(
  { now }: World,
  { series: { model, takeBacks: known }, asked, before }: AskedBy,
  planned: PlannedTakeBack,
): string {
  if (before.length > 0) {
    assert(planned.ok && model.post(planned.transfers, now) === 'replayed', 'what was taken back is known');
    return 'replayed';
  }
  const expected = model.takeBack(asked.earning, asked.amount, asked.policy);
  if (!planned.ok || typeof expected === 'string') {
    assert.equal(
      planned.ok ? 'ok' : planned.refused,
      expected,
      'a claw-back is refused as the model refuses it',
    );
    return String(expected);
  }
  const found = planned.transfers.map(({ reverses, debit, amount }) => ({ reverses, debit, amount }));
  assert.deepEqual(found, expected, 'a claw-back takes what the model takes, from where it takes it');
  known.push(asked);
  return found.length > 0 ? model.post(planned.transfers, now) : 'takes nothing';
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
