import { afterAll, beforeAll, expect, test } from 'vitest';

import { testDatabase } from '../../test/database.ts';
import { world, type World } from '../../test/world.ts';
import { withTenant } from '../db/transact.ts';
import { programmeById } from '../network/programmes.ts';
import { saveDocuments } from '../progress/documents.ts';
import { quoteTogether } from './quote-together.ts';
import { recordAndPost } from './record-activities.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
let people: World;
const at = new Date('2018-12-01T04:00:00Z');
const now = () => at;

const discount = (code: string, more: object) => ({
  format: 1,
  kind: 'discount',
  code,
  title: { en: code },
  kinds: ['order'],
  counts: { of: 'total', currency: 'MYR' },
  window: 'P3M',
  table: [
    { from: 0, percent: 1 },
    { from: 1_000, percent: 10 },
  ],
  mode: { kind: 'discount' },
  ...more,
});

beforeAll(async () => {
  database = await testDatabase();
  people = await world(database.db);
  await withTenant(database.db, people.tenant, async (tx) => {
    const documents = [
      discount('of-outlet', { for: 'outlet' }),
      discount('of-person', { for: 'participant' }),
      discount('of-partner', { for: 'partner', window: 'P1M' }),
    ];
    const options = { today: '2018-12-01', effectiveFrom: '2018-01-01' };
    await saveDocuments(tx, people.programme, documents, 'rina', at, options);
    const programme = (await programmeById(tx, people.programme))!;
    const order = {
      source: 'test',
      externalKey: 'order-1',
      kind: 'order',
      programme: people.programme,
      evidence: null,
      participant: people.ivan,
      outlet: people.slf,
      occurredAt: new Date('2018-10-20T04:00:00Z'),
      currency: 'MYR',
      totalMinor: 1_500n,
      lines: [],
    };
    await recordAndPost(tx, programme, [order], at);
  });
});
afterAll(() => database.drop());

const ask = (asked: {
  discount?: string;
  outlet?: string;
  participant?: string;
  partner?: string;
  day?: string;
}) => quoteTogether({ db: database.db, now }, people.tenant, undefined, { amountMinor: 100n, ...asked });

test('quotes that are asked for at once are each answered as if they were alone, with few questions to the database', async () => {
  const wanted = [
    { discount: 'of-outlet', outlet: 'slf' },
    { discount: 'of-outlet', outlet: 'toko-maju' },
    { discount: 'of-outlet', outlet: 'slf', day: '2018-10-20' },
    { discount: 'of-outlet', outlet: 'nowhere' },
    { discount: 'of-outlet' },
    { discount: 'unknown', outlet: 'slf' },
    { discount: 'of-person', participant: 'ivan' },
    { discount: 'of-partner', partner: 'slf' },
  ];
  const alone: Awaited<ReturnType<typeof ask>>[] = [];
  for (const one of wanted) alone.push(await ask(one));
  expect(alone.map((one) => (one.ok ? one.percent : one.refused)).slice(0, 7)).toEqual([
    10,
    1,
    1,
    'not-found',
    'bad-request',
    'not-found',
    10,
  ]);

  let statements = 0;
  database.db.watch = () => (statements += 1);
  const many = Array.from({ length: 200 }, (_, n) => wanted[n % wanted.length]!);
  const together = await Promise.all(many.map(ask));
  delete database.db.watch;
  expect(together).toEqual(many.map((_, n) => alone[n % wanted.length]));
  expect(statements).toBeLessThan(30);
});
