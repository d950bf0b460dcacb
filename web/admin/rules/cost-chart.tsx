import type { ReplayResult } from '../api.ts';
import { localeOf } from '../../texts/say.ts';
import { useReader } from '../language.tsx';

type Day = ReplayResult['totals'][number];
type Props = { asset: string; days: Day[]; firstDay: string; lastDay: string };

const width = 720;
const height = 140;

/** Units per day, or per month of a long time: what today's rules paid as a grey area, what they would have paid as a line; the same as a table. */
export function CostChart({ asset, days, firstDay, lastDay }: Props) {
  const { say, name, number, day, language } = useReader();
  const month = (name: string) =>
    new Intl.DateTimeFormat(localeOf(language), { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
      new Date(`${name}-01`),
    );
  const { isMonthly, all } = columnsOf(days, firstDay, lastDay);
  const top = Math.max(1, ...all.flatMap(({ live, proposed }) => [live, proposed]));
  const step = width / all.length;
  const y = (units: number) => height - (units / top) * (height - 4);
  // Each day is a step as wide as a day, so that a single one is seen too.
  const steps = (of: 'live' | 'proposed') =>
    all.map((one, i) => `${i * step},${y(one[of])} ${(i + 1) * step},${y(one[of])}`).join(' ');
  const title = say(isMonthly ? 'admin.replay.per-month' : 'admin.replay.per-day', {
    asset: name('admin.asset', asset),
  });
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
            {all
              .filter(({ live, proposed }) => live !== 0 || proposed !== 0)
              .map((one) => (
                <tr key={one.name}>
                  <th scope="row">{isMonthly ? month(one.name) : day(one.name)}</th>
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

/** More days than these are drawn by the month. */
const daysMax = 184;

/** One column for each day, or for each month of a long time; those without anything too. */
function columnsOf(
  days: readonly Day[],
  firstDay: string,
  lastDay: string,
): { isMonthly: boolean; all: Column[] } {
  const every = everyDay(firstDay, lastDay);
  const isMonthly = every.length > daysMax;
  const columnOf = (date: string) => (isMonthly ? date.slice(0, 7) : date);
  const columns = new Map(
    every.map((date) => [columnOf(date), { name: columnOf(date), live: 0, proposed: 0 }]),
  );
  for (const { name, live, proposed } of days) {
    const column = columns.get(columnOf(name));
    if (!column) continue;
    column.live += live;
    column.proposed += proposed;
  }
  return { isMonthly, all: [...columns.values()] };
}

type Column = Pick<Day, 'name' | 'live' | 'proposed'>;

function everyDay(first: string, last: string): string[] {
  const days: string[] = [];
  const end = Date.parse(last);
  for (let at = Date.parse(first); at <= end; at += 86_400_000)
    days.push(new Date(at).toISOString().slice(0, 10));
  return days;
}
