import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useEffect } from 'react';
import type { Rule } from '../api.ts';
import { Icon } from '../icons.tsx';
import { useReader } from '../language.tsx';
import { NotFound, Trouble } from '../notices.tsx';
import { ruleDecisions, ruleDetail, ruleDifference } from '../queries.ts';
import { Moment } from '../values.tsx';
import { Edit } from './edit.tsx';
import { Launch } from './launch.tsx';
import { RuleMark } from './mark.tsx';
import '../story.css';
import './rules.css';

/** One rule: what its newest version changes, what a launch rests on, its versions, and who decided what. */
export function RulePage() {
  const { id } = useParams({ from: '/rules/$id' });
  const { say } = useReader();
  const { data, error, refetch } = useQuery(ruleDetail(id));
  const title = useTitle(data);
  useEffect(() => {
    if (title) document.title = `${title} · Mitra`;
  }, [title]);
  if (error && 'status' in error && error.status === 404) return <NotFound />;
  return (
    <div className="page">
      <header className="head is-detail">
        <Link className="back" to="/rules">
          <Icon name="left" />
          {say('admin.rules.title')}
        </Link>
        {data && (
          <div className="detail-title">
            <h1>{title}</h1>
            <p>
              <RuleMark state={data.versions[0]!.state} /> {data.code}
            </p>
          </div>
        )}
      </header>
      <div className="scroll wide">
        {error && !data && <Trouble error={error} again={refetch} />}
        {data && (
          <>
            <Launch rule={data} />
            <Difference rule={data} />
            <Versions rule={data} />
            <Decisions id={id} />
            <Edit rule={data} />
          </>
        )}
      </div>
    </div>
  );
}

type Texts = Record<string, { title: string; award: string }>;

function useTitle(rule: Rule | undefined): string | undefined {
  const { language } = useReader();
  const texts = rule?.versions[0]?.document['texts'] as Texts | undefined;
  return (texts?.[language] ?? texts?.['en'])?.title;
}

function Difference({ rule }: { rule: Rule }) {
  const { say } = useReader();
  const { data } = useQuery(ruleDifference(rule.id, rule.versions[0]!.version));
  if (!data || rule.versions.length < 2 || data.items.length === 0) return null;
  return (
    <section className="section">
      <h2>{say('admin.rule.difference')}</h2>
      <table className="table difference">
        <thead>
          <tr>
            <th scope="col">{say('admin.column.field')}</th>
            <th scope="col">{say('admin.column.before')}</th>
            <th scope="col">{say('admin.column.after')}</th>
          </tr>
        </thead>
        <tbody>
          {data.items.map(({ at, old, new: now }) => (
            <tr key={at}>
              <th scope="row">{at}</th>
              <td className="is-soft">{written(old)}</td>
              <td>{written(now)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const written = (value: unknown): string =>
  value === undefined ? '–' : typeof value === 'string' ? value : JSON.stringify(value);

function Versions({ rule }: { rule: Rule }) {
  const { say } = useReader();
  return (
    <section className="section">
      <h2>{say('admin.rule.versions')}</h2>
      <table className="table versions">
        <thead>
          <tr>
            <th scope="col">{say('admin.column.version')}</th>
            <th scope="col">{say('admin.column.state')}</th>
            <th scope="col">{say('admin.column.counts-from')}</th>
            <th scope="col">{say('admin.column.by')}</th>
          </tr>
        </thead>
        <tbody>
          {rule.versions.map(({ version, state, effectiveFrom, createdBy }) => (
            <tr key={version}>
              <th scope="row">{version}</th>
              <td>
                <RuleMark state={state} />
              </td>
              <td className="is-soft">
                {state === 'draft' ? (
                  '–'
                ) : effectiveFrom ? (
                  <Moment iso={effectiveFrom} full />
                ) : (
                  say('admin.rule.always')
                )}
              </td>
              <td className="is-soft">{createdBy}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Decisions({ id }: { id: string }) {
  const { say, name } = useReader();
  const { data } = useQuery(ruleDecisions(id));
  if (!data || data.items.length === 0) return null;
  return (
    <section className="section">
      <h2>{say('admin.rule.decisions')}</h2>
      <ol className="decisions">
        {data.items.map(({ id, at, by, what, version, facts }) => (
          <li key={id}>
            <Moment iso={at} full />
            <span>
              {name('admin.decision', what, { who: by, version: version ?? 0 })}
              {whyOf(facts) && <q>{whyOf(facts)}</q>}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function whyOf(facts: Record<string, unknown>): string | null {
  const why = facts['reason'] ?? facts['waiver'] ?? facts['because'];
  return typeof why === 'string' ? why : null;
}
