import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { GoalStanding } from '../api.ts';
import { useReader } from '../language.tsx';
import { Empty, Trouble } from '../notices.tsx';
import { useAmountInWords } from './amount.ts';
import { Shares } from './bar.tsx';
import { standings } from './queries.ts';

/** Every goal that runs today: how many have reached it, are near, are behind. */
export function Goals({ programme }: { programme: string }) {
  const { say, day, number } = useReader();
  const { data, error, refetch } = useQuery(standings(programme));
  if (error && !data) return <Trouble error={error} again={refetch} />;
  if (!data) return null;
  if (data.items.length === 0)
    return (
      <Empty title={say('admin.goals.empty')}>
        <p>{say('admin.goals.empty.how')}</p>
      </Empty>
    );
  return (
    <table className="table goals">
      <thead>
        <tr>
          <th scope="col">{say('admin.column.goal')}</th>
          <th scope="col">{say('admin.column.target')}</th>
          <th scope="col">{say('admin.column.until')}</th>
          <th scope="col" className="is-number">
            {say('admin.column.reached')}
          </th>
          <th scope="col" className="is-number">
            {say('admin.column.near')}
          </th>
          <th scope="col" className="is-number">
            {say('admin.column.behind')}
          </th>
          <th scope="col">
            <span className="unseen">{say('admin.column.share')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {data.items.map((goal) => (
          <tr key={goal.rule.id} className="row">
            <th scope="row">
              <Link className="row-link" to="/progress/goals/$id" params={{ id: goal.rule.id }}>
                {goal.rule.title}
              </Link>
              <span className="under">{say(`admin.goal.for.${goal.for}`)}</span>
            </th>
            <td>
              <Target goal={goal} />
            </td>
            <td className="is-soft">{day(goal.endsOn)}</td>
            <td className="is-number">{number(goal.reached)}</td>
            <td className="is-number">{number(goal.near)}</td>
            <td className="is-number">{number(goal.behind)}</td>
            <td className="cell-shares">
              <GoalShares goal={goal} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function GoalShares({ goal: { reached, near, behind } }: { goal: GoalStanding }) {
  return (
    <Shares
      parts={[
        { look: 'is-reached', count: reached },
        { look: 'is-near', count: near },
        { look: 'is-behind', count: behind },
      ]}
    />
  );
}

type TargetGiven =
  | number
  | { individual: true; otherwise?: number }
  | { percent: number; of: string }
  | { percent: number; ofAverage: number };

/** What a goal asks for, in words. */
export function Target({ goal }: { goal: GoalStanding }) {
  const { say, percent } = useReader();
  const inWords = useAmountInWords();
  const target = goal.target as TargetGiven;
  // A share is written as percent in the rule and counted in hundredths of it.
  const write = (value: number) => inWords(goal.counts === 'share' ? value * 100 : value, goal);
  const streak = goal.inARow ? `, ${say('admin.goal.in-a-row', { count: goal.inARow })}` : '';
  if (typeof target === 'number') return `${write(target)}${streak}`;
  if ('individual' in target)
    return target.otherwise === undefined
      ? say('admin.goal.own') + streak
      : say('admin.goal.own-or', { otherwise: write(target.otherwise) }) + streak;
  const share = percent(target.percent / 100);
  return 'of' in target
    ? say('admin.goal.of-last-year', { share }) + streak
    : say('admin.goal.of-average', { share, count: target.ofAverage }) + streak;
}
