import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { ruleStates, type RuleState } from '../api.ts';
import { Icon } from '../icons.tsx';
import { useReader } from '../language.tsx';
import { Empty, Trouble } from '../notices.tsx';
import { rules } from '../queries.ts';
import { TabbedPage, type Tab } from '../tabbed.tsx';
import { rememberList } from './back.tsx';
import { Experiments } from './experiments.tsx';
import { Kinds } from './kinds.tsx';
import { RuleMark } from './mark.tsx';
import './rules.css';

/** What the programme pays for: its rules in their newest versions, and what those bring that are tried out. */
export function RulesPage() {
  const { show, state } = useSearch({ from: '/rules' });
  const { say, name } = useReader();
  const { data } = useQuery(rules);
  useEffect(() => rememberList({ ...(show && { show }), ...(state && { state }) }), [show, state]);
  const tabs: Tab[] = [
    { to: '/rules', search: {}, text: say('admin.state.all'), isChosen: !show && !state },
    ...ruleStates
      .filter((one) => one === state || data?.items.some((rule) => rule.state === one))
      .map((one) => ({
        to: '/rules' as const,
        search: { state: one },
        text: name('admin.rule-state', one),
        isChosen: state === one,
      })),
    {
      to: '/rules',
      search: { show: 'experiments' },
      text: say('admin.rules.experiments'),
      isChosen: show === 'experiments',
    },
    { to: '/rules', search: { show: 'kinds' }, text: say('admin.kinds.title'), isChosen: show === 'kinds' },
  ];
  const action = (
    <Link className="button" to="/rules/new">
      <Icon name="plus" />
      {say('admin.new.title')}
    </Link>
  );
  return (
    <TabbedPage title={say('admin.rules.title')} action={action} tabs={tabs}>
      {show === 'experiments' && <Experiments />}
      {show === 'kinds' && <Kinds />}
      {!show && <Rules state={state} />}
    </TabbedPage>
  );
}

function Rules({ state }: { state: RuleState | undefined }) {
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
        {data.items
          .filter((rule) => !state || rule.state === state)
          .map((rule) => (
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
