import assert from 'node:assert/strict';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { testDatabase } from '../../test/database.ts';
import { rule } from '../../test/sales.ts';
import { people, world, type World } from '../../test/world.ts';
import type { NewActivity } from '../activity/activity.ts';
import { withTenant, type Tx } from '../db/transact.ts';
import { addParticipants, participantIdOf } from '../network/participants.ts';
import { programmeById } from '../network/programmes.ts';
import type { Experiment } from '../rules/document-experiment.ts';
import { armOf } from '../rules/evaluate-experiment.ts';
import { saveRules } from '../rules/save-rule.ts';
import { recordAndPost } from './record-activities.ts';
import { tellExperiment } from './tell-experiments.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
let nusa: World;
const inNusa = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => withTenant(database.db, people.tenant, work);
const start = new Date('2018-03-01T00:00:00Z');
const now = new Date('2018-03-21T00:00:00Z');
const codes = Array.from({ length: 24 }, (_, number) => `promoter-${number}`);
const ids = codes.map((code) => participantIdOf({ tenant: people.tenant }, code));
const goods = ['NF-1003', 'NF-1004', 'NF-1005'] as const;

/** Promoter 0 is seen twice, 1 three times, 2 four times, 3 twice again ...: each time with one more of three goods. */
const visitsOf = (number: number) => 2 + (number % 3);

function visit(number: number, turn: number): NewActivity {
  const sku = goods[turn % goods.length]!;
  return {
    source: 'test',
    externalKey: `visit-${number}-${turn}`,
    kind: 'visit',
    programme: people.programme,
    evidence: null,
    participant: ids[number]!,
    outlet: turn % 2 === 0 ? people.tokoMaju : people.pjSs6,
    occurredAt: new Date(`2018-03-${String(5 + turn).padStart(2, '0')}T04:00:00Z`),
    currency: 'MYR',
    totalMinor: 100n,
    lines: [{ line: 0, text: sku, product: nusa.product(sku), quantityMilli: 2000n, amountMinor: 90n }],
  };
}

const measures: { name: string; measure: Experiment['measure']; each: (number: number) => number }[] = [
  { name: 'visits', measure: { of: 'activities', kinds: ['visit'] }, each: visitsOf },
  {
    name: 'visits-with',
    measure: { of: 'activities', products: { skus: ['NF-1004'] } },
    each: () => 1,
  },
  { name: 'breadth', measure: { of: 'skus' }, each: (number) => Math.min(visitsOf(number), 3) },
  {
    name: 'two-of-it',
    measure: { of: 'skus', products: { skus: ['NF-1003', 'NF-1005'] } },
    each: (number) => (visitsOf(number) >= 3 ? 2 : 1),
  },
  { name: 'shops', measure: { of: 'outlets' }, each: () => 2 },
  {
    name: 'pieces',
    measure: { of: 'quantity', products: { skus: ['NF-1003'] } },
    each: (number) => (visitsOf(number) === 4 ? 4000 : 2000),
  },
  { name: 'goods', measure: { of: 'amount', currency: 'MYR' }, each: (number) => 90 * visitsOf(number) },
  { name: 'papers', measure: { of: 'total', currency: 'MYR' }, each: (number) => 100 * visitsOf(number) },
  {
    name: 'points',
    measure: { of: 'earned', asset: 'points' },
    // Those who are held out of `points` earn nothing by its rule; `always` gives everybody two a visit.
    each: (number) => visitsOf(number) * (isTreated('points', number) ? 7 : 2),
  },
];
const experimentOf = (name: string, measure: Experiment['measure']): Experiment => ({
  name,
  of: 'participant',
  treatmentPercent: 50,
  measure,
});
function isTreated(name: string, number: number): boolean {
  return armOf(experimentOf(name, { of: 'activities' }), ids[number]!) === 'treatment';
}

beforeAll(async () => {
  database = await testDatabase();
  nusa = await world(database.db);
  await inNusa(async (tx) => {
    await addParticipants(
      tx,
      codes.map((code) => ({
        code,
        kind: 'promoter' as const,
        name: code,
        phone: null,
        language: 'en',
        partner: 'toko-maju',
        outlets: ['toko-maju'],
      })),
    );
    const each = (units: number) => [
      { kind: 'award' as const, leg: 'main', asset: 'points', per: 'activity' as const, units },
    ];
    const scope = { kinds: ['visit'], audience: { participantKinds: ['promoter'] } };
    const tried = measures.map(({ name, measure }) =>
      rule(name, {
        scope,
        effects: each(name === 'points' ? 5 : 1),
        // Only the rule whose points are counted pays any.
        ...(name !== 'points' && { condition: 'activity.hour > 23' }),
        experiment: experimentOf(name, measure),
      }),
    );
    const saved = await saveRules(
      tx,
      people.programme,
      [...tried, rule('always', { scope, effects: each(2) })],
      'rina',
      start,
      { effectiveFrom: start },
    );
    const programme = (await programmeById(tx, people.programme))!;
    const given = codes.flatMap((_, number) =>
      Array.from({ length: visitsOf(number) }, (_unused, turn) => visit(number, turn)),
    );
    const settled = await recordAndPost(tx, programme, given, now);
    assert([...saved, ...settled].every(({ ok }) => ok));
  });
});
afterAll(() => database.drop());

describe('an experiment compares', () => {
  test.each(measures)('$name', async ({ name, each }) => {
    const { groups } = (await inNusa((tx) => tellExperiment(tx, name, now)))!;
    const meanOf = (treated: boolean) => {
      const members = codes.flatMap((_, number) =>
        isTreated(name, number) === treated ? [each(number)] : [],
      );
      return members.reduce((sum, value) => sum + value, 0) / members.length;
    };
    expect(groups.treated!.mean).toBeCloseTo(meanOf(true), 9);
    expect(groups.heldOut!.mean).toBeCloseTo(meanOf(false), 9);
  });
});
