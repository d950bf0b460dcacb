import { createHash } from 'node:crypto';

import type { Chance } from '../../bench/chance.ts';
import { once } from '../../src/db/once.ts';
import { withTenant, type Db, type Tx } from '../../src/db/transact.ts';
import { giveUnits } from '../../src/flow/give-units.ts';
import { captureUnits, holdUnits, releaseUnits } from '../../src/flow/hold-units.ts';
import { recordAndPost } from '../../src/flow/record-activities.ts';
import { planSpendRefund } from '../../src/flow/refund-spend.ts';
import { post } from '../../src/ledger/post.ts';
import { nameId, type Id, type TenantId, type TransferId } from '../../src/shared/id.ts';
import { openedAt, people, personOf, productOf, programmeOf, shopOf, skus } from './shops.ts';

const dayMs = 86_400_000;

/** What somebody wants, under a key. `after`: it makes sense once that wish has been answered. */
export type Wish = { key: string; who: (typeof people)[number]; after: string | null } & (
  | { what: 'sell'; sale: string; ringgit: number; sku: string; day: number; withdrawn: boolean }
  | { what: 'hold'; units: number; timesOutDays: number | null }
  | { what: 'capture' | 'release'; units: number | null }
  | { what: 'refund'; units: number | null }
  | { what: 'gift'; units: number }
);

/** What was answered: plain JSON, the same for every repetition. */
export type Answer = { ok: boolean; refused?: string; id?: string };

/**
 * What the people of a shop want, in the order in which they think of it. `isRich`: they sell before they spend, and spend
 * less than they have, so that nothing is refused and the order does not matter but for `after`.
 */
export function wishesOf(chance: Chance, isRich: boolean): Wish[] {
  const wishes: Wish[] = [];
  let made = 0;
  const add = (after: string | null, wish: object): string => {
    const key = `wish-${(made += 1)}`;
    wishes.push({ key, after, ...wish } as Wish);
    return key;
  };
  for (const who of people) {
    const sell = (after: string | null, sale: string, ringgit: number, withdrawn = false) =>
      add(after, { who, what: 'sell', sale, ringgit, sku: skus[chance(2)], day: chance(8), withdrawn });
    const first = isRich ? sell(null, `${who}-first`, 2000) : null;
    for (let n = 0; n < 4; n++) {
      const sale = `${who}-${n}`;
      const said = sell(null, sale, 1 + chance(60));
      if (chance(2) === 0) {
        const corrected = sell(said, sale, 1 + chance(60));
        if (chance(3) === 0) sell(corrected, sale, 5, true);
      }
    }
    for (let n = 0; n < 4; n++) {
      const units = 1 + chance(50);
      if (chance(3) === 0) add(first, { who, what: 'gift', units });
      else {
        const timesOutDays = !isRich && chance(3) === 0 ? 1 + chance(20) : null;
        const hold = add(first, { who, what: 'hold', units, timesOutDays });
        const part = chance(2) === 0 ? null : 1 + chance(units);
        const what = chance(4) === 0 ? 'release' : 'capture';
        const step = add(hold, { who, what, units: part });
        if (chance(3) === 0 && (what === 'capture' || !isRich))
          add(step, { who, what: 'refund', units: null });
      }
    }
  }
  return wishes;
}

/**
 * Grants the wish once, as a door does: in one transaction with the answer, which a repetition gets again. `before`: what
 * was answered to the wish that it comes after.
 */
export async function grant(
  db: Db,
  tenant: TenantId,
  wish: Wish,
  before: Answer | undefined,
  now: Date,
): Promise<Answer> {
  const request = {
    actor: personOf({ tenant }, wish.who) as string,
    route: wish.what,
    key: wish.key,
    contentHash: createHash('sha256').update(JSON.stringify(wish)).digest(),
  };
  return withTenant(db, tenant, async (tx) => {
    const kept = await once(tx, request, now, async () => ({
      status: 200,
      body: await work(tx, wish, before, now),
    }));
    return kept.ok ? (kept.body as Answer) : { ok: false, refused: kept.refused };
  });
}

async function work(tx: Tx, wish: Wish, before: Answer | undefined, now: Date): Promise<Answer> {
  const participant = personOf(tx, wish.who);
  const named = before?.id as TransferId | undefined;
  switch (wish.what) {
    case 'sell':
      return sell(tx, wish, now);
    case 'gift': {
      const person = people.find((one) => one !== wish.who)!;
      const asked = { to: { person }, asset: 'points', units: BigInt(wish.units) };
      return brief(await giveUnits(tx, participant, asked, now));
    }
    case 'hold': {
      const { units, timesOutDays } = wish;
      const timesOutAt = timesOutDays === null ? null : new Date(now.getTime() + timesOutDays * dayMs);
      const spender = { participant, wallet: null };
      const held = await holdUnits(tx, { spender, asset: 'points', units: BigInt(units), timesOutAt }, now);
      return brief(held, held.ok ? held.hold.id : undefined);
    }
    case 'capture':
    case 'release': {
      if (!named) return { ok: false, refused: 'nothing is held' };
      const step = { hold: named, units: wish.units === null ? null : BigInt(wish.units) };
      const done = await (wish.what === 'capture' ? captureUnits : releaseUnits)(tx, step, now);
      return brief(done, done.ok ? done.transfer : undefined);
    }
    case 'refund': {
      if (!named) return { ok: false, refused: 'nothing was spent' };
      const because = nameId<Id<string>>('refund', tx.tenant, wish.key);
      const plan = await planSpendRefund(tx, { spend: named, units: null, because }, now);
      if (!plan.ok) return brief(plan);
      return brief((await post(tx, plan.transfers, now)).find(({ ok }) => !ok) ?? { ok: true });
    }
  }
}

async function sell(tx: Tx, wish: Wish & { what: 'sell' }, now: Date): Promise<Answer> {
  const { who, sale, ringgit, sku, day, withdrawn } = wish;
  const amountMinor = BigInt(ringgit) * 100n;
  const product = productOf(tx, sku);
  const programme = await programmeOf(tx);
  const [settled] = await recordAndPost(
    tx,
    programme,
    [
      {
        source: 'proof',
        externalKey: sale,
        kind: 'receipt',
        programme: programme.id,
        evidence: null,
        participant: personOf(tx, who),
        outlet: shopOf(tx),
        occurredAt: new Date(openedAt.getTime() + day * dayMs),
        currency: 'MYR',
        totalMinor: amountMinor,
        lines: [{ line: 0, text: 'x', product, quantityMilli: 1000n, amountMinor }],
        withdrawn,
      },
    ],
    now,
  );
  return brief(settled!);
}

function brief(answer: { ok: true } | { ok: false; refused: string }, id?: string): Answer {
  return answer.ok ? { ok: true, ...(id ? { id } : {}) } : { ok: false, refused: answer.refused };
}
