import type { Tx } from '../db/transact.ts';
import type { Id } from '../shared/id.ts';
import { normalise } from '../shared/text.ts';

type Kind = 'outlet' | 'participant';
/** What is found as somebody types; the telephone number in E.164 form. */
type Found = { code: string; name: string; phone?: string | null };

/** Longer keys are cut: nobody types further. */
const keyMax = 60;
/** Sorts behind every text that goes on. */
const behind = '\u{10FFFF}';
/** Sorts before every id. */
const noId = '00000000-0000-0000-0000-000000000000';

/** The keys by whose beginnings something is found: its code, its number, its name from each word on. */
function keysOf({ code, name, phone }: Found): string[] {
  const words = normalise(name).split(' ');
  const tails = words.map((_, index) => words.slice(index).join(' '));
  const all = [normalise(code), normalise(phone ?? ''), ...tails];
  return [...new Set(all.map((key) => key.slice(0, keyMax)))].filter((key) => key !== '');
}

/** What is typed as the beginning of a key; telephone numbers lose their blanks and dashes. Empty: it finds nothing. */
function keyTyped(typed: string): string {
  const isNumber = /^\s*\+|^[\d\s()-]{7,}$/.test(typed);
  return normalise(isNumber ? typed.replace(/\D/g, '') : typed).slice(0, keyMax);
}

/** Whether this begins with what is typed in one of its keys; nothing typed finds everything. */
export function isFoundBy(one: Found, typed = ''): boolean {
  const key = keyTyped(typed);
  return typed === '' || (key !== '' && keysOf(one).some((known) => known.startsWith(key)));
}

/** Lets these be found from now on. They are those that were just added: what is known already is not looked at. */
export async function letFind(
  tx: Tx,
  kind: Kind,
  added: readonly (Found & { id: Id<string> })[],
): Promise<void> {
  const rows = added.map((one) => ({ id: one.id, keys: keysOf(one) }));
  await tx.query(
    `insert into sought (tenant, kind, key, id)
     select $1, $2, k.key, r.id from jsonb_to_recordset($3::jsonb) as r (id uuid, keys text[])
     cross join lateral unnest(r.keys) as k (key)`,
    [tx.tenant, kind, JSON.stringify(rows)],
  );
}

/** Takes away by what these are found: before they are found by other names. */
export async function letFindNoMore(tx: Tx, ids: readonly Id<string>[]): Promise<void> {
  await tx.query('delete from sought s where s.tenant = $1 and s.id = any($2::uuid[])', [tx.tenant, ids]);
}

/**
 * A page of what begins with `typed` in one of its keys, in order of the first such key. `after` is the last one of the page
 * before. Reads as much of the index as it answers, however many there are.
 */
export async function findTyped<T extends Id<string>>(
  tx: Tx,
  kind: Kind,
  typed: string,
  { after, limit }: { after: T | null; limit: number },
): Promise<T[]> {
  const key = keyTyped(typed);
  if (key === '') return [];
  const [before] = await tx.query<{ key: string | null }>(
    'select min(key) as key from sought where tenant = $1 and id = $2 and key >= $3 and key < $4',
    [tx.tenant, after, key, key + behind],
  );
  // Of the keys of one thing only the first one counts.
  const rows = await tx.query<{ id: T }>(
    `select s.id from sought s
     where s.tenant = $1 and s.kind = $2 and s.key >= $3 and s.key < $4 and (s.key, s.id) > ($5, $6::uuid)
       and not exists (select from sought f where f.tenant = $1 and f.id = s.id and f.key >= $3 and f.key < s.key)
     order by s.key, s.id limit $7`,
    [tx.tenant, kind, key, key + behind, before?.key ?? key, before?.key ? after : noId, limit],
  );
  return rows.map(({ id }) => id);
}

/** The rows of these ids in their order; those that are not there are left out. */
export function inOrder<Row extends { id: Id<string> }>(
  ids: readonly Row['id'][],
  rows: readonly Row[],
): Row[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
