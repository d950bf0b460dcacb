import { latestActivities } from '../activity/read.ts';
import type { Tx } from '../db/transact.ts';
import type { Asset } from '../ledger/accounts.ts';
import { balancesOf, expiryOf, type Expiry } from '../ledger/read.ts';
import { statementOf, type StatementEntry } from '../ledger/statement.ts';
import type { ActivityId, EvidenceId, ParticipantId, TransferId } from '../shared/id.ts';
import { points } from './plan-awards.ts';

/** What a participant owns of one asset: to spend, set aside by holds, on the way, and owed. */
export type WalletBalance = { asset: Asset; available: bigint; held: bigint; pending: bigint; debt: bigint };
export type Wallet = { balances: WalletBalance[]; expiry: Expiry[] };

/** The participant's balances by asset, and when points expire if nothing more happens. */
export async function tellWallet(tx: Tx, participant: ParticipantId): Promise<Wallet> {
  const accounts = await balancesOf(tx, participant);
  const codes = [...new Set(accounts.map(({ asset }) => asset.code))];
  const balances = codes.map((code) => {
    const of = (role: string) =>
      accounts.find((account) => account.asset.code === code && account.role === role);
    return {
      asset: accounts.find((account) => account.asset.code === code)!.asset,
      available: of('available')?.available ?? 0n,
      held: of('available')?.held ?? 0n,
      pending: of('pending')?.balance ?? 0n,
      debt: -(of('debt')?.balance ?? 0n),
    };
  });
  const spendable = accounts.find(({ asset, role }) => asset.code === points && role === 'available');
  return { balances, expiry: spendable ? await expiryOf(tx, spendable.account) : [] };
}

/** One movement, and the evidence of one's own that it goes back to. */
export type StatementLine = StatementEntry & { evidence: EvidenceId | null };
export type Statement = { lines: StatementLine[]; next: TransferId | null };

/** A page of the participant's movements, newest first. */
export async function tellStatement(
  tx: Tx,
  participant: ParticipantId,
  { limit, before }: { limit: number; before: TransferId | null },
): Promise<Statement> {
  const { entries, next } = await statementOf(tx, participant, { limit, ...(before ? { before } : {}) });
  const causes = [...new Set(entries.flatMap(({ transfer }) => transfer.cause ?? []))];
  const activities = await latestActivities(tx, causes as string[] as ActivityId[]);
  // Who is paid for what somebody else did does not see that person's paper.
  const own = activities.filter((activity) => activity.participant === participant);
  const lines = entries.map((entry) => ({
    ...entry,
    evidence: own.find(({ id }) => id === (entry.transfer.cause as string | null))?.evidence ?? null,
  }));
  return { lines, next };
}
