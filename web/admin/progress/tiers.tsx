import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { TierSizes } from '../api.ts';
import { useReader } from '../language.tsx';
import { Trouble } from '../notices.tsx';
import { Bar } from './bar.tsx';
import { DocumentEditor } from './document.tsx';
import { documents, tierSizes } from './queries.ts';
import { newTiers } from './templates.ts';

/** How many have each tier, who falls soon, and what the programme says of it. */
export function Tiers({ programme }: { programme: string }) {
  const { say } = useReader();
  const { data, error, refetch } = useQuery(tierSizes(programme));
  const known = useQuery(documents(programme)).data?.items.filter(({ kind }) => kind === 'tiers');
  if (error && !data) return <Trouble error={error} again={refetch} />;
  if (!data || !known) return null;
  const newest = known.at(-1) ?? null;
  return (
    <div className="progress-body">
      {data.document ? (
        <>
          <Sizes tiers={data.tiers} />
          <Ending sizes={data} />
        </>
      ) : (
        <p className="is-soft">{say('admin.tiers.none')}</p>
      )}
      <DocumentEditor
        key={newest?.version ?? 0}
        title={say('admin.tiers.document')}
        stored={newest}
        template={newTiers}
        programme={programme}
      />
    </div>
  );
}

function Sizes({ tiers }: Pick<TierSizes, 'tiers'>) {
  const { say, number, percent } = useReader();
  const whole = Math.max(
    1,
    tiers.reduce((sum, { members }) => sum + members, 0),
  );
  return (
    <ul className="sizes">
      {tiers.toReversed().map(({ tier, title, members }) => (
        <li key={tier}>
          <strong>{title}</strong>
          <Bar
            percent={(members / whole) * 100}
            label={title}
            told={say('admin.members', { count: members })}
          />
          <span className="figure">{number(members)}</span>
          <span className="is-faint figure">{percent(members / whole)}</span>
        </li>
      ))}
    </ul>
  );
}

function Ending({ sizes: { document, ending } }: { sizes: TierSizes }) {
  const { say, day } = useReader();
  return (
    <section className="section" aria-labelledby="ending">
      <h2 id="ending">{say('admin.tiers.ending', { count: document!.noticeDays })}</h2>
      {ending.length === 0 && <p className="is-soft">{say('admin.tiers.nobody')}</p>}
      {ending.length > 0 && (
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{say('admin.column.participant')}</th>
              <th scope="col">{say('admin.column.tier')}</th>
              <th scope="col">{say('admin.column.until')}</th>
              <th scope="col">{say('admin.column.missing')}</th>
            </tr>
          </thead>
          <tbody>
            {ending.map(({ participant, title, safeUntil, says }) => (
              <tr key={participant.id}>
                <th scope="row">
                  <Link to="/participants/$id" params={{ id: participant.id }}>
                    {participant.name}
                  </Link>
                </th>
                <td>{title}</td>
                <td>{day(safeUntil)}</td>
                <td className="is-soft">{says}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
