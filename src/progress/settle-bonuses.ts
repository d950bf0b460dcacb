import type { Tx } from '../db/transact.ts';
import type { Programme } from '../network/programmes.ts';
import type { Considered, Fact, Step } from '../rules/evaluation.ts';
import { eventId, timeOf, type ActivityId, type Id } from '../shared/id.ts';
import { addDays, addPeriod, momentAt, wallTime, type Day } from '../shared/time.ts';
import type { Followed } from './book.ts';
import type { SubjectId } from './counter.ts';
import { windowSums } from './counters.ts';
import { discountCounter, discountOn, discountRuleId, stepOf, volumeWindow } from './discount.ts';
import type { DiscountDocument } from './document.ts';
import type { Count, Counting } from './evaluate-counts.ts';
import {
  keepSettlements,
  laterSettlements,
  settlementsOf,
  type GoalId,
  type Settlement,
} from './settlement.ts';

/** A bonus that is another one than before: its new turn, and the turns before it. */
export type SettledBonus = { settlement: Settlement; earlier: Settlement[]; occurredAt: Date };

/** An order for which a discount is given later, as a bonus; what was withdrawn has no amount. */
type Order = {
  goal: GoalId;
  document: DiscountDocument;
  version: number;
  subject: SubjectId;
  day: Day;
  occurredAt: Date;
  amountMinor: bigint;
};

/**
 * Settles the discounts that are given later as a bonus: for each order that changed, and for those whose volume before
 * them did. Each order is paid once, because its bonus is compared with everything it brought before.
 */
export async function settleBonuses(
  tx: Tx,
  programme: Programme,
  { discounts }: Followed,
  countings: readonly Counting[],
  counts: readonly Count[],
  at: Date,
): Promise<SettledBonus[]> {
  const codes = discounts.flatMap(({ document: { code, mode } }) => (mode.kind === 'bonus' ? [code] : []));
  if (codes.length === 0) return [];
  const orders = new Map<GoalId, Order>();
  for (const code of new Set(codes)) {
    for (const order of await ordersAfter(tx, programme, discounts, code, counts))
      orders.set(order.goal, order);
    for (const counting of countings) {
      const order = orderOf(tx, programme, discounts, code, counting);
      if (order) orders.set(order.goal, order);
    }
  }
  return settleOrders(tx, programme, [...orders.values()], at);
}

async function settleOrders(
  tx: Tx,
  programme: Programme,
  orders: readonly Order[],
  at: Date,
): Promise<SettledBonus[]> {
  const volumes = await windowSums(
    tx,
    orders.map(({ document, subject, day }) => ({
      counter: discountCounter(programme.id, document),
      subject,
      ...volumeWindow(document, day),
    })),
  );
  const kept = await settlementsOf(
    tx,
    orders.map(({ goal }) => goal),
  );
  const settled = orders.flatMap((order, i): SettledBonus[] => {
    const earlier = kept.get(order.goal) ?? [];
    const settlement = settle(programme, order, volumes[i]!, (earlier.at(-1)?.turn ?? 0) + 1);
    if (settlement.asked === earlier.at(-1)?.asked && settlement.subject === earlier.at(-1)!.subject)
      return [];
    return [{ settlement, earlier, occurredAt: order.occurredAt }];
  });
  await keepSettlements(
    tx,
    settled.map(({ settlement }) => settlement),
    at,
  );
  return settled;
}

function settle(programme: Programme, order: Order, volume: bigint, turn: number): Settlement {
  const { goal, document, version, subject, day, amountMinor } = order;
  const { mode, code } = document;
  const { percent } = stepOf(document, volume);
  const discountMinor = amountMinor > 0n ? (amountMinor * BigInt(percent)) / 100n : 0n;
  const units = mode.kind === 'bonus' ? discountMinor / BigInt(mode.unitMinor) : 0n;
  const rule = discountRuleId(programme.id, code);
  const asset = mode.kind === 'bonus' ? mode.asset : '';
  const share = {
    code: 'share-units' as const,
    facts: {
      percent,
      amount: { minor: Number(amountMinor), currency: programme.currency },
      unit: { minor: mode.kind === 'bonus' ? mode.unitMinor : 1, currency: programme.currency },
      result: { units: Number(units), asset },
    },
  };
  const awards = units > 0n ? [{ rule, code, version, leg: 'bonus', asset, units }] : [];
  const considered: Considered = {
    rule,
    code,
    version,
    fired: units > 0n,
    reason: { code: units > 0n ? 'fired' : 'nothing-earned', facts: {} },
    steps: units > 0n ? [volumeStep(document, volume, day), share] : [],
    awards,
  };
  const activity = goal as Id<string> as ActivityId;
  return {
    goal,
    turn,
    rule,
    version,
    subject,
    period: { first: day, last: day },
    evaluation: { activity, version: turn, considered: [considered], uses: [] },
    asked: JSON.stringify([asset, String(units), String(amountMinor)]),
  };
}

/** Which volume gave the percentage. */
function volumeStep(document: DiscountDocument, volume: bigint, day: Day): Step {
  const { counts } = document;
  const { first: from, last: to } = volumeWindow(document, day);
  const fact = (): Fact => {
    if ('currency' in counts) return { minor: Number(volume), currency: counts.currency };
    return Number(volume) / (counts.of === 'quantity' ? 1000 : 1);
  };
  const percent = stepOf(document, volume).percent / 100;
  return { code: 'volume', facts: { percent, from, to, volume: fact() } };
}

function orderOf(
  tx: Tx,
  programme: Programme,
  discounts: Followed['discounts'],
  code: string,
  { activity, partner }: Counting,
): Order | null {
  const { day } = wallTime(activity.occurredAt, programme.timeZone);
  const stored = discountOn(discounts, code, day);
  if (stored?.document.mode.kind !== 'bonus' || !stored.document.mode.kinds.includes(activity.kind))
    return null;
  const { participant, outlet, id, occurredAt, withdrawn, totalMinor, currency } = activity;
  const subject = { participant, outlet, partner }[stored.document.for];
  if (subject === null || currency !== programme.currency) return null;
  const { document, version } = stored;
  const goal = eventId<GoalId>(timeOf(id), tx.tenant, 'bonus', code, id);
  return { goal, document, version, subject, day, occurredAt, amountMinor: withdrawn ? 0n : totalMinor };
}

// Orders that came before in the book and later in time: the volume before them is another one now.
async function ordersAfter(
  tx: Tx,
  programme: Programme,
  discounts: Followed['discounts'],
  code: string,
  counts: readonly Count[],
): Promise<Order[]> {
  const documents = discounts.filter(({ document }) => document.code === code);
  const counters = new Set(documents.map(({ document }) => discountCounter(programme.id, document)));
  const longest = documents.map(({ document }) => document.window);
  const wanted = counts
    .filter(({ counter }) => counters.has(counter))
    .map(({ subject, day }) => ({
      subject,
      from: addDays(day, 1),
      to: longest
        .map((window) => addDays(addPeriod(day, window), 1))
        .toSorted()
        .at(-1)!,
    }));
  const later = await laterSettlements(tx, discountRuleId(programme.id, code), wanted);
  return later.flatMap((settlement): Order[] => {
    const stored = discountOn(discounts, code, settlement.period.last);
    if (!stored) return [];
    const { goal, subject, period } = settlement;
    const [, , amount] = JSON.parse(settlement.asked) as [string, string, string];
    const occurredAt = momentAt(period.last, '12:00', programme.timeZone);
    const { document, version } = stored;
    return [{ goal, document, version, subject, day: period.last, occurredAt, amountMinor: BigInt(amount) }];
  });
}
