import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { testDatabase } from '../test/database.ts';
import { people, world } from '../test/world.ts';
import type { NewActivity } from '../src/activity/activity.ts';
import { withTenant, type Tx } from '../src/db/transact.ts';
import { recordAndPost } from '../src/flow/record-activities.ts';
import { discountsOfToday } from '../src/flow/tell-discounts.ts';
import { goalsOfToday } from '../src/flow/tell-progress.ts';
import { tellTierSizes } from '../src/flow/tell-tier-sizes.ts';
import { verifyTenantCounters } from '../src/flow/verify-counters.ts';
import { balancesOf } from '../src/ledger/read.ts';
import { verifyBook } from '../src/ledger/verify.ts';
import { outletIdOf } from '../src/network/outlets.ts';
import { participantById, participantIdOf } from '../src/network/participants.ts';
import { productIdOf } from '../src/network/products.ts';
import { programmeById } from '../src/network/programmes.ts';
import { membersOf } from '../src/progress/segments.ts';
import { newestRules } from '../src/rules/read-rules.ts';
import { momentAt } from '../src/shared/time.ts';
import { catalogue } from './catalogue.ts';
import { loadDemo } from './load.ts';
import { loadWeeks } from './weeks.ts';
import { outlets, participants, programme } from './world.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase();
  await world(database.db);
});
afterAll(() => database.drop());

type Receipt = {
  file: string;
  sroie: string;
  sender: string;
  expected: { verdict: string; points: number };
  printed: {
    outlet: string;
    date: string;
    time: string;
    totalMinor: number;
    lines: { product: string | null; quantity: number; amountMinor: number }[];
  };
};
const receipts: Receipt[] = JSON.parse(readFileSync(path.join(import.meta.dirname, 'receipts.json'), 'utf8'));

test('shelves are stocked by transfers and the book is in order, also after loading again', async () => {
  await loadDemo(database.db);
  const stock = await withTenant(database.db, people.tenant, (tx) => balancesOf(tx, people.gheeHiang));
  expect(stock.length).toBe(catalogue.filter(({ category }) => category === 'bakery').length);
  expect(stock.every(({ role, balance }) => role === 'stock' && balance === 80_000n)).toBe(true);
  expect(await verifyBook(database.db, people.tenant)).toMatchObject({ ok: true });
});

test('the rules of the demo are live, each in its first version', async () => {
  const rules = await withTenant(database.db, people.tenant, (tx) => newestRules(tx, people.programme));
  expect(rules.map(({ code, version, state }) => [code, version, state])).toEqual(
    ['base', 'focus', 'full-basket', 'launch-month', 'tier'].map((code) => [code, 1, 'live']),
  );
});

test('every receipt of the list is there and is sent by somebody we know', () => {
  const senders = new Set(participants.map(({ code }) => code));
  for (const { file, sender } of receipts) {
    expect(existsSync(path.join(import.meta.dirname, 'receipts', file)), file).toBe(true);
    expect(senders.has(sender), sender).toBe(true);
  }
  expect(new Set(receipts.map(({ expected }) => expected.verdict))).toEqual(
    new Set(['verified', 'rejected', 'needs-review']),
  );
});

function asActivity({ file, sender, printed }: Receipt): NewActivity {
  return {
    source: 'test',
    externalKey: file,
    kind: 'receipt',
    programme: people.programme,
    evidence: null,
    participant: participantIdOf(people, sender),
    outlet: outletIdOf(people, printed.outlet),
    occurredAt: momentAt(printed.date, printed.time, programme.timeZone),
    currency: 'MYR',
    totalMinor: BigInt(printed.totalMinor),
    lines: printed.lines.map(({ product, quantity, amountMinor }, line) => ({
      line,
      text: product ?? 'not ours',
      product: product === null ? null : productIdOf(people, product),
      quantityMilli: BigInt(quantity * 1000),
      amountMinor: BigInt(amountMinor),
    })),
  };
}

test('what is printed on the receipts earns what the list says', async () => {
  const paid = receipts.filter(({ expected }) => expected.verdict === 'verified');
  const settled = await withTenant(database.db, people.tenant, async (tx) => {
    const here = await programmeById(tx, people.programme);
    return recordAndPost(tx, here!, paid.map(asActivity), new Date());
  });
  expect(settled.map((one, i) => [paid[i]!.file, one.ok && Number(one.points)])).toEqual(
    paid.map(({ file, expected }) => [file, expected.points]),
  );
  expect(await verifyBook(database.db, people.tenant)).toMatchObject({ ok: true });
});

test('what is going on this week is in order, and comes once', async () => {
  const friday = new Date('2026-11-20T04:00:00Z');
  await loadWeeks(database.db, friday);
  await loadWeeks(database.db, friday);
  const inNusa = <T>(work: (tx: Tx) => Promise<T>) => withTenant(database.db, people.tenant, work);
  const here = (await inNusa((tx) => programmeById(tx, people.programme)))!;
  const goals = await inNusa((tx) => goalsOfToday(tx, here, people.sari, 'en', friday));
  expect(
    goals.map(({ rule, percent, toGo }) => [rule.code, percent, toGo?.replaceAll('\u00a0', ' ')]),
  ).toEqual([
    ['weekly', 80, '2 pieces to go until Sun 22 November: 100 points'],
    ['steady', 80, '2 pieces to go until Sun 22 November'],
    ['own-month', 81, 'RM 83.90 to go until Mon 30 November: 80 points'],
  ]);
  expect(goals[1]!.inARow).toMatchObject({ done: 2, wanted: 3 });
  const sizes = await inNusa((tx) => tellTierSizes(tx, here, 'en', friday));
  expect(sizes.tiers.map(({ tier, members }) => [tier, members])).toEqual([
    ['bronze', 5],
    ['silver', 2],
    ['gold', 1],
  ]);
  expect(sizes.ending.map(({ participant }) => participant.code)).toEqual(['zofia']);
  const budi = (await inNusa((tx) => participantById(tx, people.budi)))!;
  const discounts = await inNusa((tx) => discountsOfToday(tx, here, budi, 'en', friday));
  expect(discounts).toMatchObject([{ owner: 'Toko Maju', percent: 3, volume: 175_000n }]);
  const members = await inNusa((tx) => membersOf(tx, here.id, 'regular', { after: null, limit: 10 }));
  expect(members.length).toBeGreaterThan(1);
  expect(await verifyBook(database.db, people.tenant)).toMatchObject({ ok: true });
  const counted = await verifyTenantCounters(database.db, people.tenant);
  expect(counted).toMatchObject([{ programme: 'mitra-warung', problems: [] }]);
});

test('the six languages all have somebody who earns', () => {
  const earning = receipts.filter(({ expected }) => expected.points > 0).map(({ sender }) => sender);
  const languages = participants.filter(({ code }) => earning.includes(code)).map(({ language }) => language);
  expect(new Set(languages)).toEqual(new Set(['en', 'hi', 'id', 'pl', 'ru', 'uk']));
});

test('a dozen outlets and one that is open', () => {
  expect(outlets.filter(({ isOpen }) => !isOpen).length).toBeGreaterThanOrEqual(12);
  expect(outlets.filter(({ isOpen }) => isOpen)).toHaveLength(1);
});
