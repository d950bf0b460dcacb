import { withClient } from '../../src/db/connect.ts';
import { withTenant, type Db } from '../../src/db/transact.ts';
import { quoteDiscount } from '../../src/flow/quote-discount.ts';
import { createKey, keyAbilities } from '../../src/network/api-keys.ts';
import { programmeByCode, type Programme } from '../../src/network/programmes.ts';
import { discountCounter } from '../../src/progress/discount.ts';
import type { DiscountDocument } from '../../src/progress/document.ts';
import { saveDocuments } from '../../src/progress/documents.ts';
import { makeNetwork, outletCode, programmeCode, tenant } from '../activities/network.ts';
import type { Base } from '../scratch.ts';

/** Every outlet bought on so many days of the half-year, every second day. */
export const daysBought = 90;
const firstDay = '2017-10-01';
/** The day that is asked for; the window before it holds half of those days. */
export const askedDay = '2018-04-01';

const volume: DiscountDocument = {
  format: 1,
  kind: 'discount',
  code: 'volume',
  title: { en: 'Volume' },
  for: 'outlet',
  kinds: ['sale'],
  counts: { of: 'total', currency: 'IDR' },
  window: 'P3M',
  table: [
    { from: 0, percent: 0 },
    { from: 10_000_000, percent: 5 },
    { from: 20_000_000, percent: 7 },
    { from: 30_000_000, percent: 10 },
  ],
  mode: { kind: 'discount' },
};

/** A brand with 200 rules and a discount by volume, so many outlets that have bought for half a year, and a key to ask with. */
export async function makeBook(base: Base, db: Db, outlets: number): Promise<string> {
  await makeNetwork(base, db, outlets);
  const at = new Date();
  const { programme, text } = await withTenant(db, tenant, async (tx) => {
    const found = (await programmeByCode(tx, programmeCode))!;
    const [saved] = await saveDocuments(tx, found.id, [volume], 'bench', at, { today: firstDay });
    if (!saved!.ok) throw new Error(JSON.stringify(saved));
    // The first one who asks has the counter made.
    const asked = { outlet: outletCode(0), amountMinor: 1n, day: askedDay };
    const quote = await quoteDiscount(tx, found, asked, null, at);
    if (!quote.ok) throw new Error(quote.refused);
    const scope = { may: keyAbilities, programme: null, outlets: null };
    const key = await createKey(tx, { name: 'bench', ...scope, expiresAt: null }, null, at);
    return { programme: found, text: key.text };
  });
  await withClient(base.logins.admin, async (client) => {
    await client.query(
      `insert into counter_day (tenant, counter, subject, day, value)
       select $1, $2, o.id, $3::date + 2 * d, 100000 + (hashtext(o.code) & 1048575)
       from outlet o cross join generate_series(0, $4::int - 1) d where o.tenant = $1 order by o.id, d`,
      [tenant, counterOf(programme), firstDay, daysBought],
    );
    await client.query('vacuum analyze counter_day');
  });
  return text;
}

function counterOf(programme: Programme): string {
  return discountCounter(programme.id, volume);
}
