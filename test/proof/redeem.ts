import assert from 'node:assert/strict';

import { verifyBook } from '../../src/ledger/verify.ts';
import { openBook } from '../book.ts';
import { startChild } from './child.ts';
import { failure, type Counts, type Part } from './part.ts';
import type { Redeem } from './redeem-process.ts';

const calls = 1000;
const units = 7;
const worth = 100;

/**
 * Each round a balance that is worth 100 redemptions meets 1,000 at once from two processes: exactly 100 are accepted, and
 * all others are told that there is too little.
 */
export const proveRedemptions: Part = async (database, { seed, rounds, onProgress }) => {
  const book = await openBook(database);
  const { tenant, points: asset, logins, sari, issued } = book;
  const processes = [startChild('redeem-process.ts'), startChild('redeem-process.ts')];
  const work: Redeem = {
    logins,
    tenant,
    asset,
    from: sari.available,
    to: issued,
    units,
    times: calls / processes.length,
  };
  try {
    for (let round = 1; round <= rounds; round++) {
      await book.postNow([book.earn(sari, BigInt(units * worth))]);
      for (const child of processes) child.tell(work);
      const answers = await Promise.all(processes.map((child) => child.next() as Promise<Counts>));
      const total: Counts = {};
      for (const counts of answers)
        for (const [code, n] of Object.entries(counts)) total[code] = (total[code] ?? 0) + n;
      assert.deepEqual(total, { ok: worth, 'below-floor': calls - worth }, `round ${round}`);
      assert.deepEqual(await book.balanceOf(sari.available), { balance: 0n, held: 0n });
      onProgress?.(round);
    }
    const verified = await verifyBook(book.db, tenant);
    assert.equal(verified.firstBad, undefined, 'the book is found right');
    assert.equal(
      verified.checked.transfers,
      rounds * (worth + 1),
      'nothing but what was accepted is in the book',
    );
  } catch (error) {
    throw failure('redeem', { seed, rounds }, error);
  } finally {
    await Promise.all(processes.map((child) => child.end()));
  }
  return { rounds, redemptions: rounds * calls, accepted: rounds * worth, refused: rounds * (calls - worth) };
};
