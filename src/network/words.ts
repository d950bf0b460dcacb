import type { Tx } from '../db/transact.ts';

/** The words that the tenant's network uses and of which there is no list of its own, each in order. */
export type NetworkWords = { channels: string[]; categories: string[] };

/**
 * Reads every product once, and of the outlets one for each channel, from one to the next along their index: for a page on
 * which somebody chooses, not for what happens often.
 */
export async function wordsOfNetwork(tx: Tx): Promise<NetworkWords> {
  const [row] = await tx.query<NetworkWords>(
    `with recursive step (channel) as (
       select min(o.channel) from outlet o where o.tenant = $1
       union all
       select (select min(n.channel) from outlet n where n.tenant = $1 and n.channel > s.channel)
       from step s where s.channel is not null
     )
     select array(select s.channel from step s where s.channel is not null order by 1) as channels,
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
