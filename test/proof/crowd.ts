import { eventId } from '../../src/shared/id.ts';
import type { AccountId, AssetId, TenantId, TransferId } from '../../src/shared/id.ts';
import type { NewTransfer } from '../../src/ledger/transfer.ts';
import { day0 } from '../book.ts';

/** Writers with an account each, and what they all deal with. */
export type Crowd = {
  tenant: TenantId;
  points: AssetId;
  coffee: AssetId;
  issued: AccountId;
  stock: AccountId;
  sold: AccountId;
  writers: AccountId[];
};

/** Legs of every command. */
export const legsEach = 2;

/**
 * The n-th command of a writer, from 1: an earning with its fee, a gift to the next writer with its fee, a hold with a
 * sale, and a capture of the hold with the release of its rest. All of them can be posted, in this order.
 */
export function legsOf(crowd: Crowd, writer: number, n: number): NewTransfer[] {
  const { tenant, points, coffee, issued, stock, sold, writers } = crowd;
  const own = writers[writer]!;
  const next = writers[(writer + 1) % writers.length]!;
  const idOf = (command: number, leg: number) =>
    eventId<TransferId>(day0, tenant, 'crowd', String(writer), String(command), String(leg));
  const tx = idOf(n, 0);
  const leg = (
    place: number,
    some: Pick<NewTransfer, 'debit' | 'credit' | 'amount' | 'kind' | 'resolves'>,
  ) => ({
    id: idOf(n, place),
    tx,
    asset: points,
    effectiveAt: day0,
    ...some,
  });
  const fee = leg(1, { debit: own, credit: issued, amount: 1n, kind: 'fee' });
  switch (n % 4) {
    case 1:
      return [leg(0, { debit: issued, credit: own, amount: 10n, kind: 'award' }), fee];
    case 2:
      return [leg(0, { debit: own, credit: next, amount: 3n, kind: 'gift' }), fee];
    case 3:
      return [
        leg(0, { debit: own, credit: issued, amount: 5n, kind: 'hold' }),
        { ...leg(1, { debit: stock, credit: sold, amount: 1n, kind: 'sale' }), asset: coffee },
      ];
    default: {
      const link = { debit: own, credit: issued, resolves: idOf(n - 1, 0) };
      return [
        leg(0, { ...link, amount: 3n, kind: 'capture' }),
        leg(1, { ...link, amount: 2n, kind: 'release' }),
      ];
    }
  }
}

/** What a writer has when each has had so many commands: balance and what is held. */
export function expectedOf(done: readonly number[], writer: number): { balance: bigint; held: bigint } {
  const times = (n: number, kind: number) => BigInt(Math.floor((n - kind) / 4) + 1);
  const own = done[writer]!;
  const before = done[(writer + done.length - 1) % done.length]!;
  const [earned, given, held, captured] = [1, 2, 3, 4].map((kind) => times(own, kind)) as bigint[];
  return {
    balance: earned! * 9n - given! * 4n - captured! * 3n + times(before, 2) * 3n,
    held: (held! - captured!) * 5n,
  };
}
