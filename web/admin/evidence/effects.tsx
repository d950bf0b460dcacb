import { Link } from '@tanstack/react-router';
import type { EvidenceDetail, Message } from '../api.ts';
import { Icon } from '../icons.tsx';
import { useReader } from '../language.tsx';
import { Units } from '../values.tsx';

const goods = { kind: 'goods', scale: 3 };

/** What the sale did to the shop's stock. Below zero means that a delivery was never seen. */
export function Stock({ evidence }: { evidence: EvidenceDetail }) {
  const { say } = useReader();
  return (
    <table className="table stock">
      <thead>
        <tr>
          <th scope="col">{say('admin.column.product')}</th>
          <th scope="col">{say('admin.column.outlet')}</th>
          <th scope="col" className="is-number">
            {say('admin.column.before')}
          </th>
          <th scope="col" className="is-number">
            {say('admin.column.change')}
          </th>
          <th scope="col" className="is-number">
            {say('admin.column.after')}
          </th>
        </tr>
      </thead>
      <tbody>
        {evidence.stock.map(({ sku, name, outlet, beforeMilli, afterMilli }) => {
          const transfer = evidence.transfers.find(({ asset }) => asset.code === `goods:${sku}`);
          const change = <Units units={afterMilli - beforeMilli} asset={goods} signed />;
          return (
            <tr key={sku}>
              <th scope="row">
                {name}
                <span className="under">{sku}</span>
              </th>
              <td>{outlet}</td>
              <td className="is-number is-soft">
                <Units units={beforeMilli} asset={goods} />
              </td>
              <td className="is-number">
                {transfer ? (
                  <Link to="/transfers/$id" params={{ id: transfer.id }}>
                    {change}
                  </Link>
                ) : (
                  change
                )}
              </td>
              <td className="is-number">
                <Units units={afterMilli} asset={goods} />
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** What the person was told, in the words and the language they got. */
export function Messages({ messages }: { messages: Message[] }) {
  const { clock, name } = useReader();
  return (
    <ul className="messages">
      {messages.map(({ id, channel, language, body, sentAt }) => (
        <li key={id}>
          <p lang={language}>{body}</p>
          <span className="is-faint">
            {name('admin.channel', channel)} <Icon name="dash" size={12} /> {language}{' '}
            <Icon name="dash" size={12} /> {sentAt && <time dateTime={sentAt}>{clock(sentAt)}</time>}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** From the photo to the points, step by step. */
export function Timings({ evidence }: { evidence: EvidenceDetail }) {
  const { say, duration, clock } = useReader();
  const { receivedAt, readAt, postedAt } = evidence.timings;
  const since = (from: string, to: string) =>
    say('admin.timing.after', { duration: duration((Date.parse(to) - Date.parse(from)) / 1000) });
  const steps = [
    { name: say('admin.timing.received'), at: receivedAt, took: null },
    { name: say('admin.timing.read'), at: readAt, took: readAt && since(receivedAt, readAt) },
    {
      name: say('admin.timing.posted'),
      at: postedAt,
      took: postedAt && since(readAt ?? receivedAt, postedAt),
    },
  ];
  return (
    <ol className="timings">
      {steps.map(({ name, at, took }) => (
        <li key={name} className={at ? undefined : 'is-pending'}>
          <span>{name}</span>
          {at ? <time dateTime={at}>{clock(at)}</time> : <span className="is-faint">–</span>}
          {took && <span className="is-faint">{took}</span>}
        </li>
      ))}
    </ol>
  );
}

/** Where the picture came from, for who has to prove it. */
export function Origin({ evidence }: { evidence: EvidenceDetail }) {
  const { say, moment, number } = useReader();
  const { capturedAt, latitude, longitude, accuracyM, device, sha256, byteSize } = evidence;
  const rows: [string, string][] = [
    [say('admin.origin.captured'), capturedAt ? moment(capturedAt) : say('admin.origin.unknown')],
    [
      say('admin.origin.place'),
      latitude !== null && longitude !== null
        ? `${number(latitude, 5)}, ${number(longitude, 5)}${accuracyM ? ` ± ${number(accuracyM)} m` : ''}`
        : say('admin.origin.unknown'),
    ],
    [say('admin.origin.device'), device ?? say('admin.origin.unknown')],
    [
      say('admin.origin.file'),
      `${evidence.mediaType}, ${number(byteSize / 1024)} kB, ${evidence.width} × ${evidence.height}`,
    ],
    ['SHA-256', sha256],
    [say('admin.origin.id'), evidence.id],
  ];
  return (
    <details className="origin">
      <summary>{say('admin.origin.title')}</summary>
      <dl>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
