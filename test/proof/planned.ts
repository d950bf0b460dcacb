import assert from 'node:assert/strict';

import type { Tx } from '../../src/db/transact.ts';
import { planGift } from '../../src/ledger/give.ts';
import { planOpenings } from '../../src/ledger/opening.ts';
import { post } from '../../src/ledger/post.ts';
import { planRefund } from '../../src/ledger/refund.ts';
import { planTakeBacks, type PlannedTakeBack } from '../../src/ledger/reverse.ts';
import type { NewTransfer } from '../../src/ledger/transfer.ts';
import { newId, type Id } from '../../src/shared/id.ts';
import { codesOf, day0 } from '../book.ts';
import type { Command, Gift, Import, Refund, TakeBack } from './commands.ts';
import { isPlanned, lastDay, note, type AskedTakeBack, type Series, type World } from './people.ts';

type AskedBy = { series: Series; asked: AskedTakeBack; before: readonly NewTransfer[] };

/**
 * Commands that the ledger plans on the book as it stands, one of each series at a time.
 * Each plan is held against the model's, and posted before the next is made.
 */
export async function playPlanned(tx: Tx, world: World, commands: readonly Command[][]): Promise<void> {
  const wishes = commands.map((list) => list.filter(isPlanned));
  for (let round = 0; wishes.some((list) => list.length > round); round++) {
    const asked: AskedBy[] = [];
    for (const [number, series] of world.series.entries()) {
      const wish = wishes[number]![round];
      if (wish?.what === 'claw-back') asked.push(askTakeBack(series, wish));
      if (wish?.what === 'gift') await give(tx, world, series, wish);
      if (wish?.what === 'import') await bringAlong(tx, world, series, wish);
      if (wish?.what === 'refund') await refund(tx, world, series, wish);
    }
    if (asked.length > 0) await takeBack(tx, world, asked);
  }
}

async function give(tx: Tx, world: World, series: Series, { sari, amount: units }: Gift): Promise<void> {
  const [from, to] = sari ? [series.sari, series.budi] : [series.budi, series.sari];
  const owners = { from: from.owner, to: to.owner };
  const gift = newId<Id<string>>(day0);
  const legs = await planGift(tx, { gift, asset: world.points, ...owners, units, effectiveAt: world.now });
  assert.deepEqual(
    legs.map(({ expiresOn, amount }) => ({ expiresOn, amount })),
    series.model.giftOf(from.available, units),
    'a gift takes the lots that expire first, and keeps their days',
  );
  const code = series.model.post(legs, world.now);
  note(world, `gift ${code}`);
  const codes = codesOf(await post(tx, legs, world.now));
  assert.deepEqual(
    codes,
    legs.map(() => code),
    'a gift is answered as the model answers it',
  );
  if (code === 'ok') series.asked.push(legs);
}

async function bringAlong(tx: Tx, world: World, series: Series, wish: Import): Promise<void> {
  const { owner } = wish.sari ? series.sari : series.budi;
  const content = `${wish.sari} ${wish.amount} ${wish.month}`;
  const before = series.imported.get(wish.key);
  const repeated = before === content ? 'replayed' : 'differs';
  const expected = before === undefined ? 'new' : repeated;
  const opening = {
    externalKey: `${series.sari.owner} ${wish.key}`,
    participant: owner,
    asset: 'points',
    units: wish.amount,
    expiresOn: wish.month > 0 ? lastDay(wish.month) : null,
    earnedOn: null,
    effectiveAt: world.now,
  };
  const [plan] = await planOpenings(tx, world.programme, [opening], world.now);
  assert.equal(plan!.outcome, expected, 'a balance comes along once');
  note(world, `import ${expected}`);
  if (plan!.outcome !== 'new') return;
  series.imported.set(wish.key, content);
  assert.equal(series.model.post([plan!.transfer], world.now), 'ok');
  assert.deepEqual(codesOf(await post(tx, [plan!.transfer], world.now)), ['ok']);
  series.asked.push([plan!.transfer]);
}

async function refund(tx: Tx, world: World, series: Series, { ref, amount, all }: Refund): Promise<void> {
  const { model } = series;
  const spends = model.accepted.filter(({ kind }) => kind === 'redeem' || kind === 'capture');
  const spend = spends[ref % spends.length];
  if (!spend) return;
  const group = newId<Id<string>>(day0);
  const wanted = all ? spend.amount : amount;
  const because = { tx: group, key: group, recordedAt: day0, effectiveAt: world.now };
  const day = world.now.toISOString().slice(0, 10);
  const planned = await planRefund(tx, { spend: spend.id, amount: wanted, because, day }, { graceDays: 30 });
  const isTooMuch = wanted > model.refundable(spend.id)!;
  note(world, `refund ${isTooMuch ? 'reversal-exceeded' : 'ok'}`);
  assert.equal(planned.ok ? null : planned.refused, isTooMuch ? 'reversal-exceeded' : null);
  if (!planned.ok) return;
  const given = planned.transfers.reduce((sum, leg) => sum + leg.amount, 0n);
  assert.equal(given, wanted, 'a refund gives back what was asked for');
  assert.equal(model.post(planned.transfers, world.now), 'ok');
  const codes = codesOf(await post(tx, planned.transfers, world.now));
  assert.deepEqual(new Set(codes), new Set(['ok']), 'a refund that is planned can be posted');
}

async function takeBack(tx: Tx, world: World, asked: readonly AskedBy[]): Promise<void> {
  const plans = await planTakeBacks(
    tx,
    asked.map(({ asked: one, before }) => {
      const effectiveAt = before[0]?.effectiveAt ?? world.now;
      return { ...one, because: { tx: one.tx, key: one.tx, recordedAt: day0, effectiveAt } };
    }),
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

function askTakeBack(series: Series, command: TakeBack): AskedBy {
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
    assert.equal(planned.ok ? 'ok' : planned.refused, expected, 'a claw-back is refused as by the model');
    return String(expected);
  }
  const found = planned.transfers.map(({ reverses, debit, amount }) => ({ reverses, debit, amount }));
  assert.deepEqual(found, expected, 'a claw-back takes what the model takes, from where it takes it');
  known.push(asked);
  return found.length > 0 ? model.post(planned.transfers, now) : 'takes nothing';
}
