import { afterAll, beforeAll, expect, test } from 'vitest';

import { testDatabase } from '../../test/database.ts';
import { rule } from '../../test/sales.ts';
import { world, type World } from '../../test/world.ts';
import { withTenant, type Tx } from '../db/transact.ts';
import { programmeById } from '../network/programmes.ts';
import { evaluationsOf } from '../rules/evaluations.ts';
import { newestRules } from '../rules/read-rules.ts';
import { saveRules } from '../rules/save-rule.ts';
import { wholeEvaluation } from './explain-evaluation.ts';
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
const later = new Date('2018-06-22T05:00:00Z');

test('what the index left out is kept as a count, and explained in full when somebody asks', async () => {
  const elsewhere = Array.from({ length: 60 }, (_, index) =>
    rule(`elsewhere-${index}`, {
      scope: { kinds: ['receipt'], audience: { outlets: [`shop-${index}`] } },
      stacking: { group: 'elsewhere', order: 90, mode: 'sum' },
    }),
  );
  const activity = await inNusa(async (tx) => {
    await saveRules(tx, people.programme, elsewhere, 'test', new Date('2018-06-01T00:00:00Z'));
    const programme = (await programmeById(tx, people.programme))!;
    const [settled] = await recordAndPost(
      tx,
      programme,
      [
        {
          source: 'test',
          externalKey: 'whole',
          kind: 'receipt',
          programme: people.programme,
          evidence: null,
          participant: people.budi,
          outlet: people.tokoMaju,
          occurredAt: new Date('2018-06-20T04:00:00Z'),
          currency: 'MYR',
          totalMinor: 2500n,
          lines: [
            {
              line: 0,
              text: 'x',
              product: people.product('NF-1004'),
              quantityMilli: 1000n,
              amountMinor: 2500n,
            },
          ],
        },
      ],
      at,
    );
    if (!settled!.ok) throw new Error(settled!.refused);
    return settled!.activity;
  });
  const rules = await inNusa((tx) => newestRules(tx, people.programme));
  // What is saved afterwards had no part in it.
  await inNusa((tx) => saveRules(tx, people.programme, [rule('afterwards')], 'test', later));

  const [kept] = await inNusa((tx) => evaluationsOf(tx, [activity]));
  expect(kept!.evaluation.passedOver).toMatchObject({ outlet: 60 });
  expect(kept!.evaluation.considered.some(({ code }) => code.startsWith('elsewhere'))).toBe(false);

  const whole = await inNusa((tx) => wholeEvaluation(tx, activity));
  const judged = rules.filter(({ document }) => document.scope.kinds.includes('receipt'));
  expect(whole!.considered.map(({ code }) => code).toSorted()).toEqual(
    judged.map(({ code }) => code).toSorted(),
  );
  expect(whole!.considered.find(({ code }) => code === 'elsewhere-7')!.reason).toEqual({
    code: 'other-outlet',
    facts: { value: expect.any(String), wanted: 'shop-7' },
  });
});
