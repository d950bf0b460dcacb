import { Link } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReplayResult, Rule } from '../api.ts';
import { Icon } from '../icons.tsx';
import { useReader } from '../language.tsx';
import { rules } from '../queries.ts';
import { CostChart } from './cost-chart.tsx';
import { useWords } from './use-words.ts';

type Compared = ReplayResult['totals'][number];
const groupings = ['area', 'tier', 'product', 'rule'] as const;
/** So many rows of a table are shown at first: those with the largest difference. */
const shownMax = 8;

/** What a replay said: the cost, day by day and by what, who would gain and lose, and what it could not judge. */
export function ReplayedResult({ result, rule }: { result: ReplayResult; rule: Rule }) {
  const { say, day } = useReader();
  const own = result.by.rule.filter(({ name }) => name === rule.code);
  const assets = [...new Set([...result.totals, ...result.by.day].map(({ asset }) => asset))];
  return (
    <>
      <Figures totals={result.totals} own={own} activities={result.activities} />
      {result.notCounted.map(({ what, codes }) => (
        <p key={what} className="why is-wait">
          {say(`admin.replay.not-counted.${what}`, { rules: codes.join(', ') })}
        </p>
      ))}
      {result.exhausted.map(({ rule: code, period, day: on }) => (
        <p key={`${code} ${period}`} className="why is-wait">
          <Icon name="warning" /> {say('admin.replay.exhausted', { rule: code, day: day(on), period })}
        </p>
      ))}
      {assets.map((asset) => (
        <CostChart
          key={asset}
          asset={asset}
          days={result.by.day.filter((one) => one.asset === asset)}
          firstDay={result.firstDay}
          lastDay={result.lastDay}
        />
      ))}
      <People participants={result.participants} />
      {result.tiers && <TierMoves tiers={result.tiers} />}
      {groupings.map((by) => (
        <Groups key={by} by={by} rows={result.by[by]} programme={rule.programme} />
      ))}
    </>
  );
}

function Figures({ totals, own, activities }: { totals: Compared[]; own: Compared[]; activities: number }) {
  const { say, number, signed, name } = useReader();
  return (
    <dl className="facts">
      {own.map(({ asset, proposed }) => (
        <div key={`own ${asset}`} className="fact">
          <dt className="fact-label">{say('admin.replay.cost', { asset: name('admin.asset', asset) })}</dt>
          <dd className="fact-value">{number(proposed)}</dd>
        </div>
      ))}
      {own.length === 0 && (
        <div className="fact">
          <dt className="fact-label">{say('admin.replay.cost.none')}</dt>
          <dd className="fact-value">0</dd>
        </div>
      )}
      {totals.map(({ asset, live, proposed }) => (
        <div key={asset} className="fact">
          <dt className="fact-label">
            {say('admin.replay.all-rules', { asset: name('admin.asset', asset) })}
          </dt>
          <dd className="fact-value">
            {signed(proposed - live)} <Share live={live} proposed={proposed} />
          </dd>
        </div>
      ))}
      <div className="fact">
        <dt className="fact-label">{say('admin.replay.activities')}</dt>
        <dd className="fact-value">{number(activities)}</dd>
      </div>
    </dl>
  );
}

function Share({ live, proposed }: Pick<Compared, 'live' | 'proposed'>) {
  const { percent } = useReader();
  if (live === 0) return null;
  return <small>({percent(proposed / live - 1)})</small>;
}

function People({ participants }: { participants: ReplayResult['participants'] }) {
  const { say, number } = useReader();
  const { winners, losers, unchanged, most, least } = participants;
  return (
    <section className="section">
      <h3>{say('admin.replay.people')}</h3>
      <p>
        {say('admin.replay.winners', {
          winners: number(winners),
          losers: number(losers),
          unchanged: number(unchanged),
        })}
      </p>
      {most.length > 0 && <Changes title={say('admin.replay.most')} rows={most} />}
      {least.length > 0 && <Changes title={say('admin.replay.least')} rows={least} />}
    </section>
  );
}

type Change = ReplayResult['participants']['most'][number];

