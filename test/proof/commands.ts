import * as fc from 'fast-check';

import type { ClawbackPolicy } from '../../src/ledger/reverse.ts';

export type Fresh = {
  what: 'earn' | 'earn-pending' | 'spend' | 'hold' | 'sell' | 'tip';
  sari: boolean;
  amount: bigint;
  /** 0: no expiry; a hold with one times out. */
  month: number;
  /** Days before today on which it is said to have happened. */
  late: number;
};
/** `ref` picks something that was asked for earlier; `all`: all of it. */
export type FollowUp = {
  what: 'capture' | 'release' | 'settle' | 'activate' | 'reverse';
  ref: number;
  amount: bigint;
  all: boolean;
  month: number;
};
export type TakeBack = {
  what: 'claw-back';
  ref: number;
  amount: bigint;
  all: boolean;
  policy: ClawbackPolicy;
};
/** A gift keeps the last day of its units. */
export type Gift = { what: 'gift'; sari: boolean; amount: bigint };
/** A balance from another system; `key` is the one it had there, so that it comes again, or with another content. */
export type Import = { what: 'import'; sari: boolean; amount: bigint; month: number; key: number };
/** Gives back a spending, or part of it; what has expired meanwhile gets some days of grace. */
export type Refund = { what: 'refund'; ref: number; amount: bigint; all: boolean };
export type Again = {
  what: 'repeat' | 'alter';
  ref: number;
  how: 'amount' | 'time' | 'tax' | 'more';
};

/** What somebody does. */
export type Command = Fresh | FollowUp | TakeBack | Gift | Import | Refund | Again;

/**
 * What happens to the whole book before a step: days pass, what is over is released and expires, a period is closed. Then
 * the step is posted in batches of at most `batch` groups of legs.
 */
export type Passing = { days: number; runs: boolean; closes: boolean; batch: number };

/** Series of steps side by side in one book. A step is mostly one command; several are posted in one batch. */
export type Plan = { passing: Passing[]; sequences: Command[][][] };

const policies: ClawbackPolicy[] = ['only-pending', 'within-balance', 'allow-debt', 'offset-next-earnings'];
export const stepsMax = 16;

const fresh: Fresh['what'][] = ['earn', 'earn', 'earn-pending', 'spend', 'hold', 'sell', 'tip'];
const amount = fc.bigInt({ min: 1n, max: 60n });
const ref = fc.nat({ max: 40 });
const month = fc.nat({ max: 4 });
const all = fc.boolean();

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      what: fc.constantFrom(...fresh),
      sari: fc.boolean(),
      amount,
      month,
      late: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 60 }) }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      what: fc.constantFrom<FollowUp['what'][]>('capture', 'release', 'settle', 'activate', 'reverse'),
      ref,
      amount: fc.bigInt({ min: 1n, max: 30n }),
      all,
      month,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant('claw-back' as const),
      ref,
      amount: fc.bigInt({ min: 1n, max: 60n }),
      all,
      policy: fc.constantFrom(...policies),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constant('gift' as const), sari: fc.boolean(), amount }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant('import' as const),
      sari: fc.boolean(),
      amount: fc.bigInt({ min: 1n, max: 2n }),
      month: fc.nat({ max: 1 }),
      key: fc.nat({ max: 1 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constant('refund' as const), ref, amount, all }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constantFrom<Again['what'][]>('repeat', 'alter'),
      ref,
      how: fc.constantFrom<Again['how'][]>('amount', 'time', 'tax', 'more'),
    }),
  },
);

const step = fc.oneof(
  { weight: 5, arbitrary: fc.array(command, { minLength: 1, maxLength: 1 }) },
  { weight: 1, arbitrary: fc.array(command, { minLength: 1, maxLength: 5 }) },
);

const passing = fc.record({
  days: fc.oneof(
    { weight: 6, arbitrary: fc.constant(0) },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 10 }) },
    { weight: 1, arbitrary: fc.integer({ min: 20, max: 70 }) },
  ),
  runs: fc.boolean(),
  closes: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  batch: fc.constantFrom(1000, 1000, 1000, 7, 2),
});

/** Plans of `width` sequences. */
export function plans(width: number): fc.Arbitrary<Plan> {
  const sequence = fc.array(step, { minLength: 0, maxLength: stepsMax, size: 'max' });
  return fc.noBias(
    fc.record({
      passing: fc.array(passing, { minLength: stepsMax, maxLength: stepsMax, size: 'max' }),
      sequences: fc.array(sequence, { minLength: width, maxLength: width, size: 'max' }),
    }),
  );
}
