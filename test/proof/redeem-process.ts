// A process of the application that redeems as often as it is told, all at once: most calls through its poster, every
// tenth in a transaction of its own.
import { connectTo, type Logins } from '../../src/db/open.ts';
import { withTenant } from '../../src/db/transact.ts';
import { openPoster, post } from '../../src/ledger/post.ts';
import { newId, type AccountId, type AssetId, type TenantId, type TransferId } from '../../src/shared/id.ts';
import { codesOf } from '../book.ts';
import { heard, say } from './child.ts';

export type Redeem = {
  logins: Logins;
  tenant: TenantId;
  asset: AssetId;
  from: AccountId;
  to: AccountId;
  units: number;
  times: number;
};

let db: ReturnType<typeof connectTo> | null = null;

for await (const { logins, tenant, asset, from, to, units, times } of heard<Redeem>()) {
  const here = (db ??= connectTo(logins, 10, () => {}));
  const now = () => new Date();
  const poster = openPoster(here, tenant, now);
  const redeem = (index: number) => {
    const id = newId<TransferId>(now());
    const accounts = { debit: from, credit: to, asset, amount: BigInt(units) };
    const spend = { id, tx: id, ...accounts, kind: 'redeem' as const, effectiveAt: now() };
    return index % 10 === 0 ? withTenant(here, tenant, (tx) => post(tx, [spend], now())) : poster([spend]);
  };
  const answers = await Promise.allSettled(Array.from({ length: times }, (_, index) => redeem(index)));
  const counts: Record<string, number> = {};
  for (const answer of answers) {
    const code =
      answer.status === 'fulfilled' ? codesOf(answer.value)[0]! : `error: ${String(answer.reason)}`;
    counts[code] = (counts[code] ?? 0) + 1;
  }
  say(counts);
}
await db?.close();
