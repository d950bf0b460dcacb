import type { Db } from '../db/transact.ts';
import { withTenant } from '../db/transact.ts';
import { lockBook } from '../ledger/chain.ts';
import { participantsFrom } from '../network/participants.ts';
import { listProgrammes, type Programme } from '../network/programmes.ts';
import { followedBy } from '../progress/book.ts';
import type { SubjectId } from '../progress/counter.ts';
import { endedGoals, noteSettled, settleEnded, type Ended } from '../progress/ended.ts';
import { endingSoon, tiersDue, tiersEnding } from '../progress/tiers.ts';
import type { ProgrammeId, TenantId } from '../shared/id.ts';
import { addDays, wallTime } from '../shared/time.ts';
import { eachTenant } from './each-tenant.ts';
import { moveTiers } from './move-tiers.ts';
import { payGoals } from './pay-goals.ts';
import { tellTierEndings } from './tell-tiers.ts';

/** Those whose goals or tiers are settled in one transaction. */
const pageMax = 200;

/** Settles what the end of a day or period brings about, for every tenant; one that fails does not hold up the others. */
export async function settleAllEnded(db: Db, at: Date): Promise<void> {
  await eachTenant(db, 'what ended could not be settled', ({ tenant }) => settleEndedGoals(db, tenant, at));
}

/**
 * Settles, for every programme of a tenant, what the end of a day or period brings about: fill rates and what is paid for
 * them, tiers that end, and notices of tiers that will.
 */
export async function settleEndedGoals(db: Db, tenant: TenantId, at: Date): Promise<void> {
  for await (const _done of settlingEnded(db, tenant, at));
}

/**
 * The same in steps, each a transaction of its own for some people or shops. It may end after any of them: what is done
 * is done, and the next run does the rest.
 */
export async function* settlingEnded(
  db: Db,
  tenant: TenantId,
  at: Date,
  limit = pageMax,
): AsyncGenerator<void> {
  for (const programme of await withTenant(db, tenant, listProgrammes)) {
    const ended = yield* settlingGoals(db, tenant, programme, at, limit);
    yield* settlingTiers(db, tenant, programme, at, limit);
    await withTenant(db, tenant, (tx) => noteSettled(tx, programme, ended, at));
    yield;
  }
}

async function* settlingGoals(
  db: Db,
  tenant: TenantId,
  programme: Programme,
  at: Date,
  limit: number,
): AsyncGenerator<void, Ended[]> {
  const ended = await withTenant(db, tenant, (tx) => endedGoals(tx, programme, at));
  for (const one of ended) {
    let after: SubjectId | null = null;
    do {
      after = await withTenant(db, tenant, async (tx): Promise<SubjectId | null> => {
        await lockBook(tx);
        const { settled, last } = await settleEnded(tx, programme, one, { after, limit }, at);
        await payGoals(tx, programme, settled, at);
        return last;
      });
      yield;
    } while (after !== null);
  }
  return ended;
}

async function* settlingTiers(
  db: Db,
  tenant: TenantId,
  programme: Programme,
  at: Date,
  limit: number,
): AsyncGenerator<void> {
  const { day } = wallTime(at, programme.timeZone);
  const { due, ending } = await withTenant(db, tenant, async (tx) => {
    const { tiers } = await followedBy(tx, programme.id);
    if (tiers.length === 0) return { due: [], ending: [] };
    return {
      due: await tiersDue(tx, programme.id, day),
      ending: await endingSoon(tx, programme, tiers, at),
    };
  });
  for (const people of pagesOf(due, limit)) {
    await withTenant(db, tenant, async (tx) => {
      await lockBook(tx);
      await moveTiers(tx, programme, people, at);
    });
    yield;
  }
  for (const people of pagesOf(ending, limit)) {
    await withTenant(db, tenant, async (tx) => {
      const { tiers } = await followedBy(tx, programme.id);
      await tellTierEndings(tx, programme, tiers, await tiersEnding(tx, programme, tiers, people, at), at);
    });
    yield;
  }
}

function pagesOf<T>(all: readonly T[], limit: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / limit) }, (_, i) =>
    all.slice(i * limit, (i + 1) * limit),
  );
}

/**
 * Computes everybody's tiers where a version of them begins today or began yesterday: nothing else brings that about. A
 * tenant that fails does not hold up the others.
 */
export async function beginTiers(db: Db, at: Date): Promise<void> {
  await eachTenant(db, 'tiers that begin could not be computed', ({ tenant }) =>
    beginTiersOf(db, tenant, at),
  );
}

async function beginTiersOf(db: Db, tenant: TenantId, at: Date): Promise<void> {
  for (const programme of await withTenant(db, tenant, listProgrammes)) {
    const { day } = wallTime(at, programme.timeZone);
    const { tiers } = await withTenant(db, tenant, (tx) => followedBy(tx, programme.id));
    const begins = [day, addDays(day, -1)];
    if (tiers.some(({ from }) => from !== null && begins.includes(from)))
      await moveEverybody(db, tenant, programme.id, at);
  }
}

/** Computes the tiers of everybody in a tenant, in pages: after the tiers of a programme were saved. */
export async function moveEverybody(
  db: Db,
  tenant: TenantId,
  programme: ProgrammeId,
  at: Date,
): Promise<number> {
  let from = '00000000-0000-0000-0000-000000000000';
  for (let moved = 0; ;) {
    const page = await withTenant(db, tenant, async (tx) => {
      const known = (await listProgrammes(tx)).find(({ id }) => id === programme)!;
      const ids = (await participantsFrom(tx, from, pageMax)).filter((id) => id > from);
      await lockBook(tx);
      await moveTiers(tx, known, ids, at);
      return ids;
    });
    if (page.length === 0) return moved;
    moved += page.length;
    from = page.at(-1)!;
  }
}
