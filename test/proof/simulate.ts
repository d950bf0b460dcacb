import assert from 'node:assert/strict';

import { seededChance, type Chance } from '../../bench/chance.ts';
import { withTenant, type Db } from '../../src/db/transact.ts';
import { tendLedger } from '../../src/flow/tend-ledger.ts';
import { verifyBook } from '../../src/ledger/verify.ts';
import type { TenantId } from '../../src/shared/id.ts';
import { faultyDb, type Fault } from './faults.ts';
import { failure, type Counts, type Part } from './part.ts';
import { openedAt, openShops, tellMessages, tellTenant } from './shops.ts';
import { grant, wishesOf, type Answer, type Wish } from './wishes.ts';

const dayMs = 86_400_000;
/** The clock starts so long after the programme, when everything that is told has happened. */
const startDays = 12;

/** What really took effect, in that order: a wish, or the clock's own work. */
type Effect = { wish: Wish | null; now: Date };

/**
 * Plays the life of a shop, one life a seed: messages that are doubled, late, out of order, lost and sent again, a connection
 * that breaks between any two statements, days that pass and a clock that goes back. In the end every wish was granted
 * once, and all is as if each had been asked once and in peace.
 */
export const simulate: Part = async (database, { seed, rounds, onProgress }) => {
  const counts: Counts = { lives: 0, wishes: 0, messages: 0, faults: 0, refused: 0 };
  let next = seed;
  const live = async () => {
    while (next < seed + rounds) {
      const own = next++;
      await playLife(database.db, own, counts).catch((error: unknown) => {
        throw failure('simulate', { seed: own }, error);
      });
      onProgress?.(counts['lives']!);
    }
  };
  await Promise.all([live(), live()]);
  return counts;
};

async function playLife(db: Db, seed: number, counts: Counts): Promise<void> {
  const chance = seededChance(seed);
  const isRich = chance(2) === 0;
  const wishes = wishesOf(chance, isRich);
  // Expiry takes what was not spent by then, so the order of spending matters there.
  const expiresOn = isRich ? '2020-12-31' : '2017-08-31';
  const tenant = await openShops(db, `life ${seed}`, expiresOn);
  const { effects, answers } = await liveStormy(db, tenant, wishes, chance, counts);
  const refused = [...answers.values()].filter(({ ok }) => !ok).length;
  assert(!isRich || refused === 0, `nothing is refused to the rich: ${JSON.stringify([...answers])}`);
  const stormy = await tell(db, tenant);
  assert.equal((await verifyBook(db, tenant)).firstBad, undefined, 'the book is found right');

  const calm = await openShops(db, `life ${seed} in peace`, expiresOn);
  await liveCalm(db, calm, effects);
  assert.deepEqual(stormy, await tell(db, calm), 'all is as if everything had been asked once and in peace');
  if (isRich) {
    const inOrder = await openShops(db, `life ${seed} in order`, expiresOn);
    const last = effects.at(-1)!.now;
    await liveCalm(db, inOrder, [...wishes.map((wish) => ({ wish, now: last })), { wish: null, now: last }]);
    const lines = await withTenant(db, inOrder, tellTenant);
    assert.deepEqual(await withTenant(db, tenant, tellTenant), lines, 'the order did not matter');
  }
  counts['lives']! += 1;
  counts['wishes']! += wishes.length;
  counts['refused']! += refused;
}

async function tell(db: Db, tenant: TenantId): Promise<string[]> {
  return withTenant(db, tenant, async (tx) => [...(await tellTenant(tx)), ...(await tellMessages(tx))]);
}

async function liveStormy(
  db: Db,
  tenant: TenantId,
  wishes: readonly Wish[],
  chance: Chance,
  counts: Counts,
): Promise<{ effects: Effect[]; answers: Map<string, Answer> }> {
  const answers = new Map<string, Answer>();
  const effects: Effect[] = [];
  const done = new Set<Wish>();
  // One in so many statements loses its connection; some lives are worse than others.
  const strikes = pickStrikes(chance, [50, 150, 600][chance(3)]!);
  const clock = openClock(chance);
  // Messages on their way, repetitions among them.
  const underway: Wish[] = [];
  const waiting = [...wishes];
  while (waiting.length > 0 || underway.length > 0) {
    for (const wish of waiting.filter(({ after }) => after === null || answers.has(after))) {
      waiting.splice(waiting.indexOf(wish), 1);
      underway.push(wish);
      if (chance(3) === 0) underway.push(wish);
    }
    const [wish] = underway.splice(chance(underway.length), 1) as [Wish];
    counts['messages']! += 1;
    const now = clock();
    if (chance(10) === 0) await tendStormy(db, tenant, now, chance, strikes, effects, counts);
    // Lost on the way: it is sent again until somebody answers.
    if (chance(10) === 0) {
      underway.push(wish);
      continue;
    }
    const faulty = faultyDb(db, chance, strikes);
    try {
      const answer = await grant(faulty.db, tenant, wish, answers.get(wish.after ?? ''), now);
      const known = answers.get(wish.key);
      if (known) assert.deepEqual(answer, known, 'a repetition gets the first answer');
      answers.set(wish.key, answer);
    } catch (error) {
      if (faulty.seen.faults === 0) throw error;
      underway.push(wish);
    }
    counts['faults']! += faulty.seen.faults;
    if (faulty.seen.commits > 0 && !done.has(wish)) {
      done.add(wish);
      effects.push({ wish, now });
    }
  }
  await tendStormy(db, tenant, clock(), chance, strikes, effects, counts);
  return { effects, answers };
}

/** The clock's work is begun again until it comes to its end. */
async function tendStormy(
  db: Db,
  tenant: TenantId,
  now: Date,
  chance: Chance,
  strikes: () => Fault | null,
  effects: Effect[],
  counts: Counts,
): Promise<void> {
  for (;;) {
    const faulty = faultyDb(db, chance, strikes);
    try {
      await tendLedger(faulty.db, tenant, now);
      break;
    } catch (error) {
      if (faulty.seen.faults === 0) throw error;
    } finally {
      counts['faults']! += faulty.seen.faults;
    }
  }
  effects.push({ wish: null, now });
}

async function liveCalm(db: Db, tenant: TenantId, effects: readonly Effect[]): Promise<void> {
  const answers = new Map<string, Answer>();
  for (const { wish, now } of effects)
    if (wish) answers.set(wish.key, await grant(db, tenant, wish, answers.get(wish.after ?? ''), now));
    else await tendLedger(db, tenant, now);
}

function pickStrikes(chance: Chance, oneIn: number): () => Fault | null {
  return () => (chance(oneIn) > 0 ? null : chance(2) === 0 ? 'before' : 'after');
}

/** Mostly minutes pass, sometimes days; now and then the clock is put back. */
function openClock(chance: Chance): () => Date {
  let at = openedAt.getTime() + startDays * dayMs;
  return () => {
    at += chance(60) * 60_000;
    if (chance(6) === 0) at += (1 + chance(12)) * dayMs;
    if (chance(12) === 0) at -= (1 + chance(36)) * 3_600_000;
    return new Date(at);
  };
}
