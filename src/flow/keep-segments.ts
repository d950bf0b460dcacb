import { withTenant, type Db, type Tx } from '../db/transact.ts';
import { lockBook } from '../ledger/chain.ts';
import { participantsByIds, participantsFrom } from '../network/participants.ts';
import { listProgrammes, type Programme } from '../network/programmes.ts';
import { followedBy, type Followed } from '../progress/book.ts';
import { keepMembers, segmentsOn } from '../progress/segments.ts';
import { tierOn, tiersOf } from '../progress/tiers.ts';
import type { ParticipantId, TenantId } from '../shared/id.ts';
import { addDays, wallTime } from '../shared/time.ts';
import { eachTenant } from './each-tenant.ts';

const pageMax = 500;
const beforeAll = '00000000-0000-0000-0000-000000000000';

/** Brings the members of every tenant's segments up to date: each night, because what counts moves with the days. */
export async function keepAllSegments(db: Db, at: Date): Promise<void> {
  const failed = 'segments could not be brought up to date';
  await eachTenant(db, failed, ({ tenant }) => keepSegments(db, tenant, at));
}

/** Brings the members of a tenant's segments up to date, people in pages. */
export async function keepSegments(db: Db, tenant: TenantId, at: Date): Promise<void> {
  for (const programme of await withTenant(db, tenant, listProgrammes)) {
    let from: string = beforeAll;
    for (;;) {
      const page = await withTenant(db, tenant, async (tx) => {
        // What somebody does meanwhile says it anew as well: the later of the two must be right.
        await lockBook(tx);
        const followed = await followedBy(tx, programme.id);
        const ids = (await participantsFrom(tx, from, pageMax)).filter((id) => id > from);
        await moveMembers(tx, programme, followed, ids, at);
        return ids;
      });
      if (page.length === 0) break;
      from = page.at(-1)!;
    }
  }
}

/** Says anew which segments these people belong to from now on: by everything that they did until today. */
export async function moveMembers(
  tx: Tx,
  programme: Programme,
  followed: Followed,
  participants: readonly ParticipantId[],
  at: Date,
): Promise<void> {
  if (participants.length === 0) return;
  const day = addDays(wallTime(at, programme.timeZone).day, 1);
  const people = await participantsByIds(tx, participants);
  const tiers = await tiersOf(tx, programme.id, participants);
  const asked = people.map((person) => ({
    person,
    tier: tierOn(tiers.get(person.id), day, person.tier),
    day,
  }));
  const belongs = await segmentsOn(tx, programme, followed, asked);
  await keepMembers(
    tx,
    programme.id,
    people.map(({ id }, i) => ({ participant: id, segments: belongs[i]! })),
    at,
  );
}
