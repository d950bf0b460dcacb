import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { useReader } from '../language.tsx';
import { Empty, Trouble } from '../notices.tsx';
import { rules } from '../queries.ts';
import { TabbedPage, type Tab } from '../tabbed.tsx';
import { Experiments } from './experiments.tsx';
import { RuleMark } from './mark.tsx';
import './rules.css';

/** What the programme pays for: its rules in their newest versions, and what those bring that are tried out. */
export function RulesPage() {
  const { show } = useSearch({ from: '/rules' });
  const { say } = useReader();
  const tabs: Tab[] = [
    { to: '/rules', search: {}, text: say('admin.rules.title'), isChosen: !show },
    {
      to: '/rules',
      search: { show: 'experiments' },
      text: say('admin.rules.experiments'),
      isChosen: show === 'experiments',
    },
  ];
  return (
    <TabbedPage title={say('admin.rules.title')} tabs={tabs}>
      {show === 'experiments' ? <Experiments /> : <Rules />}
    </TabbedPage>
  );
}

function Rules() {
  const { say, day } = useReader();
  const { data, error, refetch } = useQuery(rules);
  if (error && !data) return <Trouble error={error} again={refetch} />;
  if (!data) return null;
  const isOne = new Set(data.items.map(({ programme }) => programme)).size < 2;
  if (data.items.length === 0)
    return (
      <Empty title={say('admin.rules.empty')}>
        <p>{say('admin.rules.empty.how')}</p>
      </Empty>
    );
  return (
    <table className="table">
      <thead>
        <tr>
          <th scope="col">{say('admin.column.rule')}</th>
          <th scope="col">{say('admin.column.state')}</th>
          <th scope="col" className="is-number">
            {say('admin.column.version')}
          </th>
          <th scope="col">{say('admin.column.experiment')}</th>
          <th scope="col">{say('admin.column.changed')}</th>
        </tr>
      </thead>
      <tbody>
        {data.items.map((rule) => (
          <tr key={rule.id} className="row">
            <th scope="row">
              <Link className="row-link" to="/rules/$id" params={{ id: rule.id }}>
                {rule.title}
              </Link>
              <span className="rule-code">{isOne ? rule.code : `${rule.programme}, ${rule.code}`}</span>
            </th>
            <td>
              <RuleMark state={rule.state} />
            </td>
            <td className="is-number">{rule.version}</td>
            <td className="is-soft">{rule.experiment ?? '–'}</td>
            <td className="is-soft">
              {say('admin.rules.changed', { who: rule.changedBy, day: day(rule.changedAt) })}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
