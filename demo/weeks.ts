import assert from 'node:assert/strict';

import type { NewActivity } from '../src/activity/activity.ts';
import { withTenant, type Db, type Tx } from '../src/db/transact.ts';
import { recordAndPost } from '../src/flow/record-activities.ts';
import { bringUpToDate } from '../src/flow/save-progress.ts';
import { giveTargets } from '../src/flow/set-targets.ts';
import { outletIdOf } from '../src/network/outlets.ts';
import { participantIdOf } from '../src/network/participants.ts';
import { productIdOf } from '../src/network/products.ts';
import { programmeById, programmeIdOf, type Programme } from '../src/network/programmes.ts';
import { saveDocuments } from '../src/progress/documents.ts';
import { saveRules } from '../src/rules/save-rule.ts';
import { addDays, momentAt, wallTime, weekdayOf, type Day } from '../src/shared/time.ts';
import { catalogue } from './catalogue.ts';
import { documentsIn, rulesOfDemo } from './documents.ts';
import { nusa, openingStock, programme } from './world.ts';

/*
 * What is going on just now: the goals, tiers, segments and discounts of the programme, and what the tills of the shops
 * have reported in the weeks up to today. The receipts are years old; progress is something of this week.
 */

/** Pieces that each has sold on Mondays and on Thursdays: this week, last week, the week before, three weeks ago. */
const sold: { who: string; outlet: string; mondays: number[]; thursdays: number[] }[] = [
  { who: 'sari', outlet: 'toko-maju', mondays: [6, 7, 9, 3], thursdays: [2, 5, 5, 1] },
  { who: 'budi', outlet: 'subang-perdana', mondays: [3, 2, 3, 3], thursdays: [1, 1, 0, 1] },
  { who: 'asha', outlet: 'jinjang-utara', mondays: [9, 14, 15, 17], thursdays: [5, 8, 9, 10] },
  { who: 'olena', outlet: 'slf', mondays: [5, 6, 0, 6], thursdays: [3, 2, 0, 1] },
  { who: 'ivan', outlet: 'jin-seng', mondays: [7, 9, 6, 0], thursdays: [3, 2, 1, 0] },
  { who: 'zofia', outlet: 'fy-eagle', mondays: [2, 0, 1, 20], thursdays: [0, 1, 0, 14] },
  { who: 'grace', outlet: 'ghee-hiang', mondays: [4, 5, 0, 0], thursdays: [0, 1, 0, 0] },
];

/** What the shops have ordered on Tuesdays, in sen: this week, last week and so on. */
const ordered: { who: string; outlet: string; tuesdays: number[] }[] = [
  { who: 'budi', outlet: 'toko-maju', tuesdays: [40_000, 65_000, 0, 70_000] },
  { who: 'asha', outlet: 'jinjang-utara', tuesdays: [120_000, 90_000, 110_000, 80_000] },
  { who: 'olena', outlet: 'slf', tuesdays: [0, 480_000, 390_000, 410_000] },
];

/** Targets of their own: what is fair in a city is not in a small town. In sen. */
const ownTargets = [
  { owner: 'sari', value: 45_000n, reason: 'a third more than last year' },
  { owner: 'ivan', value: 18_000n, reason: 'a small town in the south' },
];

/** Brings the demo up to `now`. What was brought before stays as it is, and only what came since is added. */
export async function loadWeeks(db: Db, now: Date): Promise<void> {
  const { tenant } = nusa;
  const known = await withTenant(db, tenant, async (tx) => {
    const here = (await programmeById(tx, programmeIdOf(tx, programme.code)))!;
    await saveProgramme(tx, here, now);
    return here;
  });
  await bringUpToDate(db, tenant, known.id, now);
  await withTenant(db, tenant, async (tx) => {
    const since = await lastReported(tx);
    if (since === null) await setTargets(tx, known, now);
    const reported = [...sales(tx, known, now), ...orders(tx, known, now)].filter(
      ({ occurredAt }) => occurredAt <= now && (since === null || occurredAt > since),
    );
    const settled = await recordAndPost(tx, known, reported, now);
    assert(
      settled.every(({ ok }) => ok),
      `the tills report what is in order: ${JSON.stringify(settled.find(({ ok }) => !ok))}`,
    );
  });
  await bringUpToDate(db, tenant, known.id, now);
}

