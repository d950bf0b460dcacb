import type { Tx } from '../db/transact.ts';
import { assetByCode, openAccounts } from '../ledger/accounts.ts';
import { allowanceOwners, usedOn } from '../ledger/allowance.ts';
import { balancesOf, transfersOfCauses } from '../ledger/read.ts';
import { statementOf, type StatementEntry } from '../ledger/statement.ts';
import { participantsByIds } from '../network/participants.ts';
import { listProgrammes, programmeById } from '../network/programmes.ts';
import {
  limitPeriod,
  membersOf,
  saveMembers,
  saveWallet,
  walletById,
  type SharedWallet,
  type WalletId,
  type WalletMember,
} from '../network/wallets.ts';
import type { Id, ParticipantId, TransferId } from '../shared/id.ts';
import { refuse, type Refused } from '../shared/refusal.ts';
import { wallTime } from '../shared/time.ts';

/** A wallet as somebody sets it up: its code names it, its asset stays as it was first. */
export type WalletAsked = { code: string; name: string; asset: string; members: readonly WalletMember[] };

/** Opens a shared wallet or changes its name, members and limits; a limit counts from the next spend on. */
export async function saveSharedWallet(
  tx: Tx,
  { code, name, asset: assetCode, members }: WalletAsked,
  at: Date,
): Promise<
  | { ok: true; wallet: SharedWallet }
  | Refused<'unknown-asset' | 'unknown-recipient' | 'not-found' | 'bad-request'>
> {
  const [programme] = await listProgrammes(tx);
  if (!programme) return refuse('not-found');
  const ids = new Set(members.map(({ participant }) => participant));
  if (ids.size < members.length)
    return refuse('bad-request', { field: 'members', problem: 'the same participant twice' });
  const people = await participantsByIds(tx, [...ids]);
  const isUnknown = members.some(({ participant }) => people.every(({ id }) => id !== participant));
  if (isUnknown) return refuse('unknown-recipient');
  const asset = await assetByCode(tx, assetCode);
  // Status makes a rank and buys nothing, also in common.
  if (!asset || asset.kind === 'status') return refuse('unknown-asset', { asset: assetCode });
  const wallet = await saveWallet(tx, { code, name, asset: assetCode, programme: programme.id }, at);
  if (!wallet) return refuse('unknown-asset', { asset: assetCode });
  await saveMembers(tx, wallet.id, members);
  await openAccounts(tx, [{ asset: asset.id, owner: wallet.id, role: 'available' }]);
  return { ok: true, wallet };
}

/** What a member may spend in the period now, and has: `left` is null for as much as there is. */
export type MemberStanding = WalletMember & { name: string; used: bigint; left: bigint | null };
export type WalletStory = {
  wallet: SharedWallet;
  available: bigint;
  held: bigint;
  members: MemberStanding[];
};

/** A wallet's balance and its members; null where there is none, or the reader is not one of its members. */
export async function tellSharedWallet(
  tx: Tx,
  id: WalletId,
  reader: ParticipantId | null,
  at: Date,
): Promise<WalletStory | null> {
  const wallet = await walletById(tx, id);
  const members = wallet ? await membersOf(tx, id) : [];
  const mayRead = reader === null || members.some((one) => one.participant === reader && one.isActive);
  if (!wallet || !mayRead) return null;
  const { timeZone } = (await programmeById(tx, wallet.programme))!;
  const { day } = wallTime(at, timeZone);
  const used = await usedOn(tx, id, day);
  const people = await participantsByIds(
    tx,
    members.map(({ participant }) => participant),
  );
  const balance = (await balancesOf(tx, id)).find(({ role }) => role === 'available');
  const standings = members.map((member): MemberStanding => {
    const { startsOn, endsOn } = limitPeriod(day, member.limitPer);
    const own = used.find(
      (one) =>
        (one.participant as string) === member.participant &&
        one.startsOn === startsOn &&
        one.endsOn === endsOn,
    );
    const units = own?.used ?? 0n;
    const left = member.limitUnits === null ? null : member.limitUnits - units;
    const { name } = people.find((one) => one.id === member.participant)!;
    return { ...member, name, used: units, left: left !== null && left < 0n ? 0n : left };
  });
  return {
    wallet,
    available: balance?.available ?? 0n,
    held: balance?.held ?? 0n,
    members: standings.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** One movement on a wallet, and which member it was, where it was one. */
export type WalletLine = StatementEntry & { member: { id: Id<string>; name: string } | null };

/** A page of what happened on a wallet, newest first: who put in and who spent. */
export async function tellWalletStatement(
  tx: Tx,
  wallet: WalletId,
  page: { limit: number; before: TransferId | null },
): Promise<{ lines: WalletLine[]; next: TransferId | null }> {
  const { limit, before } = page;
  const roles = ['available'];
  const { entries, next } = await statementOf(tx, wallet, { limit, roles, ...(before ? { before } : {}) });
  const causes = [...new Set(entries.flatMap(({ transfer }) => transfer.cause ?? []))];
  const caused = await transfersOfCauses(tx, causes);
  const owners = await allowanceOwners(
    tx,
    caused.flatMap(({ debit, credit }) => [debit, credit]),
  );
  const memberOf = new Map<Id<string>, Id<string>>();
  for (const one of caused) {
    // A gift comes from the giver's own account; a purchase and its refund have a twin on the member's allowance.
    const used = owners.get(one.debit) ?? owners.get(one.credit);
    const member = one.kind === 'gift' ? one.from.owner : used;
    if (member) memberOf.set(one.cause!, member);
  }
  const people = await participantsByIds(tx, [...new Set(memberOf.values())] as string[] as ParticipantId[]);
  const lines = entries.map((entry): WalletLine => {
    const id = entry.transfer.cause && memberOf.get(entry.transfer.cause);
    const person = people.find((one) => (one.id as string) === id);
    return { ...entry, member: person ? { id: person.id, name: person.name } : null };
  });
  return { lines, next };
}
