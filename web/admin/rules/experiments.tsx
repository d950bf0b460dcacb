import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Experiment } from '../api.ts';
import { Icon, type IconName } from '../icons.tsx';
import { useReader } from '../language.tsx';
import { Empty, Trouble } from '../notices.tsx';
import { experiment, experiments } from '../queries.ts';

/** Rules that are tried out on a part of their audience, and what they bring. */
export function Experiments() {
  const { say } = useReader();
  const { data, error, refetch } = useQuery(experiments);
  if (error && !data) return <Trouble error={error} again={refetch} />;
  if (!data) return null;
  if (data.items.length === 0)
    return (
      <Empty title={say('admin.experiments.empty')}>
        <p>{say('admin.experiments.empty.how')}</p>
      </Empty>
    );
  return (
    <div className="experiments">
      {data.items.map(({ name }) => (
        <One key={name} name={name} />
      ))}
    </div>
  );
}

const looks: Record<Experiment['verdict'], { icon: IconName; tone: string }> = {
  'too-small': { icon: 'pause', tone: 'is-still' },
  undecided: { icon: 'clock', tone: 'is-busy' },
  better: { icon: 'check', tone: 'is-good' },
  worse: { icon: 'cross', tone: 'is-bad' },
};

function One({ name }: { name: string }) {
  const { say, number, percent, day } = useReader();
  const { data } = useQuery(experiment(name));
  if (!data) return <section className="experiment" aria-busy="true" />;
  const { groups, verdict, groupSizeMin, treatmentPercent, rules, from, until } = data;
  const { icon, tone } = looks[verdict];
  return (
    <section className="experiment" aria-labelledby={`experiment-${name}`}>
      <h2 id={`experiment-${name}`}>
        {name}
        <span className={`state is-boxed ${tone}`}>
          <Icon name={icon} />
          {say(`admin.experiment.verdict.${verdict}`, { size: groupSizeMin })}
        </span>
      </h2>
      <p className="is-soft">
        {say('admin.experiment.share', { share: percent(treatmentPercent / 100) })}{' '}
        {rules.map(({ id, code }) => (
          <Link key={id} to="/rules/$id" params={{ id }}>
            {code}
          </Link>
        ))}
        {from && ` · ${say('admin.experiment.since', { day: day(from) })}`}
        {until && ` · ${say('admin.experiment.until', { day: day(until) })}`}
      </p>
      {/* Of too few people an interval says nothing. */}
      {verdict !== 'too-small' && <Interval experiment={data} />}
      <p className="is-soft">
        {say('admin.experiment.sizes', {
          treated: number(groups.treated?.count ?? 0),
          heldOut: number(groups.heldOut?.count ?? 0),
        })}
      </p>
    </section>
  );
}

/** The interval on a line with its zero: what lies to the right of it is more, what lies to the left is less. */
function Interval({ experiment: { uplift, measure } }: { experiment: Experiment }) {
  const { say, money, number } = useReader();
  if (!uplift) return null;
  const [low, high] = uplift.interval as [number, number];
  const write = (value: number) =>
    measure.currency === undefined
      ? number(measure.of === 'quantity' ? value / 1000 : value, 2)
      : money(Math.round(value), measure.currency);
  const reach = Math.max(Math.abs(low), Math.abs(high), Number.EPSILON);
  const place = (value: number) => `${50 + (value / reach) * 48}%`;
  return (
    <>
      <p className="uplift">
        {say('admin.experiment.uplift', { low: write(low), high: write(high) })}
        <span className="is-soft">
          {say(`admin.experiment.measure.${measure.of}`, { asset: measure.asset ?? '' })}
        </span>
      </p>
      <div className="interval" aria-hidden="true">
        <span
          className="interval-bar"
          style={{ insetInlineStart: place(low), insetInlineEnd: `calc(100% - ${place(high)})` }}
        />
        <span className="interval-zero" />
        <span className="interval-point" style={{ insetInlineStart: place(uplift.difference) }} />
      </div>
    </>
  );
}
