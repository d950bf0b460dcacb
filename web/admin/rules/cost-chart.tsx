import type { ReplayResult } from '../api.ts';
import { useReader } from '../language.tsx';

type Day = ReplayResult['totals'][number];
type Props = { asset: string; days: Day[]; firstDay: string; lastDay: string };

const width = 720;
const height = 140;

/** Units per day: what today's rules paid as a grey area, what they would have paid as a line; the same as a table. */
export function CostChart({ asset, days, firstDay, lastDay }: Props) {
  const { say, name, number, day } = useReader();
  const all = everyDay(firstDay, lastDay).map(
    (date) => days.find((one) => one.name === date) ?? { name: date, asset, live: 0, proposed: 0 },
  );
  const top = Math.max(1, ...all.flatMap(({ live, proposed }) => [live, proposed]));
  const step = width / all.length;
  const y = (units: number) => height - (units / top) * (height - 4);
  // Each day is a step as wide as a day, so that a single one is seen too.
  const steps = (of: 'live' | 'proposed') =>
    all.map((one, i) => `${i * step},${y(one[of])} ${(i + 1) * step},${y(one[of])}`).join(' ');
  const title = say('admin.replay.per-day', { asset: name('admin.asset', asset) });
  return (
    <figure className="chart">
      <figcaption>
        <h3>{title}</h3>
        <span className="legend is-live">{say('admin.replay.today')}</span>
        <span className="legend is-proposed">{say('admin.replay.then')}</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={say('admin.replay.chart', { title, top: number(top) })}
      >
        <polygon className="live" points={`0,${height} ${steps('live')} ${width},${height}`} />
        <polyline className="proposed" points={steps('proposed')} vectorEffect="non-scaling-stroke" />
      </svg>
      <p className="axis is-faint">
        <span>{day(firstDay)}</span>
        <span>{say('admin.replay.top', { top: number(top) })}</span>
        <span>{day(lastDay)}</span>
      </p>
      <details>
        <summary>{say('admin.replay.table')}</summary>
        <table className="table compared">
          <thead>
            <tr>
              <th scope="col">{say('admin.column.date')}</th>
              <th scope="col" className="is-number">
                {say('admin.replay.today')}
              </th>
              <th scope="col" className="is-number">
                {say('admin.replay.then')}
              </th>
            </tr>
          </thead>
          <tbody>
            {days
              .toSorted((a, b) => (a.name < b.name ? -1 : 1))
              .map((one) => (
                <tr key={one.name}>
                  <th scope="row">{day(one.name)}</th>
                  <td className="is-number">{number(one.live)}</td>
                  <td className="is-number">{number(one.proposed)}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}

function everyDay(first: string, last: string): string[] {
  const days: string[] = [];
  const end = Date.parse(last);
  for (let at = Date.parse(first); at <= end; at += 86_400_000)
    days.push(new Date(at).toISOString().slice(0, 10));
  return days;
}
