/** What a new set of tiers, segment or discount begins with, in a programme with this currency. */
export type Template = (currency: string) => Record<string, unknown>;

export const newTiers: Template = () => ({
  format: 1,
  kind: 'tiers',
  code: 'tiers',
  title: { en: 'Tiers' },
  kinds: ['receipt', 'sale'],
  counts: { of: 'quantity' },
  tiers: [
    { code: 'bronze', title: { en: 'Bronze' }, from: 0 },
    { code: 'silver', title: { en: 'Silver' }, from: 100_000 },
    { code: 'gold', title: { en: 'Gold' }, from: 300_000, keep: 200_000 },
  ],
  window: { kind: 'calendar-year' },
  lasts: { for: 'P12M', endOf: 'year' },
  downgrade: 'one-step',
  noticeDays: 30,
});

export const newSegment: Template = () => ({
  format: 1,
  kind: 'segment',
  code: 'new-segment',
  title: { en: 'Sold in the last 30 days' },
  counters: { sales: { kinds: ['receipt', 'sale'], counts: { of: 'activities' }, last: 'P30D' } },
  condition: 'counted.sales >= 1',
});

export const newDiscount: Template = (currency) => ({
  format: 1,
  kind: 'discount',
  code: 'new-discount',
  title: { en: 'Discount by volume' },
  for: 'outlet',
  kinds: ['order'],
  counts: { of: 'total', currency },
  window: 'P3M',
  table: [
    { from: 0, percent: 0 },
    { from: 100_000, percent: 3 },
  ],
  mode: { kind: 'discount' },
});

/** A template under a code that is not taken yet: saved under one that is, it would be the next version of that. */
export function untaken(template: Template, taken: readonly string[]): Template {
  return (currency) => {
    const document = template(currency);
    const code = document['code'] as string;
    let free = code;
    for (let number = 2; taken.includes(free); number++) free = `${code}-${number}`;
    return { ...document, code: free };
  };
}
