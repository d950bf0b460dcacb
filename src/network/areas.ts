import type { Tx } from '../db/transact.ts';
import { nameId, type AreaId } from '../shared/id.ts';

/** A place in the geography tree; `parent` is the code of the place around it, null at the top. */
export type NewArea = { code: string; name: string; parent: string | null };

export type Area = { id: AreaId; code: string; name: string; parent: AreaId | null };

/** Adds the areas whose code is new and leaves the others as they are. A parent may come in the same call. */
export async function addAreas(tx: Tx, areas: readonly NewArea[]): Promise<void> {
  const rows = areas.map((area) => ({
    ...area,
    id: areaIdOf(tx, area.code),
    parent: area.parent === null ? null : areaIdOf(tx, area.parent),
  }));
  await tx.query(
    `insert into area (tenant, id, code, name, parent)
     select $1, r.id, r.code, r.name, r.parent
     from jsonb_to_recordset($2::jsonb) as r (id uuid, code text, name text, parent uuid)
     on conflict (tenant, code) do nothing`,
    [tx.tenant, JSON.stringify(rows)],
  );
}

/** Every area of the tenant, in order of code. */
export async function listAreas(tx: Tx): Promise<Area[]> {
  return tx.query<Area>(
    `select id, code, name, parent from area where tenant = $1 order by code collate "C"`,
    [tx.tenant],
  );
}

/** For each of these areas the codes from itself up to the top of the tree. */
export async function areaPaths(tx: Tx, areas: readonly AreaId[]): Promise<Map<AreaId, string[]>> {
  const rows = await tx.query<{ start: AreaId; codes: string[] }>(
    `with recursive path (start, code, parent, depth) as (
       select a.id, a.code, a.parent, 0 from area a where a.tenant = $1 and a.id = any($2::uuid[])
       union all
       select path.start, a.code, a.parent, path.depth + 1
       from path join area a on a.tenant = $1 and a.id = path.parent where path.depth < 50
     )
     select start, array_agg(code order by depth) as codes from path group by start`,
    [tx.tenant, areas],
    { name: 'area-paths' },
  );
  return new Map(rows.map(({ start, codes }) => [start, codes]));
}

/** The id that an area's code gives, whether or not the area is there. */
export function areaIdOf(tx: Pick<Tx, 'tenant'>, code: string): AreaId {
  return nameId(tx.tenant, 'area', code);
}
