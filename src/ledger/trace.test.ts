import assert from 'node:assert/strict';

import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { nameId, type AccountId, type TransferId } from '../shared/id.ts';
import { scheduleOf } from './read.ts';
import { lotsOf, traceMovements, usesOf, type Movement, type Part, type Trace } from './trace.ts';

const sari = nameId<AccountId>('sari');
const issued = nameId<AccountId>('issued');
const day0 = Date.parse('2017-03-01T08:00:00Z');

/** A movement on Sari's account, a minute after the one before unless it is of the same batch. */
function move(name: string, minute: number, some: Partial<Movement> & { amount: bigint }): Movement {
  const at = new Date(day0 + minute * 60_000);
  const links = { resolves: null, reverses: null, expiresOn: null };
  return { id: nameId<TransferId>(name), at, debit: issued, credit: sari, kind: 'award', ...links, ...some };
}
const spend = (name: string, minute: number, amount: bigint, some: Partial<Movement> = {}) =>
  move(name, minute, { debit: sari, credit: issued, kind: 'redeem', amount, ...some });
const id = (name: string) => nameId<TransferId>(name);

test('a spend takes the earliest expiry of what was there, within a lot the earliest earning, never-expiring last', () => {
  const trace = traceMovements(sari, [
    move('never', 0, { amount: 10n }),
    move('june', 1, { amount: 30n, expiresOn: '2017-06-30' }),
    move('december', 2, { amount: 50n, expiresOn: '2017-12-31' }),
    move('june again', 3, { amount: 20n, expiresOn: '2017-06-30' }),
    spend('phone', 4, 95n),
    // Earned later with an earlier date: the old spend keeps its lots.
    move('april', 5, { amount: 5n, expiresOn: '2017-04-30' }),
  ]);
  expect(lotsOf(trace, id('phone'))).toEqual([
    {
      expiresOn: '2017-06-30',
      units: 50n,
      returned: 0n,
      earnings: [
        { transfer: id('june'), units: 30n, returned: 0n },
        { transfer: id('june again'), units: 20n, returned: 0n },
      ],
    },
    {
      expiresOn: '2017-12-31',
      units: 45n,
      returned: 0n,
      earnings: [{ transfer: id('december'), units: 45n, returned: 0n }],
    },
  ]);
  expect(usesOf(trace, id('december'))).toEqual({
    uses: [{ transfer: id('phone'), units: 45n, returned: 0n }],
    left: [{ expiresOn: '2017-12-31', units: 5n }],
  });
});

test('a reversed spend gives back what it took last, where it was or under the date that is named', () => {
  const movements = [
    move('june', 0, { amount: 30n, expiresOn: '2017-06-30' }),
    move('july', 1, { amount: 30n, expiresOn: '2017-07-31' }),
    spend('phone', 2, 50n),
    move('back', 3, { amount: 25n, reverses: id('phone'), kind: 'reversal' }),
  ];
  expect(traceMovements(sari, movements).left).toEqual([
    { earning: id('june'), expiresOn: '2017-06-30', units: 5n },
    { earning: id('july'), expiresOn: '2017-07-31', units: 30n },
  ]);
  const grace = move('back', 3, {
    amount: 25n,
    reverses: id('phone'),
    kind: 'reversal',
    expiresOn: '2017-09-30',
  });
  expect(traceMovements(sari, [...movements.slice(0, 3), grace]).left).toEqual([
    { earning: id('july'), expiresOn: '2017-07-31', units: 10n },
    { earning: id('june'), expiresOn: '2017-09-30', units: 25n },
  ]);
});

test('a reversed earning takes its own units first', () => {
  const trace = traceMovements(sari, [
    move('june', 0, { amount: 30n, expiresOn: '2017-06-30' }),
    move('july', 1, { amount: 30n, expiresOn: '2017-07-31' }),
    spend('undone', 2, 20n, { reverses: id('july'), kind: 'clawback' }),
  ]);
  expect(trace.left).toEqual([
    { earning: id('june'), expiresOn: '2017-06-30', units: 30n },
    { earning: id('july'), expiresOn: '2017-07-31', units: 10n },
  ]);
});

test('an activation takes the pending earning that it names', () => {
  const trace = traceMovements(sari, [
    move('first', 0, { amount: 30n }),
    move('second', 1, { amount: 30n }),
    spend('activated', 2, 30n, { kind: 'activate', resolves: id('second'), expiresOn: '2017-12-31' }),
  ]);
  expect(trace.left).toEqual([{ earning: id('first'), expiresOn: null, units: 30n }]);
});

type Step = {
  what: 'earn' | 'earn' | 'spend' | 'undo-spend' | 'undo-earning';
  amount: bigint;
  month: number;
  ref: number;
  sameBatch: boolean;
};
const steps = fc.array(
  fc.record<Step>({
    what: fc.constantFrom('earn', 'earn', 'spend', 'spend', 'undo-spend', 'undo-earning'),
    amount: fc.bigInt({ min: 1n, max: 40n }),
    month: fc.nat({ max: 9 }),
    ref: fc.nat({ max: 20 }),
    sameBatch: fc.boolean(),
  }),
  { minLength: 1, maxLength: 40 },
);

/**
 * Movements that the ledger would accept: nothing is spent that is not there, nothing is taken back twice. `inOrder`:
 * later earnings expire later, and the newest spend is taken back first.
 */
