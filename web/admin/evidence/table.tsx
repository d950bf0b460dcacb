import { Link } from '@tanstack/react-router';
import { Fragment } from 'react';
import type { EvidenceRow } from '../api.ts';
import { useReader } from '../language.tsx';
import type { EvidenceSearch } from '../routes.tsx';
import { Moment, StateMark } from '../values.tsx';

type Props = { rows: EvidenceRow[]; search: EvidenceSearch; fresh: ReadonlySet<string>; currency: string };

/** The evidence of one page, newest first, under the day on which it came. The whole row opens the receipt. */
export function EvidenceTable({ rows, search, fresh, currency }: Props) {
  const { say, day } = useReader();
  const days = groupByDay(rows, day);
  return (
    <table className="table evidence-table">
      <caption className="unseen">{say('admin.evidence.title')}</caption>
      <thead>
        <tr>
          <th scope="col">{say('admin.column.received')}</th>
          <th scope="col">{say('admin.column.state')}</th>
          <th scope="col">{say('admin.column.participant')}</th>
          <th scope="col">{say('admin.column.outlet')}</th>
          <th scope="col">{say('admin.column.merchant')}</th>
          <th scope="col" className="is-number">
            {say('admin.column.total', { currency })}
          </th>
          <th scope="col" className="is-number">
            {say('admin.column.points')}
          </th>
          <th scope="col" className="is-number">
            {say('admin.column.seconds')}
          </th>
        </tr>
      </thead>
      <tbody>
        {days.map(({ name, rows: ofDay }) => (
          <Fragment key={name}>
            <tr className="day-row">
              <th scope="rowgroup" colSpan={8}>
                {name}
              </th>
            </tr>
            {ofDay.map((row) => (
              <Row
                key={row.id}
                row={row}
                search={search}
                isFresh={fresh.has(row.id)}
                isOpen={search.open === row.id}
                currency={currency}
              />
            ))}
          </Fragment>
        ))}
      </tbody>
    </table>
  );
}

type RowProps = {
  row: EvidenceRow;
  search: EvidenceSearch;
  isFresh: boolean;
  isOpen: boolean;
  currency: string;
};

function Row({ row, search, isFresh, isOpen, currency }: RowProps) {
  const { say, number, amount, money } = useReader();
  return (
    <tr className={['row', isFresh && 'is-fresh', isOpen && 'is-open'].filter(Boolean).join(' ')}>
      <td className="cell-time">
        <Link
          id={`row-${row.id}`}
          className="row-link"
          to="/evidence"
          search={{ ...search, open: row.id }}
          preload={false}
        >
          <Moment iso={row.receivedAt} />
          <span className="unseen"> {say('admin.evidence.open', { participant: row.participant.name })}</span>
        </Link>
      </td>
      <td className="cell-state">
        <StateMark state={row.state} />
        {row.reasons[0] && (
          <span className="cell-reason" title={row.reasons.map(({ text }) => text).join(' ')}>
            {row.reasons[0].text}
          </span>
        )}
      </td>
      <td>
        <Link className="over-row" to="/participants/$id" params={{ id: row.participant.id }}>
          {row.participant.name}
        </Link>
      </td>
      <td>
        {row.outlet ? (
          <span title={row.outlet.area}>{row.outlet.name}</span>
        ) : (
          <span className="is-faint">{say('admin.evidence.no-outlet')}</span>
        )}
      </td>
      <td className="is-soft">{row.merchant ?? <Nothing />}</td>
      <td className="is-number">
        {row.totalMinor === null ? (
          <Nothing />
        ) : row.currency && row.currency !== currency ? (
          money(row.totalMinor, row.currency)
        ) : (
          amount(row.totalMinor, currency)
        )}
      </td>
      <td className="is-number">
        {row.points ? (
          <Link className="points over-row" to="/evidence" search={{ ...search, open: row.id }} hash="award">
            {number(row.points)}
          </Link>
        ) : (
          <Nothing />
        )}
      </td>
      <td className="is-number is-soft">
        {row.secondsToPoints === null ? <Nothing /> : number(row.secondsToPoints, 1)}
      </td>
    </tr>
  );
}

function Nothing() {
  return <span className="nothing">–</span>;
}

function groupByDay(
  rows: EvidenceRow[],
  day: (iso: string) => string,
): { name: string; rows: EvidenceRow[] }[] {
  const days: { name: string; rows: EvidenceRow[] }[] = [];
  for (const row of rows) {
    const name = day(new Date(row.receivedAt).toISOString());
    const last = days.at(-1);
    if (last?.name === name) last.rows.push(row);
    else days.push({ name, rows: [row] });
  }
  return days;
}
