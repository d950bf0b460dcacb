import type { Language } from '../../web/texts/say.ts';
import type { Tx } from '../db/transact.ts';
import { transfersByIds, type BookedTransfer } from '../ledger/read.ts';
import { lotsOf, traceAccount, usesOf } from '../ledger/trace.ts';
import { movesNothing, type TransferKind } from '../ledger/transfer.ts';
import type { Id, TransferId } from '../shared/id.ts';
import type { Day } from '../shared/time.ts';
import { ruleBehind } from './rule-behind.ts';

/** Earnings of one spend that are told with their rule; further ones go by their kind. */
const rulesToldMax = 50;

/** Units of one transfer within the trace of another; `returned` came back. `rule` is the title of the rule behind it. */
export type UnitsOf = {
  transfer: TransferId;
  kind: TransferKind;
  /** When it happened. */
  at: Date;
  rule: string | null;
  units: bigint;
  returned: bigint;
};

/** Where the units of a transfer came from (`lots`), and what became of them (`uses` and `left`, which add up to it). */
export type UnitsExplained = {
  lots: { expiresOn: Day | null; units: bigint; returned: bigint; earnings: UnitsOf[] }[];
  uses: UnitsOf[];
  left: { expiresOn: Day | null; units: bigint }[];
};

/**
 * Walks from a spend to the lots it consumed and the earnings that paid for it, and from an earning to what used it.
 * `reader` sees the side of an own account only; null sees both.
 */
export async function explainUnits(
  tx: Tx,
  transfer: BookedTransfer,
  language: Language,
  reader: Id<string> | null,
): Promise<UnitsExplained> {
  const told: UnitsExplained = { lots: [], uses: [], left: [] };
  if (movesNothing(transfer.kind)) return told;
  const isTold = ({ owner, role }: BookedTransfer['from']) =>
    (role === 'available' || role === 'pending') && (reader === null || reader === owner);
  if (isTold(transfer.from)) {
    const lots = lotsOf(await traceAccount(tx, transfer.debit), transfer.id);
    const tell = await teller(
      tx,
      lots.flatMap(({ earnings }) => earnings),
      language,
    );
    told.lots = lots.map((lot) => ({ ...lot, earnings: lot.earnings.flatMap(tell) }));
  }
  if (isTold(transfer.to) && !transfer.reverses) {
    const { uses, left } = usesOf(await traceAccount(tx, transfer.credit), transfer.id);
    told.uses = uses.flatMap(await teller(tx, uses, language));
    told.left = left;
  }
  return told;
}

type Part = { transfer: TransferId; units: bigint; returned: bigint };

/** Tells what transfers are, reading each once. */
async function teller(
  tx: Tx,
  parts: readonly Part[],
  language: Language,
): Promise<(part: Part) => UnitsOf[]> {
  const booked = await transfersByIds(tx, [...new Set(parts.map(({ transfer }) => transfer))]);
  const known = new Map<TransferId, Pick<UnitsOf, 'kind' | 'at' | 'rule'>>();
  for (const [i, one] of booked.entries()) {
    const rule = i < rulesToldMax ? await ruleBehind(tx, one, language) : null;
    known.set(one.id, { kind: one.kind, at: one.effectiveAt, rule: rule?.title ?? null });
  }
  return (part) => {
    const about = known.get(part.transfer);
    return about ? [{ ...about, ...part }] : [];
  };
}
