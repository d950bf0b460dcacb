import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { languages, type Language } from '../texts/say.ts';
import type { Asset, Participant, StatementRow, Wallet } from './api.ts';
import { Icon } from './icons.tsx';
import { useReader } from './language.tsx';
import { Empty, NotFound, Trouble } from './notices.tsx';
import { ParticipantLinks } from './participant-links.tsx';
import { ParticipantProgress } from './participant-progress.tsx';
import { participant as participantQuery, statement, wallet } from './queries.ts';
import { Units } from './values.tsx';
import './slip.css';
import './story.css';

/** One person or company: what they hold, what expires when, and every movement with its reason. */
export function ParticipantPage() {
  const { id } = useParams({ from: '/participants/$id' });
  const { say } = useReader();
  const { data, error, refetch } = useQuery(participantQuery(id));
  const isMissing = error && 'status' in error && error.status === 404;
  useEffect(() => {
    if (data) document.title = `${data.name} · Mitra`;
  }, [data]);
  return (
    <div className="page">
      <header className="head is-detail">
        <Link className="back" to="/partners" search={{ show: 'people' }}>
          <Icon name="left" />
          {say('admin.partners.people')}
        </Link>
        {data && <Who participant={data} />}
      </header>
      <div className="scroll wide">
        {error && !data && !isMissing && <Trouble error={error} again={refetch} />}
        {isMissing && <NotFound />}
        {data && (
          <>
            <Holdings id={id} />
            <ParticipantProgress id={id} />
            <ParticipantLinks participant={data} />
            <Statement id={id} />
          </>
        )}
      </div>
    </div>
  );
}

function Who({ participant }: { participant: Participant }) {
  const { name } = useReader();
  const parts = [
    name('admin.participant-kind', participant.kind),
    name('admin.tier', participant.tier),
    participant.partner,
    languages[participant.language as Language] ?? participant.language,
  ];
  return (
    <div className="detail-title">
      <h1>{participant.name}</h1>
      <p>
        {parts.map((part, index) => (
          <span key={part}>
            {index > 0 && <Icon name="dash" size={12} />} {part}
          </span>
        ))}
      </p>
    </div>
  );
}

function Holdings({ id }: { id: string }) {
  const { say } = useReader();
  const { data } = useQuery(wallet(id));
  if (!data) return <div className="facts" aria-busy="true" />;
  const points = data.balances.find(({ asset }) => asset.kind === 'points')?.asset;
  return (
    <>
      <div className="facts">
        {data.balances.map((balance) => (
          <Balance key={balance.asset.code} balance={balance} />
        ))}
      </div>
      {points && data.expiry.length > 0 && (
        <section className="section">
          <h2>{say('admin.wallet.expiry')}</h2>
          <Expiry expiry={data.expiry} asset={points} />
        </section>
      )}
    </>
  );
}

function Balance({
  balance: { asset, available, held, pending, debt },
}: {
  balance: Wallet['balances'][number];
}) {
  const { say, name } = useReader();
  const isPoints = asset.kind === 'points';
  return (
    <a className="fact" href="#statement">
      <span className="fact-label">{name('admin.asset', asset.code)}</span>
      <span className="fact-value">
        <span className={isPoints ? 'points-figure' : undefined}>
          <Units units={available} asset={asset} />
        </span>
      </span>
      <Aside name={say('admin.wallet.held')} units={held} asset={asset} />
      <Aside name={say('admin.wallet.pending')} units={pending} asset={asset} />
      <Aside name={say('admin.wallet.debt')} units={debt} asset={asset} />
    </a>
  );
}

function Aside({ name, units, asset }: { name: string; units: number; asset: Asset }) {
  if (!units) return null;
  return (
    <span className="fact-label">
      {name} <Units units={units} asset={asset} />
    </span>
  );
}

function Expiry({ expiry, asset }: { expiry: Wallet['expiry']; asset: Asset }) {
  const { day } = useReader();
  const largest = Math.max(...expiry.map(({ units }) => units), 1);
  return (
    <ul className="expiry">
      {expiry.map(({ expiresOn, units }) => (
        <li key={expiresOn}>
          <time dateTime={expiresOn}>{day(expiresOn)}</time>
          <span className="bar" aria-hidden="true">
            <span style={{ width: `${(units / largest) * 100}%` }} />
          </span>
          <Units units={units} asset={asset} />
        </li>
      ))}
    </ul>
  );
}

function Statement({ id }: { id: string }) {
  const { say } = useReader();
  const { before } = useSearch({ from: '/participants/$id' });
  const { data, isPlaceholderData } = useQuery(statement(id, before));
  const assets = useQuery(wallet(id)).data?.balances.map(({ asset }) => asset);
  if (!data || !assets) return null;
  return (
    <section className={isPlaceholderData ? 'section is-dimmed' : 'section'} aria-labelledby="statement">
      <h2 id="statement" tabIndex={-1}>
        {say('admin.statement.title')}
      </h2>
      {data.items.length === 0 ? (
        <Empty title={say('admin.statement.empty')}>
          <p>{say('admin.statement.empty.how')}</p>
        </Empty>
      ) : (
        <StatementTable rows={data.items} assets={assets} />
      )}
      <p className="foot">
        {before && (
          <Link to="/participants/$id" params={{ id }} search={{}}>
            {say('admin.evidence.newest')}
          </Link>
        )}
        {data.next && (
          <Link to="/participants/$id" params={{ id }} search={{ before: data.next }}>
            {say('admin.statement.older')}
          </Link>
        )}
      </p>
    </section>
  );
}

function StatementTable({ rows, assets }: { rows: StatementRow[]; assets: Asset[] }) {
  const { say, day, name } = useReader();
  const assetOf = (code: string) => assets.find((asset) => asset.code === code) ?? { kind: code, scale: 0 };
  return (
    <table className="table statement">
      <thead>
        <tr>
          <th scope="col">{say('admin.column.date')}</th>
          <th scope="col">{say('admin.column.reason')}</th>
          <th scope="col">{say('admin.column.asset')}</th>
          <th scope="col" className="is-number">
            {say('admin.column.units')}
          </th>
          <th scope="col" className="is-number">
            {say('admin.column.balance')}
          </th>
          <th scope="col">
            <span className="unseen">{say('admin.transfer.why')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.transfer}>
            <td>
              <time dateTime={row.at}>{day(row.at)}</time>
            </td>
            <th scope="row">
              {row.title}
              {row.title !== name('kind', row.kind) && (
                <span className="under">{name('kind', row.kind)}</span>
              )}
            </th>
            <td className="is-soft">{name('admin.asset', row.asset)}</td>
            <td className="is-number">
              <Units units={row.units} asset={assetOf(row.asset)} signed />
            </td>
            <td className="is-number is-soft">
              <Units units={row.balanceAfter} asset={assetOf(row.asset)} />
            </td>
            <td className="cell-why">
              <Link to="/transfers/$id" params={{ id: row.transfer }}>
                {say('admin.why')}
              </Link>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
