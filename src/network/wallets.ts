import type { Tx } from '../db/transact.ts';
import { nameId, type Id, type ParticipantId, type ProgrammeId } from '../shared/id.ts';
import { addDays, endOf, weekdayOf, type Day } from '../shared/time.ts';

export type WalletId = Id<'wallet'>;

/** A balance that several people use. */
export type SharedWallet = {
  id: WalletId;
  code: string;
  name: string;
  /** Code of the asset that is shared. */
  asset: string;
  programme: ProgrammeId;
};

/** How much one member may spend in a period; `limitUnits` is null for as much as there is. */
export type WalletMember = {
  participant: ParticipantId;
  limitUnits: bigint | null;
  limitPer: 'day' | 'week' | 'month';
  isActive: boolean;
};

const columns = 'w.id, w.code, w.name, w.asset, w.programme';

/**
 * Opens a wallet, or gives the one that has this code already this name. Null when that one is of another asset: it stays
 * as it is.
 */
export async function saveWallet(
  tx: Tx,
  { code, name, asset, programme }: Omit<SharedWallet, 'id'>,
  at: Date,
): Promise<SharedWallet | null> {
  const rows = await tx.query<SharedWallet>(
    `insert into wallet as w (tenant, id, code, name, asset, programme, created_at)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (tenant, code) do update set name = excluded.name where w.asset = excluded.asset returning ${columns}`,
    [tx.tenant, nameId(tx.tenant, 'wallet', code), code, name, asset, programme, at],
  );
  return rows[0] ?? null;
}

export async function walletById(tx: Tx, id: WalletId): Promise<SharedWallet | null> {
  return (await walletsByIds(tx, [id]))[0] ?? null;
}

/** The wallets with these ids, in no promised order; unknown ids are left out. */
export async function walletsByIds(tx: Tx, ids: readonly WalletId[]): Promise<SharedWallet[]> {
  return tx.query<SharedWallet>(
    `select ${columns} from wallet w where w.tenant = $1 and w.id = any ($2::uuid[])`,
    [tx.tenant, ids],
  );
}

export async function walletByCode(tx: Tx, code: string): Promise<SharedWallet | null> {
  return walletById(tx, nameId(tx.tenant, 'wallet', code));
}

/** A page of wallets in order of code, after this one: of those that a person may use, or of all. */
export async function listWallets(
  tx: Tx,
  { member, after, limit }: { member: ParticipantId | null; after: WalletId | null; limit: number },
): Promise<SharedWallet[]> {
  return tx.query<SharedWallet>(
    `select ${columns} from wallet w
     where w.tenant = $1 and ($2::uuid is null or exists (select from wallet_member m
       where m.tenant = $1 and m.wallet = w.id and m.participant = $2 and m.is_active))
       and ($3::uuid is null or w.code collate "C" >
         (select b.code from wallet b where b.tenant = $1 and b.id = $3) collate "C")
     order by w.code collate "C" limit $4`,
    [tx.tenant, member, after, limit],
  );
}

/** Which of these a person may use. */
export async function walletsUsedBy(
  tx: Tx,
  member: ParticipantId,
  ids: readonly Id<string>[],
): Promise<WalletId[]> {
  const rows = await tx.query<{ wallet: WalletId }>(
    `select m.wallet from wallet_member m
     where m.tenant = $1 and m.participant = $2 and m.is_active and m.wallet = any ($3::uuid[])`,
    [tx.tenant, member, ids],
  );
  return rows.map(({ wallet }) => wallet);
}

/** Lets people use a wallet, under these limits from now on. Nobody is taken off: they are made inactive. */
export async function saveMembers(tx: Tx, wallet: WalletId, members: readonly WalletMember[]): Promise<void> {
  const rows = members.map((member) => ({ ...member, limitUnits: member.limitUnits?.toString() ?? null }));
  await tx.query(
    `insert into wallet_member (tenant, wallet, participant, limit_units, limit_per, is_active)
     select $1, $2, r.participant, r."limitUnits", r."limitPer", r."isActive"
     from jsonb_to_recordset($3::jsonb) as r (participant uuid, "limitUnits" bigint, "limitPer" text, "isActive" boolean)
     on conflict (tenant, wallet, participant) do update set limit_units = excluded.limit_units,
       limit_per = excluded.limit_per, is_active = excluded.is_active`,
    [tx.tenant, wallet, JSON.stringify(rows)],
  );
}

/** Everybody who may or might use the wallet, in no promised order. */
export async function membersOf(tx: Tx, wallet: WalletId): Promise<WalletMember[]> {
  return tx.query<WalletMember>(
    `select participant, limit_units as "limitUnits", limit_per as "limitPer", is_active as "isActive"
     from wallet_member where tenant = $1 and wallet = $2`,
    [tx.tenant, wallet],
  );
}

/** The days for which a limit counts, around a day: that day, its week from Monday, its month. */
export function limitPeriod(day: Day, per: WalletMember['limitPer']): { startsOn: Day; endsOn: Day } {
  if (per === 'day') return { startsOn: day, endsOn: day };
  if (per === 'month') return { startsOn: `${day.slice(0, 8)}01`, endsOn: endOf(day, 'month') };
  const startsOn = addDays(day, 1 - weekdayOf(day));
  return { startsOn, endsOn: addDays(startsOn, 6) };
}
