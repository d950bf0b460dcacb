import assert from 'node:assert/strict';

import type { Client } from 'pg';

import type { Db } from '../../src/db/transact.ts';
import { withTenant } from '../../src/db/transact.ts';
import { post } from '../../src/ledger/post.ts';
import type { NewTransfer } from '../../src/ledger/transfer.ts';
import { cpuBetween, readCpu } from '../cpu-meter.ts';
import type { Candidate } from '../rounds.ts';
import { makeAwards, passTime } from './book.ts';
import type { Book } from './book.ts';

/** How a slice is filled: transfers per batch, and from whom to whom. */
export type Mix = { size: number; from: 'programme' | 'members' };

/** Writes one batch and commits it. */
export type Write = (transfers: readonly NewTransfer[], now: Date) => Promise<unknown>;

const batchMs = 60_000;

/** Writes with the product's own `post`, one batch a transaction, and insists that nothing was refused. */
export function postInto(db: Db, book: Book): Write {
  return async (transfers, now) => {
    const posted = await withTenant(db, book.tenant, (tx) => post(tx, transfers, now));
    assert(
      posted.every((one) => one.ok && !one.replayed),
      'an award is new and none is refused',
    );
  };
}

/** Writes batch after batch until the time is over. Making the transfers up does not count. `meter` reads CPU time. */
export function inBatches(book: Book, mix: Mix, write: Write, meter: Client): Candidate {
  return async (seconds) => {
    let done = 0;
    let spentMs = 0;
    const before = await readCpu(meter);
    while (spentMs < seconds * 1000) {
      const now = passTime(book, batchMs);
      const transfers = makeAwards(book, mix.size, mix.from);
      const startedAt = performance.now();
      await write(transfers, now);
      spentMs += performance.now() - startedAt;
      done += transfers.length;
    }
    return { done, seconds: spentMs / 1000, cpuSeconds: cpuBetween(before, await readCpu(meter)) };
  };
}

/** So many callers at once, each with its next call as soon as the last was answered, until the time is over. */
export function byCallers(
  count: number,
  call: (caller: number) => Promise<unknown>,
  meter: Client,
): Candidate {
  return async (seconds) => {
    const latenciesMs: number[] = [];
    const before = await readCpu(meter);
    const startedAt = performance.now();
    const endsAt = startedAt + seconds * 1000;
    const callOn = async (caller: number) => {
      while (performance.now() < endsAt) {
        const calledAt = performance.now();
        await call(caller);
        latenciesMs.push(performance.now() - calledAt);
      }
    };
    await Promise.all(Array.from({ length: count }, (_, caller) => callOn(caller)));
    const spent = (performance.now() - startedAt) / 1000;
    const cpuSeconds = cpuBetween(before, await readCpu(meter));
    return { done: latenciesMs.length, seconds: spent, cpuSeconds, latenciesMs };
  };
}
