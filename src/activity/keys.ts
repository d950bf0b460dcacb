import type { Tx } from '../db/transact.ts';
import type { Activity } from './activity.ts';

/** The activities of these keys in their newest version, without lines and in no promised order; new keys are left out. */
export async function activitiesOfKeys(
  tx: Tx,
  keys: readonly { source: string; externalKey: string }[],
): Promise<(Pick<Activity, 'programme' | 'outlet'> & { source: string; externalKey: string })[]> {
  return tx.query(
    `select k.source, k.external_key as "externalKey", a.programme, a.outlet
     from unnest($2::text[], $3::text[]) as given (source, key)
     join activity_key k on k.tenant = $1 and k.source = given.source and k.external_key = given.key
     join activity a on a.tenant = $1 and a.id = k.activity and not exists (
       select 1 from activity later where later.tenant = $1 and later.id = a.id and later.version > a.version)`,
    [tx.tenant, keys.map(({ source }) => source), keys.map(({ externalKey }) => externalKey)],
  );
}
