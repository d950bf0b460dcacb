import { loadModule } from 'libpg-query';
import { beforeAll, describe, expect, test } from 'vitest';

import { checkStatement } from './statements.ts';

const tables = new Set(['area', 'outlet', 'transfer', 'account']);

beforeAll(() => loadModule());

describe('a statement is accepted', () => {
  test.each([
    'select * from area where tenant = $1',
    'select * from area where tenant = $1::uuid and (code = $2 or code = $3)',
    'select * from area a join outlet o on o.tenant = a.tenant and o.area = a.id where a.tenant = $1',
    'select * from area a join outlet o using (tenant) where o.tenant = $1',
    'select * from area a, outlet o where (a.tenant, a.id) = (o.tenant, o.area) and o.tenant = $2',
    'select * from area a left join outlet o on o.tenant = $1 where a.tenant = $1',
    'select (select count(*) from outlet o where o.tenant = a.tenant and o.area = a.id) from area a where a.tenant = $1',
    'select * from area where tenant = $1 and exists (select from outlet where tenant = $1)',
    'with recursive up as (select * from area where tenant = $1 union all select a.* from area a join up on a.tenant = up.tenant) select * from up',
    'select * from area where tenant = $1 union select * from outlet where tenant = $1',
    'insert into area (tenant, id, code) values ($1, $2, $3), ($1, $4, $5) on conflict (tenant, code) do nothing',
    'insert into area (tenant, id) select $1, i.id from unnest($2::uuid[]) as i (id)',
    'insert into area (id, tenant) select o.id, o.tenant from outlet o where o.tenant = $1',
    'update area set name = $2 where tenant = $1 and id = $3',
    'with i as (select * from unnest($2::uuid[]) as u (id)) update account set balance = 0 from i where account.tenant = $1 and account.id = i.id',
    'delete from area using outlet where area.tenant = $1 and outlet.tenant = area.tenant',
    'select code from tenant',
    'select enqueue_job($1, $2, $3, now())',
  ])('%s', (sql) => expect(checkStatement(sql, tables)).toBeNull());
});

describe('a statement is refused', () => {
  test.each([
    'select * from area',
    'select * from area where id = $1',
    'select * from area where tenant = $1 or code = $2',
    'select * from area where not tenant = $1',
    'select * from area where tenant <> $1',
    'select * from area where tenant = any ($1)',
    "select * from area where tenant = '0190b2c3-0000-7000-8000-000000000000'",
    'select * from area a join outlet o on o.area = a.id where a.tenant = $1',
    'select * from area a join outlet o on o.tenant = a.tenant',
    'select * from area a join outlet o on o.tenant = o.tenant where a.tenant = $1',
    'select * from area where tenant = $1 and exists (select from outlet)',
    'select (select count(*) from outlet) from area where tenant = $1',
    'select * from (select * from area) a where a.tenant = $1',
    'with all_areas as (select * from area) select * from all_areas where tenant = $1',
    'select * from area where tenant = $1 union select * from outlet',
    'insert into area (id, code) values ($1, $2)',
    'insert into area values ($1, $2)',
    'insert into area (tenant, id) values ($1, $2), (gen_random_uuid(), $3)',
    'insert into area (tenant, id) select gen_random_uuid(), $1',
    'insert into area (tenant, id) select o.tenant, o.id from outlet o',
    'update area set name = $1',
    'update area set name = $2 from outlet where outlet.tenant = $1',
    'delete from area where id = $1',
    'delete from area using outlet where area.tenant = $1',
    'truncate area',
    'copy area to stdout',
  ])('%s', (sql) => expect(checkStatement(sql, tables)).not.toBeNull());
});