function Changes({ title, rows }: { title: string; rows: Change[] }) {
  const { say } = useReader();
  return (
    <table className="table compared">
      <Head first={title} />
      <tbody>
        {rows.map((row) => (
          <tr key={`${row.participant} ${row.asset}`}>
            <th scope="row">
              {row.kind === 'participant' ? (
                <Link to="/participants/$id" params={{ id: row.participant }}>
                  {row.personName || row.code || say('admin.origin.unknown')}
                </Link>
              ) : (
                row.personName || row.code
              )}
            </th>
            <Sums {...row} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Head({ first }: { first: string }) {
  const { say } = useReader();
  return (
    <thead>
      <tr>
        <th scope="col">{first}</th>
        <th scope="col" className="is-asset">
          {say('admin.column.asset')}
        </th>
        <th scope="col" className="is-number">
          {say('admin.replay.today')}
        </th>
        <th scope="col" className="is-number">
          {say('admin.replay.then')}
        </th>
        <th scope="col" className="is-number">
          {say('admin.column.change')}
        </th>
      </tr>
    </thead>
  );
}

function Sums({ asset, live, proposed }: Pick<Compared, 'asset' | 'live' | 'proposed'>) {
  const { number, signed, name } = useReader();
  return (
    <>
      <td className="is-soft is-asset">{name('admin.asset', asset)}</td>
      <td className="is-number">{number(live)}</td>
      <td className="is-number">{number(proposed)}</td>
      <td className="is-number">{signed(proposed - live)}</td>
    </>
  );
}

type Tiers = NonNullable<ReplayResult['tiers']>;

/** Who would have another tier at the end: how many from which to which, and the first of them by name. */
function TierMoves({ tiers: { day: on, moves, named } }: { tiers: Tiers }) {
  const { say, name, number, day } = useReader();
  if (moves.length === 0)
    return <p className="is-soft">{say('admin.replay.tiers.none', { day: day(on) })}</p>;
  return (
    <section className="section">
      <h3>{say('admin.replay.tiers', { day: day(on) })}</h3>
      <table className="table compared">
        <thead>
          <tr>
            <th scope="col">{say('admin.replay.today')}</th>
            <th scope="col">{say('admin.replay.then')}</th>
            <th scope="col" className="is-number">
              {say('admin.replay.people-count')}
            </th>
          </tr>
        </thead>
        <tbody>
          {moves.map(({ live, proposed, participants }) => (
            <tr key={`${live} ${proposed}`}>
              <th scope="row">{name('admin.tier', live)}</th>
              <td>{name('admin.tier', proposed)}</td>
              <td className="is-number">{number(participants)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <ul className="moved">
        {named.map(({ participant, code, personName, partnerName, live, proposed }) => (
          <li key={participant}>
            <Link to="/participants/$id" params={{ id: participant }}>
              {personName || code}
            </Link>{' '}
            <span className="is-soft">
              {partnerName} · {name('admin.tier', live)} → {name('admin.tier', proposed)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What people call the things that a cost is told by. */
function useNames(programme: string, by: (typeof groupings)[number]): (code: string) => string {
  const { say } = useReader();
  const words = useWords(programme);
  const listed = useQuery(rules).data?.items;
  const titleOf = (code: string) =>
    listed?.find((rule) => rule.code === code && rule.programme === programme)?.title ?? code;
  return (code) => {
    if (code === '') return say('admin.origin.unknown');
    if (by === 'rule') return titleOf(code);
    const what = { area: 'areas', tier: 'tiers', product: 'products' } as const;
    return words ? words.called(what[by], code) : code;
  };
}

type GroupsProps = { by: (typeof groupings)[number]; rows: Compared[]; programme: string };

/** Cost by one thing, the largest difference first. */
function Groups({ by, rows, programme }: GroupsProps) {
  const { say, number } = useReader();
  const nameOf = useNames(programme, by);
  const [isAll, setAll] = useState(false);
  if (rows.length === 0) return null;
  const size = ({ live, proposed }: Compared) => Math.abs(proposed - live);
  const sorted = rows.toSorted((a, b) => size(b) - size(a) || b.proposed - a.proposed);
  return (
    <section className="section">
      <table className="table compared">
        <Head first={say(`admin.replay.by.${by}`)} />
        <tbody>
          {(isAll ? sorted : sorted.slice(0, shownMax)).map((row) => (
            <tr key={`${row.name} ${row.asset}`}>
              <th scope="row">{nameOf(row.name)}</th>
              <Sums {...row} />
            </tr>
          ))}
        </tbody>
      </table>
      {sorted.length > shownMax && !isAll && (
        <button type="button" className="more" onClick={() => setAll(true)}>
          {say('admin.replay.all', { count: number(sorted.length) })}
        </button>
      )}
    </section>
  );
}