function accepted(asked: readonly Step[], inOrder: boolean): Movement[] {
  const made: Movement[] = [];
  const openOf = new Map<TransferId, bigint>();
  let balance = 0n;
  let minute = 0;
  for (const [i, { what, amount, month, ref, sameBatch }] of asked.entries()) {
    if (!sameBatch) minute += 1;
    const undone = what.startsWith('undo')
      ? made.filter((one) => !one.reverses && (one.credit === sari) === (what === 'undo-earning'))
      : [];
    const last = undone.findLast((one) => openOf.get(one.id)! > 0n);
    const original = inOrder && what === 'undo-spend' ? last : undone[ref % (undone.length || 1)];
    if (what.startsWith('undo') && !original) continue;
    const limit = original ? openOf.get(original.id)! : amount;
    const units = amount < limit ? amount : limit;
    const isCredit = what === 'earn' || what === 'undo-spend';
    if (units === 0n || (!isCredit && units > balance)) continue;
    balance += isCredit ? units : -units;
    if (original) openOf.set(original.id, limit - units);
    const day = inOrder ? 10 + i : 10 + month;
    const dated = what === 'earn' && (inOrder || month > 0) ? { expiresOn: `20${day}-06-30` } : {};
    const links = { ...dated, ...(original ? { reverses: original.id, kind: 'reversal' as const } : {}) };
    const one = isCredit
      ? move(`step ${i}`, minute, { amount: units, ...links })
      : spend(`step ${i}`, minute, units, links);
    made.push(one);
    openOf.set(one.id, units);
  }
  return made;
}

const total = (parts: readonly { units: bigint }[]) => parts.reduce((sum, part) => sum + part.units, 0n);
const kept = (parts: readonly { units: bigint; returned: bigint }[]) =>
  parts.reduce((sum, part) => sum + part.units - part.returned, 0n);
const signed = (one: Movement) => (one.credit === sari ? one.amount : -one.amount);

function checkSums(movements: readonly Movement[], trace: Trace): void {
  assert.equal(
    total(trace.left),
    movements.reduce((sum, one) => sum + signed(one), 0n),
  );
  for (const spent of movements.filter((one) => one.debit === sari)) {
    const lots = lotsOf(trace, spent.id);
    assert.equal(total(lots), spent.amount);
    for (const { earnings, units } of lots) assert.equal(total(earnings), units);
    for (const { transfer } of lots.flatMap(({ earnings }) => earnings)) {
      const own = lots.flatMap(({ earnings }) => earnings.filter((each) => each.transfer === transfer));
      const use = usesOf(trace, transfer).uses.find((each) => each.transfer === spent.id)!;
      assert.deepEqual([total(own), kept(own)], [use.units, kept([use])]);
    }
  }
  for (const earned of movements.filter((one) => one.credit === sari && !one.reverses)) {
    const { uses, left } = usesOf(trace, earned.id);
    assert.equal(kept(uses) + total(left), earned.amount);
  }
}

test('units add up exactly, seen from the spends and from the earnings, whatever happens in whatever batch', () => {
  fc.assert(
    fc.property(steps, fc.boolean(), (asked, inOrder) => {
      const movements = accepted(asked, inOrder);
      const trace = traceMovements(sari, movements);
      checkSums(movements, trace);
      // The order in which the rows come out of the database does not matter.
      expect(traceMovements(sari, movements.toReversed())).toEqual(trace);
    }),
    { numRuns: 1000 },
  );
});

const takenOf = ({ earning, expiresOn, units }: Part) => ({ earning, expiresOn, units });

test('what a spend took stays as it was whatever comes later', () => {
  fc.assert(
    fc.property(steps, (asked) => {
      const movements = accepted(
        asked.map((step) => ({ ...step, sameBatch: false })),
        false,
      );
      const end = traceMovements(sari, movements);
      for (const [i, one] of movements.entries()) {
        if (one.debit !== sari) continue;
        const then = traceMovements(sari, movements.slice(0, i + 1)).spends.get(one.id)!;
        assert.deepEqual(end.spends.get(one.id)!.map(takenOf), then.map(takenOf));
      }
    }),
    { numRuns: 300 },
  );
});

test('where later earnings expire later and the newest spend is taken back first, what is left is what the expiry schedule says', () => {
  fc.assert(
    fc.property(steps, (asked) => {
      const plain = asked.filter(({ what }) => what !== 'undo-earning');
      const movements = accepted(
        plain.map((step) => ({ ...step, sameBatch: false })),
        true,
      );
      const lots = new Map<string, bigint>();
      let spent = 0n;
      for (const one of movements) {
        const original = movements.find((each) => each.id === one.reverses);
        const lot = one.debit === sari ? original?.expiresOn : one.expiresOn;
        if (lot) lots.set(lot, (lots.get(lot) ?? 0n) + signed(one));
        if (one.debit === sari && !original) spent += one.amount;
        if (one.credit === sari && original) spent -= one.amount;
      }
      const line = [...lots].toSorted().map(([expiresOn, units]) => ({ expiresOn, units }));
      const left = Map.groupBy(
        traceMovements(sari, movements).left.filter((part) => part.expiresOn),
        (part) => part.expiresOn!,
      );
      const traced = [...left].map(([expiresOn, parts]) => ({ expiresOn, units: total(parts) }));
      expect(traced).toEqual(scheduleOf(line, spent));
    }),
    { numRuns: 1000 },
  );
});

// By the square of what is open it would take more than ten seconds on an idle machine; it takes a fifth of a second.
test(
  'eighty thousand movements, half of them open earnings, are traced in a moment',
  { timeout: 60_000 },
  () => {
    const count = 40_000;
    const earned = Array.from({ length: count }, (_, n) =>
      move(`earned ${n}`, n, { amount: 10n, expiresOn: n % 3 ? `2018-0${1 + (n % 9)}-01` : null }),
    );
    const spent = Array.from({ length: count }, (_, n) => spend(`spent ${n}`, count + n, 9n));
    const started = performance.now();
    const { left } = traceMovements(sari, [...earned, ...spent]);
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(left.reduce((sum, { units }) => sum + units, 0n)).toBe(BigInt(count));
  },
);
