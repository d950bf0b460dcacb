import { withTenant, type Tx } from '../src/db/transact.ts';
import { assetId, ensureAssets, openAccounts } from '../src/ledger/accounts.ts';
import { post } from '../src/ledger/post.ts';
import type { NewTransfer, Posted } from '../src/ledger/transfer.ts';
import { eventId, newId, partId } from '../src/shared/id.ts';
import type { AccountId, AssetId, Id, ParticipantId, TenantId, TransferId } from '../src/shared/id.ts';
import type { TestDatabase } from './database.ts';

/** The accounts of one person in one asset. */
export type Wallet = {
  owner: ParticipantId;
  available: AccountId;
  pending: AccountId;
  debt: AccountId;
};

/** A movement in few words; what is left out is made up. */
export type Move = Partial<NewTransfer> & { debit: AccountId; credit: AccountId; amount: bigint };

export const day0 = new Date('2017-03-01T08:00:00Z');

/**
 * A tenant's book with the programme that issues points, Sari and Budi with their wallets, and the stock of Toko Maju
 * in one product. Several books share a database.
 */
export async function openBook({ db, logins, drop }: TestDatabase) {
  const tenant = newId<TenantId>(day0);
  const programme = newId<Id<'programme'>>(day0);
  const outlet = newId<Id<'outlet'>>(day0);
  const points = assetId(tenant, 'points');
  const coffee = assetId(tenant, 'goods:COFFEE');
  const run = <T>(work: (tx: Tx) => Promise<T>) => withTenant(db, tenant, work);
  let made = 0;

  async function openWallet(tx: Tx): Promise<Wallet> {
    const owner = newId<ParticipantId>(day0);
    const roles = ['available', 'pending', 'debt'] as const;
    const ids = await openAccounts(
      tx,
      roles.map((role) => ({ asset: points, owner, role })),
    );
    return { owner, available: ids[0]!, pending: ids[1]!, debt: ids[2]! };
  }

  const opened = await run(async (tx) => {
    await ensureAssets(tx, [
      { code: 'points', kind: 'points', scale: 0 },
      { code: 'goods:COFFEE', kind: 'goods', scale: 3 },
    ]);
    const [issued, sold, stock] = await openAccounts(tx, [
      { asset: points, owner: programme, role: 'issued' },
      { asset: coffee, owner: programme, role: 'sold' },
      { asset: coffee, owner: outlet, role: 'stock' },
    ]);
    return {
      issued: issued!,
      sold: sold!,
      stock: stock!,
      sari: await openWallet(tx),
      budi: await openWallet(tx),
    };
  });

  /** A whole transfer out of a movement in few words. */
  function move(some: Move): NewTransfer {
    const name = String((made += 1));
    const id = some.cause
      ? partId<TransferId>(some.cause, name)
      : eventId<TransferId>(day0, tenant, 'test', name);
    const asset: AssetId = some.debit === opened.stock ? coffee : points;
    return { id, tx: id, asset, kind: 'award', effectiveAt: day0, ...some };
  }

  const earn = (wallet: Wallet, amount: bigint, more: Partial<NewTransfer> = {}) =>
    move({ debit: opened.issued, credit: wallet.available, amount, ...more });
  const spend = (wallet: Wallet, amount: bigint, more: Partial<NewTransfer> = {}) =>
    move({ debit: wallet.available, credit: opened.issued, amount, kind: 'redeem', ...more });
  const hold = (wallet: Wallet, amount: bigint, more: Partial<NewTransfer> = {}) =>
    move({ debit: wallet.available, credit: opened.issued, amount, kind: 'hold', ...more });
  const postNow = (transfers: NewTransfer[], at = day0): Promise<Posted[]> =>
    run((tx) => post(tx, transfers, at));
  const balanceOf = (account: AccountId) =>
    run(async (tx) => {
      const sql = 'select balance, held from account where tenant = $1 and id = $2';
      return (await tx.query<{ balance: bigint; held: bigint }>(sql, [tenant, account]))[0]!;
    });

  return {
    db,
    logins,
    drop,
    tenant,
    points,
    coffee,
    run,
    move,
    earn,
    spend,
    hold,
    postNow,
    balanceOf,
    ...opened,
  };
}

export type TestBook = Awaited<ReturnType<typeof openBook>>;

/** The refusal codes of a posting, 'ok' where there is none and 'replayed' for a repetition. */
export function codesOf(posted: readonly Posted[]): string[] {
  return posted.map((one) => {
    if (!one.ok) return one.refused;
    return one.replayed ? 'replayed' : 'ok';
  });
}
