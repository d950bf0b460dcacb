import type { Activity } from '../activity/activity.ts';
import type { Tx } from '../db/transact.ts';
import { accountId, ensureAssets, openAccounts } from '../ledger/accounts.ts';
import { transfersOfCause, transfersThatFollow, type BookedTransfer } from '../ledger/read.ts';
import { reversalOf } from '../ledger/reverse.ts';
import type { NewTransfer } from '../ledger/transfer.ts';
import type { Programme } from '../network/programmes.ts';
import { eventId, timeOf, type AccountId, type TransferId } from '../shared/id.ts';
import { groupOf } from './plan-awards.ts';

/** The asset of one of the goods; its amounts are thousandths of a piece. */
export function goodsAsset(sku: string): { code: string; kind: 'goods'; scale: number } {
  return { code: `goods:${sku}`, kind: 'goods', scale: 3 };
}

/** Goods that this activity moved out of an outlet's stock and that have not come back. */
type Standing = { transfer: BookedTransfer; left: bigint };

/**
 * What to post so that the outlet's stock says what the newest version of the activity says: sold goods leave it, and
 * what an earlier version took too much comes back.
 */
export async function planGoods(tx: Tx, programme: Programme, activity: Activity): Promise<NewTransfer[]> {
  const sold = soldGoods(activity);
  const standing = activity.version === 1 ? [] : await standingGoods(tx, activity);
  const skus = [...sold.keys()];
  const assets = await ensureAssets(tx, skus.map(goodsAsset));
  await openAccounts(
    tx,
    assets.flatMap(({ id: asset }) => [
      { asset, owner: activity.outlet, role: 'stock' as const },
      { asset, owner: programme.id, role: 'sold' as const },
    ]),
  );
  const transfers: NewTransfer[] = [];
  const kept = new Set<AccountId>();
  for (const [i, sku] of skus.entries()) {
    const asset = assets[i]!.id;
    const debit = accountId(tx.tenant, activity.outlet, 'stock', asset);
    kept.add(debit);
    const here = standing.filter(({ transfer }) => transfer.debit === debit);
    const change = sold.get(sku)! - here.reduce((sum, { left }) => sum + left, 0n);
    if (change < 0n) transfers.push(...returns(tx, activity, here, -change));
    if (change <= 0n) continue;
    transfers.push({
      id: eventId(timeOf(activity.id), tx.tenant, 'sell-out', activity.id, String(activity.version), sku),
      tx: groupOf(tx, activity),
      asset,
      debit,
      credit: accountId(tx.tenant, programme.id, 'sold', asset),
      amount: change,
      kind: 'sell-out',
      effectiveAt: activity.occurredAt,
      cause: activity.id,
    });
  }
  for (const gone of standing.filter(({ transfer }) => !kept.has(transfer.debit)))
    transfers.push(...returns(tx, activity, [gone], gone.left));
  return transfers;
}

function soldGoods(activity: Activity): Map<string, bigint> {
  const sold = new Map<string, bigint>();
  if (activity.withdrawn) return sold;
  for (const { sku, quantityMilli } of activity.lines)
    if (sku !== null && quantityMilli > 0n) sold.set(sku, (sold.get(sku) ?? 0n) + quantityMilli);
  return sold;
}

async function standingGoods(tx: Tx, activity: Activity): Promise<Standing[]> {
  const sellOuts = (await transfersOfCause(tx, activity.id)).filter(({ kind }) => kind === 'sell-out');
  const followers = await transfersThatFollow(
    tx,
    sellOuts.map(({ id }) => id),
  );
  return sellOuts.flatMap((transfer) => {
    const back = followers.reduce(
      (sum, each) => sum + (each.reverses === transfer.id ? each.amount : 0n),
      0n,
    );
    return transfer.amount > back ? [{ transfer, left: transfer.amount - back }] : [];
  });
}

function returns(tx: Tx, activity: Activity, standing: readonly Standing[], units: bigint): NewTransfer[] {
  let rest = units;
  return standing.toReversed().flatMap(({ transfer, left }) => {
    const amount = left < rest ? left : rest;
    if (amount === 0n) return [];
    rest -= amount;
    const version = String(activity.version);
    const id = eventId<TransferId>(
      timeOf(activity.id),
      tx.tenant,
      'unsold',
      activity.id,
      version,
      transfer.id,
    );
    return [
      reversalOf(transfer, {
        id,
        tx: groupOf(tx, activity),
        amount,
        kind: 'unsold',
        effectiveAt: activity.occurredAt,
        cause: activity.id,
      }),
    ];
  });
}
