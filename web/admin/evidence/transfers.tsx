import { Link } from '@tanstack/react-router';
import type { Account, TransferRow } from '../api.ts';
import { Icon } from '../icons.tsx';
import { useReader } from '../language.tsx';
import { Units } from '../values.tsx';

/** What the book says: each movement from one account to another. The units open the explanation. */
export function Transfers({ transfers }: { transfers: TransferRow[] }) {
  const { say, name } = useReader();
  return (
    <table className="table transfers">
      <thead>
        <tr>
          <th scope="col">{say('admin.column.kind')}</th>
          <th scope="col">{say('admin.column.from')}</th>
          <th scope="col" aria-hidden="true" />
          <th scope="col">{say('admin.column.to')}</th>
          <th scope="col" className="is-number">
            {say('admin.column.units')}
          </th>
        </tr>
      </thead>
      <tbody>
        {inOrder(transfers).map((transfer) => (
          <tr key={transfer.id}>
            <th scope="row">
              {name('kind', transfer.kind)}
              <span className="under">{transfer.asset.code}</span>
            </th>
            <td>
              <AccountName account={transfer.debit} />
            </td>
            <td className="is-faint">
              <Icon name="arrow" />
            </td>
            <td>
              <AccountName account={transfer.credit} />
            </td>
            <td className="is-number">
              <Link to="/transfers/$id" params={{ id: transfer.id }} title={say('admin.transfer.why')}>
                <Units units={transfer.units} asset={transfer.asset} />
              </Link>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

// What was earned, then the goods that moved; the largest first.
function inOrder(transfers: TransferRow[]): TransferRow[] {
  const rank = (transfer: TransferRow) => Number(transfer.asset.kind === 'goods');
  return transfers.toSorted((a, b) => rank(a) - rank(b) || b.units - a.units);
}

export function AccountName({ account }: { account: Account }) {
  const { name } = useReader();
  return (
    <>
      {account.owner}
      <span className="under">{name('role', account.role)}</span>
    </>
  );
}
