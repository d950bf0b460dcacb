import type { Tx } from '../db/transact.ts';
import { outletsByIds } from '../network/outlets.ts';
import { participantsByIds } from '../network/participants.ts';
import { partnersByIds } from '../network/partners.ts';
import { listProgrammes } from '../network/programmes.ts';
import { walletsByIds, type WalletId } from '../network/wallets.ts';
import type { Id, OutletId, ParticipantId, PartnerId } from '../shared/id.ts';

/** The names of those whose accounts these are: people, outlets, partners, shared wallets and programmes, by id. */
export async function nameOwners(tx: Tx, owners: readonly Id<string>[]): Promise<Map<Id<string>, string>> {
  const ids = [...new Set(owners)];
  if (ids.length === 0) return new Map();
  const named = [
    ...(await participantsByIds(tx, ids as ParticipantId[])),
    ...(await outletsByIds(tx, ids as OutletId[])),
    ...(await partnersByIds(tx, ids as PartnerId[])),
    ...(await walletsByIds(tx, ids as string[] as WalletId[])),
    ...(await listProgrammes(tx)),
  ];
  return new Map(named.map(({ id, name }) => [id, name]));
}
