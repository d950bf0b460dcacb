import { createHash } from 'node:crypto';

import type { Tx } from '../db/transact.ts';
import type { AccountId, AssetId, Id } from '../shared/id.ts';
import { accountId, assetId, sealOf, type Asset, type Role } from './accounts.ts';
import type { BadRow } from './verify-totals.ts';

type Named = { id: AccountId; owner: Id<string>; role: Role; asset: AssetId };

/** Accounts that are read at a time. */
const pageSize = 10_000;

/**
 * The first asset or account that is not called what it is: their ids are made from code, owner, role and asset, so a
 * balance that was given to somebody else shows. Kind and scale of an asset have a seal. Like a hash in the chain it can be
 * made anew by whoever owns the database; what cannot be made again is the digest of all seals (`assetsDigest`).
 */
export async function findWrongName(tx: Tx): Promise<BadRow | undefined> {
  const assets = await sealedAssets(tx);
  const asset = assets.find(({ id, code }) => id !== assetId(tx.tenant, code));
  if (asset)
    return { table: 'asset', id: asset.id, problem: `is called ${asset.code}, its id says another code` };
  const broken = assets.find((one) => !one.seal.equals(sealOf(one)));
  if (broken)
    return {
      table: 'asset',
      id: broken.id,
      problem: `is ${broken.kind} with scale ${broken.scale}, its seal says otherwise`,
    };
  let after: AccountId | null = null;
  for (;;) {
    const page: Named[] = await tx.query<Named>(
      `select a.id, a.owner, a.role, a.asset from account a where a.tenant = $1 and ($2::uuid is null or a.id > $2)
       order by a.id limit $3`,
      [tx.tenant, after, pageSize],
    );
    const wrong = page.find(({ id, owner, role, asset: of }) => id !== accountId(tx.tenant, owner, role, of));
    if (wrong)
      return {
        table: 'account',
        id: wrong.id,
        problem: 'is not of the owner, role and asset that its id says',
      };
    if (page.length < pageSize) return undefined;
    after = page.at(-1)!.id;
  }
}

type Sealed = Asset & { seal: Buffer };

async function sealedAssets(tx: Tx): Promise<Sealed[]> {
  return tx.query<Sealed>('select id, code, kind, scale, seal from asset where tenant = $1 order by id', [
    tx.tenant,
  ]);
}

/** One digest of what all assets are, to keep outside beside the head of the chain: it changes when one is added, or changed. */
export async function assetsDigest(tx: Tx): Promise<string> {
  const digest = createHash('sha256');
  for (const { seal } of await sealedAssets(tx)) digest.update(seal);
  return digest.digest('hex');
}
