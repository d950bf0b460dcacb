import type { Login } from '../../src/db/connect.ts';
import { withClient } from '../../src/db/connect.ts';
import type { Figures } from '../document.ts';
import type { Base } from '../scratch.ts';

/** What the book takes on disk, in bytes, for each of its transfers; indexes included unless a name says otherwise. */
export type Size = {
  transfers: number;
  accounts: number;
  bytesPerTransfer: number;
  more: Figures;
};

const besides = ['batch', 'lot', 'account', 'turnover'];

/** Measures the book of this database. `login` sees every tenant's rows. */
export async function measureSize(login: Login): Promise<Size> {
  return withClient(login, async (client) => {
    const one = async <Row extends object>(sql: string, values: unknown[] = []) =>
      (await client.query<Row>(sql, values)).rows[0]!;
    const { transfers, accounts } = await one<{ transfers: bigint; accounts: bigint }>(
      'select (select count(*) from transfer) as transfers, (select count(*) from account) as accounts',
    );
    const { heap, index } = await one<{ heap: bigint; index: bigint }>(
      `select sum(pg_table_size(relid))::bigint as heap, sum(pg_indexes_size(relid))::bigint as index
       from pg_partition_tree('transfer') where isleaf`,
    );
    const each = (bytes: bigint) => Number(bytes) / Number(transfers);
    const more: Figures = { rows: each(heap), indexes: each(index) };
    for (const table of besides) {
      const sql = 'select pg_total_relation_size($1::regclass) as bytes';
      more[table] = each((await one<{ bytes: bigint }>(sql, [table])).bytes);
    }
    return {
      transfers: Number(transfers),
      accounts: Number(accounts),
      bytesPerTransfer: each(heap + index),
      more,
    };
  });
}

/** What autovacuum does by itself, done at once so that both sizes are in the same state. */
export async function settle(base: Base): Promise<void> {
  await withClient(base.logins.admin, (client) => client.query('vacuum analyze'));
}
