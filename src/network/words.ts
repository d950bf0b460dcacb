import type { Tx } from '../db/transact.ts';

/** The words that the tenant's network uses and of which there is no list of its own, each in order. */
export type NetworkWords = { channels: string[]; categories: string[] };

/** Reads every outlet and product once: for a page on which somebody chooses, not for what happens often. */
export async function wordsOfNetwork(tx: Tx): Promise<NetworkWords> {
  const [row] = await tx.query<NetworkWords>(
    `select array(select distinct o.channel from outlet o where o.tenant = $1 order by 1) as channels,
       array(select distinct p.category from product p where p.tenant = $1 order by 1) as categories`,
    [tx.tenant],
  );
  return row!;
}

/** The tiers that people were enrolled with, in order of code. Reads every participant once. */
export async function tiersEnrolled(tx: Tx): Promise<string[]> {
  const rows = await tx.query<{ tier: string }>(
    'select distinct m.tier from participant m where m.tenant = $1 order by m.tier',
    [tx.tenant],
  );
  return rows.map(({ tier }) => tier);
}
