import type { Tx } from '../db/transact.ts';
import {
  createKey,
  listKeys,
  type ApiKey,
  type KeyAbility,
  type KeyHolder,
  type KeyId,
} from '../network/api-keys.ts';
import { outletIdOf, outletsByIds } from '../network/outlets.ts';
import { listProgrammes, programmeByCode } from '../network/programmes.ts';
import { staffByIds } from '../network/staff.ts';
import type { StaffId } from '../shared/id.ts';
import { refuse, type Refused } from '../shared/refusal.ts';

/** A key as it is asked for, in the tenant's own codes. Null: every programme, every outlet, no end. */
export type KeyAsked = {
  name: string;
  may: readonly KeyAbility[];
  programme: string | null;
  outlets: readonly string[] | null;
  expiresAt: Date | null;
};

/** A key with the names of what it names. `state` is that of now. */
export type ToldKey = Omit<ApiKey, 'programme' | 'outlets' | 'createdBy' | 'revokedBy'> & {
  state: 'good' | 'over' | 'revoked';
  programme: string | null;
  outlets: { code: string; name: string }[] | null;
  createdBy: string | null;
  revokedBy: string | null;
};

/**
 * Makes an API key for another system. `by` null: from the command line. The text is told this one time. Refuses
 * `bad-request` for a programme or outlet that is not there and for an end that is past.
 */
export async function makeKey(
  tx: Tx,
  { name, may, programme, outlets, expiresAt }: KeyAsked,
  by: StaffId | null,
  at: Date,
): Promise<{ ok: true; key: ToldKey; text: string } | Refused<'bad-request'>> {
  if (expiresAt && expiresAt <= at)
    return refuse('bad-request', { field: 'expiresAt', problem: 'not later than now' });
  const found = programme === null ? null : await programmeByCode(tx, programme);
  if (programme !== null && !found) return refuse('bad-request', { field: 'programme', problem: 'unknown' });
  const wanted = outlets && [...new Set(outlets)].map((code) => ({ code, id: outletIdOf(tx, code) }));
  const known = new Set((await outletsByIds(tx, wanted?.map(({ id }) => id) ?? [])).map(({ id }) => id));
  const unknown = wanted?.find(({ id }) => !known.has(id));
  if (unknown) return refuse('bad-request', { field: 'outlets', problem: `unknown: ${unknown.code}` });
  const scope = {
    may: [...new Set(may)],
    programme: found?.id ?? null,
    outlets: wanted?.map(({ id }) => id) ?? null,
  };
  const { key, text } = await createKey(tx, { name, ...scope, expiresAt }, by, at);
  return { ok: true, key: (await tell(tx, [key], at))[0]!, text };
}

/** A page of keys, the newest first, revoked ones among them. */
export async function tellKeys(
  tx: Tx,
  page: { limit: number; before: KeyId | null },
  at: Date,
): Promise<ToldKey[]> {
  return tell(tx, await listKeys(tx, page), at);
}

/** What a key that asks is told of itself. */
export async function tellOwnKey(tx: Tx, { name, may, programmeCode, outlets, expiresAt }: KeyHolder) {
  const codes = outlets && (await outletsByIds(tx, outlets)).map(({ code }) => code).toSorted();
  return { name, may, programme: programmeCode, outlets: codes, expiresAt };
}

async function tell(tx: Tx, keys: readonly ApiKey[], at: Date): Promise<ToldKey[]> {
  const people = keys.flatMap(({ createdBy, revokedBy }) =>
    [createdBy, revokedBy].filter((one) => one !== null),
  );
  const staff = new Map((await staffByIds(tx, [...new Set(people)])).map(({ id, name }) => [id, name]));
  const programmes = new Map((await listProgrammes(tx)).map(({ id, code }) => [id, code]));
  const ids = [...new Set(keys.flatMap(({ outlets }) => outlets ?? []))];
  const places = new Map((await outletsByIds(tx, ids)).map(({ id, code, name }) => [id, { code, name }]));
  return keys.map(({ programme, outlets, createdBy, revokedBy, ...key }) => ({
    ...key,
    state: key.revokedAt ? 'revoked' : key.expiresAt && key.expiresAt <= at ? 'over' : 'good',
    programme: programme && programmes.get(programme)!,
    outlets: outlets && outlets.map((id) => places.get(id)!),
    createdBy: createdBy && staff.get(createdBy)!,
    revokedBy: revokedBy && staff.get(revokedBy)!,
  }));
}
