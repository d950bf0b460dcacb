import { afterAll, beforeAll, expect, test } from 'vitest';

import { testDatabase } from '../../test/database.ts';
import { rule } from '../../test/sales.ts';
import { world, type World } from '../../test/world.ts';
import type { NewActivity } from '../activity/activity.ts';
import { withTenant, type Tx } from '../db/transact.ts';
import { balancesOf } from '../ledger/read.ts';
import { addOutlets, outletIdOf } from '../network/outlets.ts';
import { addParticipants, participantIdOf } from '../network/participants.ts';
import { programmeById } from '../network/programmes.ts';
import { saveDocuments } from '../progress/documents.ts';
import { endedGoals, noteSettled } from '../progress/ended.ts';
import { beginFollowing } from '../progress/follow.ts';
import { saveRules } from '../rules/save-rule.ts';
import type { ParticipantId } from '../shared/id.ts';
import { recordAndPost } from './record-activities.ts';
import { settlingEnded } from './settle-ended.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
let people: World;
const names = ['a', 'b', 'c', 'd', 'e'].map((letter) => `night-${letter}`);
const noon = (day: string) => new Date(`${day}T04:00:00Z`);
const inNusa = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => withTenant(database.db, people.tenant, work);

beforeAll(async () => {
  database = await testDatabase();
  people = await world(database.db);
  await inNusa(async (tx) => {
    const share = (code: string, units: number, inARow?: number) =>
      rule(code, {
        scope: { kinds: ['order', 'delivery'] },
        goal: {
          for: 'outlet',
          per: 'week',
          counts: {
            share: { of: 'quantity', kinds: ['delivery'] },
            of: { of: 'quantity', kinds: ['order'] },
          },
          target: 80,
          ...(inARow && { inARow }),
        },
        effects: [{ kind: 'award', leg: 'bonus', asset: 'points', per: 'goal', units }],
      });
    // Both count the same, and share its counters.
    const rules = [share('fill-rate', 100), share('fill-rate-twice', 7, 2)];
    const tiers = {
      format: 1,
      kind: 'tiers',
      code: 'tiers',
      title: { en: 'Tiers' },
      kinds: ['delivery'],
      counts: { of: 'quantity' },
      tiers: [
        { code: 'bronze', title: { en: 'Bronze' }, from: 0 },
        { code: 'silver', title: { en: 'Silver' }, from: 50_000 },
      ],
      window: { kind: 'rolling', last: 'P7D' },
      lasts: { for: 'P14D' },
      downgrade: 'recomputed',
      noticeDays: 3,
    };
    for (const saved of [
      ...(await saveRules(tx, people.programme, rules, 'test', noon('2018-01-01'))),
      ...(await saveDocuments(tx, people.programme, [tiers], 'test', noon('2018-01-01'), {
        today: '2018-01-01',
      })),
    ])
      if (!saved.ok) throw new Error(JSON.stringify(saved));
    await addOutlets(
      tx,
      names.map((code) => ({
        code,
        name: code,
        address: '',
        partner: 'toko-maju',
        distributor: null,
        area: 'my-kepong',
      })),
    );
    await addParticipants(
      tx,
      names.map((code) => ({
        code,
        kind: 'seller',
        name: code,
        phone: null,
        language: 'en',
        partner: 'toko-maju',
        outlets: [],
      })),
    );
  });
});
afterAll(() => database.drop());

let keys = 0;
function moved(kind: string, name: string, day: string, packs: number): NewActivity {
  return {
    source: 'night',
    externalKey: `paper-${(keys += 1)}`,
    kind,
    programme: people.programme,
    evidence: null,
    participant: participantIdOf(people, name),
    outlet: outletIdOf(people, name),
    occurredAt: noon(day),
    currency: 'MYR',
    totalMinor: 0n,
    lines: [
      {
        line: 0,
        text: 'x',
        product: people.product('NF-1004'),
        quantityMilli: BigInt(packs) * 1000n,
        amountMinor: 0n,
      },
    ],
  };
}

test('the night may be killed after any of its steps: the next one does the rest, once', async () => {
  const weeks = ['2018-07-02', '2018-07-09'];
  await inNusa(async (tx) => {
    const given = names.flatMap((name) =>
      weeks.flatMap((monday) => [moved('order', name, monday, 100), moved('delivery', name, monday, 90)]),
    );
    await recordAndPost(tx, (await programmeById(tx, people.programme))!, given, noon('2018-07-13'));
  });
  const night = noon('2018-07-25');
  const settledOn = () =>
    inNusa((tx) =>
      tx.query('select 1 from counter where tenant = $1 and settled_on is not null', [tx.tenant]),
    );
  /** Ends the night after one step, the next after two, and so on, until what is asked for has come about. */
  const killUntil = async (isReached: () => Promise<boolean>) => {
    for (let killedAfter = 1; ; killedAfter += 1) {
      const running = settlingEnded(database.db, people.tenant, night, 2);
      let isDone = false;
      for (let step = 0; step < killedAfter && !isDone; step += 1)
        isDone = Boolean((await running.next()).done);
      await running.return(undefined);
      if (await isReached()) return killedAfter;
    }
  };
  // Two goals of five shops, two at a time; five people, two at a time; and the note that all is settled.
  expect(await killUntil(async () => (await settledOn()).length > 0)).toBe(9);
  expect(await settledOn()).toHaveLength(1);
  const found = await inNusa(async (tx) => {
    const stands = [];
    for (const name of names) {
      const shop = outletIdOf(tx, name) as string as ParticipantId;
      const balance = (await balancesOf(tx, shop)).find(({ asset }) => asset.code === 'points');
      const turns = await tx.query('select 1 from settlement where tenant = $1 and subject = $2', [
        tx.tenant,
        shop,
      ]);
      const told = await tx.query<{ key: string }>(
        'select key from message where tenant = $1 and participant = $2 order by created_at, id',
        [tx.tenant, participantIdOf(tx, name)],
      );
      stands.push([Number(balance!.balance), turns.length, ...told.map(({ key }) => key)]);
    }
    return stands;
  });
  const once = [207, 3, 'message.tier-up', 'message.tier-down'];
  expect(found).toEqual(names.map(() => once));
});

test('what was launched while the night went on is left for the next one', async () => {
  await inNusa(async (tx) => {
    const programme = (await programmeById(tx, people.programme))!;
    const ended = await endedGoals(tx, programme, noon('2018-07-26'));
    const share = {
      share: { of: 'quantity', kinds: ['delivery'] },
      of: { of: 'quantity', kinds: ['return'] },
    };
    const late = rule('late', {
      scope: { kinds: ['return', 'delivery'] },
      goal: { for: 'outlet', per: 'week', counts: share, target: 80 },
      effects: [{ kind: 'award', leg: 'bonus', asset: 'points', per: 'goal', units: 1 }],
    } as Parameters<typeof rule>[1]);
    const [saved] = await saveRules(tx, people.programme, [late], 'test', noon('2018-07-26'));
    expect(saved).toMatchObject({ ok: true });
    await beginFollowing(tx, programme, noon('2018-07-26'));
    await noteSettled(tx, programme, ended, noon('2018-07-26'));
    const since = (await endedGoals(tx, programme, noon('2018-07-26'))).map((one) => one.since !== null);
    expect(since).toEqual([true, true, false]);
  });
});
