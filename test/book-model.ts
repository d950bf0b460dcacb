import type { NewTransfer } from '../src/ledger/transfer.ts';
import type { AccountId } from '../src/shared/id.ts';

type Sums = { balance: bigint; held: bigint };

/**
 * The ledger as one would explain it on a whiteboard: a list of accepted transfers, from which everything is added up
 * anew each time. The real one must give the same answers and the same balances.
 */
export function modelBook(kinds: { floorless: readonly AccountId[]; pending: readonly AccountId[] }) {
  const accepted: NewTransfer[] = [];

  const sumOf = (list: readonly NewTransfer[], pick: (one: NewTransfer) => boolean) =>
    list.filter(pick).reduce((sum, one) => sum + one.amount, 0n);

  function sums(list: readonly NewTransfer[], account: AccountId): Sums {
    const moves = list.filter(({ kind }) => kind !== 'hold' && kind !== 'release');
    const credits = sumOf(moves, (one) => one.credit === account);
    const debits = sumOf(moves, (one) => one.debit === account);
    const holds = sumOf(list, (one) => one.kind === 'hold' && one.debit === account);
    const ends = (one: NewTransfer) => one.kind === 'capture' || one.kind === 'release';
    return {
      balance: credits - debits,
      held: holds - sumOf(list, (one) => ends(one) && one.debit === account),
    };
  }

  const reversedOf = (list: readonly NewTransfer[], { id }: NewTransfer) =>
    sumOf(list, (one) => one.reverses === id);

  function pendingLeft(list: readonly NewTransfer[], earning: NewTransfer): bigint {
    const activations = list.filter((one) => one.kind === 'activate' && one.resolves === earning.id);
    const active = activations.reduce((sum, one) => sum + one.amount - reversedOf(list, one), 0n);
    return earning.amount - reversedOf(list, earning) - active;
  }

  function judgeLink(list: readonly NewTransfer[], leg: NewTransfer): string | null {
    const name = leg.resolves ?? leg.reverses;
    if (!name) return null;
    const original = accepted.find((one) => one.id === name);
    if (!original) return 'unknown-transfer';
    if (leg.reverses) {
      if (original.kind === 'hold' || original.kind === 'release' || original.reverses)
        return 'link-mismatch';
      const isPending = kinds.pending.includes(original.credit);
      const left = isPending ? pendingLeft(list, original) : original.amount - reversedOf(list, original);
      return leg.amount > left ? 'reversal-exceeded' : null;
    }
    const left =
      leg.kind === 'activate'
        ? pendingLeft(list, original)
        : original.amount - sumOf(list, (one) => one.resolves === name);
    if (left === 0n) return 'already-resolved';
    return leg.amount > left ? 'hold-exceeded' : null;
  }

  /** Posts the legs of one `tx` and answers one code for all of them. */
  function post(legs: readonly NewTransfer[]): string {
    const before = legs.map((leg) => accepted.find((one) => one.id === leg.id));
    if (before.some(Boolean))
      return before.every((one, index) => one && one.amount === legs[index]!.amount)
        ? 'replayed'
        : 'id-reused';
    const list = [...accepted];
    for (const leg of legs) {
      const refused = judgeLink(list, leg);
      if (refused) return refused;
      list.push(leg);
    }
    for (const { debit } of legs) {
      const { balance, held } = sums(list, debit);
      if (!kinds.floorless.includes(debit) && balance - held < 0n) return 'below-floor';
    }
    accepted.push(...legs);
    return 'ok';
  }

  return { accepted, post, sumsOf: (account: AccountId) => sums(accepted, account) };
}
