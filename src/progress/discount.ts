import type { Tx } from '../db/transact.ts';
import type { Programme } from '../network/programmes.ts';
import { nameId, type RuleId } from '../shared/id.ts';
import { addDays, type Day } from '../shared/time.ts';
import { counterIdOf, type Counted, type CounterId, type SubjectId } from './counter.ts';
import { volumesOf } from './counters.ts';
import type { DiscountDocument } from './document.ts';
import type { StoredDocument } from './documents.ts';
import { dayAfterBack } from './evaluate-tier.ts';

/** What the table gives on a day: which volume counted, which step it reached, and what is missing to the next one. */
export type Quoted = {
  percent: number;
  volume: bigint;
  window: { first: Day; last: Day };
  reached: { from: number; percent: number };
  next: { from: number; percent: number; missing: bigint } | null;
};

/** What a discount counts. */
export function countedByDiscount({ for: subject, kinds, products, counts }: DiscountDocument): Counted {
  return { for: subject, measure: counts, scope: { kinds, ...(products && { products }) } };
}

/** The counter of a discount's volume. */
export function discountCounter(programme: Programme['id'], document: DiscountDocument): CounterId {
  return counterIdOf(programme, countedByDiscount(document));
}

/** Stands for a discount where rules are named: in awards of its bonus. */
export function discountRuleId(programme: Programme['id'], code: string): RuleId {
  return nameId<RuleId>('discount', programme, code);
}

/** The version of a discount that judges a day, or null. */
export function discountOn(
  discounts: readonly StoredDocument<DiscountDocument>[],
  code: string,
  day: Day,
): StoredDocument<DiscountDocument> | null {
  return (
    discounts.find(
      ({ document, from, until }) =>
        document.code === code && (from ?? '') <= day && (until === null || until > day),
    ) ?? null
  );
}

/** The days whose volume counts for an order of a day: the window before it, the day itself not among them. */
export function volumeWindow({ window }: DiscountDocument, day: Day): { first: Day; last: Day } {
  const last = addDays(day, -1);
  return { first: dayAfterBack(last, window), last };
}

/** The step of the table that a volume reaches. Pure. */
export function stepOf(
  { table }: DiscountDocument,
  volume: bigint,
): Pick<Quoted, 'percent' | 'reached' | 'next'> {
  const index = table.findLastIndex(({ from }) => volume >= BigInt(from));
  const reached = table[index] ?? { from: 0, percent: 0 };
  const next = table[index + 1];
  return {
    percent: reached.percent,
    reached,
    next: next ? { ...next, missing: BigInt(next.from) - volume } : null,
  };
}

/** Whose order of which day a discount is asked for. */
type DiscountAsked = { document: DiscountDocument; subject: SubjectId; day: Day };

/**
 * What the table gives each of them on that day, in order: one read of a range of the primary key each. Null where the
 * volume is not counted yet, which is mended by counting it.
 */
export async function quotesFor(
  tx: Tx,
  programme: Programme,
  asked: readonly DiscountAsked[],
): Promise<(Quoted | null)[]> {
  const windows = asked.map(({ document, day }) => volumeWindow(document, day));
  const volumes = await volumesOf(
    tx,
    asked.map(({ document, subject }, place) => ({
      counter: discountCounter(programme.id, document),
      subject,
      ...windows[place]!,
    })),
  );
  return asked.map(({ document }, place) => {
    const volume = volumes[place]!;
    return volume === null ? null : { ...stepOf(document, volume), volume, window: windows[place]! };
  });
}
