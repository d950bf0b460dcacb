import type { Activity } from '../activity/activity.ts';
import type { Tx } from '../db/transact.ts';
import { accountId, assetId, ensureAssets, type NewAccount } from '../ledger/accounts.ts';
import { transfersOfCauses, transfersThatFollow, type BookedTransfer } from '../ledger/read.ts';
import { reversalOf } from '../ledger/reverse.ts';
import type { NewTransfer } from '../ledger/transfer.ts';
import type { Programme } from '../network/programmes.ts';
import { partId, type AccountId, type AssetId, type TransferId } from '../shared/id.ts';
import { groupOf } from './plan-awards.ts';

/** The asset of one of the goods; its amounts are thousandths of a piece. */
export function goodsAsset(sku: string): { code: string; kind: 'goods'; scale: number } {
  return { code: `goods:${sku}`, kind: 'goods', scale: 3 };
}

/** Goods that an activity moved out of an outlet's stock and that have not come back. */
type Standing = { transfer: BookedTransfer; left: bigint };

/**
 * What to post so that the outlets' stocks say what the newest versions of the activities say: sold goods leave them, and
 * what an earlier version took too much comes back. `accounts` must be open before the transfers are posted.
 */
export async function planGoods(
  tx: Tx,
  programme: Programme,
  activities: readonly Activity[],
): Promise<{ transfers: NewTransfer[]; accounts: NewAccount[] }> {
  const sold = activities.map(soldGoods);
  const skus = [...new Set(sold.flatMap((each) => [...each.keys()]))];
  await ensureAssets(tx, skus.map(goodsAsset));
  const sides = new Map(skus.map((sku) => [sku, sideOf(tx, programme, sku)]));
  const standing = await standingGoods(tx, activities);
  const accounts: NewAccount[] = [...sides.values()].map(({ asset, credit }) => ({
    id: credit,
    asset,
    owner: programme.id,
    role: 'sold',
  }));
  const transfers: NewTransfer[] = [];
  for (const [i, activity] of activities.entries()) {
    const moves = [...sold[i]!].map(([sku, units]): Move => {
      const { asset, credit } = sides.get(sku)!;
      const debit = accountId(tx.tenant, activity.outlet, 'stock', asset);
      accounts.push({ id: debit, asset, owner: activity.outlet, role: 'stock' });
      return { sku, units, asset, credit, debit };
    });
    transfers.push(...transfersOf(activity, moves, standing.get(activity.id) ?? []));
  }
  return { transfers, accounts };
}

/** Goods that leave a stock. */
type Move = { sku: string; units: bigint; asset: AssetId; debit: AccountId; credit: AccountId };

function sideOf(tx: Tx, programme: Programme, sku: string): { asset: AssetId; credit: AccountId } {
  const asset = assetId(tx.tenant, goodsAsset(sku).code);
  return { asset, credit: accountId(tx.tenant, programme.id, 'sold', asset) };
}

function transfersOf(
  activity: Activity,
  moves: readonly Move[],
  standing: readonly Standing[],
): NewTransfer[] {
  const transfers: NewTransfer[] = [];
  for (const { sku, units, asset, debit, credit } of moves) {
    const here = standing.filter(({ transfer }) => transfer.debit === debit);
    const change = units - here.reduce((sum, { left }) => sum + left, 0n);
    if (change < 0n) transfers.push(...returns(activity, here, -change));
    if (change <= 0n) continue;
    transfers.push({
      id: partId(activity.id, 'sell-out', String(activity.version), sku),
      tx: groupOf(activity),
      asset,
      debit,
      credit,
      amount: change,
      kind: 'sell-out',
      effectiveAt: activity.occurredAt,
      cause: activity.id,
    });
  }
  const kept = new Set(moves.map(({ debit }) => debit));
  for (const gone of standing.filter(({ transfer }) => !kept.has(transfer.debit)))
    transfers.push(...returns(activity, [gone], gone.left));
  return transfers;
}

function soldGoods(activity: Activity): Map<string, bigint> {
  const sold = new Map<string, bigint>();
  if (activity.withdrawn) return sold;
  for (const { sku, quantityMilli } of activity.lines)
    if (sku !== null && quantityMilli > 0n) sold.set(sku, (sold.get(sku) ?? 0n) + quantityMilli);
  return sold;
}

/** What earlier versions moved, by activity. */
async function standingGoods(
  tx: Tx,
  activities: readonly Activity[],
): Promise<Map<Activity['id'], Standing[]>> {
  const corrected = activities.filter(({ version }) => version > 1).map(({ id }) => id);
  if (corrected.length === 0) return new Map();
  const sellOuts = (await transfersOfCauses(tx, corrected)).filter(({ kind }) => kind === 'sell-out');
  const followers = await transfersThatFollow(
    tx,
    sellOuts.map(({ id }) => id),
  );
  const reversals = Map.groupBy(followers, ({ reverses }) => reverses);
  const standing = sellOuts.flatMap((transfer): Standing[] => {
    const back = (reversals.get(transfer.id) ?? []).reduce((sum, { amount }) => sum + amount, 0n);
    return transfer.amount > back ? [{ transfer, left: transfer.amount - back }] : [];
  });
  return Map.groupBy(standing, ({ transfer }) => transfer.cause as string as Activity['id']);
}

function returns(activity: Activity, standing: readonly Standing[], units: bigint): NewTransfer[] {
  let rest = units;
  return standing.toReversed().flatMap(({ transfer, left }) => {
    const amount = left < rest ? left : rest;
    if (amount === 0n) return [];
    rest -= amount;
    const id = partId<TransferId>(activity.id, 'unsold', String(activity.version), transfer.id);
    return [
      reversalOf(transfer, {
        id,
        tx: groupOf(activity),
        amount,
        kind: 'unsold',
        effectiveAt: activity.occurredAt,
        cause: activity.id,
      }),
    ];
  });
}
