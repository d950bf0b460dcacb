import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { GoalStanding, StandingOf } from '../api.ts';
import { Icon } from '../icons.tsx';
import { useReader } from '../language.tsx';
import { NotFound, Trouble } from '../notices.tsx';
import { useTitle } from '../tabbed.tsx';
import { useAmount } from './amount.ts';
import { Bar } from './bar.tsx';
import { GoalShares, Target } from './goals.tsx';
import { ownerColumn } from './owner.ts';
import { goalPeople } from './queries.ts';
import { Targets } from './targets.tsx';
import '../story.css';
import './progress.css';

/** One goal in its running period: who stands how, and whose targets are their own. */
export function GoalPage() {
  const { id } = useParams({ from: '/progress/goals/$id' });
  const { say } = useReader();
  const { data, error, refetch } = useQuery(goalPeople(id));
  useTitle(data?.goal.rule.title);
  if (error && 'status' in error && error.status === 404) return <NotFound />;
  return (
    <div className="page">
      <header className="head is-detail">
        <Link className="back" to="/progress">
          <Icon name="left" />
          {say('admin.progress.goals')}
        </Link>
        {data && (
          <div className="detail-title">
            <h1>{data.goal.rule.title}</h1>
            <p>
              <Link to="/rules/$id" params={{ id }}>
                {say('admin.goal.rule', { version: data.goal.rule.version })}
              </Link>
            </p>
          </div>
        )}
      </header>
      <div className="scroll wide">
        {error && !data && <Trouble error={error} again={refetch} />}
        {data && (
          <>
            <Facts goal={data.goal} />
            <People goal={data.goal} people={data.items} />
            {data.goal.hasOwnTargets && <Targets goal={data.goal} />}
          </>
        )}
      </div>
    </div>
  );
}

function Facts({ goal }: { goal: GoalStanding }) {
  const { say, day, number } = useReader();
  const facts = [
    { label: say('admin.column.target'), value: <Target goal={goal} /> },
    { label: say('admin.goal.period'), value: `${day(goal.startsOn)} – ${day(goal.endsOn)}` },
    { label: say('admin.column.reached'), value: number(goal.reached) },
    { label: say('admin.column.near'), value: number(goal.near) },
    { label: say('admin.column.behind'), value: number(goal.behind) },
  ];
  return (
    <>
      <dl className="figures">
        {facts.map(({ label, value }) => (
          <div key={label}>
            <dt className="fact-label">{label}</dt>
            <dd className="fact-value">{value}</dd>
          </div>
        ))}
      </dl>
      <p className="goal-shares">
        <GoalShares goal={goal} />
      </p>
      {!goal.isWhole && <p className="is-soft">{say('admin.goal.part')}</p>}
    </>
  );
}

function People({ goal, people }: { goal: GoalStanding; people: StandingOf[] }) {
  const { say } = useReader();
  const amount = useAmount();
  return (
    <section className="section" aria-labelledby="people">
      <h2 id="people">{say('admin.goal.people')}</h2>
      {people.length === 0 && <p className="is-soft">{say('admin.goal.nobody')}</p>}
      {people.length > 0 && (
        <table className="table standings">
          <thead>
            <tr>
              <th scope="col">{say(ownerColumn[goal.for])}</th>
              <th scope="col">
                <span className="unseen">{say('admin.column.share')}</span>
              </th>
              <th scope="col" className="is-number">
                {say('admin.column.done')}
              </th>
              <th scope="col" className="is-number">
                {say('admin.column.target')}
              </th>
              {goal.inARow && (
                <th scope="col" className="is-number">
                  {say('admin.column.in-a-row')}
                </th>
              )}
              <th scope="col">{say('admin.column.missing')}</th>
            </tr>
          </thead>
          <tbody>
            {people.map(({ owner, done, target, percent, run, toGo }) => (
              <tr key={owner.id}>
                <th scope="row">
                  {goal.for === 'participant' ? (
                    <Link to="/participants/$id" params={{ id: owner.id }}>
                      {owner.name}
                    </Link>
                  ) : (
                    owner.name
                  )}
                </th>
                <td className="cell-far">
                  {percent !== null && (
                    <Bar percent={percent} label={owner.name} told={`${amount(done, goal)} / ${percent}%`} />
                  )}
                </td>
                <td className="is-number">{amount(done, goal)}</td>
                <td className="is-number is-soft">{target === null ? '–' : amount(target, goal)}</td>
                {goal.inARow && <td className="is-number">{run}</td>}
                <td className={toGo === null && target !== null ? 'is-good' : 'is-soft'}>
                  {toGo ?? (target === null ? say('admin.goal.no-target') : <Reached />)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Reached() {
  const { say } = useReader();
  return (
    <span className="state is-good">
      <Icon name="check" /> {say('admin.column.reached')}
    </span>
  );
}
