import { afterAll, beforeAll, expect, test } from 'vitest';

import { testDatabase } from '../../test/database.ts';
import { rule } from '../../test/sales.ts';
import { world, type World } from '../../test/world.ts';
import { withTenant, type Tx } from '../db/transact.ts';
import { programmeById } from '../network/programmes.ts';
import { deliverMessages, inboxOf } from '../notify/outbox.ts';
import { evaluationsOf } from '../rules/evaluations.ts';
import { saveRules } from '../rules/save-rule.ts';
import { recordAndPost } from './record-activities.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
let people: World;
beforeAll(async () => {
  database = await testDatabase();
  people = await world(database.db);
});
afterAll(() => database.drop());

const inNusa = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => withTenant(database.db, people.tenant, work);
const at = new Date('2018-06-21T05:00:00Z');

const praise = rule('praise', {
  scope: { kinds: ['visit'] },
  effects: [
    { kind: 'message', leg: 'm', texts: { en: 'Well done!', uk: 'Чудова робота!' } },
    { kind: 'certificate', leg: 'c', name: 'first-visit', count: 1 },
  ],
  stacking: { group: 'praise', order: 90, mode: 'sum' },
});

async function visit(totalMinor: bigint) {
  const [settled] = await inNusa(async (tx) =>
    recordAndPost(
      tx,
      (await programmeById(tx, people.programme))!,
      [
        {
          source: 'test',
          externalKey: 'visit',
          kind: 'visit',
          programme: people.programme,
          evidence: null,
          participant: people.olena,
          outlet: people.slf,
          occurredAt: new Date('2018-06-20T04:00:00Z'),
          currency: 'MYR',
          totalMinor,
          lines: [],
        },
      ],
      at,
    ),
  );
  if (!settled!.ok) throw new Error(settled!.refused);
  return settled!;
}

test('a message that a rule grants is sent once and in the participant’s language; a certificate is kept', async () => {
  await inNusa((tx) => saveRules(tx, people.programme, [praise], 'test', new Date('2018-06-01T00:00:00Z')));
  const { activity, points } = await visit(0n);
  expect(points).toBe(0n);
  // A correction is no reason to say it again.
  await visit(100n);
  await inNusa((tx) => deliverMessages(tx, at));
  const { items } = await inNusa((tx) => inboxOf(tx, people.olena));
  expect(items.map(({ body }) => body)).toEqual(['Чудова робота!']);
  const [kept] = await inNusa((tx) => evaluationsOf(tx, [activity]));
  expect(kept!.evaluation.considered[0]!.grants).toEqual([
    { kind: 'message', leg: 'm', name: 'm', count: 1 },
    { kind: 'certificate', leg: 'c', name: 'first-visit', count: 1 },
  ]);
});