/** The rules with goals, and what the programme says of tiers, segments and discounts. */
async function saveProgramme(tx: Tx, { id, timeZone }: Programme, now: Date): Promise<void> {
  const saved = [
    ...(await saveRules(
      tx,
      id,
      rulesOfDemo('goals'),
      'demo',
      momentAt(programme.startsOn, '00:00', timeZone),
    )),
    ...(await saveDocuments(
      tx,
      id,
      (['tiers', 'segments', 'discounts'] as const).flatMap(documentsIn),
      'demo',
      now,
      {
        today: wallTime(now, timeZone).day,
      },
    )),
  ];
  assert(
    saved.every(({ ok }) => ok),
    `the programme is in order: ${JSON.stringify(saved.find(({ ok }) => !ok))}`,
  );
}

async function setTargets(tx: Tx, known: Programme, now: Date): Promise<void> {
  const startsOn = `${wallTime(now, known.timeZone).day.slice(0, 7)}-01`;
  const given = ownTargets.map((one) => ({ rule: 'own-month', startsOn, ...one }));
  assert((await giveTargets(tx, known, given, 'rina', now)).ok, 'the targets are in order');
}

async function lastReported(tx: Tx): Promise<Date | null> {
  const [row] = await tx.query<{ last: Date | null }>(
    `select max(a.occurred_at) as last from activity a where a.tenant = $1 and a.kind in ('sale', 'order')`,
    [tx.tenant],
  );
  return row!.last;
}

function sales(tx: Tx, known: Programme, now: Date): NewActivity[] {
  return sold.flatMap(({ who, outlet, mondays, thursdays }) =>
    [
      { weekday: 1, time: '07:40', weeks: mondays },
      { weekday: 4, time: '17:20', weeks: thursdays },
    ].flatMap(({ weekday, time, weeks }) =>
      weeks.flatMap((pieces, weeksAgo) => {
        if (pieces === 0) return [];
        const day = dayOf(known, now, weeksAgo, weekday);
        const lines = linesOf(tx, outlet, pieces, weeksAgo + weekday);
        const totalMinor = lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
        return [{ ...activity(tx, known, 'sale', { who, outlet, day, time }), totalMinor, lines }];
      }),
    ),
  );
}

function orders(tx: Tx, known: Programme, now: Date): NewActivity[] {
  return ordered.flatMap(({ who, outlet, tuesdays }) =>
    tuesdays.flatMap((sen, weeksAgo) => {
      if (sen === 0) return [];
      const day = dayOf(known, now, weeksAgo, 2);
      const order = activity(tx, known, 'order', { who, outlet, day, time: '09:10' });
      return [{ ...order, totalMinor: BigInt(sen), lines: [] }];
    }),
  );
}

function activity(
  tx: Tx,
  { id, currency, timeZone }: Programme,
  kind: 'sale' | 'order',
  { who, outlet, day, time }: { who: string; outlet: string; day: Day; time: string },
): Omit<NewActivity, 'totalMinor' | 'lines'> {
  return {
    source: 'till',
    externalKey: `${kind} ${who} ${day}`,
    kind,
    programme: id,
    evidence: null,
    participant: participantIdOf(tx, who),
    outlet: outletIdOf(tx, outlet),
    occurredAt: momentAt(day, time, timeZone),
    currency,
  };
}

/** Pieces of what the shop has on its shelves, three of a kind at most, beginning somewhere else each time. */
function linesOf(tx: Tx, outlet: string, pieces: number, from: number): NewActivity['lines'] {
  const shelves = openingStock.filter((one) => one.outlet === outlet).flatMap(({ categories }) => categories);
  const goods = catalogue.filter(({ category }) => shelves.includes(category));
  const each = Array.from({ length: Math.ceil(pieces / 3) }, (_, i) => Math.min(3, pieces - 3 * i));
  return each.map((quantity, line) => {
    const { sku, name, listPriceMinor } = goods[(from + line) % goods.length]!;
    return {
      line,
      text: name,
      product: productIdOf(tx, sku),
      quantityMilli: BigInt(quantity) * 1000n,
      amountMinor: BigInt(quantity) * BigInt(listPriceMinor ?? 0),
    };
  });
}

function dayOf({ timeZone }: Programme, now: Date, weeksAgo: number, weekday: number): Day {
  const today = wallTime(now, timeZone).day;
  return addDays(today, weekday - weekdayOf(today) - 7 * weeksAgo);
}
