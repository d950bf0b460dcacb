import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Discount, Goal } from './api.ts';
import { Icon } from './icons.tsx';
import { useReader } from './language.tsx';
import { useAmount } from './progress/amount.ts';
import { Bar } from './progress/bar.tsx';
import { activitiesOf, discountsOf, goalsOf, segmentsOf } from './progress/queries.ts';
import { ParticipantTier } from './participant-tier.tsx';
import './progress/progress.css';

/** Everything that adds up for one participant: goals, tier, discounts, segments, and what was counted, each with its why. */
export function ParticipantProgress({ id }: { id: string }) {
  return (
    <>
      <Goals id={id} />
      <ParticipantTier id={id} />
      <Discounts id={id} />
      <Segments id={id} />
      <Activities id={id} />
    </>
  );
}

function Goals({ id }: { id: string }) {
  const { say } = useReader();
  const { data } = useQuery(goalsOf(id));
  if (!data || data.items.length === 0) return null;
  return (
    <section className="section" aria-labelledby="goals">
      <h2 id="goals">{say('admin.progress.goals')}</h2>
      <div className="progress-cards">
        {data.items.map((goal) => (
          <GoalCard key={`${goal.rule.id} ${goal.owner}`} goal={goal} />
        ))}
      </div>
    </section>
  );
}

function GoalCard({ goal }: { goal: Goal }) {
  const { say } = useReader();
  const amount = useAmount();
  const { rule, done, target, percent, toGo, says, inARow, owner } = goal;
  const told = target === null ? amount(done, goal) : `${amount(done, goal)} / ${amount(target, goal)}`;
  return (
    <article className="progress-card">
      <header>
        <h3>
          <Link to="/progress/goals/$id" params={{ id: rule.id }}>
            {rule.title}
          </Link>
        </h3>
        <span className="figure">{told}</span>
      </header>
      {goal.for !== 'participant' && <p>{owner}</p>}
      {percent !== null && <Bar percent={percent} label={rule.title} told={told} />}
      {toGo === null && target !== null ? (
        <p className="state is-good">
          <Icon name="check" /> {say('admin.column.reached')}
        </p>
      ) : (
        <p>{toGo ?? says}</p>
      )}
      {inARow && <p>{inARow.says}</p>}
    </article>
  );
}

function Discounts({ id }: { id: string }) {
  const { say } = useReader();
  const { data } = useQuery(discountsOf(id));
  if (!data || data.items.length === 0) return null;
  return (
    <section className="section" aria-labelledby="discounts">
      <h2 id="discounts">{say('admin.progress.discounts')}</h2>
      <div className="progress-cards">
        {data.items.map((discount) => (
          <DiscountCard key={`${discount.code} ${discount.owner}`} {...discount} />
        ))}
      </div>
    </section>
  );
}

function DiscountCard({ title, owner, percent: given, volume, next, why }: Discount) {
  const { percent } = useReader();
  return (
    <article className="progress-card">
      <header>
        <h3>{title}</h3>
        <strong>{percent(given / 100)}</strong>
      </header>
      <p>{owner}</p>
      {next && <Bar percent={(volume / next.from) * 100} label={title} told={why} />}
      <p>{why}</p>
    </article>
  );
}

function Segments({ id }: { id: string }) {
  const { say, day } = useReader();
  const { data } = useQuery(segmentsOf(id));
  if (!data || data.items.length === 0) return null;
  return (
    <section className="section" aria-labelledby="segments">
      <h2 id="segments">{say('admin.progress.segments')}</h2>
      <ul className="chips">
        {data.items.map(({ segment, title, since }) => (
          <li key={segment}>
            {title} <span className="is-faint">{say('admin.segments.since', { day: day(since) })}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What was counted of this participant, the latest first; each opens what every rule made of it. */
function Activities({ id }: { id: string }) {
  const { say, day, moment, money, name } = useReader();
  const { data } = useQuery(activitiesOf(id));
  if (!data || data.items.length === 0) return null;
  const latest = data.items
    .flatMap((one) => one ?? [])
    .toSorted((a, b) => b.occurredAt.localeCompare(a.occurredAt));
  return (
    <section className="section" aria-labelledby="counted">
      <h2 id="counted">{say('admin.counted.title')}</h2>
      <table className="table counted">
        <thead>
          <tr>
            <th scope="col">{say('admin.column.date')}</th>
            <th scope="col">{say('admin.column.outlet')}</th>
            <th scope="col">{say('admin.column.kind')}</th>
            <th scope="col" className="is-number">
              {say('admin.column.value')}
            </th>
            <th scope="col">
              <span className="unseen">{say('admin.transfer.why')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {latest.map((one) => (
            <tr key={one.id}>
              <td>
                <time dateTime={one.occurredAt} title={moment(one.occurredAt)}>
                  {day(one.occurredAt)}
                </time>
              </td>
              <th scope="row">{one.outlet.name}</th>
              <td className="is-soft">{name('admin.activity', one.kind)}</td>
              <td className="is-number">{money(one.totalMinor, one.currency)}</td>
              <td className="cell-why">
                <Link to="/activities/$id" params={{ id: one.id }}>
                  {say('admin.why')}
                </Link>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
