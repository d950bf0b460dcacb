import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { Activity } from './api.ts';
import { FiredRule, QuietRules } from './evidence/awards.tsx';
import { Icon } from './icons.tsx';
import { useReader } from './language.tsx';
import { NotFound, Trouble } from './notices.tsx';
import { activity, activityTraces } from './progress/queries.ts';
import { useTitle } from './tabbed.tsx';
import './slip.css';
import './story.css';

/** Something that was counted: what was reported, and what every rule made of it, also those that gave nothing. */
export function ActivityPage() {
  const { id } = useParams({ from: '/activities/$id' });
  const { moment, name } = useReader();
  const { data, error, refetch } = useQuery(activity(id));
  useTitle(data?.outlet.name);
  if (error && 'status' in error && error.status === 404) return <NotFound />;
  return (
    <div className="page">
      <header className="head is-detail">
        {data && (
          <>
            <Link className="back" to="/participants/$id" params={{ id: data.participant.id }}>
              <Icon name="left" />
              {data.participant.name}
            </Link>
            <div className="detail-title">
              <h1>{data.outlet.name}</h1>
              <p>
                {name('admin.activity', data.kind)} <Icon name="dash" size={12} /> {moment(data.occurredAt)}
              </p>
            </div>
          </>
        )}
      </header>
      <div className="scroll narrow">
        {error && !data && <Trouble error={error} again={refetch} />}
        {data && (
          <>
            <Why id={id} />
            <Reported activity={data} />
          </>
        )}
      </div>
    </div>
  );
}

function Why({ id }: { id: string }) {
  const { say } = useReader();
  const { data } = useQuery(activityTraces(id));
  if (!data) return null;
  const fired = data.rules.filter(({ fired: isFired }) => isFired);
  const quiet = data.rules.filter(({ fired: isFired }) => !isFired);
  if (data.rules.length === 0) return null;
  return (
    <section className="section" aria-labelledby="why">
      <h2 id="why">{say('admin.counted.why')}</h2>
      <div className="desk">
        {fired.length > 0 && (
          <div className="slip">
            <ol>
              {fired.map((rule) => (
                <FiredRule key={rule.rule.id} rule={rule} />
              ))}
            </ol>
          </div>
        )}
        {quiet.length > 0 && <QuietRules rules={quiet} />}
      </div>
    </section>
  );
}

function Reported({
  activity: { lines, attributes, totalMinor, currency, evidence, version, withdrawn },
}: {
  activity: Activity;
}) {
  const { say, money, number } = useReader();
  return (
    <section className="section" aria-labelledby="reported">
      <h2 id="reported">{say('admin.counted.reported')}</h2>
      {lines.length > 0 && (
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{say('admin.column.product')}</th>
              <th scope="col" className="is-number">
                {say('admin.column.quantity')}
              </th>
              <th scope="col" className="is-number">
                {say('admin.column.value')}
              </th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <tr key={line.line}>
                <th scope="row">{line.product?.name ?? line.text}</th>
                <td className="is-number">
                  {number(line.quantityMilli / 1000, line.quantityMilli % 1000 ? 3 : 0)}
                </td>
                <td className="is-number">{money(line.amountMinor, currency)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Attributes attributes={attributes} />
      <p className="slip-sum">
        <span>
          {say('admin.rule.version', { version })}
          {withdrawn && ` (${say('admin.counted.withdrawn')})`}
        </span>
        <strong>{money(totalMinor, currency)}</strong>
      </p>
      {evidence && (
        <p>
          <Link to="/evidence/$id" params={{ id: evidence }}>
            {say('admin.transfer.evidence')}
          </Link>
        </p>
      )}
    </section>
  );
}

/** What was told of this kind of activity besides, by the names that the programme declares. */
function Attributes({ attributes }: Pick<Activity, 'attributes'>) {
  const { say, number } = useReader();
  const told = Object.entries(attributes);
  if (told.length === 0) return null;
  const write = (value: string | number | boolean) => {
    if (typeof value === 'number') return number(value, Number.isInteger(value) ? 0 : 2);
    return typeof value === 'string' ? value : say(value ? 'admin.counted.true' : 'admin.counted.false');
  };
  return (
    <table className="table">
      <tbody>
        {told.map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td className="is-number">{write(value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
