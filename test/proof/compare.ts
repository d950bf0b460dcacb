import assert from 'node:assert/strict';

import type { Tx } from '../../src/db/transact.ts';
import { balanceAsOf } from '../../src/ledger/as-of.ts';
import { expiryOf } from '../../src/ledger/read.ts';
import { lotsOf, traceAccount, usesOf } from '../../src/ledger/trace.ts';
import type { TransferId } from '../../src/shared/id.ts';
import { day0 } from '../book.ts';
import { dayMs, type World } from './people.ts';

/** Everything that the book shows against everything that the models show, and the sum of each asset. */
export async function compareBook(tx: Tx, world: World): Promise<void> {
  const rows = await tx.query<{ name: string; figures: string; asset: string | null; balance: bigint }>(
    `select 'account ' || id as name, balance || ' ' || held || ' ' || spent as figures, asset, balance
       from account where tenant = $1
     union all select 'lot ' || account || ' ' || expires_on, earned::text, null, 0 from lot
       where tenant = $1 and earned <> 0
     union all select 'hold ' || id, open::text, null, 0 from hold where tenant = $1 and open <> 0`,
    [tx.tenant],
    { name: 'proof-compare' },
  );
  const shown = new Map(rows.map(({ name, figures }) => [name, figures]));
  const expected = new Map<string, bigint[]>();
  for (const { model } of world.series)
    for (const [name, figures] of model.figures()) {
      // The issuing account is everybody's.
      const others = expected.get(name);
      expected.set(name, others ? figures.map((figure, place) => figure + others[place]!) : figures);
    }
  for (const [name, figures] of expected)
    assert.equal(shown.get(name), figures.join(' '), `the ${name} is as the models have it`);
  assert.equal(shown.size, expected.size, 'the book has nothing that the models have not');
  const sums = new Map<string, bigint>();
  for (const { asset, balance } of rows)
    if (asset !== null) sums.set(asset, (sums.get(asset) ?? 0n) + balance);
  for (const [asset, sum] of sums) assert.equal(sum, 0n, `the asset ${asset} sums to zero`);
}

/** Balances as of several days, by either date. */
export async function compareDates(tx: Tx, world: World): Promise<void> {
  const days = Math.ceil((world.now.getTime() - day0.getTime()) / dayMs);
  for (const [number, { sari, budi, stock, model }] of world.series.entries()) {
    // One account and one day of each series: a different one each time.
    const account = [sari.available, budi.available, stock, sari.pending][number % 4]!;
    const time = new Date(day0.getTime() + ((number * 7) % (days + 1)) * dayMs);
    for (const asOf of [{ at: time }, { effectiveAt: time }])
      assert.equal(
        await balanceAsOf(tx, account, asOf),
        model.balanceAsOf(account, asOf),
        `the balance of ${account} as of ${JSON.stringify(asOf)}`,
      );
  }
}

/** No more can expire than there is. */
export async function compareSchedules(tx: Tx, world: World): Promise<void> {
  for (const { sari, model } of world.series) {
    const lots = await expiryOf(tx, sari.available);
    const units = lots.reduce((sum, lot) => sum + lot.units, 0n);
    assert(
      units <= model.balanceAsOf(sari.available, { at: world.now }),
      'a schedule has no more than the balance',
    );
  }
}

/** Every unit of an account is traced: what is left is the balance, and spends and earnings say the same of each other. */
export async function compareTraces(tx: Tx, world: World): Promise<void> {
  for (const [number, { sari, budi, model }] of world.series.entries()) {
    // One account of every fourth series: a trace reads all of its movements.
    if (number % 4 > 0) continue;
    const account = [sari.available, budi.available, sari.pending][(number / 4) % 3]!;
    const trace = await traceAccount(tx, account);
    const left = trace.left.reduce((sum, part) => sum + part.units, 0n);
    assert.equal(
      left,
      model.balanceAsOf(account, { at: world.now }),
      `what is left of ${account} is its balance`,
    );
    const used = new Map<string, bigint>();
    for (const spend of trace.spends.keys())
      for (const { earnings } of lotsOf(trace, spend))
        for (const { transfer, units, returned } of earnings)
          used.set(transfer, (used.get(transfer) ?? 0n) + units - returned);
    for (const [earning, units] of used) {
      const uses = usesOf(trace, earning as TransferId).uses;
      const told = uses.reduce((sum, one) => sum + one.units - one.returned, 0n);
      assert.equal(told, units, `both sides say the same of ${earning}`);
    }
  }
}
